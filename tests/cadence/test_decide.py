"""`decide`: one test per question, then properties over random lives."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forbear.cadence.decide import decide
from forbear.cadence.decision import Close, Contact, Escalate, Rest
from forbear.cadence.life import Consent, ContactPoint, Life, PastTouch, Promise, Rival, Stop, Suppression, Tightened
from forbear.cadence.paths import LONGEST_REST
from forbear.cadence.playbooks import Playbook
from forbear.cadence.recheck import ClaimedTouch, still_allowed
from forbear.contracts.words import StopKind
from forbear.rules.packs import Packs

MakeLife = Callable[..., Life]
NOON = datetime(2026, 12, 1, 17, tzinfo=UTC)
"""12:00 in New York on a Tuesday."""


@pytest.fixture
def at(playbook: Playbook, packs: Packs) -> Callable[..., object]:
    def ask(life: Life, now: datetime = NOON) -> object:
        return decide(life, playbook, packs, now)

    return ask


def the_slot(life: Life, playbook: Playbook, packs: Packs, morning: datetime) -> datetime:
    """The account's place on a day, read off the rest it gets before the window opens."""
    rest = decide(life, playbook, packs, morning)
    assert isinstance(rest, Rest)
    return rest.until


def text(days_ago: float, state: str = "delivered", step: str = "friendly", account: str = "acc_1") -> PastTouch:
    return PastTouch(
        at=NOON - timedelta(days=days_ago),
        channel="sms",
        role="borrower",
        state=state,  # pyright: ignore[reportArgumentType]  the cases name states
        key="k1",
        place="mobile",
        account=account,
        accounts=(account,),
        step=step,
    )


def test_nothing_owed_closes(a_life: MakeLife, at: Callable[..., object]) -> None:
    assert at(a_life(balance=Decimal(0))) == Close("paid in full")
    assert at(a_life(balance=Decimal(-3))) == Close("paid in full")
    assert at(a_life(state="closed")) == Close("closed by the lender")


def test_before_the_window_it_rests_until_its_place_in_the_first_three_quarters(
    a_life: MakeLife, playbook: Playbook, packs: Packs
) -> None:
    dawn = datetime(2026, 12, 1, 11, tzinfo=UTC)
    rest = decide(a_life(), playbook, packs, dawn)
    assert isinstance(rest, Rest)
    assert rest.rule == "POLICY.HOURS"
    opens = datetime(2026, 12, 1, 13, 1, tzinfo=UTC)
    assert opens <= rest.until < opens + timedelta(hours=13) * 0.75


def test_at_its_place_it_contacts_the_mobile_with_the_step_of_its_day(
    a_life: MakeLife, playbook: Playbook, packs: Packs
) -> None:
    life = a_life()
    slot = the_slot(life, playbook, packs, datetime(2026, 12, 1, 11, tzinfo=UTC))
    contact = decide(life, playbook, packs, slot)
    assert isinstance(contact, Contact)
    assert (contact.step, contact.point, contact.key, contact.stage) == ("friendly", "pt_1", "k1", "M1")
    assert contact.window_closes == datetime(2026, 12, 2, 1, 59, tzinfo=UTC)
    assert contact.permit.verdict == "allow"


def test_in_the_last_quarter_it_waits_for_tomorrow(a_life: MakeLife, playbook: Playbook, packs: Packs) -> None:
    evening = datetime(2026, 12, 2, 0, 30, tzinfo=UTC)
    rest = decide(a_life(), playbook, packs, evening)
    assert isinstance(rest, Rest)
    assert rest.until > datetime(2026, 12, 2, 13, tzinfo=UTC)


def test_places_spread_over_the_window(a_life: MakeLife, playbook: Playbook, packs: Packs) -> None:
    dawn = datetime(2026, 12, 1, 11, tzinfo=UTC)
    slots = [the_slot(a_life(account=f"acc_{n}"), playbook, packs, dawn) for n in range(200)]
    hours = [(slot - datetime(2026, 12, 1, 13, tzinfo=UTC)).total_seconds() / 3600 for slot in slots]
    assert max(sum(h <= x < h + 1 for x in hours) for h in range(10)) < 45
    assert len({*slots}) > 180


