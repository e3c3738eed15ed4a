"""Codes that a person must look at: each opens one task with what to do, and some hold a way out until it is done.

What is held is a template on a route, where carriers filter its words, or a lender's whole route, where texts are taken
and then fail. The task's end releases it; so does an operator at the command line.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final, Literal

from sqlalchemy import or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from forbear.cadence.sms_codes import Meaning
from forbear.cadence.steps import LETTER_ROUTES
from forbear.errors import NotFound
from forbear.ledger import audit, outbox, tasks
from forbear.ledger.ids import new_id
from forbear.ledger.locking import lock_account
from forbear.ledger.senders import NONE
from forbear.ledger.tables.accounts import Account
from forbear.ledger.tables.contacts import Touch
from forbear.ledger.tables.people import Lender
from forbear.ledger.tables.senders import Incident
from forbear.ledger.tables.tasks import Task
from forbear.ledger.task_reasons import Code, because

Kind = Literal["template", "route", "call", "unmapped", "clock"]
TEMPLATE_HELD: Final = "TEMPLATE.HELD"
ROUTE_HELD: Final = "ROUTE.HELD"
CORRECTED: Final = "correction"
"""Who released what turned out not to be so."""
RULES: Final = {"template": TEMPLATE_HELD, "route": ROUTE_HELD}
LACKING: Final = {"call": "no-number"}
"""By channel, what is said where the lender has nothing to send from; of every other it is a sender."""
LACKING_SENDER: Final = "no-sender"
OF_ACTIONS: Final[dict[str, Kind]] = {"stop_template": "template", "stop_route": "route", "call_operator": "call"}
REASONS: Final[dict[Kind, Code]] = {
    "template": "incident_template",
    "route": "incident_route",
    "call": "incident_call",
    "unmapped": "incident_unmapped",
    "clock": "clock_lapsed",
}


def report(session: Session, touch: Touch, code: str, known: Meaning | None, at: datetime, *, taken: bool) -> None:
    """Open an incident and its task, once while it is open.

    Args:
        session: a transaction that may see the touch.
        touch: the one that met the code.
        code: the provider's word, or ours.
        known: what the table says of it; None where it says nothing.
        at: world instant.
        taken: the provider took the text before it failed. What it refused cost nothing, and no route stops for it.
    """
    kind: Kind = "unmapped" if known is None else OF_ACTIONS[known.action]
    if kind == "route" and not taken:
        kind = "call"
    template = touch.template if kind == "template" else ""
    named = {"template": template} if template else {}
    wanted = tasks.Wanted(
        tenant=touch.tenant,
        lender=touch.lender,
        kind="unmapped_code" if kind == "unmapped" else "route",
        role="operator",
        reason=because(
            REASONS[kind], channel=touch.channel, provider=touch.provider, sender=touch.sender, code=code, **named
        ),
        template=template or None,
        priority=1 if kind in RULES else 2,
        touch=touch.id,
    )
    _open(session, wanted, kind, touch.provider, code, at)


def lacking(session: Session, lender: Lender, provider: str, channel: str, at: datetime) -> None:
    """Show an operator, once while it is so, that a lender has nothing to send from."""
    code = LACKING.get(channel, LACKING_SENDER)
    wanted = tasks.Wanted(
        tenant=lender.tenant,
        lender=lender.id,
        kind="route",
        role="operator",
        reason=because("incident_lacking", channel=channel, provider=provider, code=code),
        priority=2,
    )
    _open(session, wanted, "call", provider, code, at)


def lapsed(session: Session, wanted: tasks.Wanted, clock: str, last_day: date, at: datetime) -> str | None:
    """Put down, once, that a legal period ran out with nobody keeping it, and open its task; returns that task."""
    return _open(session, wanted, "clock", "", f"{clock}/{last_day.isoformat()}", at)


def unlapsed(session: Session, clock: str, at: datetime) -> None:
    """What a period ran from was corrected, or what it asks for was found to have been done: its incidents end."""
    open_ones = select(Incident.id).where(
        Incident.kind == "clock", Incident.code.startswith(f"{clock}/", autoescape=True), Incident.released_at.is_(None)
    )
    for incident in session.scalars(open_ones.order_by(Incident.id)).all():
        release(session, incident, CORRECTED, at)


def supplied(session: Session, lender: str, by: str, at: datetime) -> None:
    """A sender was added: who was to see to one need not any more, and what waited for one asks again."""
    codes = (LACKING_SENDER, *LACKING.values())
    lacked = select(Incident.id).where(
        Incident.lender == lender, Incident.released_at.is_(None), Incident.code.in_(codes)
    )
    for incident in session.scalars(lacked.order_by(Incident.id)).all():
        release(session, incident, by, at)


def _open(  # noqa: PLR0917  an incident is all of these
    session: Session, wanted: tasks.Wanted, kind: Kind, provider: str, code: str, at: datetime
) -> str | None:
    row = {
        "id": new_id("inc"),
        "tenant": wanted.tenant,
        "lender": wanted.lender,
        "provider": provider,
        "kind": kind,
        "template": wanted.template or "",
        "code": code,
        "touch": wanted.touch,
        "opened_at": at,
    }
    made = session.scalar(insert(Incident).values(row).on_conflict_do_nothing().returning(Incident.id))
    if made is None:
        return None
    task = tasks.open_task(session, wanted, at)
    session.execute(update(Incident).where(Incident.id == made).values(task=task))
    written = {"kind": kind, "code": code, "task": task}
    _note(session, wanted.tenant, wanted.lender, made, "incident_opened", at, written)
    return task


def holding(session: Session, lender: str, provider: str, template: str) -> Incident | None:
    """What keeps a lender's template from a route, if anything does; what holds the whole route comes first."""
    held = select(Incident).where(
        Incident.lender == lender,
        Incident.provider == provider,
        Incident.released_at.is_(None),
        or_(Incident.kind == "route", (Incident.kind == "template") & (Incident.template == template)),
    )
    return session.scalars(held.order_by(Incident.kind, Incident.opened_at, Incident.id).limit(1)).first()


