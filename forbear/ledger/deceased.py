"""Mail that came back because its reader is said to have died: the account waits until a person has looked.

Whoever wrote that on an envelope may have meant somebody else, so nobody is stopped by it as dead. The account is held,
its letters with it, a supervisor is asked, and what they find is what binds.
"""

from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from forbear.ledger import numbers, stops
from forbear.ledger.locking import lock_persons
from forbear.ledger.tables.accounts import Stop
from forbear.ledger.tables.contacts import Touch
from forbear.ledger.tables.people import ContactPoint
from forbear.ledger.tables.tasks import Task
from forbear.ledger.task_reasons import because

CODE: Final = "deceased"
DIED: Final = "deceased"
ADDRESS_OUTCOMES: Final = (numbers.THEIRS, numbers.NOT_THEIRS, DIED)
"""How a look at an address may end: they live there, they do not, or they have died."""
VIA: Final = "letter"
WHY: Final = because("address_deceased")


def lock_ahead(session: Session, touch_id: str) -> None:
    """Lock the person first: everybody takes persons before touches."""
    if (touch := session.get(Touch, touch_id)) is not None:
        lock_persons(session, touch.tenant, [touch.person])


def suspected(session: Session, touch: Touch, at: datetime) -> None:
    """Hold the account and have somebody look, once while that is open."""
    point = session.get_one(ContactPoint, touch.contact_point)
    asked = numbers.ask_about(session, point, WHY, at, account=touch.account)
    if asked is None:
        return
    stops.place_stop(
        session,
        tenant=touch.tenant,
        lender=touch.lender,
        person=touch.person,
        account=touch.account,
        kind="hold",
        via=VIA,
        at=at,
        reason="review",
    )


def looked_at(session: Session, task: Task, at: datetime) -> None:
    """What somebody found out binds, and the hold that waited for it ends."""
    if task.outcome not in ADDRESS_OUTCOMES or task.person is None:
        return
    if task.outcome == DIED:
        stops.place_stop(
            session,
            tenant=task.tenant,
            lender=task.lender,
            person=task.person,
            account=None,
            kind="deceased",
            via="staff",
            at=at,
        )
    waiting = select(Stop.id).where(
        Stop.lender == task.lender,
        Stop.person == task.person,
        Stop.account == task.account,
        Stop.kind == "hold",
        Stop.via == VIA,
        Stop.lifted_at.is_(None),
    )
    for stop in session.scalars(waiting.order_by(Stop.id)).all():
        stops.lift_stop(session, tenant=task.tenant, stop=stop, at=at)