def test_the_playbooks_pause_keeps_distance_and_is_no_hold(a_life: MakeLife, at: Callable[..., object]) -> None:
    rest = at(a_life(person={"history": (text(1),)}))
    assert isinstance(rest, Rest)
    assert rest.rule == ""
    assert rest.until.date() == date(2026, 12, 3)


def test_the_weekly_cap_over_all_accounts_holds(a_life: MakeLife, at: Callable[..., object]) -> None:
    others = (text(1, account="acc_9"), text(3, account="acc_9"))
    rest = at(a_life(person={"history": others}))
    assert isinstance(rest, Rest)
    assert rest.rule == "POLICY.SMS7"
    assert rest.until.date() == date(2026, 12, 5)


def test_texts_in_another_role_count_for_the_person(a_life: MakeLife, at: Callable[..., object]) -> None:
    as_guarantor = tuple(replace(text(days, account="acc_9"), role="guarantor") for days in (1, 3))
    rest = at(a_life(person={"history": as_guarantor}))
    assert isinstance(rest, Rest)
    assert rest.rule == "POLICY.SMS7"


def test_a_text_that_certainly_was_not_sent_counts_nothing(a_life: MakeLife, at: Callable[..., object]) -> None:
    lost = (text(1, "failed", account="acc_9"), text(0.1, "failed", account="acc_9"), text(0.1, "failed"))
    decision = at(a_life(person={"history": lost}))
    assert isinstance(decision, Contact | Rest)
    assert isinstance(decision, Contact) or decision.rule == ""


@pytest.mark.parametrize("scope", ["number", "channel", "all_automated", "everything"])
def test_every_suppression_blocks(a_life: MakeLife, at: Callable[..., object], scope: str) -> None:
    said = Suppression(scope=scope, at=NOON, channel="sms", key="k1" if scope == "number" else None)  # pyright: ignore[reportArgumentType]  the cases name scopes
    rest = at(a_life(person={"suppressions": (said,)}))
    assert isinstance(rest, Rest)
    assert rest.rule == "POLICY.SUPPRESSED"
    assert rest.until == NOON + LONGEST_REST


def test_a_lifted_suppression_blocks_no_more(a_life: MakeLife, at: Callable[..., object]) -> None:
    said = Suppression(scope="everything", at=NOON - timedelta(days=3), lifted_at=NOON - timedelta(days=1))
    rest = at(a_life(person={"suppressions": (said,)}))
    assert not isinstance(rest, Rest) or rest.rule == ""


@pytest.mark.parametrize("kind", sorted({*get_args(StopKind)} - {"wrong_number"}))
def test_every_stop_blocks_every_lender_role(a_life: MakeLife, at: Callable[..., object], kind: str) -> None:
    rest = at(a_life(person={"stops": (Stop(kind=kind, at=NOON, account="acc_1"),)}))  # pyright: ignore[reportArgumentType]  the cases name kinds
    assert isinstance(rest, Rest)
    assert rest.rule == ("US.BK.STAY" if kind == "insolvency" else "POLICY.STOP")


def test_a_stop_of_another_account_does_not_bind_this_one(a_life: MakeLife, at: Callable[..., object]) -> None:
    rest = at(a_life(person={"stops": (Stop(kind="dispute", at=NOON, account="acc_9"),)}))
    assert not isinstance(rest, Rest) or rest.rule == ""


def test_unknown_zone_consent_balance_and_place_each_hold_and_say_so(
    a_life: MakeLife, at: Callable[..., object]
) -> None:
    nowhere = (ContactPoint("pt_1", "phone", "k1", "mobile", "valid", None, None),)
    cases = {
        "POLICY.ZONE": a_life(person={"points": nowhere}),
        "POLICY.CONSENT": a_life(person={"consents": ()}),
        "POLICY.BALANCE": a_life(balance_as_of=NOON - timedelta(days=4)),
        "PLACE.UNKNOWN": a_life(person={"jurisdictions": ()}),
        "POINT.NONE": a_life(person={"points": ()}),
    }
    for rule, life in cases.items():
        rest = at(life)
        assert isinstance(rest, Rest), rule
        assert rest.rule == rule
        assert rest.reason


