"""Takes back visits that nobody will make: their task was closed, or its time ran out before anybody set out.

A decision of the account does the same at its own next look; this finds what no decision looks at.
"""

from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from forbear.ledger import tasks
from forbear.ledger.locking import lock_account
from forbear.ledger.tables.tasks import Task
from forbear.ledger.tables.visits import Visit
from forbear.ledger.visits import lock
from forbear.ledger.visits_requested import NOT_BEGUN, follow


def is_over(now: datetime) -> ColumnElement[bool]:
    """Whether nobody may set out any more for the task of a visit that has not begun."""
    run_out = and_(Task.expires_at.is_not(None), Task.expires_at <= now)
    return and_(Task.touch.is_(None), or_(Task.state.not_in(tasks.WAITING), run_out))


def left_over(session: Session, now: datetime, at_most: int) -> list[str]:
    """Visits that still stand though nobody may set out for them."""
    chosen = select(Visit.id).join(Task, Task.id == Visit.task).where(Visit.state.in_(NOT_BEGUN), is_over(now))
    return list(session.scalars(chosen.order_by(Visit.requested_at, Visit.id).limit(at_most)))


def take_back(session: Session, visit_id: str, now: datetime) -> int:
    """End one of them with its task; 0 where somebody was faster."""
    seen = session.get_one(Visit, visit_id)
    lock_account(session, seen.tenant, seen.account)
    visit, task = lock(session, visit_id)
    if visit.state not in NOT_BEGUN or task.touch is not None:
        return 0
    if task.state not in tasks.WAITING:
        follow(session, task, now)
    elif task.expires_at is not None and task.expires_at <= now:
        tasks.close(session, task, now, state="expired")
    else:
        return 0
    return 1