def in_words(held: Incident) -> str:
    """Why it waits, for the account's timer and its lender."""
    what = f"template {held.template}" if held.kind == "template" else f"this lender's {_kind_of(held)}"
    return f"{what} on route {held.provider} stopped after code {held.code}: a person must look and release it"


def _kind_of(held: Incident) -> str:
    return "letters" if held.provider in LETTER_ROUTES else "texts"


def still_open(session: Session) -> list[Incident]:
    """Every incident that was not released, oldest first."""
    found = select(Incident).where(Incident.released_at.is_(None)).order_by(Incident.opened_at, Incident.id)
    return list(session.scalars(found))


def release(session: Session, incident: str, by: str, at: datetime) -> None:
    """End an incident and its task, and wake what waited for it. Releasing it twice changes nothing.

    Raises:
        NotFound: the session sees no such incident.
    """
    found = session.get(Incident, incident)
    if found is None:
        raise NotFound("no such incident")
    # Persons first where it is about a legal case, as its decisions take them; then the task, as whoever ends it takes
    # them; the incident as it stands once it is ours.
    asked = None if found.task is None or found.kind != "clock" else session.get(Task, found.task)
    if asked is not None and asked.account is not None:
        lock_account(session, asked.tenant, asked.account)
    task = None if found.task is None else tasks.lock_task(session, found.task)
    session.refresh(found, with_for_update=True)
    _release(session, [found], by, at)
    if task is not None and task.state in tasks.WAITING:
        tasks.close(session, task, at, outcome="released")


def task_ended(session: Session, task: Task, at: datetime) -> None:
    """A task that was done releases its incident; one that was declined or ran out leaves it as it is."""
    if task.state == "done":
        its = select(Incident).where(Incident.task == task.id).execution_options(populate_existing=True)
        found = session.scalars(its).all()
        _release(session, list(found), task.assignee or "operator", at)


def _release(session: Session, found: list[Incident], by: str, at: datetime) -> None:
    for incident in found:
        # What an unmapped code means does not change by being looked at: it opens no second task.
        if incident.released_at is not None or incident.kind == "unmapped":
            continue
        incident.released_at, incident.released_by = at, by
        session.flush()
        written = {"code": incident.code, "by": by}
        _note(session, incident.tenant, incident.lender, incident.id, "incident_released", at, written)
        if incident.kind == "clock":
            continue
        waiting = select(Account.id).where(
            Account.lender == incident.lender, Account.state == "open", Account.next_rule.in_((*RULES.values(), NONE))
        )
        for account in session.scalars(waiting.order_by(Account.id)):
            outbox.tell(session, tenant=incident.tenant, account=account, fact="task_closed", at=at)


def _note(  # noqa: PLR0917  an audit row is what it says
    session: Session, tenant: str, lender: str, subject: str, kind: str, at: datetime, written: Mapping[str, str | None]
) -> None:
    audit.note(session, tenant=tenant, lender=lender, kind=kind, subject=subject, at=at, written=written)
