"""What waits for somebody who works for a tenant: the list by role, and what holds a call back at this moment.

A look changes nothing and allows nothing; whoever begins asks again (`forbear.ledger.begun`).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, cast

from sqlalchemy import ColumnElement, and_, func, or_, select
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
"""Tasks on one page that may be begun: more than a day's work."""
MOST_HELD: Final = 10
"""Held tasks on one page: they show what is to come, and must not stand before what may be begun."""
LOOKED_AT: Final = 120
"""Tasks looked at for one page, as each costs several questions; the next page goes on behind them."""
CLOCK, LAWYER = "clock", "lawyer"
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


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of somebody's list, each part most urgent first."""

    mine: Sequence[Waiting]
    ready: Sequence[Waiting]
    held: Sequence[Waiting]
    """The first few of those that are held."""
    others: Sequence[Waiting]
    """What colleagues have opened and not finished, for a supervisor to take over."""
    more_held: int
    """How many others were found held."""
    rest: int
    """How many were not looked at: they are on the next page, which begins at `onward`."""
    onward: int


def waiting(
    ledger: Ledger,
    session: Session,
    staff: str,
    roles: Sequence[str],
    *,
    playbooks: Mapping[str, Playbook],
    packs: Packs,
    after: int = 0,
) -> Listed:
    """What somebody has begun or may take, behind the first `after`. Visits are on a board of their own."""
    listed = _listed(staff, roles)
    chosen = (
        select(Task)
        .where(listed)
        .order_by(
            Task.assignee.is_distinct_from(staff),
            Task.priority,
            Task.due_at.asc().nulls_last(),
            Task.opened_at,
            Task.id,
        )
        .offset(after)
        .limit(LOOKED_AT)
    )
    mine, ready, held, others = list[Waiting](), list[Waiting](), list[Waiting](), list[Waiting]()
    looked = 0
    for task in session.scalars(chosen).all():
        if len(mine) + len(ready) + len(others) >= MOST:
            break
        looked += 1
        each = _waiting(ledger, session, task, playbooks, packs)
        if task.assignee is not None:
            (mine if task.assignee == staff else others).append(each)
        else:
            (ready if each.held is None else held).append(each)
    onward = after + looked
    total = session.scalars(select(func.count()).select_from(Task).where(listed)).one()
    return Listed(mine, ready, held[:MOST_HELD], others, len(held[MOST_HELD:]), max(0, total - onward), onward)


def may_take(task: Task, roles: Collection[str]) -> bool:
    """Whether a task is for somebody with these roles. A lawyer may be named for a case and sees its clocks' too."""
    return task.role in roles or (task.kind == CLOCK and LAWYER in roles)


def _listed(staff: str, roles: Sequence[str]) -> ColumnElement[bool]:
    mine = and_(Task.assignee == staff, Task.state.in_(OPEN_TASKS))
    untold = and_(Task.assignee == staff, Task.state == "expired", Task.touch.is_not(None))
    free = and_(Task.state == "open", Task.role.in_(list(roles)))
    found = [mine, untold, free]
    if LAWYER in roles:
        found.append(and_(Task.state == "open", Task.kind == CLOCK))
    if "supervisor" in roles:
        found.append(and_(Task.state == "taken", Task.kind == "reply"))
    return and_(or_(*found), Task.kind != "visit")


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
