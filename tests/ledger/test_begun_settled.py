"""How a call or a visit ended: what it counts as, and what follows from it in the same transaction."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any, get_args

import pytest
from sqlalchemy import select

from forbear.cadence.decide import decide
from forbear.contracts.decision import Contact, Rest
from forbear.contracts.outcomes import CALL_OUTCOMES, OUTCOMES, VISIT_OUTCOMES
from forbear.errors import BadInput, Conflict
from forbear.ledger.begun import Held, Promised
from forbear.ledger.tables.accounts import Promise, Stop
from forbear.ledger.tables.contacts import Reply, Suppression
from forbear.ledger.tables.people import ContactPoint
from forbear.ledger.tables.tasks import Task
from forbear.rules.facts import Result
from tests.conftest import Hands
from tests.ledger.at_work import CALLER, OFFICERS, address, end, read, start, started, task
from tests.ledger.house import A_DAY, AN_HOUR, House

TOMORROW = Promised(date(2026, 3, 3))
CALLS = {
    "no_answer": ("undelivered", "no_answer"),
    "busy": ("undelivered", "busy"),
    "not_in_service": ("undelivered", "not_in_service"),
    "machine_no_message": ("undelivered", "machine_no_message"),
    "voicemail_left": ("delivered", "voicemail_left"),
    "hung_up_before_check": ("delivered", "connected"),
    "wrong_party": ("undelivered", "wrong_party"),
    "third_person": ("undelivered", "wrong_party"),
    "spoke_promise": ("delivered", "connected"),
    "spoke_paid": ("delivered", "connected"),
    "spoke_refuses": ("delivered", "connected"),
    "spoke_dispute": ("delivered", "connected"),
    "spoke_hardship": ("delivered", "connected"),
    "spoke_call_back": ("delivered", "connected"),
    "spoke_stop": ("delivered", "connected"),
    "spoke_attorney": ("delivered", "connected"),
}
VISITS = {
    "met_borrower": ("delivered", "visited"),
    "met_third_party": ("undelivered", "visited"),
    "nobody_home": ("undelivered", "no_answer"),
    "address_wrong": ("undelivered", "no_answer"),
    "moved": ("undelivered", "no_answer"),
    "refused": ("delivered", "visited"),
    "unsafe_aborted": ("undelivered", "visited"),
    "asked_not_to_return": ("delivered", "visited"),
}


def test_every_outcome_has_a_cell_and_a_result_of_the_rules() -> None:
    assert set(CALLS) == set(CALL_OUTCOMES)
    assert set(VISITS) == set(VISIT_OUTCOMES)
    for kind in OUTCOMES.values():
        assert {outcome.result for outcome in kind.values()} <= set(get_args(Result))


@pytest.mark.parametrize("outcome", CALLS)
def test_what_a_call_counts_as(house: House, outcome: str) -> None:
    person, account = house.borrower()
    made = task(house, account, person)
    begun = started(house, made)
    promise = TOMORROW if CALL_OUTCOMES[outcome].promise == "must" else None
    end(house, made, outcome, promise=promise, cause="forgot")
    touch = house.touch(begun.touch)
    assert (touch.state, touch.result) == CALLS[outcome]
    closed = read(house, made)
    assert (closed.state, closed.outcome, closed.cause) == ("done", outcome, "forgot")
    assert house.told(account)[-1] == "task_closed"


@pytest.mark.parametrize("outcome", VISITS)
def test_what_a_visit_counts_as(house: House, outcome: str) -> None:
    person, account = house.borrower()
    address(house, person)
    made = task(house, account, person, "visit")
    begun = started(house, made, OFFICERS)
    end(house, made, outcome, OFFICERS)
    touch = house.touch(begun.touch)
    assert (touch.state, touch.result) == VISITS[outcome]


@pytest.mark.parametrize(
    ("outcome", "kind"), [("spoke_dispute", "dispute"), ("spoke_hardship", "hardship"), ("spoke_attorney", "attorney")]
)
def test_what_was_said_stops_the_account_at_once(house: House, outcome: str, kind: str) -> None:
    person, account = house.borrower()
    made = task(house, account, person)
    started(house, made)
    end(house, made, outcome)
    with house.worker() as session:
        placed = session.scalars(select(Stop).where(Stop.person == person)).one()
    assert (placed.kind, placed.account, placed.via) == (kind, account, "call")
    again = start(house, task(house, account, person, step="another"))
    assert isinstance(again, Held)


def test_who_says_stop_is_called_no_more_and_the_number_left_alone(house: House) -> None:
    person, account = house.borrower("+13125550140")
    made = task(house, account, person)
    started(house, made)
    end(house, made, "spoke_stop")
    with house.worker() as session:
        said = session.scalars(select(Suppression).where(Suppression.person == person)).all()
    assert {(each.scope, each.channel) for each in said} == {("channel", "call"), ("number", None)}
    assert isinstance(house.ask(account), Rest)


def test_who_wants_no_visits_gets_none_and_may_be_written_to(house: House) -> None:
    person, account = house.borrower("+13125550141")
    address(house, person)
    made = task(house, account, person, "visit")
    started(house, made, OFFICERS)
    end(house, made, "asked_not_to_return", OFFICERS)
    again = start(house, task(house, account, person, "visit", step="again"), OFFICERS)
    assert isinstance(again, Held)
    assert again.rule == "POLICY.SUPPRESSED"
    assert isinstance(house.ask(account), Contact)


def test_a_wrong_number_and_a_wrong_address_are_used_no_more(house: House) -> None:
    person, account = house.borrower("+13125550142")
    address(house, person)
    call = task(house, account, person)
    started(house, call)
    end(house, call, "wrong_party")
    visit = task(house, account, person, "visit")
    started(house, visit, OFFICERS)
    end(house, visit, "moved", OFFICERS)
    with house.worker() as session:
        states = session.execute(select(ContactPoint.kind, ContactPoint.state).where(ContactPoint.person == person))
        assert {row.kind: row.state for row in states} == {"phone": "wrong_party", "postal": "invalid"}


def test_a_promise_is_made_of_all_that_is_owed_or_of_what_was_named(house: House) -> None:
    person, account = house.borrower("+13125550143")
    first = task(house, account, person)
    started(house, first)
    end(house, first, "spoke_promise", promise=TOMORROW, note="on Tuesday, when the wages come")
    with house.worker() as session:
        promise = session.scalars(select(Promise).where(Promise.account == account)).one()
        note = session.scalars(select(Reply).where(Reply.account == account)).one()
    assert (promise.amount, promise.due_on, promise.via) == (Decimal(100), date(2026, 3, 3), "call")
    assert (note.needs_human, note.reading) == (False, "spoke_promise")
    assert note.text is not None
    assert b"wages" not in note.text
    rest = house.ask(account, decide)
    assert isinstance(rest, Rest)
    assert rest.rule == "PROMISE.OPEN"


def test_what_does_not_fit_is_refused_and_changes_nothing(house: House) -> None:
    person, account = house.borrower("+13125550144")
    made = task(house, account, person)
    with pytest.raises(Conflict):
        end(house, made, "no_answer")
    started(house, made)
    wrong: list[tuple[str, dict[str, Any]]] = [
        ("spoke_promise", {}),
        ("spoke_promise", {"promise": Promised(date(2026, 3, 1))}),
        ("spoke_promise", {"promise": Promised(date(2026, 5, 1))}),
        *(
            ("spoke_promise", {"promise": Promised(date(2026, 3, 3), Decimal(amount))})
            for amount in ("0", "-1", "0.001", "10.005", "1e-30", "1e500", "Infinity", "NaN")
        ),
        ("no_answer", {"promise": TOMORROW}),
        ("threatened", {}),
        ("met_borrower", {}),
        ("busy", {"cause": "lazy"}),
        ("busy", {"ticked": ["shouted"]}),
    ]
    for outcome, fields in wrong:
        with pytest.raises(BadInput):
            end(house, made, outcome, **fields)
    with pytest.raises(Conflict):
        end(house, made, "busy", ("stf_other",))
    assert house.touch(str(read(house, made).touch)).state == "dispatching"


def test_pressed_twice_it_is_one_end_and_another_end_is_refused(house: House) -> None:
    person, account = house.borrower("+13125550145")
    made = task(house, account, person)
    touch = started(house, made).touch
    end(house, made, "spoke_paid")
    told, receipts = house.told(account), house.receipts(touch)
    end(house, made, "spoke_paid")
    assert (house.told(account), house.receipts(touch)) == (told, receipts)
    with house.worker() as session:
        held = session.scalars(select(Stop).where(Stop.person == person)).one()
    assert (held.kind, held.reason, held.until) == ("hold", "payment_expected", house.now + 3 * A_DAY)
    with pytest.raises(Conflict):
        end(house, made, "spoke_refuses")


def test_what_nobody_told_is_unknown_counts_and_is_asked_for(house: House, hands: Hands) -> None:
    person, account = house.borrower("+13125550146")
    made = task(house, account, person)
    touch = started(house, made).touch
    hands.advance(2 * AN_HOUR - timedelta(minutes=1))
    house.upkeeping().expire_claims()
    assert house.touch(touch).state == "dispatching"
    hands.advance(timedelta(minutes=2))
    house.upkeeping().expire_claims()
    assert (house.touch(touch).state, read(house, made).state) == ("unknown", "expired")
    assert touch not in [each.touch for each in house.upkeeping().unsettled()]
    with house.worker() as session:
        asked = session.scalars(select(Task).where(Task.kind == "unknown_touch", Task.touch == touch)).one()
        inquiry = asked.id
    assert (asked.role, asked.state) == ("supervisor", "open")
    end(house, made, "no_answer", (CALLER,))
    assert (house.touch(touch).state, house.touch(touch).result) == ("undelivered", "no_answer")
    assert (read(house, made).state, read(house, inquiry).state) == ("done", "withdrawn")


def test_an_unknown_call_of_a_person_does_not_hold_the_account_for_ever(house: House, hands: Hands) -> None:
    person, account = house.borrower("+13125550147")
    made = task(house, account, person)
    started(house, made)
    held = house.ask(account)
    assert isinstance(held, Rest)
    assert held.rule == "TOUCH.UNSETTLED"
    hands.advance(3 * AN_HOUR)
    house.upkeeping().expire_claims()
    assert isinstance(house.ask(account), Contact)
