"""Tasks that somebody took and will not finish go back on the list: they were shut out, lost the role, or let it lie.

A call or a visit that was begun stays with whoever began it, until it is told how it ended; visits have a board of
their own. A legal case goes back to everybody with the role, so that its alarms are told to somebody who is there.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from forbear.clock import Clock
from forbear.ledger import tasks
from forbear.ledger.cases import acts
from forbear.ledger.tables.accounts import LegalCase
from forbear.ledger.tables.tasks import Task

AT_ONCE: Final = 500
LYING: Final = timedelta(hours=4)
"""World time: a message should be read within a day, so that somebody else still has most of it."""
LYING_MACHINE: Final = timedelta(minutes=10)
"""In a rehearsal four hours pass in seconds; so long somebody may read in any case."""


def of_holder(session: Session, staff: str, now: datetime, *, roles: Collection[str] = ()) -> int:
    """Give back what somebody has taken and may not do with these roles; returns how many."""
    _give_up_cases(session, staff, now, roles)
    return _give_back(session, now, Task.assignee == staff, Task.role.not_in(list(roles)))


def _give_up_cases(session: Session, staff: str, now: datetime, roles: Collection[str]) -> None:
    """Whoever works on no legal cases any more is named for none."""
    if {acts.LEGAL, acts.LAWYER} & set(roles):
        return
    named = select(LegalCase).where(LegalCase.assignee == staff, LegalCase.state == "open").order_by(LegalCase.id)
    for case in session.scalars(named.with_for_update().execution_options(populate_existing=True)).all():
        case.assignee = None
        case.version += 1
        acts.did(session, case, "case_assigned", case.id, {"case": case.id, "assignee": None}, now)


def left_lying(session: Session, clock: Clock) -> int:
    """Give back what was taken too long ago, by anybody of the session's tenant; returns how many."""
    now = clock.now()
    return _give_back(session, now, Task.taken_at < now - max(LYING, clock.world_span(LYING_MACHINE)))


def _give_back(session: Session, now: datetime, *chosen: ColumnElement[bool]) -> int:
    begun_by_nobody = or_(Task.kind != "call", Task.touch.is_(None))
    taken = select(Task).where(Task.state == "taken", Task.kind != "visit", begun_by_nobody, *chosen)
    found = session.scalars(
        taken.order_by(Task.id).limit(AT_ONCE).with_for_update().execution_options(populate_existing=True)
    ).all()
    for task in found:
        tasks.give_back(session, task, now)
    return len(found)
