"""What sending teaches about a contact point: a failed message by the provider's codes, an opened number by itself.

Only codes that say something about the number itself change it; filtering, outages and our own configuration do not.
A handset that is merely off is given three tries.
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from forbear.cadence.sms_routes import load_routes
from forbear.contracts.words import LenderRole, PointState
from forbear.ledger import addresses, audit
from forbear.ledger.tables.contacts import Touch
from forbear.ledger.tables.people import ContactPoint

TEACHES: Mapping[str, PointState] = MappingProxyType(
    {
        "21211": "invalid",  # not a number
        "21214": "invalid",  # cannot be reached at all
        "21217": "invalid",  # not a number
        "21401": "invalid",  # not a number
        "21604": "invalid",  # no number given
        "30005": "invalid",  # unknown or no longer in service
        "21614": "unreachable",  # not a mobile
        "21635": "unreachable",  # a landline
        "30006": "unreachable",  # a landline, or a carrier that takes no texts
        "30004": "unreachable",  # blocked by the carrier or the holder
        # The domestic provider of China; its words for a report are general knowledge, not checked against a source.
        "isv.MOBILE_NUMBER_ILLEGAL": "invalid",  # not a number
        "USER_REJECT": "unreachable",  # the holder refused such texts
        "MOBILE_IN_BLACK": "unreachable",  # on a list of carriers or of the provider
    }
)
UNREACHABLE_NOW = frozenset(
    {
        "30003",  # off, or without signal
        "MOBLLE_TERMINAL_ERROR",  # the same; the provider's own spelling
        "MOBILE_TERMINAL_ERROR",
        "MOBILE_NOT_ON_SERVICE",  # suspended: may be paid for again tomorrow
        "INVALID_NUMBER",  # off, suspended or unassigned: it does not say which
    }
)
STRIKES = 3
"""So many messages in a row to a handset that was off make the number unreachable."""


def learn(session: Session, touch: Touch, code: str | None, at: datetime) -> None:
    """Put down what a code says about the touch's contact point."""
    state = TEACHES.get(code or "")
    if code in UNREACHABLE_NOW and _strikes(session, touch.contact_point) >= STRIKES:
        state = "unreachable"
    if state is not None:
        mark(session, touch, state, at)


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


def reached(session: Session, touch: Touch, number: str, role: LenderRole) -> bool:
    """Whether the touch's route carries texts to its number, now that it is open.

    A point from before countries were kept has its country written down here, so that the next decision knows it.
    """
    country = addresses.phone_country(number)
    if country is None:
        return True
    session.execute(
        update(ContactPoint)
        .where(ContactPoint.id == touch.contact_point, ContactPoint.country.is_(None))
        .values(country=country)
    )
    route = load_routes().get(touch.provider)
    return route is not None and route.reaches(country, role)


def _strikes(session: Session, contact_point: str) -> int:
    """How many of the point's last touches in a row found the handset off."""
    last = session.execute(
        select(Touch.state, Touch.code)
        .where(Touch.contact_point == contact_point, Touch.state != "failed")
        .order_by(Touch.claimed_at.desc(), Touch.id.desc())
        .limit(STRIKES)
    ).all()
    off = [state == "undelivered" and code in UNREACHABLE_NOW for state, code in last]
    return off.index(False) if False in off else len(off)
