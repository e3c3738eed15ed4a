"""An American agency says nothing about a debt before the validation notice was posted, and lets its period pass."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

from forbear.cadence.decide import decide
from forbear.cadence.decision import Contact, Decision, Escalate, Rest
from forbear.cadence.letter_codes import letter_meaning
from forbear.cadence.life import ContactPoint, Lender, Life, PastTouch, Person, Tightened
from forbear.cadence.playbooks import Playbook, load_all
from forbear.cadence.preview import Planned, plan
from forbear.calendars import near
from forbear.contracts.words import Channel, LenderRole
from forbear.money.legal_dates import validation_period_us
from forbear.rules.packs import Packs

DUE = date(2026, 3, 2)
NOTICE, DEMAND, LAST = "validation-notice", "final-demand", "account-statement"
PLACES = (("US",), ("US", "US-NY"), ("US", "US-NY", "US-NYC"), ("US", "US-CA"), ("US", "US-TX"))


@pytest.fixture(scope="session")
def book() -> Playbook:
    return load_all()["us-agency"]


def on(day: int, hour: int = 17) -> datetime:
    """An hour of a day past due, in universal time."""
    return datetime(2026, 3, 2, hour, tzinfo=UTC) + timedelta(days=day)


def placed(day: int, role: LenderRole = "third_party_collector", **person: Any) -> Life:
    """An account that came to the agency on a day past due."""
    borrower = Person(
        id="b",
        role="borrower",
        language="en",
        jurisdictions=("US",),
        points=(
            ContactPoint("pt_b", "phone", "k_b", "mobile", "valid", "America/New_York", "address", "US"),
            ContactPoint("pa_b", "postal", "a_b", "residence", "valid", "America/New_York", "address", "US"),
        ),
    )
    return Life(
        account="acc_1",
        lender=Lender("len_1", role, "other", Tightened()),
        product="card",
        debt_kind="credit_card",
        currency="USD",
        balance=Decimal("512.00"),
        balance_as_of=on(day),
        due_since=DUE,
        enrolled_at=on(day),
        state="open",
        stage="",
        persons=(replace(borrower, **person),),
    )


def touched(life: Life, day: int, step: str, channel: Channel = "letter", state: Any = "sent") -> Life:
    person = life.borrower
    key, place = ("a_b", "residence") if channel == "letter" else ("k_b", "mobile")
    past = PastTouch(
        on(day), channel, "borrower", state, key, place, life.account, (life.account,), step,
        None if channel == "letter" else "no_answer", "reminder", "b", f"tch_{len(person.history)}",
    )  # fmt: skip
    return replace(life, persons=(replace(person, history=(*person.history, past)),))


def asked(life: Life, book: Playbook, packs: Packs, day: int) -> Decision:
    return decide(replace(life, balance_as_of=on(day)), book, packs, on(day))


def planned(life: Life, book: Playbook, packs: Packs, day: int, days: int = 250) -> list[Planned]:
    return list(plan(life, book, packs, on(day), days=days))


def test_it_is_for_collectors_and_buyers_and_sends_no_texts(book: Playbook) -> None:
    assert set(book.lender_roles) == {"third_party_collector", "debt_buyer", "licensed_agency"}
    assert {step.channel for step in book.steps} == {"letter", "call"}
    assert {step.by for step in book.steps if step.channel == "call"} == {"person"}
    assert not book.route.reaches("US", "third_party_collector")


@pytest.mark.parametrize("role", ["third_party_collector", "debt_buyer", "licensed_agency"])
@pytest.mark.parametrize("day", [1, 45, 179, 180, 400, 1200])
@pytest.mark.parametrize("places", PLACES, ids="-".join)
def test_the_notice_is_first_on_whatever_day_the_account_came(
    places: tuple[str, ...], day: int, role: LenderRole, book: Playbook, packs: Packs
) -> None:
    answer = asked(placed(day, role, jurisdictions=places), book, packs, day)
    assert isinstance(answer, Contact)
    assert (answer.step, answer.channel, answer.template) == (NOTICE, "letter", "us.notice.validation")
    assert {"mini_miranda"} <= set(answer.permit.disclosures)


@pytest.mark.parametrize("day", [2, 60, 181, 700, 1824, 1826, 2500])
def test_while_it_was_not_posted_nothing_else_is_said_and_nothing_handed_on(
    day: int, book: Playbook, packs: Packs
) -> None:
    """A notice that was refused, as one whose prescribed words are missing, leaves a failed touch: it is asked for again."""
    refused = touched(placed(1), day - 1, NOTICE, state="failed")
    answer = asked(refused, book, packs, day)
    assert isinstance(answer, Contact)
    assert answer.step == NOTICE


@pytest.mark.parametrize("day", [30, 200, 900])
def test_without_an_address_it_holds_and_says_so(day: int, book: Playbook, packs: Packs) -> None:
    life = placed(day)
    homeless = replace(life.borrower, points=life.borrower.points[:1])
    answer = asked(replace(life, persons=(homeless,)), book, packs, day)
    assert isinstance(answer, Rest)
    assert answer.rule == "POINT.NONE"
    assert answer.reason == "no valid contact point for letter"


@pytest.mark.parametrize(
    ("code", "action"),
    [
        ("draft.leaves", "stop_template"),
        ("approval.missing", "stop_template"),
        ("words.owed", "stop_template"),
        ("words.missing", "stop_template"),
        ("fields.given", "hold_account"),
    ],
)
def test_what_the_papers_refuse_holds_the_notice_until_a_person_saw_to_it(code: str, action: str) -> None:
    meaning = letter_meaning(code, refused=True)
    assert meaning is not None
    assert meaning.action == action
    assert meaning.says
    assert meaning.do


def test_after_it_nobody_calls_before_the_period_is_over(book: Playbook, packs: Packs) -> None:
    told = planned(placed(100), book, packs, 100)
    assert [(each.step, each.day) for each in told[:1]] == [(NOTICE, 100)]
    sent = told[0].at.date()
    end = validation_period_us(sent, near("US-federal", sent).days).period_end
    later = [each for each in told if each.channel]
    assert later[1].step == "first-call"
    assert all(each.at.date() > end for each in later[1:])


def days_of_posting() -> Iterator[date]:
    return (date(2026, 1, 1) + timedelta(days=each) for each in range(365 * 2))


def test_its_pause_is_never_shorter_than_the_period(book: Playbook) -> None:
    longest = max(
        (validation_period_us(day, near("US-federal", day).days).period_end - day).days for day in days_of_posting()
    )
    after = [step for step in book.steps if step.id in {"first-call", DEMAND}]
    assert len(after) == 2
    assert all(step.gap_days > longest for step in after)
    rest = [step for step in book.steps if step not in after and step.id != NOTICE]
    assert all(each.step in {"first-call", DEMAND} for step in rest for each in step.after)


def test_its_plan_calls_demands_offers_help_then_hands_on(book: Playbook, packs: Packs) -> None:
    told = planned(placed(10), book, packs, 10)
    assert [each.step for each in told if each.channel] == [
        NOTICE, "first-call", "call", "call", "call", DEMAND, "help-call", "help-call", LAST,
    ]  # fmt: skip
    assert {each.kind for each in told if each.channel == "call"} == {"ask"}
    assert told[-1].kind == "escalate"
    assert told[-1].day >= 180


def test_whoever_has_no_telephone_is_written_to_after_the_same_pause(book: Playbook, packs: Packs) -> None:
    life = placed(30)
    silent = replace(life, persons=(replace(life.borrower, points=life.borrower.points[1:]),))
    told = [(each.step, each.day) for each in planned(silent, book, packs, 30) if each.channel]
    assert [step for step, _ in told] == [NOTICE, DEMAND, LAST]
    assert [later - before for (_, before), (_, later) in pairwise(told)] == [42, 35]


def test_legal_staff_see_nothing_before_the_demand_had_its_thirty_days(book: Playbook, packs: Packs) -> None:
    noticed = touched(placed(300), 300, NOTICE)
    assert not isinstance(asked(noticed, book, packs, 310), Escalate)
    demanded = touched(touched(noticed, 345, "first-call", "call"), 390, DEMAND)
    told = planned(demanded, book, packs, 391)
    assert told[-1].kind == "escalate"
    assert told[-1].day - 390 > 30
    assert isinstance(asked(touched(demanded, 430, LAST), book, packs, 431), Escalate)
