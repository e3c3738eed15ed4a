"""Numbers that may have changed hands: a person finds out whose each one is before it is used again.

The number itself is out of use at once, as `invalid` or `wrong_party`. Only a task that ends with 'theirs' brings it
back, and lifts what was placed because somebody else had answered (`forbear.ledger.task_ends`).
"""

from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from forbear.contracts.words import StaffRole
from forbear.ledger import tasks
from forbear.ledger.tables.contacts import Touch
from forbear.ledger.tables.people import ContactPoint
from forbear.ledger.tables.tasks import Task
from forbear.ledger.task_reasons import Because

KIND: Final = "number"
THEIRS: Final = "theirs"
NOT_THEIRS: Final = "not_theirs"
OUTCOMES: Final = (THEIRS, NOT_THEIRS)


def ask(session: Session, touch: Touch, why: Because, at: datetime, *, role: StaffRole = "supervisor") -> str | None:
    """Have somebody find out whose a touch's number is; None where that is being done."""
    return ask_about(
        session,
        session.get_one(ContactPoint, touch.contact_point),
        why,
        at,
        account=touch.account,
        role=role,
    )


def ask_about(
    session: Session,
    point: ContactPoint,
    why: Because,
    at: datetime,
    *,
    account: str | None = None,
    role: StaffRole = "supervisor",
) -> str | None:
    """The same of a contact point. The caller holds its person's lock, so that two do not ask at once."""
    asked = select(Task.id).where(
        Task.kind == KIND, Task.contact_point == point.id, Task.role == role, Task.state.in_(tasks.WAITING)
    )
    if session.scalar(asked.limit(1)) is not None:
        return None
    wanted = tasks.Wanted(
        tenant=point.tenant,
        lender=point.lender,
        kind=KIND,
        role=role,
        reason=why,
        account=account,
        person=point.person,
        contact_point=point.id,
        priority=2,
    )
    return tasks.open_task(session, wanted, at)
