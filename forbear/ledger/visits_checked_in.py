"""Two officers at one door: each says 'I am here', and whether that is enough to begin.

What a phone says is kept as it said it. Nothing is refused for being far away: it is written down, and does not count.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from forbear.errors import Conflict, Forbidden
from forbear.ledger import audit
from forbear.ledger.begun import Held
from forbear.ledger.ids import new_id
from forbear.ledger.tables.base import Base
from forbear.ledger.tables.visits import Visit, VisitCheckIn, VisitPlan
from forbear.ledger.visits import lock, plan_of
from forbear.ledger.visits_desk import Desk
from forbear.ledger.visits_planned import open_place, place_of, seal_place
from forbear.visits.places import Place, distance, nearness, read_place

AT_THE_DOOR: Final = 150.0
"""Metres from the address, if it has coordinates."""
TOGETHER: Final = 200.0
"""Metres between the two."""
AT_ONCE: Final = timedelta(minutes=10)
"""World time between the two check-ins."""
FRESH: Final = timedelta(minutes=30)
"""World time after which somebody may have gone again."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What an officer's phone said. `mocked` None: it cannot say. `typed`: written by hand from a map."""

    key: str
    device_at: datetime | None = None
    latitude: float | None = field(default=None, repr=False)
    longitude: float | None = field(default=None, repr=False)
    accuracy: float | None = None
    system: str = "wgs84"
    mocked: bool | None = None
    typed: bool = False

    def place(self) -> Place | None:
        if self.latitude is None or self.longitude is None:
            return None
        return read_place(self.latitude, self.longitude, self.system)


def check_in(desk: Desk, visit_id: str, reading: Reading) -> VisitCheckIn:
    """Put down that an officer is there; the same key again changes nothing.

    Raises:
        BadInput: coordinates of nowhere.
        Conflict: the visit is not planned, or over.
        Forbidden: somebody else was sent.
    """
    visit, _ = lock(desk.session, visit_id)
    sent(plan_of(desk.session, visit.id), desk.staff)
    mine = (VisitCheckIn.visit == visit.id, VisitCheckIn.officer == desk.staff, VisitCheckIn.key == reading.key)
    if (known := desk.session.scalars(select(VisitCheckIn).where(*mine)).first()) is not None:
        return known
    if visit.state not in {"assigned", "under_way"}:
        raise Conflict("This visit is not planned, or is over")
    row = _row(desk, visit, reading)
    desk.session.add(row)
    desk.session.flush()
    noted(desk, visit, "visit_checked_in", row.id, row)
    desk.did(visit, "visit_checked_in")
    return row


def noted(desk: Desk, visit: Visit, kind: str, subject: str, written: Base) -> None:
    """Put an append-only row of a visit into the audit, by its digest."""
    audit.note(
        desk.session,
        tenant=visit.tenant,
        lender=visit.lender,
        account=visit.account,
        person=visit.person,
        kind=kind,
        subject=subject,
        at=desk.now(),
        written=written,
    )


def sent(plan: VisitPlan | None, officer: str) -> VisitPlan:
    """The plan, if it sends this officer.

    Raises:
        Forbidden: it does not, or there is none.
    """
    if plan is None or officer not in {plan.first_officer, plan.second_officer}:
        raise Forbidden("Two other officers were sent to this visit")
    return plan


def together(desk: Desk, visit: Visit, plan: VisitPlan) -> Held | None:
    """What is missing before the two may begin; None if both are there."""
    one, other = (latest(desk.session, visit.id, each) for each in (plan.first_officer, plan.second_officer))
    now = desk.now()
    if one is None or other is None:
        return Held("VISIT.TWO", "the other officer has not checked in yet")
    if max(now - one.at, now - other.at) > FRESH or abs(one.at - other.at) > AT_ONCE:
        return Held(
            "VISIT.TOGETHER", "the two check-ins are more than ten minutes apart, or too old: both check in again"
        )
    for row in (one, other):
        if (held := _counts(row)) is not None:
            return held
    return _near_each_other(desk, visit, one, other)


def latest(session: Session, visit_id: str, officer: str) -> VisitCheckIn | None:
    """Where an officer checked in last."""
    rows = select(VisitCheckIn).where(VisitCheckIn.visit == visit_id, VisitCheckIn.officer == officer)
    return session.scalars(rows.order_by(VisitCheckIn.at.desc(), VisitCheckIn.id).limit(1)).first()


def _row(desk: Desk, visit: Visit, reading: Reading) -> VisitCheckIn:
    here, door = reading.place(), place_of(desk, visit)
    metres = None if here is None or door is None else distance(here, door)
    accuracy = reading.accuracy or 0.0
    if here is None:
        near = "no_place"
    else:
        near = "no_coordinates" if metres is None else nearness(metres, accuracy, AT_THE_DOOR)
    told = here is not None and reading.latitude is not None and reading.longitude is not None
    return VisitCheckIn(
        id=new_id("chi"),
        tenant=visit.tenant,
        lender=visit.lender,
        visit=visit.id,
        officer=desk.staff,
        key=reading.key,
        at=desk.now(),
        device_at=reading.device_at,
        place=seal_place(desk, visit, reading.latitude or 0.0, reading.longitude or 0.0) if told else None,
        system=reading.system if told else None,
        accuracy=None if reading.accuracy is None else ceil(reading.accuracy),
        mocked=reading.mocked,
        typed=reading.typed,
        metres=None if metres is None else round(metres),
        nearness=near,
    )


def _counts(row: VisitCheckIn) -> Held | None:
    if row.mocked:
        return Held("VISIT.MOCKED", "a phone says that its place is made up")
    if row.nearness == "no_place":
        return Held("VISIT.PLACE", "a phone gave no place: allow it, or write the coordinates from a map")
    if row.nearness == "far":
        return Held("VISIT.FAR", "one of the two is more than 150 metres from the address")
    if row.nearness == "unsure":
        return Held("VISIT.UNSURE", "a phone does not know its place well enough: go outside and check in again")
    return None


def _near_each_other(desk: Desk, visit: Visit, one: VisitCheckIn, other: VisitCheckIn) -> Held | None:
    if one.place is None or other.place is None:
        return Held("VISIT.PLACE", "a phone gave no place: allow it, or write the coordinates from a map")
    here, there = (open_place(desk, visit, row.place or b"", row.system or "wgs84") for row in (one, other))
    if distance(here, there) > TOGETHER:
        return Held("VISIT.APART", "the two are more than 200 metres from each other")
    return None
