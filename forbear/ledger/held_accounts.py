"""Accounts of which a letter shows that something is not right: nothing goes out until a person has looked.

A sum that does not add up is wrong by every channel, and a second file for one letter may mean two letters in the post.
The one account is held; its task's end lets it go on.
"""

from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from forbear.ledger import stops, tasks
from forbear.ledger.tables.accounts import Stop
from forbear.ledger.tables.contacts import Touch
from forbear.ledger.tables.tasks import Task
from forbear.ledger.task_reasons import because

KIND: Final = "account"
VIA: Final = "check"


def hold(session: Session, touch: Touch, code: str, at: datetime) -> None:
    """Hold the touch's account and have somebody look, once while that is open. The caller holds its persons' locks."""
    asked = select(Task.id).where(Task.account == touch.account, Task.kind == KIND, Task.state.in_(tasks.WAITING))
    if session.scalar(asked.limit(1)) is not None:
        return
    wanted = tasks.Wanted(
        tenant=touch.tenant,
        lender=touch.lender,
        kind=KIND,
        role="operator",
        reason=because("account_held", channel=touch.channel, provider=touch.provider, code=code),
        account=touch.account,
        person=touch.person,
        priority=1,
        touch=touch.id,
    )
    if tasks.open_task(session, wanted, at) is None:
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


def task_ended(session: Session, task: Task, at: datetime) -> None:
    """Somebody looked: the account goes on. A task that was declined or ran out leaves it as it is."""
    if task.state != "done":
        return
    waiting = select(Stop.id).where(
        Stop.lender == task.lender,
        Stop.account == task.account,
        Stop.kind == "hold",
        Stop.via == VIA,
        Stop.lifted_at.is_(None),
    )
    for stop in session.scalars(waiting.order_by(Stop.id)).all():
        stops.lift_stop(session, tenant=task.tenant, stop=stop, at=at)
