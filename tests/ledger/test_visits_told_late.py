"""What is told of a visit long after it: a report that arrives a day late, and one that nobody sent in time."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from forbear.errors import BadInput, Conflict, Forbidden
from forbear.ledger import promises
from forbear.ledger.begun import Promised
from forbear.ledger.tables.accounts import Promise
from forbear.ledger.tables.tasks import Task
from forbear.ledger.visits_made import end_untold
from tests.conftest import Hands
from tests.ledger.house import A_DAY, AN_HOUR, House
from tests.ledger.visiting import Crew, crew_of

A_MINUTE = timedelta(minutes=1)


@pytest.fixture
def crew(house: House) -> Crew:
    return crew_of(house)


def test_a_promise_for_the_day_of_the_visit_is_taken_when_the_report_arrives_a_day_late(
    crew: Crew, hands: Hands
) -> None:
    visit, _, _ = crew.under_way()
    day, said = Promised(crew.house.now.date()), crew.house.now + 10 * A_MINUTE
    hands.advance(20 * AN_HOUR)
    with pytest.raises(BadInput, match="promise"):
        crew.report(visit, "met_borrower", "borrower", promise=Promised(day.due_on - A_DAY), device_at=said)
    far = Promised(day.due_on + 32 * A_DAY)
    with pytest.raises(BadInput, match="promise"):
        crew.report(visit, "met_borrower", "borrower", promise=far, device_at=said)
    crew.report(visit, "met_borrower", "borrower", promise=day, device_at=said, handed=(("notice", "borrower"),))
    assert crew.visit(visit).state == "reported"


def test_money_booked_between_a_promise_and_its_late_report_keeps_it(crew: Crew, hands: Hands) -> None:
    visit, _, account = crew.under_way()
    day, said = Promised(crew.house.now.date(), Decimal(10)), crew.house.now + 10 * A_MINUTE
    hands.advance(AN_HOUR)
    crew.house.pay(account, "10.00")
    hands.advance(19 * AN_HOUR)
    crew.report(visit, "met_borrower", "borrower", promise=day, device_at=said)
    hands.advance(4 * A_DAY)
    with crew.house.worker() as session:
        promises.settle(session, account, crew.house.now)
        made = session.scalars(select(Promise).where(Promise.account == account)).one()
    assert (made.state, made.made_at) == ("kept", said)


@pytest.mark.parametrize("newer", ["stands", "withdrawn"])
def test_a_promise_told_late_does_not_replace_one_that_was_made_since(crew: Crew, hands: Hands, newer: str) -> None:
    visit, person, account = crew.under_way()
    said, by = crew.house.now + 10 * A_MINUTE, crew.house.now.date()
    hands.advance(AN_HOUR)
    asked: dict[str, Any] = {"tenant": crew.house.tenant, "account": account}
    with crew.house.worker() as session:
        given: dict[str, Any] = {
            **asked,
            "lender": crew.house.lender,
            "person": person,
            "amount": Decimal(40),
            "currency": "USD",
        }
        made = promises.make_promise(session, **given, due_on=by + 9 * A_DAY, via="page", now=crew.house.now)
        if newer == "withdrawn":
            promises.withdraw_promise(session, **asked, promise=made, reason="mistake", now=crew.house.now)
    hands.advance(10 * AN_HOUR)
    late = Promised(by + 2 * A_DAY, Decimal(10))
    crew.report(visit, "met_borrower", "borrower", promise=late, device_at=said)
    with crew.house.worker() as session:
        told = select(Promise.via, Promise.state).where(Promise.account == account).order_by(Promise.made_at)
        states = [tuple(row) for row in session.execute(told)]
    assert states == [("visit", "replaced"), ("page", "open" if newer == "stands" else "withdrawn")]


@pytest.mark.parametrize("clock", [-timedelta(days=400), timedelta(days=400)])
def test_a_phones_clock_is_believed_only_between_the_beginning_and_now(
    crew: Crew, hands: Hands, clock: timedelta
) -> None:
    visit, _, account = crew.under_way()
    began = crew.house.now
    hands.advance(AN_HOUR)
    crew.report(visit, "met_borrower", "borrower", promise=Promised(began.date()), device_at=began + clock)
    with crew.house.worker() as session:
        made = session.scalars(select(Promise.made_at).where(Promise.account == account)).one()
    assert made == (began if clock < timedelta(0) else crew.house.now)


def asked_about(crew: Crew, touch: str) -> list[tuple[str, str | None]]:
    """The tasks to find out what became of a touch, and how each stands."""
    with crew.house.worker() as session:
        found = select(Task.state, Task.outcome).where(Task.touch == touch, Task.kind == "unknown_touch")
        return [(row.state, row.outcome) for row in session.execute(found)]


def test_a_report_that_comes_by_itself_ends_the_task_to_find_out(crew: Crew, hands: Hands) -> None:
    visit, _, _ = crew.under_way()
    hands.advance(13 * AN_HOUR)
    crew.house.upkeeping().expire_claims()
    touch = str(crew.visit(visit).touch)
    assert asked_about(crew, touch) == [("open", None)]
    crew.report(visit)
    assert asked_about(crew, touch) == [("withdrawn", "reconciled")]


def test_a_supervisor_ends_what_nobody_told_and_the_two_may_still_report(crew: Crew, hands: Hands) -> None:
    visit, _, _ = crew.under_way()
    with crew.desk(crew.supervisor) as desk, pytest.raises(Conflict):
        end_untold(desk, visit)
    hands.advance(13 * AN_HOUR)
    crew.house.upkeeping().expire_claims()
    with crew.desk(crew.one) as desk, pytest.raises(Forbidden):
        end_untold(desk, visit)
    for _ in range(2):
        with crew.desk(crew.supervisor) as desk:
            end_untold(desk, visit)
    row = crew.visit(visit)
    assert (row.state, row.outcome) == ("aborted", None)
    assert crew.house.touch(str(row.touch)).state == "unknown", "it stays counted"
    assert asked_about(crew, str(row.touch)) == [("done", "nobody_knows")], "nobody is asked to find out any more"
    crew.report(visit, "met_borrower", "borrower")
    row = crew.visit(visit)
    assert (row.state, row.outcome) == ("reported", "met_borrower")
    assert crew.house.touch(str(row.touch)).result == "visited"
    with crew.desk(crew.supervisor) as desk, pytest.raises(Conflict):
        end_untold(desk, visit)
