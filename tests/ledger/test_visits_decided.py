"""A visit is asked for by a task and decided by a named supervisor; then two officers and an hour that is open."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import time, timedelta
from threading import Barrier, BrokenBarrierError

import pytest
from sqlalchemy import select, update

from forbear.errors import BadInput, Conflict, Forbidden, NotFound
from forbear.ledger import tasks
from forbear.ledger.tables.accounts import Account
from forbear.ledger.tables.people import Agreement, Profile
from forbear.ledger.tables.tasks import Task
from forbear.ledger.tables.visits import Visit
from forbear.ledger.visits import approve, decline
from forbear.ledger.visits_hours import standing
from forbear.ledger.visits_planned import assign, assign_day, overtaken, propose, tell_place
from forbear.ledger.visits_requested import requested
from forbear.ledger.visits_shown import board
from forbear.visits.routes import NO_WINDOW
from tests.conftest import Hands
from tests.ledger.at_work import read
from tests.ledger.house import A_DAY, AN_HOUR, NOON, House
from tests.ledger.visiting import DOOR, Crew, crew_of

A_MINUTE = timedelta(minutes=1)


@pytest.fixture
def crew(house: House) -> Crew:
    return crew_of(house)


def test_a_request_has_a_number_and_a_row(crew: Crew) -> None:
    first, second = (crew.visit(crew.requested()[0]) for _ in range(2))
    assert (first.state, second.number) == ("requested", first.number + 1)
    assert crew.audited(first.id) == ["visit_requested"]


def test_a_supervisor_approves_and_the_account_hears_of_it(crew: Crew) -> None:
    visit, _, account = crew.requested()
    with crew.desk(crew.supervisor) as desk:
        approve(desk, visit, "paper_to_serve")
    row = crew.visit(visit)
    assert (row.state, row.decided_by, row.decision_reason) == ("approved", crew.supervisor, "paper_to_serve")
    assert crew.house.told(account)[-1] == "visit_decided"
    with crew.desk(crew.supervisor) as desk, pytest.raises(Conflict):
        approve(desk, visit, "paper_to_serve")


def test_a_declined_visit_is_over_and_so_is_its_task(crew: Crew) -> None:
    visit, _, account = crew.requested()
    with crew.desk(crew.supervisor) as desk:
        decline(desk, visit, "vulnerable")
    row = crew.visit(visit)
    assert (row.state, row.decision_reason) == ("declined", "vulnerable")
    assert read(crew.house, row.task).state == "declined"
    assert {"visit_decided", "task_closed"} <= set(crew.house.told(account))
    with crew.desk(crew.supervisor) as desk, pytest.raises(Conflict):
        assign(desk, visit, crew.team(), crew.house.now + AN_HOUR)


def test_nobody_but_another_supervisor_decides(crew: Crew) -> None:
    visit, _, _ = crew.requested()
    with crew.desk(crew.one) as desk, pytest.raises(Forbidden):
        approve(desk, visit, "no_other_way")
    with crew.house.ledger.staff(crew.house.tenant) as session:
        session.execute(update(Visit).where(Visit.id == visit).values(requested_by=crew.supervisor))
    with crew.desk(crew.supervisor) as desk, pytest.raises(Forbidden):
        approve(desk, visit, "no_other_way")
    with crew.desk(crew.second_supervisor) as desk:
        approve(desk, visit, "no_other_way")


def test_a_reason_is_one_of_the_list(crew: Crew) -> None:
    visit, _, _ = crew.requested()
    with crew.desk(crew.supervisor) as desk, pytest.raises(BadInput):
        approve(desk, visit, "because Ada said so")


def test_another_tenant_sees_no_visit(crew: Crew) -> None:
    visit, _, _ = crew.requested()
    other = crew_of(House(crew.house.settings, crew.house.ledger.clock.source))  # pyright: ignore[reportArgumentType]  the hands
    with other.desk(other.supervisor) as desk, pytest.raises(NotFound):
        approve(desk, visit, "no_other_way")
    with other.desk(other.supervisor) as desk:
        assert desk.session.scalars(select(Visit.id)).all() == []
    other.house.close()


def test_where_the_law_forbids_visits_none_is_approved(crew: Crew) -> None:
    visit, person, _ = crew.requested()
    with crew.house.api() as session:
        session.execute(update(Profile).where(Profile.person == person).values(jurisdictions=["US", "US-DC"]))
    with crew.desk(crew.supervisor) as desk:
        seen = standing(desk, crew.visit(visit))
        assert [held.rule for held in seen.reasons if held.rule.startswith("US-DC")]
        with pytest.raises(Conflict, match="US-DC"):
            approve(desk, visit, "no_other_way")
    assert crew.visit(visit).state == "requested"


def test_two_go_at_an_hour_that_is_open_and_the_task_waits_for_them(crew: Crew) -> None:
    visit, _, _ = crew.assigned()
    plan, row = crew.plan(visit), crew.visit(visit)
    assert (plan.first_officer, plan.second_officer, plan.sequence) == (crew.one, crew.two, 0)
    assert (plan.zone, plan.ends_at - plan.starts_at) == ("America/Chicago", 20 * A_MINUTE)
    assert (row.state, row.version) == ("assigned", 2)
    expires = read(crew.house, row.task).expires_at
    assert expires is not None
    assert expires > plan.ends_at


@pytest.mark.parametrize("second", ["same", "supervisor", "stranger"])
def test_one_officer_is_not_two(crew: Crew, second: str) -> None:
    visit, _, _ = crew.requested()
    others = {"same": crew.one, "supervisor": crew.supervisor, "stranger": "stf_nobody"}
    with crew.desk(crew.supervisor) as desk:
        approve(desk, visit, "no_other_way")
    with crew.desk(crew.supervisor) as desk, pytest.raises((BadInput, Forbidden)):
        assign(desk, visit, crew.team(second=others[second]), crew.house.now + AN_HOUR)
    assert crew.visit(visit).state == "approved"


def test_an_hour_at_night_or_outside_the_wishes_is_no_slot(crew: Crew) -> None:
    visit, person, _ = crew.requested()
    with crew.desk(crew.supervisor) as desk:
        approve(desk, visit, "no_other_way")
    late = crew.team(opens=time(6), closes=time(23, 30))
    with crew.desk(crew.supervisor) as desk, pytest.raises(BadInput):
        assign(desk, visit, late, NOON + 10 * AN_HOUR)
    agree(crew, person, "18:00", "19:30")
    with crew.desk(crew.supervisor) as desk, pytest.raises(BadInput):
        assign(desk, visit, late, NOON + AN_HOUR)
    with crew.desk(crew.supervisor) as desk:
        assign(desk, visit, late, NOON + 6 * AN_HOUR)  # 18:00 in Chicago


def test_a_wish_said_after_the_plan_overtakes_it_and_moving_raises_the_sequence(crew: Crew) -> None:
    visit, person, _ = crew.assigned()
    with crew.desk(crew.supervisor) as desk:
        assert overtaken(desk, crew.visit(visit), crew.plan(visit)) is None
    agree(crew, person, "17:00", "19:00")
    with crew.desk(crew.supervisor) as desk:
        assert overtaken(desk, crew.visit(visit), crew.plan(visit)) is not None
        assign(desk, visit, crew.team(), NOON + 5 * AN_HOUR)
    with crew.desk(crew.supervisor) as desk:
        assert overtaken(desk, crew.visit(visit), crew.plan(visit)) is None
    assert crew.plan(visit).sequence == 1


def test_nobody_is_at_two_doors_at_once(crew: Crew) -> None:
    crew.assigned()
    other, _, _ = crew.requested()
    with crew.desk(crew.supervisor) as desk:
        approve(desk, other, "no_other_way")
    again = replace(crew.team(), second=crew.three)
    with crew.desk(crew.supervisor) as desk, pytest.raises(Conflict):
        assign(desk, other, again, crew.house.now + 20 * A_MINUTE)
    with crew.desk(crew.supervisor) as desk:
        assign(desk, other, again, crew.house.now + AN_HOUR)


def test_nobody_is_sent_elsewhere_while_at_a_door(crew: Crew) -> None:
    crew.under_way()
    other, _, _ = crew.requested()
    with crew.desk(crew.supervisor) as desk:
        approve(desk, other, "no_other_way")
    with crew.desk(crew.supervisor) as desk, pytest.raises(Conflict):
        assign(desk, other, crew.team(), crew.house.now + 10 * A_MINUTE)


def test_two_supervisors_at_once_send_an_officer_to_one_door(crew: Crew) -> None:
    asked = [crew.requested()[0] for _ in range(2)]
    for visit in asked:
        with crew.desk(crew.supervisor) as desk:
            approve(desk, visit, "no_other_way")
    teams, both = [crew.team(), crew.team(first=crew.three, second=crew.one)], Barrier(2)

    def plan(number: int) -> bool:
        try:
            with crew.desk(crew.supervisor) as desk:
                desk.session.get(Visit, asked[number])
                both.wait(30)
                assign(desk, asked[number], teams[number], crew.house.now + 20 * A_MINUTE)
                with suppress(BrokenBarrierError):
                    both.wait(1)  # before either commits, unless the other waits for this one
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(plan, range(2))) == [False, True]


def test_a_days_route_is_proposed_and_then_assigned_by_the_supervisor(crew: Crew) -> None:
    visits = [crew.requested()[0] for _ in range(3)]
    held, person, account = crew.requested()
    crew.house.stop(person, "dispute", account=account)
    with crew.desk(crew.supervisor) as desk:
        for number, visit in enumerate(visits):
            approve(desk, visit, "no_other_way")
            tell_place(desk, visit, DOOR[0] + number * 0.01, DOOR[1], "wgs84")
        desk.session.execute(update(Visit).where(Visit.id == held).values(state="approved"))
    with crew.desk(crew.supervisor) as desk:
        plan = propose(desk, [*visits, held], crew.team())
    assert {each.id for each in plan.route.placed} == set(visits)
    assert [(each.id, each.why) for each in plan.route.dropped] == [(held, NO_WINDOW)]
    assert held in plan.held
    assert {crew.visit(each).state for each in visits} == {"approved"}
    with crew.desk(crew.supervisor) as desk:
        assign_day(desk, [*visits, held], crew.team())
    assert {crew.visit(each).state for each in visits} == {"assigned"}
    assert crew.visit(held).state == "approved"


def test_what_was_paid_meanwhile_is_withdrawn_with_its_task(crew: Crew) -> None:
    visit, _, account = crew.assigned()
    with crew.house.worker() as session:
        tasks.withdraw(session, account, crew.house.now)
    assert crew.visit(visit).state == "withdrawn"
    with crew.desk(crew.supervisor) as desk, pytest.raises(Conflict):
        assign(desk, visit, crew.team(), crew.house.now + AN_HOUR)


@pytest.mark.parametrize("state", ["requested", "assigned"])
def test_a_visit_left_over_from_a_closed_task_is_taken_back(crew: Crew, state: str) -> None:
    visit, _, _ = crew.requested() if state == "requested" else crew.assigned()
    with crew.house.worker() as session:
        closed = update(Task).where(Task.id == crew.visit(visit).task)
        session.execute(closed.values(state="withdrawn", closed_at=crew.house.now))
    assert visit not in on_board(crew)
    assert crew.house.upkeeping().end_visits() >= 1
    assert crew.visit(visit).state == "withdrawn"
    assert crew.audited(visit)[-1] == "visit_withdrawn"
    assert crew.house.upkeeping().end_visits() == 0


def test_a_request_that_nobody_decided_in_time_leaves_the_board(crew: Crew, hands: Hands) -> None:
    visit, _, account = crew.requested()
    begun, _, _ = crew.under_way()
    assert {visit, begun} <= set(on_board(crew))
    hands.set(read(crew.house, crew.visit(visit).task).expires_at or crew.house.now)
    assert visit not in on_board(crew)
    with crew.desk(crew.supervisor) as desk, pytest.raises(Conflict, match="no longer asked for"):
        approve(desk, visit, "no_other_way")
    crew.house.upkeeping().end_visits()
    row = crew.visit(visit)
    assert (row.state, read(crew.house, row.task).state) == ("withdrawn", "expired")
    assert crew.house.told(account)[-1] == "task_closed"
    assert crew.visit(begun).state == "under_way", "who set out says how it ended"
    assert begun in on_board(crew)


def on_board(crew: Crew) -> list[str]:
    with crew.desk(crew.supervisor) as desk:
        return [each.visit.id for each in board(desk)]


def test_a_task_that_names_nobody_asks_for_no_visit(crew: Crew) -> None:
    visit, _, _ = crew.requested()
    with crew.house.worker() as session:
        task = session.get_one(Task, crew.visit(visit).task)
        session.expunge(task)
        task.person = None
        assert requested(session, task, crew.house.now) is None


def test_a_closed_account_has_no_hours(crew: Crew, hands: Hands) -> None:
    visit, _, account = crew.requested()
    with crew.house.api() as session:
        session.execute(update(Account).where(Account.id == account).values(state="closed"))
    hands.advance(A_DAY)
    with crew.desk(crew.supervisor) as desk:
        assert standing(desk, crew.visit(visit)).reasons[0].rule == "VISIT.OVER"


def agree(crew: Crew, person: str, opens: str, closes: str) -> None:
    with crew.house.api() as session:
        session.add(
            Agreement(
                id=f"agr_{opens}_{person}",
                tenant=crew.house.tenant,
                lender=crew.house.lender,
                person=person,
                kind="hours",
                terms={"open": opens, "close": closes},
                at=crew.house.now,
            )
        )
