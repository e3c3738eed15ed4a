"""Tasks that decisions open for people, and take back: in the decision's own transaction, at most one open for a step.

An open task holds nothing and allows nothing. Its end wakes the account; what is taken back here wakes nobody, as the
account is just being decided.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import case, update
from sqlalchemy.orm import Session

from forbear.cadence.decision import Ask
from forbear.contracts.words import TaskKind
from forbear.ledger import audit, tasks, visits_requested
from forbear.ledger.tables.accounts import Account
from forbear.ledger.tables.tasks import Task
from forbear.ledger.task_reasons import because

KINDS: dict[str, TaskKind] = {"call": "call", "visit": "visit"}


def ask(session: Session, account: Account, decided: Ask, now: datetime) -> str | None:
    """Open the task of a decision; None where it is open already."""
    wanted = tasks.Wanted(
        tenant=account.tenant,
        lender=account.lender,
        kind=KINDS[decided.channel],
        role=decided.staff_role,
        reason=because("step", step=decided.step, title=decided.title),
        account=account.id,
        person=decided.person,
        contact_point=decided.point,
        step=decided.step,
        template=decided.template,
        language=decided.language,
        priority=decided.priority,
        due_at=decided.expires_at,
        expires_at=decided.expires_at,
    )
    return tasks.open_task(session, wanted, now)


def drop(session: Session, dropped: Sequence[str], now: datetime) -> None:
    """Take back tasks that nobody needs to do any more, but not what somebody is doing right now."""
    over = Task.expires_at.is_not(None) & (Task.expires_at <= now)
    gone = session.scalars(
        update(Task)
        .where(Task.id.in_(list(dropped)), Task.state.in_(tasks.WAITING), Task.touch.is_(None))
        .values(state=case((over, "expired"), else_="withdrawn"), closed_at=now, version=Task.version + 1)
        .returning(Task)
        .execution_options(populate_existing=True)
    ).all()
    for task in sorted(gone, key=lambda each: each.id):
        audit.note(
            session,
            tenant=task.tenant,
            lender=task.lender,
            account=task.account,
            person=task.person,
            kind=f"task_{task.state}",
            subject=task.id,
            at=now,
            written={"task": task.id, "kind": task.kind, "state": task.state, "staff": task.assignee},
        )
        if task.kind == "visit":
            visits_requested.follow(session, task, now)
