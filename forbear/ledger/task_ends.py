"""What the end of a task moves besides its account: a reply was read, a number found out, a route released.

Each is done in the transaction that ends the task, whoever ends it and from which page.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from forbear.ledger import audit, deceased, held_accounts, incidents, outbox, stops, tasks, unknowns
from forbear.ledger.cases import clocks
from forbear.ledger.locking import lock_account
from forbear.ledger.numbers import THEIRS
from forbear.ledger.receipts import add_receipt, lock_touch
from forbear.ledger.tables.accounts import Stop
from forbear.ledger.tables.contacts import Reply
from forbear.ledger.tables.people import ContactPoint
from forbear.ledger.tables.tasks import Task

SENT, NOT_SENT, NOBODY_KNOWS = "was_sent", "was_not_sent", "nobody_knows"
UNKNOWN_OUTCOMES: Final = (SENT, NOT_SENT, NOBODY_KNOWS)
"""How a task about a touch of which nobody knows may end. What nobody knows goes on to count as made."""
STANDS_FOR: Final = {SENT: "accepted", NOT_SENT: "absent"}


def lock(session: Session, task_id: str) -> Task:
    """Lock a task that somebody is about to end, behind what its end moves: persons first, then touches, then tasks.

    News of a touch locks the touch and then withdraws the task that asks after it; news that holds an account locks
    its persons and then looks for its task, and so does the decision of a legal case whose clock a task is about.

    Raises:
        NotFound: the session sees no such task.
    """
    seen = session.get(Task, task_id)
    if seen is not None and seen.kind in {held_accounts.KIND, clocks.TASK} and seen.account is not None:
        lock_account(session, seen.tenant, seen.account)
    if seen is not None and seen.kind == unknowns.KIND and seen.touch is not None:
        lock_touch(session, seen.touch)
    return tasks.lock_task(session, task_id)


def after(session: Session, task: Task, at: datetime) -> None:
    """Draw the consequences of a task that just ended."""
    if (consequence := CONSEQUENCES.get(task.kind)) is not None:
        consequence(session, task, at)


def _reply(session: Session, task: Task, at: datetime) -> None:
    """Somebody read it, or nobody needs to any more."""
    del at
    if task.reply is not None:
        reply = session.get_one(Reply, task.reply, populate_existing=True)
        reply.needs_human = False
        session.flush()


def _unknown_touch(session: Session, task: Task, at: datetime) -> None:
    """What an operator found out at the provider is a receipt like any other."""
    status = STANDS_FOR.get(task.outcome or "")
    if status is None or task.touch is None or task.state != "done":
        return
    touch = lock_touch(session, task.touch)
    if touch is not None and touch.state == "unknown":
        add_receipt(session, touch_id=touch.id, source="staff", status=status, at=at)


def _number(session: Session, task: Task, at: datetime) -> None:
    """A number or an address that is theirs after all may be used again. After any other end it stays out of use."""
    if task.contact_point is None:
        return
    point = session.get_one(ContactPoint, task.contact_point, populate_existing=True)
    if point.kind == "postal":
        deceased.looked_at(session, task, at)
    if task.outcome != THEIRS:
        return
    point.state = "valid"
    session.flush()
    audit.note(
        session,
        tenant=point.tenant,
        lender=point.lender,
        account=task.account,
        person=point.person,
        kind="contact_point",
        subject=point.id,
        at=at,
        written={"state": "valid", "task": task.id, "staff": task.assignee},
    )
    placed = select(Stop.id).where(
        Stop.lender == point.lender,
        Stop.person == point.person,
        Stop.kind == "wrong_number",
        Stop.address_key == point.address_key,
        Stop.lifted_at.is_(None),
    )
    for stop in session.scalars(placed.order_by(Stop.id)).all():
        stops.lift_stop(session, tenant=point.tenant, stop=stop, at=at)
    outbox.tell_accounts_of(session, persons=[point.person], fact="task_closed", at=at)


CONSEQUENCES: Final[Mapping[str, Callable[[Session, Task, datetime], None]]] = MappingProxyType(
    {
        "reply": _reply,
        "unknown_touch": _unknown_touch,
        "number": _number,
        "route": incidents.task_ended,
        "unmapped_code": incidents.task_ended,
        "account": held_accounts.task_ended,
        "clock": clocks.task_ended,
    }
)
