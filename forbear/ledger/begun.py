"""People at work: a call or a visit that a task asks for is begun with a permit of that moment, and its end is told.

Nothing is allowed before somebody is about to dial or to knock. `begin` decides, claims and lets the touch go in one
transaction; `settle` puts down how it ended and all that follows from it in another. Each can be pressed twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from forbear.cadence.beginning import Barred, Work, may_begin
from forbear.cadence.decision import Contact
from forbear.cadence.playbooks import Playbook
from forbear.contracts.decision import Asked
from forbear.contracts.outcomes import OUTCOMES
from forbear.contracts.words import Channel
from forbear.errors import BadInput, Conflict, Erased, NotFound
from forbear.ledger import audit, freed, life_rows, promises, tasks
from forbear.ledger.claims import Claim
from forbear.ledger.decision_rows import DecisionRows
from forbear.ledger.engine import Ledger
from forbear.ledger.handing import Handing
from forbear.ledger.keeping import Keeping
from forbear.ledger.lives import life_of, load_life
from forbear.ledger.locking import lock_account
from forbear.ledger.outcomes import Promised, Told, obey, read
from forbear.ledger.owed import owed_on
from forbear.ledger.receipts import add_receipt, lock_touch
from forbear.ledger.tables.accounts import Account
from forbear.ledger.tables.contacts import Decision, Touch
from forbear.ledger.tables.people import ContactPoint, Lender, Profile
from forbear.ledger.tables.tasks import Task
from forbear.ledger.task_reasons import because
from forbear.money.currency import write_amount
from forbear.rules.packs import Packs

__all__ = ["Begun", "Held", "Promised", "abandon", "begin", "settle"]
TWO = 2
"""Nobody goes to a door alone, whatever the law of the place asks for."""
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Begun:
    """What the person at work needs now. It holds personal data and is kept nowhere.

    `values` are those of a script: lender, phone, link, amount, currency, due_since. `disclosures` are what the rules
    say must be said. `link` is the touch's payment link, told once: only its digest is kept, so it is '' from then on.
    """

    touch: str
    to: str = field(repr=False)
    name: str = field(repr=False)
    values: dict[str, str] = field(repr=False)
    template: str
    language: str
    disclosures: tuple[str, ...]
    window_closes: datetime | None
    link: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Held:
    """It may not begin now, and why; `until` is None where only an event lifts it."""

    rule: str
    reason: str
    until: datetime | None = None


def begin(
    ledger: Ledger,
    session: Session,
    task_id: str,
    staff: Sequence[str],
    *,
    playbooks: Mapping[str, Playbook],
    packs: Packs,
) -> Begun | Held:
    """Let somebody dial or knock now, or say what holds it. Begun already, the same touch is told again.

    A call is told again only while its time to begin lasts and nothing has come up against it.

    Args:
        ledger: the record.
        session: a `ledger.staff` transaction of the task's tenant.
        task_id: an open or taken task for a call or a visit.
        staff: the ids of those who do it; two for a visit.
        playbooks: the installed ones.
        packs: the rules in force.

    Raises:
        NotFound: no such task.
        BadInput: it is no call or visit.
        Conflict: it is closed, or somebody else's.
    """
    task, now = _lock(session, task_id), ledger.clock.now()
    _theirs(task, staff)
    if task.touch is None:
        held = _begin(ledger, session, task, staff, playbooks=playbooks, packs=packs)
        if held is not None:
            _note(session, task, "task_held", now, staff, rule=held.rule, until=held.until)
            return held
        return _handed(ledger, session, task, first=True)
    if task.kind == "call" and (over := _over(ledger, session, task, staff, playbooks=playbooks, packs=packs)):
        return over
    return _handed(ledger, session, task)


def settle(
    ledger: Ledger,
    session: Session,
    task_id: str,
    staff: Sequence[str],
    outcome: str,
    *,
    playbooks: Mapping[str, Playbook],
    cause: str | None = None,
    promise: Promised | None = None,
    no_promise: bool = False,
    ticked: Sequence[str] = (),
    note: str | None = None,
    instead: bool = False,
    said_at: datetime | None = None,
) -> None:
    """Put down how it ended, with all that follows; the same told again changes nothing.

    What is told after nobody knew for too long still counts: it is better than not knowing.

    Args:
        ledger: the record.
        session: a `ledger.staff` transaction of the task's tenant.
        task_id: the task, begun before.
        staff: the ids of those who were there.
        outcome: one of `CALL_OUTCOMES` or `VISIT_OUTCOMES`.
        playbooks: the installed ones; the task's step may require more to be told.
        cause: why the person is late, one of `CAUSES`.
        promise: what was promised, where the outcome is one of a promise.
        no_promise: says in so many words that no dated promise could be had.
        ticked: what was explained or done, of `TICKS`.
        note: what else was said, sealed under the person's key.
        said_at: when it was told to a device that had no connection; None for now.
        instead: a supervisor tells it for whoever began it and let its time run out; the record names who told.

    Raises:
        NotFound: no such task.
        BadInput: something is not one of the words, is missing, or does not fit the outcome.
        Conflict: nothing was begun, or another end was told before.
    """
    task, now = _lock(session, task_id), ledger.clock.now()
    told = read(session, task, Told(outcome, cause, promise, no_promise, tuple(ticked), said_at), playbooks, now)
    if task.state == "done":
        if task.outcome == outcome:
            return
        raise Conflict("another end was told before")
    if task.touch is None or (touch := lock_touch(session, task.touch)) is None:
        raise Conflict("nothing was begun for this task")
    if not (instead and task.state == "expired" and staff):
        _theirs(task, staff)
    touch.result = OUTCOMES[task.kind][outcome].result
    status = OUTCOMES[task.kind][outcome].status
    add_receipt(session, touch_id=touch.id, source="staff", status=status, code=told.code(), at=now)
    obey(ledger, session, touch, told, note=note)
    _note(session, task, "task_settled", now, staff, outcome=outcome, cause=cause, ticked=list(ticked), touch=touch.id)
    if freed.is_by_result(touch):
        freed.tell(session, touch, "call_ended", now)
    _close(session, task, told, now)


def abandon(session: Session, touch: Touch, now: datetime) -> None:
    """Nobody said how it ended, and the time for it is over: the task ends, and somebody is asked to find out.

    The touch itself is unknown from then on and counts as made. The caller has put that down.
    """
    task = None if touch.task is None else tasks.lock_task(session, touch.task)
    if task is None or task.state not in tasks.WAITING:
        return
    log.warning("task.abandoned", task=task.id, touch=touch.id)
    tasks.close(session, task, now, state="expired")
    wanted = tasks.Wanted(
        tenant=task.tenant,
        lender=task.lender,
        kind="unknown_touch",
        role="supervisor",
        reason=because("unknown_abandoned", channel=task.kind),
        account=task.account,
        person=task.person,
        contact_point=task.contact_point,
        touch=touch.id,
        priority=1,
        due_at=now,
    )
    tasks.open_task(session, wanted, now)


def _lock(session: Session, task_id: str) -> Task:
    """The persons first, then the task: the order in which everyone takes them."""
    seen = session.get(Task, task_id)
    if seen is None:
        raise NotFound("no such task")
    if seen.kind not in OUTCOMES or seen.account is None:
        raise BadInput("task", "is neither a call nor a visit", "Choose a task of a call or of a visit.")
    lock_account(session, seen.tenant, seen.account)
    return tasks.lock_task(session, task_id)


def _theirs(task: Task, staff: Sequence[str]) -> None:
    if not staff:
        raise BadInput("staff", "names nobody", "Say who does it.")
    if task.assignee not in {None, *staff}:
        raise Conflict("somebody else works on this task")
    if task.state not in tasks.WAITING and not (task.state == "expired" and task.touch is not None):
        raise Conflict("this task is closed")


def _begin(
    ledger: Ledger,
    session: Session,
    task: Task,
    staff: Sequence[str],
    *,
    playbooks: Mapping[str, Playbook],
    packs: Packs,
) -> Held | None:
    """Decide and claim; what holds it, or None once the task has its touch."""
    now = ledger.clock.now()
    if (held := _task_says_no(ledger, session, task, staff, now)) is not None:
        return held
    promises.settle(session, str(task.account), now)
    found = life_rows.account(session, str(task.account))
    playbook = None if found is None else playbooks.get(found[0].playbook)
    if found is None or playbook is None:
        return Held("PLAYBOOK.MISSING", "the account's playbook is not installed here")
    life = life_of(session, found, now=now, packs=packs)
    decided = may_begin(life, _work(task, staff), playbook, packs, now)
    if isinstance(decided, Barred):
        return Held(decided.rule, decided.reason, decided.until)
    claim = Claim.by_hand(decided, ledger.clock, now=now)
    if claim is None:
        return Held("WINDOW.CLOSING", "too little of the contact window is left", decided.window_closes)
    _write(ledger, session, task, staff, (found[0], found[1]), (decided, claim), packs)
    return None


def _over(
    ledger: Ledger,
    session: Session,
    task: Task,
    staff: Sequence[str],
    *,
    playbooks: Mapping[str, Playbook],
    packs: Packs,
) -> Held | None:
    """Why a call that was begun may not be dialled any more; None while it may."""
    now, touch = ledger.clock.now(), session.get_one(Touch, task.touch)
    if now >= touch.dispatch_by:
        return Held("CALL.LATE", "the time in which it was to be dialled is over")
    if not _readable(ledger, session, task):
        return Held("PERSON.ERASED", "the person's data was erased")
    life = load_life(session, touch.account, now=now, without=touch.id, packs=packs)
    playbook = playbooks.get(session.get_one(Account, touch.account).playbook)
    if life is None or playbook is None:
        return Held("PLAYBOOK.MISSING", "the account's playbook is not installed here")
    decided = may_begin(life, _work(task, staff), playbook, packs, now)
    return Held(decided.rule, decided.reason, decided.until) if isinstance(decided, Barred) else None


def _task_says_no(ledger: Ledger, session: Session, task: Task, staff: Sequence[str], now: datetime) -> Held | None:
    if task.kind == "visit" and len(set(staff)) < TWO:
        return Held("VISIT.TWO", "a visit is made by two together")
    if task.expires_at is not None and now >= task.expires_at:
        return Held("TASK.EXPIRED", "the time of this task is over")
    if not _readable(ledger, session, task):
        return Held("PERSON.ERASED", "the person's data was erased")
    return None


def _work(task: Task, staff: Sequence[str]) -> Work:
    return Work(
        step=task.step or task.kind,
        channel=cast("Channel", task.kind),
        person=str(task.person),
        point=str(task.contact_point),
        template=task.template or "",
        language=task.language or "en",
        staff=len(set(staff)),
    )


def _readable(ledger: Ledger, session: Session, task: Task) -> bool:
    point = session.get_one(ContactPoint, task.contact_point)
    try:
        ledger.vault.open(session, lender=task.lender, person=str(task.person), sealed=point.value)
    except Erased:
        return False
    return True


def _write(  # noqa: PLR0917  a beginning is all of these
    ledger: Ledger,
    session: Session,
    task: Task,
    staff: Sequence[str],
    of: tuple[Account, Lender],
    what: tuple[Contact, Claim],
    packs: Packs,
) -> None:
    """The decision with its permit, its touch, and that it is on its way."""
    now, (decided, claim) = ledger.clock.now(), what
    asked = Asked(tenant=task.tenant, account=of[0].id, run=task.id, number=_beginnings(session, task))
    keeping = Keeping(ledger.kept, packs)
    rows = DecisionRows(session, of, asked, ledger.clock, now, own=True, keeping=keeping)
    touch_id = rows.write_begun(decided, claim, task.id)
    tasks.take(session, task, task.assignee or staff[0], now)
    task.touch = touch_id
    task.version += 1
    touch = session.get_one(Touch, touch_id)
    touch.dispatched_at = now
    _note(session, task, "task_begun", now, staff, touch=touch_id)
    add_receipt(session, touch_id=touch_id, source="ledger", status="dispatching", at=now)


def _beginnings(session: Session, task: Task) -> int:
    """How often the task was begun: the number of its next decision, whose run is the task."""
    before = select(func.count()).where(Decision.account == task.account, Decision.run == task.id)
    return session.scalars(before).one()


def _handed(ledger: Ledger, session: Session, task: Task, *, first: bool = False) -> Begun:
    """What the person needs, opened for them; the link is made when the touch is."""
    touch = session.get_one(Touch, task.touch)
    lender = session.get_one(Lender, task.lender)
    point = session.get_one(ContactPoint, touch.contact_point)
    name = session.scalars(
        select(Profile.name).where(Profile.lender == task.lender, Profile.person == touch.person)
    ).one_or_none()

    def opened(sealed: bytes) -> str:
        return ledger.vault.open(session, lender=task.lender, person=touch.person, sealed=sealed)

    to, now = opened(point.value), ledger.clock.now()
    link = Handing(session, ledger, ledger.settings, touch, lender, to, now).make_link() if first else ""
    permit = session.scalars(select(Decision.permit).where(Decision.id == touch.decision)).one() or {}
    return Begun(
        touch=touch.id,
        to=to,
        name="" if name is None else opened(name),
        values=_values(session, touch, lender, link, now),
        template=touch.template,
        language=touch.language,
        disclosures=tuple(permit.get("disclosures", ())),
        window_closes=touch.window_closes,
        link=link,
    )


def _values(session: Session, touch: Touch, lender: Lender, link: str, now: datetime) -> dict[str, str]:
    account = session.get_one(Account, touch.account)
    owed = owed_on(session, account, now).total
    return {
        "lender": lender.name,
        "phone": lender.phone,
        "link": link,
        "amount": write_amount(owed, account.currency),
        "currency": account.currency,
        "due_since": account.due_since.isoformat(),
    }


def _close(session: Session, task: Task, told: Told, now: datetime) -> None:
    if task.state == "expired":  # told late: it had ended by itself; the receipt ended the inquiry
        task.state = "taken"
    tasks.close(session, task, now, outcome=told.outcome, cause=told.cause)


def _note(session: Session, task: Task, kind: str, at: datetime, staff: Sequence[str], **more: Any) -> None:
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
        written={"task": task.id, "staff": sorted(set(staff)), **more},
    )
