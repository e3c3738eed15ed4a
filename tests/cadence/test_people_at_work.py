"""Steps that people do: asked for once, waited for, taken back; and what a step may hold, require and wait for."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forbear.cadence.decide import decide
from forbear.cadence.decision import Ask, Close, Contact, Decision, Escalate, Rest
from forbear.cadence.life import Consent, Life, Promise, Served, Stop
from forbear.cadence.permits import NO_VOICE
from forbear.cadence.playbooks import After, Playbook, load_all
from forbear.cadence.recheck import ClaimedTouch, still_allowed
from forbear.cadence.standing import unreachable
from forbear.cadence.translate import to_facts
from forbear.contracts.words import OPEN_TASKS, StopKind, TaskState, TouchState
from forbear.rules.engine import check
from forbear.rules.packs import Packs
from tests.cadence.chinese_loan import A_DAY, a_loan, asked_for, on, touched


@pytest.fixture(scope="module")
def book() -> Playbook:
    return load_all()["cn-guaranteed-loan"]


def ask(life: Life, book: Playbook, packs: Packs, now: datetime) -> Decision:
    return decide(replace(life, balance_as_of=now), book, packs, now)


def without(book: Playbook, *steps: str) -> Playbook:
    return replace(book, steps=tuple(step for step in book.steps if step.id not in steps))


def test_a_visit_on_the_first_day_late_is_asked_for_by_two_and_never_claimed(book: Playbook, packs: Packs) -> None:
    answer = ask(a_loan(), book, packs, on(0))
    assert isinstance(answer, Ask)
    assert (answer.step, answer.channel, answer.staff_role, answer.person) == ("first-visit", "visit", "officer", "b")
    assert answer.expires_at == on(3, hour=0)
    assert answer.question is not None
    assert answer.question.attempt.staff == 2
    assert answer.permit.verdict == "allow"


def test_what_was_asked_for_is_not_asked_for_again(book: Playbook, packs: Packs) -> None:
    life = asked_for(a_loan(), "first-visit", on(0), expires_at=on(3))
    rest = ask(life, book, packs, on(0))
    assert isinstance(rest, Rest)
    assert rest.rule == "TASK.OPEN"
    assert rest.drops == ()


def test_an_open_visit_does_not_hold_the_calls(book: Playbook, packs: Packs) -> None:
    life = asked_for(a_loan(), "first-visit", on(0), expires_at=on(3))
    answer = ask(life, book, packs, on(1))
    assert isinstance(answer, Ask)
    assert (answer.step, answer.staff_role, answer.template) == ("daily-call", "caller", "call-friendly")
    assert answer.question is not None
    assert not answer.question.attempt.prerecorded


def test_a_task_whose_time_is_over_is_dropped_and_asked_for_anew(book: Playbook, packs: Packs) -> None:
    calls = without(book, "first-visit", "counter-guarantor")
    life = asked_for(a_loan(), "daily-call", on(1), expires_at=on(2, hour=0))
    answer = ask(life, calls, packs, on(2))
    assert isinstance(answer, Ask)
    assert (answer.step, answer.drops) == ("daily-call", ("tsk_0",))


def calls_daily(life: Life, book: Playbook, packs: Packs) -> bool:
    answer = ask(life, without(book, "visit-and-talk"), packs, on(8))
    return isinstance(answer, Ask) and answer.step == "call-after-service"


def test_a_notice_is_served_by_a_proof_or_out_of_an_officers_hand(book: Playbook, packs: Packs) -> None:
    alone = replace(a_loan(), persons=a_loan().persons[:1])
    sent = touched(alone, on(7), "notice", "letter", state="sent")
    [letter] = sent.borrower.history
    assert not calls_daily(sent, book, packs)
    for served in (Served("b", on(7), touch=letter.ref), Served("b", on(5), paper="notice")):
        assert calls_daily(replace(sent, served=(served,)), book, packs), served
    for other in (Served("b", on(7), touch="tch_other"), Served("b", on(5), paper="statement")):
        assert not calls_daily(replace(sent, served=(other,)), book, packs), other


def test_a_step_that_must_be_served_holds_until_it_is_and_of_him_alone(book: Playbook, packs: Packs) -> None:
    must = replace(
        book, steps=tuple(replace(step, required="served") if step.id == "notice" else step for step in book.steps)
    )
    sent = touched(a_loan(), on(7), "notice", "letter", state="sent")
    end = ask(sent, must, packs, on(46))
    assert not isinstance(end, Escalate)
    assert not isinstance(
        ask(replace(sent, served=(Served("c", on(9), paper="notice"),)), must, packs, on(46)), Escalate
    )
    assert isinstance(ask(replace(sent, served=(Served("b", on(9), paper="notice"),)), must, packs, on(46)), Escalate)


@pytest.mark.parametrize("change", ["paid", "promised", "disputed", "legal", "closed"])
def test_open_tasks_are_taken_back_when_nobody_needs_to_go(book: Playbook, packs: Packs, change: str) -> None:
    life = asked_for(asked_for(a_loan(), "first-visit", on(0), expires_at=on(3)), "daily-call", on(1))
    stopped = tuple(replace(person, stops=(Stop("dispute", on(1)),)) for person in life.persons)
    changed = {
        "paid": replace(life, balance=Decimal(0)),
        "promised": replace(life, promises=(Promise(Decimal(10), on(3).date(), on(1), "open"),)),
        "disputed": replace(life, persons=stopped),
        "legal": replace(life, legal_case="cas_1"),
        "closed": replace(life, state="closed"),
    }[change]
    answer = ask(changed, book, packs, on(1))
    assert not isinstance(answer, Ask | Contact)
    assert set(answer.drops) == {"tsk_0", "tsk_1"}


def test_a_balance_file_that_is_late_takes_nothing_back(book: Playbook, packs: Packs) -> None:
    life = asked_for(asked_for(a_loan(), "first-visit", on(0), expires_at=on(3)), "daily-call", on(1), state="taken")
    late = replace(life, balance_as_of=on(1) - timedelta(days=4))
    rest = decide(late, book, packs, on(1))
    assert isinstance(rest, Rest)
    assert (rest.rule, rest.drops) == ("POLICY.BALANCE", ())
    stopped = tuple(replace(person, stops=(Stop("dispute", on(1)),)) for person in late.persons)
    assert set(decide(replace(late, persons=stopped), book, packs, on(1)).drops) == {"tsk_0", "tsk_1"}
    assert set(decide(late, book, packs, on(3)).drops) >= {"tsk_0"}, "its own time is over all the same"


def test_while_something_is_under_way_nothing_is_taken_back(book: Playbook, packs: Packs) -> None:
    life = asked_for(a_loan(in_flight=True), "first-visit", on(0), expires_at=on(3))
    rest = ask(life, book, packs, on(1))
    assert isinstance(rest, Rest)
    assert (rest.rule, rest.drops) == ("TOUCH.UNSETTLED", ())


def test_a_visit_that_a_human_declined_is_not_asked_for_again(book: Playbook, packs: Packs) -> None:
    life = asked_for(a_loan(), "first-visit", on(0), state="declined")
    answer = ask(life, book, packs, on(0))
    assert not isinstance(answer, Ask)


def test_the_notice_goes_before_the_calls_of_its_day_and_calls_wait_for_its_service(
    book: Playbook, packs: Packs
) -> None:
    alone = replace(a_loan(), persons=a_loan().persons[:1])
    visits = without(book, "visit-and-talk")
    answer = ask(alone, visits, packs, on(7))
    assert isinstance(answer, Contact)
    assert (answer.step, answer.channel, answer.provider, answer.window_closes) == (
        "notice",
        "letter",
        "print_room",
        None,
    )
    sent = touched(alone, on(7), "notice", "letter", state="sent")
    assert not isinstance(ask(sent, visits, packs, on(8)), Ask)
    served = touched(alone, on(7), "notice", "letter", state="delivered")
    call = ask(served, visits, packs, on(8))
    assert isinstance(call, Ask)
    assert call.step == "call-after-service"


def test_a_required_step_holds_its_path_and_the_end_however_late_it_is(book: Playbook, packs: Packs) -> None:
    """No address: nothing jumps the notice, and the account says what is missing."""
    homeless = tuple(replace(person, points=person.points[:1]) for person in a_loan().persons[:1])
    for day in (7, 20, 60, 200):
        rest = ask(a_loan(persons=homeless), book, packs, on(day))
        assert isinstance(rest, Rest)
        assert rest.rule == "POINT.NONE"
    noticed = touched(a_loan(), on(7), "notice", "letter", state="delivered")
    assert ask(noticed, book, packs, on(45)) == Escalate("suit", book.escalation.title if book.escalation else "")


def test_what_must_be_served_is_waited_for(book: Playbook, packs: Packs) -> None:
    strict = replace(book, steps=tuple(replace(s, required="served") if s.id == "notice" else s for s in book.steps))
    sent = touched(replace(a_loan(), persons=a_loan().persons[:1]), on(7), "notice", "letter", state="sent")
    rest = ask(sent, strict, packs, on(60))
    assert isinstance(rest, Rest)
    assert rest.rule == "STEP.REQUIRED"
    assert "served" in rest.reason


def test_a_cause_changes_the_path(book: Playbook, packs: Packs) -> None:
    served = touched(replace(a_loan(), persons=a_loan().persons[:1]), on(7), "notice", "letter", state="delivered")
    family = asked_for(served, "daily-call", on(2), state="done", cause="family", outcome="spoke_hardship")
    answer = ask(family, book, packs, on(16))
    assert isinstance(answer, Ask)
    assert answer.step == "gentle-call"
    bad = asked_for(served, "daily-call", on(2), state="done", cause="bad_faith", outcome="spoke_refuses")
    assert isinstance(ask(bad, book, packs, on(15)), Escalate)
    assert not isinstance(ask(served, book, packs, on(15)), Escalate)


def test_repaid_in_full_it_proposes_what_the_playbook_says(book: Playbook, packs: Packs) -> None:
    answer = ask(a_loan(balance=Decimal(0)), book, packs, on(9))
    assert isinstance(answer, Close)
    assert answer.then == ("blacklist_proposal", "Repaid in full: propose that no further guarantee is given")


def test_three_calls_in_a_row_that_reach_nobody_make_a_person_unreachable() -> None:
    life = a_loan()
    for day in range(3):
        assert not unreachable(life, life.borrower)
        life = touched(life, on(day), "daily-call", "call", result="no_answer")
    assert unreachable(life, life.borrower)
    life = touched(life, on(4), "daily-call", "call", state="delivered", result="connected")
    assert not unreachable(life, life.borrower)
    nobody = replace(life.borrower, points=life.borrower.points[1:])
    assert unreachable(life, nobody)


def test_an_optional_step_is_passed_over_where_no_consent_was_given(packs: Packs) -> None:
    card = load_all()["cn-card"]
    calls = a_loan(persons=a_loan().persons[:1], debt_kind="credit_card")
    assert not isinstance(ask(calls, card, packs, on(3)), Contact)
    answer = ask(calls, card, packs, on(13))
    assert isinstance(answer, Ask)
    assert answer.step == "friendly-call"


STATES: tuple[TouchState, ...] = get_args(TouchState)
PASTS = st.lists(
    st.tuples(
        st.integers(0, 50),
        st.sampled_from(["notice", "first-visit", "daily-call", "visit-and-talk", "call-after-service"]),
        st.sampled_from(STATES),
    ),
    max_size=8,
)
TASKS = st.lists(
    st.tuples(
        st.integers(0, 50),
        st.sampled_from(["first-visit", "daily-call", "visit-and-talk", "gentle-call", "gone"]),
        st.sampled_from(get_args(TaskState)),
        st.sampled_from([None, "family", "bad_faith", "market"]),
    ),
    max_size=5,
)


def lived(pasts: list[tuple[int, str, TouchState]], tasks: list[tuple[int, str, TaskState, str | None]]) -> Life:
    life = a_loan()
    channels = {"notice": "letter", "first-visit": "visit", "visit-and-talk": "visit"}
    for day, step, state in sorted(pasts):
        life = touched(life, on(day), step, channels.get(step, "call"), state=state)  # pyright: ignore[reportArgumentType]  the table's words
    for day, step, state, cause in sorted(tasks, key=lambda each: each[0]):
        life = asked_for(life, step, on(day), state=state, cause=cause)
    return life


@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(PASTS, TASKS, st.integers(0, 60), st.integers(0, 23), st.sampled_from([None, *get_args(StopKind)]))
def test_whatever_happened_before(  # noqa: PLR0917  the parts of a life
    packs: Packs,
    book: Playbook,
    pasts: list[tuple[int, str, TouchState]],
    tasks: list[tuple[int, str, TaskState, str | None]],
    day: int,
    hour: int,
    stop: StopKind | None,
) -> None:
    """At most one open task for a step and a person; nothing jumps the notice; what is asked for is allowed."""
    life, now = lived(pasts, tasks), on(day, hour)
    if stop is not None:
        life = replace(life, persons=tuple(replace(each, stops=(Stop(stop, on(0)),)) for each in life.persons))
    answer = ask(life, book, packs, now)
    if isinstance(answer, Rest):
        assert answer.until > now or answer.until <= now + timedelta(days=7)
    if isinstance(answer, Ask | Contact):
        assert answer.question is not None
        assert answer.permit == check(answer.question.attempt, answer.question.facts, packs, now)
        assert answer.permit.verdict == "allow"
        noticed = any(t.step == "notice" and t.state != "failed" for t in life.borrower.history)
        if day >= 7 and answer.role == "borrower" and not noticed:
            assert answer.step == "notice"
        assert book.step(answer.step) is not None
    if isinstance(answer, Ask):
        kept = [each for each in life.errands if each.state in OPEN_TASKS and each.id not in answer.drops]
        assert (answer.step, answer.person) not in {(each.step, each.person) for each in kept}
    if isinstance(answer, Escalate):
        assert any(t.step == "notice" and t.state != "failed" for t in life.borrower.history)


def test_every_step_of_every_playbook_names_what_came_before_it() -> None:
    for book in load_all().values():
        ids = {step.id for step in book.steps}
        for step in book.steps:
            assert {after.step for after in step.after} <= ids
            assert step.channel != "visit" or step.by == "person"
    assert load_all()["cn-guaranteed-loan"].escalation is not None
    assert After("notice") in (load_all()["cn-guaranteed-loan"].escalation or pytest.fail("it has an end")).after


def test_a_machine_call_is_a_recorded_voice_and_needs_consent_in_the_us(packs: Packs) -> None:
    book = load_all()["us-first-party-all"]
    american = replace(
        a_loan().borrower,
        language="en",
        jurisdictions=("US",),
        points=(replace(a_loan().borrower.points[0], country="US", zone="America/New_York", zone_evidence="stated"),),
    )
    life = a_loan(persons=(american,), currency="USD")
    now = datetime(2026, 3, 9, 16, tzinfo=UTC)
    answer = ask(life, book, packs, now)
    assert isinstance(answer, Rest)
    machine = next(step for step in book.steps if step.id == "machine-call")
    assert (machine.by, machine.optional) == ("machine", True)
    facts = to_facts(life, american, now, contacts_in_7_days=3)
    assert not facts.agreements
    later = ask(life, book, packs, now + 3 * A_DAY)
    assert isinstance(later, Ask)
    assert later.step == "friendly-call"


def test_a_machine_calls_who_agreed_to_a_recorded_voice(packs: Packs) -> None:
    book = load_all()["us-first-party-all"]
    phone = replace(a_loan().borrower.points[0], country="US", zone="America/New_York", zone_evidence="stated")
    agreed = (Consent("call", phone.id, on(-9)),)
    american = replace(a_loan().borrower, jurisdictions=("US",), points=(phone,), consents=agreed)
    life = a_loan(persons=(american,), currency="USD")
    waits = ask(life, book, packs, datetime(2026, 3, 9, 10, tzinfo=UTC))
    assert isinstance(waits, Rest)
    answer = ask(life, book, packs, waits.until)
    assert isinstance(answer, Contact), answer
    assert (answer.step, answer.channel, answer.provider) == ("machine-call", "call", "twilio")
    assert answer.question is not None
    assert answer.question.attempt.prerecorded
    assert answer.window_closes is not None
    claimed = ClaimedTouch("b", phone.id, "call")
    assert still_allowed(replace(life, balance_as_of=waits.until), claimed, book, packs, waits.until) is None
    taken_back = replace(american, consents=(replace(agreed[0], revoked_at=on(-1)),))
    withdrawn = replace(life, balance_as_of=waits.until, persons=(taken_back,))
    assert still_allowed(withdrawn, claimed, book, packs, waits.until) == f"VOICE.CONSENT: {NO_VOICE}"


def test_a_machines_call_is_passed_over_where_the_lender_has_no_number_to_call_from(packs: Packs) -> None:
    book = load_all()["us-first-party-all"]
    phone = replace(a_loan().borrower.points[0], country="US", zone="America/New_York", zone_evidence="stated")
    agreed = (Consent("call", phone.id, on(-9)),)
    american = replace(a_loan().borrower, jurisdictions=("US",), points=(phone,), consents=agreed)
    life = a_loan(persons=(american,), currency="USD")
    afternoon = datetime(2026, 3, 12, 20, tzinfo=UTC)
    called = ask(life, book, packs, afternoon)
    assert isinstance(called, Contact)
    assert called.step == "machine-call"
    silent = replace(life, can_call=False)
    passed = ask(silent, book, packs, afternoon)
    assert isinstance(passed, Ask), passed
    assert passed.step == "friendly-call", "a person calls from a telephone of his own"
    steps = tuple(replace(step, optional=False) for step in book.steps if step.id == "machine-call")
    needed = ask(silent, replace(book, steps=steps), packs, afternoon)
    assert isinstance(needed, Contact), "the lender is asked for a number"


def test_who_did_not_agree_to_a_recorded_voice_waits_for_that_with_its_source(packs: Packs) -> None:
    book = load_all()["us-first-party-all"]
    steps = tuple(replace(step, optional=False) for step in book.steps if step.id == "machine-call")
    phone = replace(a_loan().borrower.points[0], country="US", zone="America/New_York", zone_evidence="stated")
    american = replace(a_loan().borrower, jurisdictions=("US",), points=(phone,))
    day = datetime(2026, 3, 9, 16, tzinfo=UTC)
    answer = ask(a_loan(persons=(american,), currency="USD"), replace(book, steps=steps), packs, day)
    assert isinstance(answer, Rest)
    assert answer.rule == "VOICE.CONSENT"
    assert "47 CFR 64.1200(a)(1)" in answer.reason
