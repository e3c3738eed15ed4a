"""An officer's visits of a day, by the calendar of the place where each is made and never by that of Greenwich.

In California it is still yesterday when the universal day turns, in Urumqi tomorrow has long begun; an officer's own
page turns over when the day does at the doors.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select
from sqlalchemy.sql.elements import ColumnElement

from forbear.ledger.tables.visits import Visit, VisitPlan
from forbear.ledger.visits import plan_of
from forbear.ledger.visits_desk import Desk

SHOWN = frozenset({"assigned", "under_way", "reported", "aborted"})
AROUND = timedelta(days=2)
"""World time: no civil day anywhere lies further from the same day elsewhere."""
NOWHERE = "UTC"
"""Of a tenant that never planned a visit."""


@dataclass(frozen=True, slots=True)
class Day:
    """A civil day, and an officer's visits of it in the order of the route."""

    on: date
    visits: list[tuple[Visit, VisitPlan]]


def today(desk: Desk) -> Day:
    """Each visit whose own place has the day of its slot now; one that is under way stays until it is told."""
    now = desk.now()
    kept = [pair for pair in _planned(desk, now) if _is_today(*pair, now)]
    return Day(local_day(now, zone_at_work(desk)), kept)


def day(desk: Desk, on: date) -> Day:
    """The visits of one date, each by the calendar of its own place."""
    noon = datetime.combine(on, time(12), ZoneInfo(NOWHERE))
    return Day(on, [pair for pair in _planned(desk, noon) if local_day(pair[1].starts_at, pair[1].zone) == on])


def local_day(at: datetime, zone: str) -> date:
    """The civil date at an instant in a zone."""
    return at.astimezone(ZoneInfo(zone)).date()


def zone_at_work(desk: Desk) -> str:
    """Where somebody works: by their own plan that is nearest in time, else by their tenant's."""
    for of in (_mine(desk), None):
        plans = select(VisitPlan.zone).order_by(_how_far(desk.now()), VisitPlan.id).limit(1)
        found = desk.session.scalars(plans if of is None else plans.where(of)).first()
        if found is not None:
            return found
    return NOWHERE


def _planned(desk: Desk, around: datetime) -> list[tuple[Visit, VisitPlan]]:
    near = VisitPlan.starts_at.between(around - AROUND, around + AROUND)
    of = select(VisitPlan.visit).where(_mine(desk), or_(near, Visit.state == "under_way"))
    chosen = select(Visit).where(Visit.state.in_(SHOWN), Visit.id.in_(of.where(VisitPlan.visit == Visit.id)))
    pairs = [(visit, plan_of(desk.session, visit.id)) for visit in desk.session.scalars(chosen)]
    mine = [
        (visit, plan)
        for visit, plan in pairs
        if plan is not None and desk.staff in {plan.first_officer, plan.second_officer}
    ]
    return sorted(mine, key=lambda pair: (pair[1].starts_at, pair[0].number))


def _is_today(visit: Visit, plan: VisitPlan, now: datetime) -> bool:
    return visit.state == "under_way" or local_day(plan.starts_at, plan.zone) == local_day(now, plan.zone)


def _mine(desk: Desk) -> ColumnElement[bool]:
    return or_(VisitPlan.first_officer == desk.staff, VisitPlan.second_officer == desk.staff)


def _how_far(now: datetime) -> ColumnElement[float]:
    return func.abs(func.extract("epoch", VisitPlan.starts_at) - now.timestamp())
