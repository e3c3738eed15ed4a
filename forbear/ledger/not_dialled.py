"""A call that was begun and never dialled: whoever began it says so, no attempt is counted, and it may be begun again.

It is believed as every other end of a call is, and the record names who said it and when.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from forbear.errors import BadInput, Conflict, NotFound
from forbear.ledger import audit, tasks
from forbear.ledger.engine import Ledger
from forbear.ledger.locking import lock_account
from forbear.ledger.receipts import add_receipt, lock_touch
from forbear.ledger.tables.contacts import Touch
from forbear.ledger.tables.tasks import Task

NOT_DIALLED = "not_dialled"
OPEN = frozenset({"dispatching", "unknown"})
"""States of a call of which nobody has told anything."""


def take_back(ledger: Ledger, session: Session, task_id: str, staff: str) -> bool:
    """Give a begun call back as never made; said again, it changes nothing.

    A task whose time was over meanwhile stays over, and only what was counted for it is taken back.

    Args:
        ledger: the record.
        session: a `ledger.staff` transaction of the task's tenant.
        task_id: the task of a call.
        staff: who began it.

    Returns:
        Whether there was a begun call to take back.

    Raises:
        NotFound: no such task.
        BadInput: it is no call.
        Conflict: it is somebody else's, or its end was told.
    """
    task = _lock(session, task_id)
    if task.touch is None:
        return False
    if task.assignee != staff:
        raise Conflict("somebody else works on this task")
    touch = lock_touch(session, task.touch)
    if touch is None or touch.state not in OPEN or task.state not in {*tasks.WAITING, "expired"}:
        raise Conflict("how the call ended was told before")
    now = ledger.clock.now()
    add_receipt(session, touch_id=touch.id, source="staff", status="not_written", code=NOT_DIALLED, at=now)
    _note(session, task, touch, staff, now)
    task.touch = None
    task.version += 1
    tasks.give_back(session, task, now)
    session.flush()
    return True


def _lock(session: Session, task_id: str) -> Task:
    """The persons first, then the task: the order in which everyone takes them."""
    seen = session.get(Task, task_id)
    if seen is None:
        raise NotFound("no such task")
    if seen.kind != "call" or seen.account is None:
        raise BadInput("task", "is no call", "Choose a task of a call.")
    lock_account(session, seen.tenant, seen.account)
    return tasks.lock_task(session, task_id)


def _note(session: Session, task: Task, touch: Touch, staff: str, now: datetime) -> None:
    audit.note(
        session,
        tenant=task.tenant,
        lender=task.lender,
        account=task.account,
        person=task.person,
        kind="task_not_dialled",
        subject=task.id,
        at=now,
        written={"task": task.id, "staff": [staff], "touch": touch.id},
    )
