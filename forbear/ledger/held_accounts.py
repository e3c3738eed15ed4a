"""Accounts of which a letter shows that something is not right: nothing goes out until a person has looked.

A sum that does not add up is wrong by every channel, and a second file for one letter may mean two letters in the post.
The one account is held; its task's end lets it go on.
"""

from datetime import datetime
from typing import Final

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from forbear.ledger import stops, tasks
from forbear.ledger.tables.accounts import Stop
from forbear.ledger.tables.contacts import Touch
from forbear.ledger.tables.tasks import Task
from forbear.ledger.task_reasons import because

KIND: Final = "account"
VIA: Final = "check"


def hold(session: Session, touch: Touch, code: str, at: datetime) -> None:
    """Hold the touch's account and have somebody look; a touch that was looked at says nothing new.

    The account is held even while somebody is looking already, as its hold may have been lifted meanwhile. The caller
    holds the account's locks.
    """
    looked_at = select(Task.id).where(Task.touch == touch.id, Task.kind == KIND, Task.state.not_in(tasks.WAITING))
    if session.scalar(looked_at.limit(1)) is not None:
        return
    if session.scalar(_placed(touch.lender, touch.account).limit(1)) is None:
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
    if session.scalar(_looking(touch.account).limit(1)) is None:
        tasks.open_task(session, _wanted(touch, code), at)


def task_ended(session: Session, task: Task, at: datetime) -> None:
    """Somebody looked: the account goes on, unless somebody else looks at it still.

    A task that was declined or ran out leaves it as it is.
    """
    if task.state != "done" or task.account is None:
        return
    if session.scalar(_looking(task.account).where(Task.id != task.id).limit(1)) is not None:
        return
    for stop in session.scalars(_placed(task.lender, task.account).order_by(Stop.id)).all():
        stops.lift_stop(session, tenant=task.tenant, stop=stop, at=at)


def _placed(lender: str, account: str) -> Select[str]:
    """The account's holds of this check that stand."""
    its = (Stop.lender == lender, Stop.account == account, Stop.kind == "hold", Stop.via == VIA)
    return select(Stop.id).where(*its, Stop.lifted_at.is_(None))


def _looking(account: str) -> Select[str]:
    """The account's tasks of this kind that wait."""
    return select(Task.id).where(Task.account == account, Task.kind == KIND, Task.state.in_(tasks.WAITING))


def _wanted(touch: Touch, code: str) -> tasks.Wanted:
    return tasks.Wanted(
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
