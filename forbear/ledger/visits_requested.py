"""A visit's row comes with its task and is taken back with it: a request that nobody has looked at yet."""

from datetime import datetime

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from forbear.ledger import audit
from forbear.ledger.ids import new_id
from forbear.ledger.tables.tasks import Task
from forbear.ledger.tables.visits import Visit

TURN = text("select pg_advisory_xact_lock(hashtextextended('forbear.visit:' || :tenant, 0))")
NOT_BEGUN = ("requested", "approved", "assigned")


def requested(session: Session, task: Task, now: datetime, by: str | None = None) -> str | None:
    """Write the visit that a task of that kind asks for; None where the task names nobody to go to.

    Args:
        session: a transaction of the tenant.
        task: of kind `visit`.
        now: world time.
        by: the member of staff who asks; None where the cadence does.
    """
    if task.account is None or task.person is None:
        return None
    session.execute(TURN, {"tenant": task.tenant})
    last = session.scalar(select(func.max(Visit.number)).where(Visit.tenant == task.tenant))
    visit = Visit(
        id=new_id("vis"),
        tenant=task.tenant,
        lender=task.lender,
        task=task.id,
        account=task.account,
        person=task.person,
        contact_point=task.contact_point,
        number=(last or 0) + 1,
        state="requested",
        requested_by=by,
        requested_at=now,
    )
    session.add(visit)
    session.flush()
    note(session, visit, "visit_requested", now, by=by)
    return visit.id


def follow(session: Session, task: Task, now: datetime) -> None:
    """Take a visit back whose task was closed before anybody set out; what is under way or reported stays."""
    visit = session.scalar(
        select(Visit).where(Visit.task == task.id).with_for_update().execution_options(populate_existing=True)
    )
    if visit is not None and visit.state in NOT_BEGUN:
        visit.state, visit.ended_at = "withdrawn", now
        visit.version += 1
        note(session, visit, "visit_withdrawn", now)


def note(session: Session, visit: Visit, kind: str, at: datetime, by: str | None = None) -> None:
    """Put what became of a visit into the audit."""
    session.flush()
    audit.note(
        session,
        tenant=visit.tenant,
        lender=visit.lender,
        account=visit.account,
        person=visit.person,
        kind=kind,
        subject=visit.id,
        at=at,
        written={"visit": visit.id, "state": visit.state, "version": visit.version, "staff": by},
    )
