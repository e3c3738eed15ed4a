"""Touches of which nobody knows whether they were made: after a while a person is asked to find out.

They go on to count as made. What is learnt later ends the task by itself (`forbear.ledger.receipts`), and what the
person finds out is a receipt like any other (`forbear.ledger.task_ends`).
"""

from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from forbear.ledger import tasks
from forbear.ledger.tables.contacts import Touch
from forbear.ledger.tables.tasks import Task
from forbear.ledger.task_reasons import because

KIND: Final = "unknown_touch"
AT_ONCE: Final = 500


def call_for_help(session: Session, before: datetime, now: datetime) -> int:
    """Open a task for each touch that is unknown and was claimed before an instant; returns how many.

    Args:
        session: a transaction of the worker.
        before: world instant; later ones may still be found by asking the provider.
        now: world instant.
    """
    asked = exists().where(Task.touch == Touch.id, Task.kind == KIND)
    waiting = select(Touch).where(Touch.state == "unknown", Touch.claimed_at < before, ~asked)
    found = session.scalars(waiting.order_by(Touch.claimed_at, Touch.id).limit(AT_ONCE)).all()
    return sum(tasks.open_task(session, _wanted(touch), now) is not None for touch in found)


def given_up() -> ColumnElement[bool]:
    """Whether a person looked and found out nothing either: the provider is asked no more, others have their turn."""
    return exists().where(Task.touch == Touch.id, Task.kind == KIND, Task.state == "done")


def _wanted(touch: Touch) -> tasks.Wanted:
    machine = because("unknown_at_provider", channel=touch.channel, provider=touch.provider)
    return tasks.Wanted(
        tenant=touch.tenant,
        lender=touch.lender,
        kind=KIND,
        role="operator",
        reason=machine if touch.task is None else because("unknown_by_hand", channel=touch.channel),
        account=touch.account,
        person=touch.person,
        contact_point=touch.contact_point,
        priority=2,
        touch=touch.id,
    )