def test_a_place_on_a_later_day_counts_on_the_nightly_balance(a_life: MakeLife, at: Callable[..., object]) -> None:
    """The balance of 1 December is stale on the 5th, but saying so four days early would hide the real reason."""
    rest = at(a_life(person={"history": (text(1, account="acc_9"), text(3, account="acc_9"))}))
    assert isinstance(rest, Rest)
    assert rest.rule == "POLICY.SMS7"
    assert at(a_life(balance_as_of=None)).rule == "POLICY.BALANCE"  # pyright: ignore[reportAttributeAccessIssue]  a Rest


def test_a_revoked_consent_is_none(a_life: MakeLife, at: Callable[..., object]) -> None:
    gone = Consent("sms", "pt_1", NOON - timedelta(days=9), revoked_at=NOON - timedelta(days=1))
    rest = at(a_life(person={"consents": (gone,)}))
    assert isinstance(rest, Rest)
    assert rest.rule == "POLICY.CONSENT"


def test_a_start_is_no_consent_against_never_again(a_life: MakeLife, at: Callable[..., object]) -> None:
    never = Suppression(scope="everything", at=NOON - timedelta(days=3))
    before = Consent("sms", "pt_1", NOON - timedelta(days=60))
    start = Consent("sms", "pt_1", NOON - timedelta(days=1), by_start=True)
    rest = at(a_life(person={"suppressions": (never,), "consents": (before, start)}))
    assert isinstance(rest, Rest)
    assert rest.rule == "POLICY.SUPPRESSED"
    in_writing = replace(start, by_start=False)
    given = at(a_life(person={"suppressions": (never,), "consents": (in_writing,)}))
    assert not isinstance(given, Rest) or given.rule == ""


def test_a_shared_number_counts_each_text_once(a_life: MakeLife, playbook: Playbook, packs: Packs) -> None:
    told = tuple(text(days) for days in (12, 16, 20))
    life = a_life(person={"history": told})
    partner = replace(life.borrower, id="per_2", role="co_borrower")
    shared = replace(life, persons=(life.borrower, partner))
    assert decide(shared, playbook, packs, NOON) == decide(life, playbook, packs, NOON)


def test_the_last_look_knows_a_promise_for_today_in_the_evening(
    a_life: MakeLife, playbook: Playbook, packs: Packs
) -> None:
    """At 20:00 in New York it is tomorrow in UTC; the promise still holds."""
    evening = datetime(2026, 12, 2, 1, tzinfo=UTC)
    life = a_life(promises=(Promise(Decimal(120), date(2026, 12, 1), evening, "open"),))
    touch = ClaimedTouch("per_1", "pt_1", "sms")
    assert still_allowed(life, touch, playbook, packs, evening) == "a payment was promised meanwhile"
    assert still_allowed(replace(life, promises=()), touch, playbook, packs, evening) is None


def test_an_open_promise_rests_until_the_money_should_be_there(a_life: MakeLife, at: Callable[..., object]) -> None:
    promise = Promise(Decimal(120), date(2026, 12, 4), NOON - timedelta(days=1), "open")
    rest = at(a_life(promises=(promise,)))
    assert isinstance(rest, Rest)
    assert rest.rule == "PROMISE.OPEN"
    assert rest.until == datetime(2026, 12, 6, 5, tzinfo=UTC)


def test_a_broken_promise_is_spoken_of_once(a_life: MakeLife, playbook: Playbook, packs: Packs) -> None:
    broken = Promise(Decimal(120), date(2026, 11, 28), NOON - timedelta(days=5), "broken")
    life = a_life(promises=(broken,))
    slot = the_slot(life, playbook, packs, datetime(2026, 12, 1, 11, tzinfo=UTC))
    contact = decide(life, playbook, packs, slot)
    assert isinstance(contact, Contact)
    assert contact.step == "promise-missed"
    told = a_life(promises=(broken,), person={"history": (text(2, step="promise-missed"),)})
    rest = decide(told, playbook, packs, slot)
    assert isinstance(rest, Rest)
    assert "friendly" in rest.reason


