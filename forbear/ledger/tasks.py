"""Tasks: opened by decisions and by news, taken and closed by people, withdrawn when nothing is left to do.

A task asks; it never allows. Whoever carries one out gets a permit at that moment (`forbear.ledger.begun`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from forbear.contracts.words import StaffRole, TaskKind, TaskState
from forbear.errors import Conflict, NotFound
from forbear.ledger import audit, outbox, visits_requested
from forbear.ledger.ids import new_id
from forbear.ledger.tables.tasks import Task
from forbear.ledger.task_reasons import Because

log = structlog.get_logger(__name__)
WAITING = ("open", "taken")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A task that is about to be opened. Instants are world time."""

    tenant: str
    lender: str
    kind: TaskKind
    role: StaffRole
    reason: Because
    account: str | None = None
    person: str | None = None
    contact_point: str | None = None
    step: str | None = None
    template: str | None = None
    language: str | None = None
    priority: int = 3
    due_at: datetime | None = None
    expires_at: datetime | None = None
    touch: str | None = None
    reply: str | None = None


def open_task(session: Session, wanted: Wanted, now: datetime) -> str | None:
    """Open a task; None where the same is open already, for a step, a reply or a touch."""
    values = {name: getattr(wanted, name) for name in wanted.__slots__}
    why = {"reason": wanted.reason.code, "reason_values": dict(wanted.reason.values)}
    row = values | why | {"id": new_id("tsk"), "state": "open", "opened_at": now}
    made = session.scalar(insert(Task).values(row).on_conflict_do_nothing().returning(Task.id))
    if made is not None:
        task = session.get_one(Task, made)
        _note(session, task, "task_opened", now)
        if task.kind == "visit":
            visits_requested.requested(session, task, now)
    return made


def lock_task(session: Session, task: str) -> Task:
    """The task as it stands, kept from others until the transaction ends.

    Raises:
        NotFound: the session sees no such task.
    """
    found = session.get(Task, task, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound("no such task")
    return found


def take(session: Session, task: Task, staff: str, now: datetime, *, over: bool = False) -> None:
    """Give an open task to somebody; taking one's own again changes nothing.

    Args:
        session: a transaction that has locked the task.
        task: the task.
        staff: who is to have it.
        now: world instant.
        over: they may take it from a colleague who has not begun a call or a visit with it.

    Raises:
        Conflict: it is closed, or somebody else's.
    """
    if task.state not in WAITING:
        raise Conflict("this task is closed")
    theirs = task.assignee not in {None, staff}
    if theirs and not (over and task.touch is None):
        raise Conflict("somebody else works on this task")
    if task.state == "open" or theirs:
        task.state, task.assignee, task.taken_at = "taken", staff, now
        task.version += 1
        _note(session, task, "task_taken", now)


def give_back(session: Session, task: Task, now: datetime) -> None:
    """Put a taken task back on the list."""
    if task.state == "taken":
        task.state, task.assignee, task.taken_at = "open", None, None
        task.version += 1
        _note(session, task, "task_given_back", now)


def close(
    session: Session,
    task: Task,
    now: datetime,
    *,
    state: TaskState = "done",
    outcome: str | None = None,
    cause: str | None = None,
) -> None:
    """End a task and wake its account.

    Raises:
        Conflict: it is closed already.
    """
    if task.state not in WAITING:
        raise Conflict("this task is closed")
    task.state, task.closed_at, task.outcome, task.cause = state, now, outcome, cause or task.cause
    task.version += 1
    _note(session, task, f"task_{state}", now)
    if task.kind == "visit":
        visits_requested.follow(session, task, now)
    _draw(session, task, now)
    if task.account is not None:
        outbox.tell(session, tenant=task.tenant, account=task.account, fact="task_closed", at=now)


def _draw(session: Session, task: Task, now: datetime) -> None:
    """Do what the end of such a task moves besides its account; imported here, as that opens tasks itself."""
    from forbear.ledger import task_ends

    task_ends.after(session, task, now)


def withdraw(
    session: Session, account: str, now: datetime, *, keep: Sequence[str] = (), kinds: Sequence[str] = ("call", "visit")
) -> int:
    """Take back what nobody needs to do any more, but not what somebody is doing right now (`touch` set); how many."""
    gone = session.scalars(
        update(Task)
        .where(
            Task.account == account,
            Task.state.in_(WAITING),
            Task.kind.in_(kinds),
            Task.touch.is_(None),
            Task.id.not_in(list(keep)),
        )
        .values(state="withdrawn", closed_at=now, version=Task.version + 1)
        .returning(Task.id)
    ).all()
    for task in gone:
        withdrawn = session.get_one(Task, task, populate_existing=True)
        _note(session, withdrawn, "task_withdrawn", now)
        if withdrawn.kind == "visit":
            visits_requested.follow(session, withdrawn, now)
    return len(gone)


def _note(session: Session, task: Task, kind: str, at: datetime) -> None:
    session.flush()
    audit.note(
        session,
        tenant=task.tenant,
        lender=task.lender,
        account=task.account,
        person=task.person,
        kind=kind,
        subject=task.id,
        at=at,
        written={
            "task": task.id,
            "kind": task.kind,
            "state": task.state,
            "staff": task.assignee,
            "outcome": task.outcome,
        },
    )
