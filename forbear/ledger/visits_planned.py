"""Who goes when: two different officers and a slot inside the law's hours, the person's wishes and their own shift.

Planning is a named person's act each time; a plan that the law or a wish has overtaken is shown as such and planned
anew, with a higher sequence, so that calendars follow.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from forbear.errors import BadInput, Conflict
from forbear.ledger.begun import Held
from forbear.ledger.ids import new_id
from forbear.ledger.tables.staff import Staff
from forbear.ledger.tables.visits import Visit, VisitPlace, VisitPlan
from forbear.ledger.visits import lock, plan_of, still_asked_for
from forbear.ledger.visits_desk import Desk
from forbear.ledger.visits_hours import FROM, TO, open_day
from forbear.ledger.visits_requested import note
from forbear.visits.places import Place, System, read_place
from forbear.visits.routes import Method, Placed, Route, Stop, plan_day
from forbear.visits.slots import SERVICE, Span, day_span

AFTER: Final = timedelta(days=1)
"""World time that a task outlives its slot, so that a late start or report still finds it."""
PLANNABLE: Final = ("approved", "assigned")


@dataclass(frozen=True, slots=True)
class Team:
    """Two officers and the hours they work that day."""

    first: str
    second: str
    day: date
    opens: time = FROM
    closes: time = TO


@dataclass(frozen=True, slots=True)
class DayPlan:
    """A day's route, and the zone in which its hours are to be read."""

    route: Route
    zone: str
    held: dict[str, Held]
    """Why a visit has no hours that day, by its id."""


def assign(desk: Desk, visit_id: str, team: Team, starts_at: datetime) -> VisitPlan:
    """Send two officers at an hour. Assigned before, it is moved.

    Raises:
        BadInput: the two are one, or the hour is not open.
        Conflict: the visit is not approved, or one of them is elsewhere then.
        Forbidden: who plans is no supervisor, or who goes no officer.
    """
    desk.must_be("supervisor")
    _two(desk, team)
    _one_plan_at_a_time(desk.session, team)
    visit, task = lock(desk.session, visit_id)
    still_asked_for(task, desk.now())
    if visit.state not in PLANNABLE:
        raise Conflict("Only a visit that was approved and has not begun can be planned")
    slot = Span(starts_at, starts_at + SERVICE)
    zone = _fits(desk, visit, team, slot)
    _both_free(desk.session, visit, team, slot)
    plan = _write(desk, visit, team, slot, zone)
    task.expires_at = max(task.expires_at or slot.end, slot.end + AFTER)
    visit.state = "assigned"
    visit.version += 1
    note(desk.session, visit, "visit_assigned", desk.now(), by=desk.staff)
    desk.did(visit, "visit_assigned")
    return plan


def propose(desk: Desk, visit_ids: Sequence[str], team: Team, *, method: Method | None = None) -> DayPlan:
    """A route for these visits; nothing is assigned by it."""
    now, held = desk.now(), dict[str, Held]()
    stops: list[Stop] = []
    zone = "UTC"
    for visit_id in visit_ids:
        visit = desk.session.get(Visit, visit_id)
        if visit is None or visit.state not in PLANNABLE:
            continue
        day = open_day(desk, visit, team.day, (team.opens, team.closes))
        zone = day.zone if day.zone != "UTC" else zone
        if day.why is not None:
            held[visit.id] = day.why
        stops.append(Stop(visit.id, place_of(desk, visit), day.spans))
    shift = day_span(team.day, team.opens, team.closes, ZoneInfo(zone))
    route = plan_day(stops, Span(min(max(shift.start, now), shift.end), shift.end), method=method)
    return DayPlan(route, zone, held)


def assign_day(desk: Desk, visit_ids: Sequence[str], team: Team) -> tuple[Placed, ...]:
    """Assign what the route holds; who is left out stays approved."""
    _two(desk, team)
    placed = propose(desk, visit_ids, team).route.placed
    for each in placed:
        assign(desk, each.id, team, each.slot.start)
    return placed


def overtaken(desk: Desk, visit: Visit, plan: VisitPlan) -> Held | None:
    """What speaks by now against a planned slot that is yet to come: the law, or what the person wished since."""
    if visit.state != "assigned" or plan.starts_at <= desk.now():
        return None
    day = open_day(desk, visit, plan.starts_at.astimezone(ZoneInfo(plan.zone)).date())
    if any(span.holds(Span(plan.starts_at, plan.ends_at)) for span in day.spans):
        return None
    return day.why or Held("VISIT.HOURS", "the hours that are open have changed")