def test_the_debt_of_the_later_stage_speaks_first(a_life: MakeLife, at: Callable[..., object]) -> None:
    older = Rival("acc_2", "len_1", "M2", "USD", Decimal(5), date(2026, 10, 1), speaks=True)
    rest = at(a_life(rivals=(older,)))
    assert isinstance(rest, Rest)
    assert rest.rule == "PERSON.TURN"
    silent = at(a_life(rivals=(replace(older, speaks=False),)))
    assert not isinstance(silent, Rest) or silent.rule != "PERSON.TURN"


def test_of_two_debts_exactly_one_speaks(a_life: MakeLife, at: Callable[..., object]) -> None:
    mine = a_life()
    theirs = a_life(account="acc_2", balance=Decimal(500))
    first = at(replace(mine, rivals=(_as_rival(theirs),)))
    second = at(replace(theirs, rivals=(_as_rival(mine),)))
    held = [each for each in (first, second) if isinstance(each, Rest) and each.rule == "PERSON.TURN"]
    assert len(held) == 1


def test_a_touch_in_the_balance_is_waited_for(a_life: MakeLife, at: Callable[..., object]) -> None:
    rest = at(a_life(in_flight=True))
    assert isinstance(rest, Rest)
    assert rest.rule == "TOUCH.UNSETTLED"


def test_four_months_past_due_escalates_and_then_rests(a_life: MakeLife, at: Callable[..., object]) -> None:
    old = a_life(due_since=date(2026, 8, 2))
    assert isinstance(at(old), Escalate)
    rest = at(replace(old, legal_case="cas_1"))
    assert isinstance(rest, Rest)
    assert rest.stage == "legal"


def test_a_lender_only_tightens(a_life: MakeLife, playbook: Playbook, packs: Packs) -> None:
    life = a_life()
    tight = replace(life, lender=replace(life.lender, tightened=Tightened(open=time(10), close=time(12))))
    dawn = datetime(2026, 12, 1, 11, tzinfo=UTC)
    slot = the_slot(tight, playbook, packs, dawn)
    assert datetime(2026, 12, 1, 15, tzinfo=UTC) <= slot <= datetime(2026, 12, 1, 16, 30, tzinfo=UTC)
    loose = replace(life, lender=replace(life.lender, tightened=Tightened(open=time(5), close=time(23))))
    assert the_slot(loose, playbook, packs, dawn) == the_slot(life, playbook, packs, dawn)


LATER = st.tuples(st.integers(0, 60 * 24 * 40), st.lists(st.integers(0, 60 * 24 * 12), max_size=4), st.integers(0, 130))
"""Minutes on from noon, minutes before that of past texts, days past due."""


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(later=LATER)
def test_a_rest_is_bounded_and_deciding_again_at_its_end_gets_somewhere(
    a_life: MakeLife, playbook: Playbook, packs: Packs, later: tuple[int, list[int], int]
) -> None:
    """Obeying rests must reach a contact, an escalation or the cadence's end, with each rest at most seven days."""
    minutes, past, due = later
    now = NOON + timedelta(minutes=minutes)
    history = tuple(replace(text(0), at=now - timedelta(minutes=each)) for each in past)
    life = a_life(due_since=now.date() - timedelta(days=due), person={"history": history}, enrolled_at=now)
    for _ in range(40):
        decision = decide(replace(life, balance_as_of=now), playbook, packs, now)
        if not isinstance(decision, Rest):
            return
        assert now < decision.until <= now + LONGEST_REST
        assert decision.reason
        now = decision.until
    pytest.fail("forty rests and nothing happened")


def _as_rival(life: Life) -> Rival:
    return Rival(life.account, life.lender.id, life.stage, life.currency, life.balance, life.due_since, speaks=True)
