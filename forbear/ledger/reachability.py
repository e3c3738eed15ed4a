"""What sending teaches about a contact point: that it is worse than we thought, or that its route does not reach it.

`unreachable` is a number that takes no texts; whoever calls may still use it.
"""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from forbear.cadence.sms_routes import load_routes
from forbear.contracts.words import LenderRole, PointState
from forbear.ledger import addresses, audit
from forbear.ledger.tables.contacts import Touch
from forbear.ledger.tables.people import ContactPoint


def mark(session: Session, touch: Touch, state: PointState, at: datetime) -> None:
    """Make a contact point worse, never better, and say so in the audit."""
    worse = ("valid", "unreachable") if state == "invalid" else ("valid",)
    changed = session.execute(
        update(ContactPoint)
        .where(ContactPoint.id == touch.contact_point, ContactPoint.state.in_(worse))
        .values(state=state)
        .returning(ContactPoint.id)
    ).first()
    if changed is None:
        return
    audit.note(
        session,
        tenant=touch.tenant,
        lender=touch.lender,
        account=touch.account,
        person=touch.person,
        kind="contact_point",
        subject=touch.contact_point,
        at=at,
        written={"state": state, "touch": touch.id},
    )


def reached(point: ContactPoint, touch: Touch, number: str, role: LenderRole) -> bool:
    """Whether the touch's route carries texts to its number, now that it is open.

    A point from before countries were kept has its country written down here, so that the next decision knows it.
    """
    country = addresses.phone_country(number)
    if country is None:
        return True
    if point.country is None:
        point.country = country
    route = load_routes().get(touch.provider)
    return route is not None and route.reaches(country, role)