def tell_place(desk: Desk, visit_id: str, latitude: float, longitude: float, system: System) -> None:
    """Say where the visit's address is on the globe. It is kept as told, and for the next visit there.

    Raises:
        BadInput: no such place or system.
        Conflict: the visit names no address.
    """
    read_place(latitude, longitude, system)
    visit, _ = lock(desk.session, visit_id)
    if visit.contact_point is None:
        raise Conflict("This visit names no address")
    desk.session.add(
        VisitPlace(
            id=new_id("vpc"),
            tenant=visit.tenant,
            lender=visit.lender,
            contact_point=visit.contact_point,
            person=visit.person,
            place=seal_place(desk, visit, latitude, longitude),
            system=system,
            told_by=desk.staff,
            at=desk.now(),
        )
    )
    desk.did(visit, "visit_place_told")


def place_of(desk: Desk, visit: Visit) -> Place | None:
    """Where the address is, as told last; None where nobody told."""
    told = desk.session.scalars(
        select(VisitPlace)
        .where(VisitPlace.contact_point == visit.contact_point)
        .order_by(VisitPlace.at.desc(), VisitPlace.id)
        .limit(1)
    ).first()
    return None if told is None else open_place(desk, visit, told.place, told.system)


def seal_place(desk: Desk, visit: Visit, latitude: float, longitude: float) -> bytes:
    """Coordinates under the person's key: they are somebody's home."""
    return desk.seal(visit, f"{latitude:.7f},{longitude:.7f}")


def open_place(desk: Desk, visit: Visit, sealed: bytes, system: str) -> Place:
    latitude, longitude = (float(each) for each in desk.open(visit, sealed).split(","))
    return read_place(latitude, longitude, system)


def _two(desk: Desk, team: Team) -> None:
    if team.first == team.second:
        raise BadInput("second", "is the same officer twice", "Choose two different officers.")
    for officer in (team.first, team.second):
        desk.must_be("officer", officer)


def _fits(desk: Desk, visit: Visit, team: Team, slot: Span) -> str:
    day = open_day(desk, visit, team.day, (team.opens, team.closes))
    if not any(span.holds(slot) for span in day.spans):
        why = f": {day.why.rule}, {day.why.reason}" if day.why else ""
        raise BadInput(
            "starts_at", f"is outside the hours that are open for this visit{why}", "Choose one of the slots."
        )
    return day.zone


def _one_plan_at_a_time(session: Session, team: Team) -> None:
    """Before the visit: whoever plans one of the two elsewhere meanwhile waits for this plan, and not in a circle."""
    pair = select(Staff.id).where(Staff.id.in_((team.first, team.second))).order_by(Staff.id)
    session.execute(pair.with_for_update(key_share=True))


def _both_free(session: Session, visit: Visit, team: Team, slot: Span) -> None:
    """Nobody is at two doors at once."""
    near = (VisitPlan.starts_at < slot.end, VisitPlan.ends_at > slot.start, VisitPlan.visit != visit.id)
    chosen = (
        select(VisitPlan)
        .join(Visit, Visit.id == VisitPlan.visit)
        .where(Visit.state.in_(("assigned", "under_way")), *near)
    )
    for other in session.scalars(chosen):
        latest = plan_of(session, other.visit)
        both = {other.first_officer, other.second_officer} & {team.first, team.second}
        if latest is not None and latest.id == other.id and both:
            raise Conflict("One of the two officers is at another visit then")


def _write(desk: Desk, visit: Visit, team: Team, slot: Span, zone: str) -> VisitPlan:
    before = plan_of(desk.session, visit.id)
    plan = VisitPlan(
        id=new_id("vpn"),
        tenant=visit.tenant,
        lender=visit.lender,
        visit=visit.id,
        sequence=0 if before is None else before.sequence + 1,
        first_officer=team.first,
        second_officer=team.second,
        starts_at=slot.start,
        ends_at=slot.end,
        zone=zone,
        planned_by=desk.staff,
        at=desk.now(),
    )
    desk.session.add(plan)
    desk.session.flush()
    return plan
