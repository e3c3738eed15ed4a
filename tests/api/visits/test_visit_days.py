"""'Today' is the day at the door: a page of an evening in Chicago, where the universal day has turned already."""

from datetime import timedelta

import pytest

from forbear.ledger.ids import new_id
from forbear.ledger.tables.visits import VisitPlan
from forbear.ledger.visits import approve
from forbear.ledger.visits_planned import assign
from forbear.ledger.visits_today import day, local_day, today, zone_at_work
from tests.api.visits.conftest import Round
from tests.ledger.visiting import Crew

EVENING = timedelta(hours=6, minutes=30)
"""From Monday noon to 18:30 in Chicago, which is Tuesday, 00:30, by the universal clock."""


def planned_this_evening(crew: Crew) -> str:
    """A visit half an hour from now."""
    visit, _, _ = crew.requested()
    local = local_day(crew.house.now, "America/Chicago")
    with crew.desk(crew.supervisor) as desk:
        approve(desk, visit, "no_other_way")
        assign(desk, visit, crew.team(day=local), crew.house.now + timedelta(minutes=30))
    return visit


def test_a_visit_of_this_evening_is_on_the_page_of_today(visits: Round) -> None:
    visits.desk.hands.advance(EVENING)
    visit = planned_this_evening(visits.crew)
    shown = visits.one.signed_in().get("/staff/visits/day").text
    assert f"/staff/visits/{visit}" in shown
    assert "March 2, 2026" in shown
    assert '/staff/visits/day/2026-03-01"' in shown
    assert f"/staff/visits/{visit}" not in visits.one.get("/staff/visits/day/2026-03-03").text


def test_a_route_is_offered_for_the_day_at_the_doors(visits: Round) -> None:
    visits.desk.hands.advance(EVENING)
    visit, _, _ = visits.crew.requested()
    with visits.crew.desk(visits.crew.supervisor) as desk:
        approve(desk, visit, "no_other_way")
    assert 'name="day" value="2026-03-02"' in visits.supervisor.signed_in().get("/staff/visits/route").text


@pytest.mark.parametrize(
    ("zone", "hours", "on"),
    [("Asia/Shanghai", 0, "2026-03-03"), ("Asia/Urumqi", 1, "2026-03-03"), ("America/Los_Angeles", 13, "2026-03-02")],
)
def test_the_day_turns_where_the_door_is(visits: Round, zone: str, hours: int, on: str) -> None:
    visit, _, _ = visits.crew.assigned()
    before = visits.crew.plan(visit)
    visits.desk.hands.advance(timedelta(hours=hours))
    moved = {name: getattr(before, name) for name in ("tenant", "lender", "visit", "first_officer", "second_officer")}
    slot = {"starts_at": visits.desk.house.now, "ends_at": visits.desk.house.now + timedelta(minutes=20)}
    with visits.desk.operator() as session:
        more = {"id": new_id("vpn"), "sequence": 1, "zone": zone, "planned_by": before.planned_by, "at": before.at}
        session.add(VisitPlan(**moved, **slot, **more))
    with visits.crew.desk(visits.crew.one) as desk:
        found = today(desk)
        assert zone_at_work(desk) == zone
        assert found.on.isoformat() == on
        assert [each.id for each, _ in found.visits] == [visit]
        assert [each.id for each, _ in day(desk, found.on).visits] == [visit]


def test_a_visit_that_is_under_way_stays_on_the_page_past_midnight(visits: Round) -> None:
    visit, _, _ = visits.crew.under_way()
    visits.desk.hands.advance(timedelta(hours=13))
    assert f"/staff/visits/{visit}" in visits.one.signed_in().get("/staff/visits/day").text


@pytest.mark.parametrize(
    ("on", "status"),
    [
        *((day, 422) for day in ("0001-01-01", "1999-12-31", "2201-01-01", "9999-12-31", "tomorrow")),
        *((day, 200) for day in ("2000-01-01", "2200-12-31")),
    ],
)
def test_a_day_of_another_age_is_no_day(visits: Round, on: str, status: int) -> None:
    assert visits.one.get(f"/staff/visits/day/{on}").status_code == status
