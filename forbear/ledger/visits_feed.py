"""An officer's calendar by a secret address: made, taken back, and what it shows.

Whoever has the address sees hours, numbers and places on a map, and no word of whom or why. Only the token's digest is
kept, so that an address that was lost is replaced and not looked up.
"""

import secrets
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from typing import Final

from sqlalchemy import or_, select, text, update

from forbear.errors import Erased
from forbear.ledger.engine import Ledger
from forbear.ledger.ids import new_id
from forbear.ledger.tables.staff import Staff
from forbear.ledger.tables.visits import OfficerFeed, Visit, VisitPlan
from forbear.ledger.visits import plan_of
from forbear.ledger.visits_desk import Desk, Rules
from forbear.ledger.visits_planned import place_of
from forbear.visits.feed import Appointment, write_feed
from forbear.visits.places import Place
from forbear.visits.slots import Span

OWNER: Final = text("select tenant, staff from feed_owner(:sought)")
BACK: Final = timedelta(days=14)
"""World time that a visit stays in the feed."""
SHOWN: Final = frozenset({"assigned", "under_way", "reported"})


def make(desk: Desk) -> str:
    """A fresh address's token; the one before stops working."""
    revoke(desk)
    token = secrets.token_urlsafe(24)
    tenant = desk.session.get_one(Staff, desk.staff).tenant
    feed = OfficerFeed(
        id=new_id("ofd"), tenant=tenant, staff=desk.staff, token_sha256=_digest(token), made_at=desk.now()
    )
    desk.session.add(feed)
    desk.session.flush()
    return token


def revoke(desk: Desk) -> None:
    """Take the address back; without one nothing changes."""
    living = (OfficerFeed.staff == desk.staff, OfficerFeed.revoked_at.is_(None))
    desk.session.execute(update(OfficerFeed).where(*living).values(revoked_at=desk.now()))


def exists(desk: Desk) -> bool:
    living = (OfficerFeed.staff == desk.staff, OfficerFeed.revoked_at.is_(None))
    return desk.session.scalars(select(OfficerFeed.id).where(*living)).first() is not None


def read(ledger: Ledger, token: str, rules: Rules, host: str) -> bytes | None:
    """The feed of a token; None where it is nobody's, taken back, or its officer was shut out."""
    with ledger.staff() as session:
        owner = session.execute(OWNER, {"sought": _digest(token)}).one_or_none()
    if owner is None:
        return None
    with ledger.staff(owner.tenant) as session:
        staff = session.get(Staff, owner.staff)
        if staff is None or staff.disabled_at is not None or "officer" not in staff.roles:
            return None
        desk = Desk(ledger, session, owner.staff, rules)
        return write_feed(_appointments(desk), language=staff.language, host=host)


def _appointments(desk: Desk) -> Iterator[Appointment]:
    mine = or_(VisitPlan.first_officer == desk.staff, VisitPlan.second_officer == desk.staff)
    recent = VisitPlan.starts_at > desk.now() - BACK
    visits = select(Visit).where(Visit.id.in_(select(VisitPlan.visit).where(mine, recent))).order_by(Visit.number)
    for visit in desk.session.scalars(visits):
        plan = plan_of(desk.session, visit.id)
        if plan is None:
            continue
        gone = visit.state not in SHOWN or desk.staff not in {plan.first_officer, plan.second_officer}
        yield Appointment(
            id=visit.id,
            number=visit.number,
            slot=Span(plan.starts_at, plan.ends_at),
            zone=plan.zone,
            place=None if gone else _place(desk, visit),
            # Even while it stands and odd once it is taken back, so that every change is a higher number.
            sequence=2 * plan.sequence + gone,
            changed_at=(visit.ended_at or plan.at) if gone else plan.at,
            cancelled=gone,
        )


def _place(desk: Desk, visit: Visit) -> Place | None:
    try:
        return place_of(desk, visit)
    except Erased:
        return None


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()
