"""What waits for somebody who works for a tenant: the list by role, and what holds a call back at this moment.

A look changes nothing and allows nothing; whoever begins asks again (`forbear.ledger.begun`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, cast

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from forbear.cadence.beginning import Barred, Work, may_begin
from forbear.cadence.playbooks import Playbook
from forbear.contracts.words import OPEN_TASKS, Channel
from forbear.errors import NotFound
from forbear.ledger import life_rows, promises
from forbear.ledger.engine import Ledger
from forbear.ledger.lives import life_of
from forbear.ledger.tables.accounts import Account, Party
from forbear.ledger.tables.people import ContactPoint, Lender
from forbear.ledger.tables.tasks import Task
from forbear.rules.packs import Packs

MOST: Final = 40
"""Tasks on one page: more than a day's work, and each costs a look at what holds it."""
BY_PEOPLE: Final = frozenset({"call", "visit"})
"""Kinds that need a permit when they begin."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One task as it stands, with what its page needs to say of it. Nothing in it is personal."""

    task: Task
    lender: Lender
    stage: str
    party: str
    zone: str | None
    held: Barred | None
    """What holds a call or a visit now; None where it may begin, or needs no permit."""


def waiting(
    ledger: Ledger,
    session: Session,
    staff: str,
    roles: Sequence[str],
    *,
    playbooks: Mapping[str, Playbook],
    packs: Packs,
) -> list[Waiting]:
    """What somebody has begun or may take, most urgent first. Visits are on a board of their own."""
    mine = and_(Task.assignee == staff, Task.state.in_(OPEN_TASKS))
    untold = and_(Task.assignee == staff, Task.state == "expired", Task.touch.is_not(None))
    free = and_(Task.state == "open", Task.role.in_(list(roles)))
    chosen = (
        select(Task)
        .where(or_(mine, untold, free), Task.kind != "visit")
        .order_by(Task.assignee.is_(None), Task.priority, Task.due_at.asc().nulls_last(), Task.opened_at, Task.id)
        .limit(MOST)
    )
    return [_waiting(ledger, session, task, playbooks, packs) for task in session.scalars(chosen)]


def one(ledger: Ledger, session: Session, task: str, *, playbooks: Mapping[str, Playbook], packs: Packs) -> Waiting:
    """One task, whatever its state.

    Raises:
        NotFound: the session sees no such task.
    """
    found = session.get(Task, task)
    if found is None:
        raise NotFound("no such task")
    return _waiting(ledger, session, found, playbooks, packs)


def holds(
    ledger: Ledger, session: Session, task: Task, *, playbooks: Mapping[str, Playbook], packs: Packs
) -> Barred | None:
    """What would keep a call from beginning now, or None."""
    now = ledger.clock.now()
    if task.expires_at is not None and now >= task.expires_at:
        return Barred("TASK.EXPIRED", "the time of this task is over")
    found = None if task.account is None else life_rows.account(session, task.account)
    playbook = None if found is None else playbooks.get(found[0].playbook)
    if found is None or playbook is None:
        return Barred("PLAYBOOK.MISSING", "the account's playbook is not installed here")
    life = life_of(session, found, now=now, packs=packs)
    work = Work(
        step=task.step or task.kind,
        channel=cast("Channel", task.kind),
        person=str(task.person),
        point=str(task.contact_point),
        template=task.template or "",
        language=task.language or "en",
        staff=2 if task.kind == "visit" else 1,
    )
    decided = may_begin(life, work, playbook, packs, now)
    return decided if isinstance(decided, Barred) else None


def _waiting(ledger: Ledger, session: Session, task: Task, playbooks: Mapping[str, Playbook], packs: Packs) -> Waiting:
    account = None if task.account is None else session.get(Account, task.account)
    asks = task.kind in BY_PEOPLE and task.touch is None and task.state in OPEN_TASKS
    return Waiting(
        task=task,
        lender=session.get_one(Lender, task.lender),
        stage="" if account is None else account.stage,
        party=_party(session, task),
        zone=_zone(session, task),
        held=holds(ledger, session, task, playbooks=playbooks, packs=packs) if asks else None,
    )


def _party(session: Session, task: Task) -> str:
    named = select(Party.role).where(Party.account == task.account, Party.person == task.person)
    return session.scalars(named.order_by(Party.role).limit(1)).first() or ""


def _zone(session: Session, task: Task) -> str | None:
    """Where it is called or gone to; else the account's own zone."""
    point = None if task.contact_point is None else session.get(ContactPoint, task.contact_point)
    if point is not None and point.zone:
        return point.zone
    return None if task.account is None else promises.zone_of(session, task.account)
