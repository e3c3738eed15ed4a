"""A visit's row under lock, and the decision about it: a named supervisor says yes or no, never the one who asked."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from forbear.errors import BadInput, Conflict, Forbidden, NotFound
from forbear.ledger import outbox, tasks
from forbear.ledger.tables.tasks import Task
from forbear.ledger.tables.visits import Visit, VisitPlan
from forbear.ledger.visits_desk import Desk
from forbear.ledger.visits_hours import standing
from forbear.ledger.visits_requested import note

APPROVALS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "no_other_way": "calls and letters did not reach the person",
        "person_asked": "the person asked for a visit",
        "paper_to_serve": "a paper has to be handed over",
        "learn_more": "how the business stands can only be seen there",
    }
)
DECLINES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "out_of_proportion": "too much for what is owed",
        "other_way_first": "another way has not been tried",
        "vulnerable": "the person may be vulnerable",
        "unsafe": "the place is not safe for officers",
        "address_doubtful": "the address is doubtful",
        "in_talks": "the person is in talks with the lender",
    }
)
"""Closed lists, because a sentence written here would carry names."""


def lock(session: Session, visit_id: str) -> tuple[Visit, Task]:
    """The visit and its task as they stand, kept from others; the task first, as whoever withdraws it does.

    Raises:
        NotFound: the session sees no such visit.
    """
    task_id = session.scalar(select(Visit.task).where(Visit.id == visit_id))
    if task_id is None:
        raise NotFound("no such visit")
    task = tasks.lock_task(session, task_id)
    visit = session.get_one(Visit, visit_id, with_for_update=True, populate_existing=True)
    return visit, task


def plan_of(session: Session, visit_id: str) -> VisitPlan | None:
    """The plan that counts."""
    plans = select(VisitPlan).where(VisitPlan.visit == visit_id).order_by(VisitPlan.sequence.desc())
    return session.scalars(plans.limit(1)).first()


def still_asked_for(task: Task, now: datetime) -> None:
    """Refuse what was withdrawn meanwhile, or waited too long.

    Raises:
        Conflict: it was, or did.
    """
    if task.state not in tasks.WAITING or (task.expires_at is not None and task.expires_at <= now):
        raise Conflict("This visit is no longer asked for")


def approve(desk: Desk, visit_id: str, reason: str) -> None:
    """Let a visit be planned. It begins only with a permit of its own moment.

    Raises:
        BadInput: a reason that is none of ours.
        Conflict: it is decided already, or the rules forbid it for good.
        Forbidden: whoever asked for it, and who is no supervisor.
    """
    visit = _deciding(desk, visit_id)
    if reason not in APPROVALS:
        raise BadInput("reason", "is none of the list", f"Choose of {', '.join(APPROVALS)}.")
    if (never := standing(desk, visit).never) is not None:
        raise Conflict(f"{never.rule}: {never.reason}")
    _decide(desk, visit, "approved", reason)


def decline(desk: Desk, visit_id: str, reason: str) -> None:
    """Say no; the task is closed and the account goes on without a visit.

    Raises:
        BadInput: a reason that is none of ours.
        Conflict: it is decided already.
        Forbidden: whoever asked for it, and who is no supervisor.
    """
    visit = _deciding(desk, visit_id)
    if reason not in DECLINES:
        raise BadInput("reason", "is none of the list", f"Choose of {', '.join(DECLINES)}.")
    _decide(desk, visit, "declined", reason)
    tasks.close(desk.session, tasks.lock_task(desk.session, visit.task), desk.now(), state="declined")


def _deciding(desk: Desk, visit_id: str) -> Visit:
    desk.must_be("supervisor")
    visit, task = lock(desk.session, visit_id)
    if visit.requested_by == desk.staff:
        raise Forbidden("Whoever asks for a visit does not decide about it: another supervisor has to")
    still_asked_for(task, desk.now())
    if visit.state != "requested":
        raise Conflict("This visit is decided already")
    return visit


def _decide(desk: Desk, visit: Visit, state: str, reason: str) -> None:
    now = desk.now()
    visit.state, visit.decided_by, visit.decided_at, visit.decision_reason = state, desk.staff, now, reason
    if state == "declined":
        visit.ended_at = now
    visit.version += 1
    note(desk.session, visit, f"visit_{state}", now, by=desk.staff)
    desk.did(visit, f"visit_{state}")
    outbox.tell(desk.session, tenant=visit.tenant, account=visit.account, fact="visit_decided", at=now)
