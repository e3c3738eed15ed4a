"""A message that no machine understood, read by somebody: its words opened for them, and what they say it means done.

What it means is carried out by the same acts as a machine's reading. One message has one meaning: said again, the same
changes nothing.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final, Literal, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from forbear.cadence.translate import legal_time
from forbear.errors import BadInput, Conflict, NotFound
from forbear.ledger import routes, staff_acts, stops, tasks
from forbear.ledger.engine import Ledger
from forbear.ledger.locking import lock_persons
from forbear.ledger.reply_acts import obey
from forbear.ledger.tables.accounts import Account, Party
from forbear.ledger.tables.contacts import Reply
from forbear.ledger.tables.people import ContactPoint, Profile
from forbear.ledger.tables.tasks import Task
from forbear.ledger.writers import Writer
from forbear.ports.replies import Reading, ReadingKind

Meaning = Literal["stop", "dispute", "hardship", "wrong_person", "promise", "paid", "nothing"]
MEANINGS: Final[tuple[Meaning, ...]] = (
    "stop",
    "dispute",
    "hardship",
    "wrong_person",
    "promise",
    "paid",
    "nothing",
)
WITHOUT_PERSON: Final[frozenset[str]] = frozenset({"stop", "nothing"})
"""What a message can mean whose number belongs to nobody we know."""
VIA: Final = "staff"
MONEY_ARRIVES: Final = timedelta(days=3)
"""World time in which money that somebody says is under way should be in the lender's books."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message as its reader sees it. `text` is None where the words could not be kept."""

    reply: str
    channel: str
    reading: str
    person: str | None
    text: str | None = field(repr=False)


def opened(ledger: Ledger, session: Session, task: Task, staff: str) -> Message:
    """Show the words to whoever took the task; that they were shown is put down.

    Raises:
        NotFound: the task is about no message.
        Conflict: somebody else reads it.
        Erased: the person's data was destroyed.
    """
    reply = _reply(session, task)
    if task.assignee != staff:
        raise Conflict("somebody else works on this task")
    said: str | None = None
    if reply.text is not None and reply.person is not None:
        said = ledger.vault.open(session, lender=reply.lender, person=reply.person, sealed=reply.text)
    _note(ledger, session, task, staff, "reply_opened")
    return Message(reply.id, reply.channel, reply.reading, reply.person, said)


def mean(
    ledger: Ledger,
    session: Session,
    task_id: str,
    staff: str,
    meaning: str,
    *,
    due_on: date | None = None,
    amount: Decimal | None = None,
) -> None:
    """Do what a message means, and close its task; the same meaning given again changes nothing.

    Args:
        ledger: the record.
        session: a `ledger.staff` transaction of the task's tenant.
        task_id: a task about a message.
        staff: who read it.
        meaning: one of `MEANINGS`.
        due_on: of a promise, its day.
        amount: of a promise, or all that is owed.

    Raises:
        BadInput: it is none of the meanings, or does not fit the message.
        Conflict: the task is somebody else's, or has another meaning already.
    """
    seen = session.get(Task, task_id)
    if seen is None:
        raise NotFound("no such task")
    reply = _reply(session, seen)
    writer = _writer(session, reply)
    _lock(session, writer)
    task, now = tasks.lock_task(session, task_id), ledger.clock.now()
    if task.state == "done" and task.outcome == meaning and task.assignee == staff:
        return
    if task.state != "taken" or task.assignee != staff:
        raise Conflict("this task is closed, or somebody else's")
    _fits(meaning, reply, due_on)
    _carry_out(ledger, session, writer, cast("Meaning", meaning), due_on, amount)
    reply.needs_human = False
    session.flush()
    _note(ledger, session, task, staff, "reply_read")
    tasks.close(session, task, now, outcome=meaning)


def _carry_out(  # noqa: PLR0917  a meaning is what it says
    ledger: Ledger, session: Session, writer: Writer, meaning: Meaning, due_on: date | None, amount: Decimal | None
) -> None:
    now = ledger.clock.now()
    if meaning == "nothing":
        return
    if meaning == "stop" and writer.person is not None:
        # Who writes to be left alone means everything that is under our hand, not the one number.
        stops.suppress(
            session,
            tenant=writer.tenant,
            lender=writer.lender,
            person=writer.person,
            scope="everything",
            channel=None,
            address_key=None,
            via=VIA,
            at=now,
        )
    if meaning == "paid":
        _await_payment(session, writer, now)
        return
    if meaning == "stop" and not writer.address_key:
        return
    kind: ReadingKind = meaning
    obey(session, writer, Reading(kind, stops=meaning == "stop", plain=True, due_on=due_on, amount=amount), now)


def _await_payment(session: Session, writer: Writer, now: datetime) -> None:
    for account in writer.accounts:
        stops.place_stop(
            session,
            tenant=writer.tenant,
            lender=writer.lender,
            person=str(writer.person),
            account=account,
            kind="hold",
            via=VIA,
            at=now,
            until=now + MONEY_ARRIVES,
            reason="payment_expected",
        )


def _fits(meaning: str, reply: Reply, due_on: date | None) -> None:
    if meaning not in MEANINGS:
        raise BadInput("meaning", "is not one of the words", f"Choose one of {', '.join(MEANINGS)}.")
    if reply.person is None and meaning not in WITHOUT_PERSON:
        raise BadInput("meaning", "needs a person, and the number belongs to none", "Choose stop or nothing.")
    if (meaning == "promise") != (due_on is not None):
        raise BadInput("on", "goes with a promise and with nothing else", "Give the day of a promise.")


def _reply(session: Session, task: Task) -> Reply:
    found = None if task.reply is None else session.get(Reply, task.reply)
    if found is None:
        raise NotFound("no message under this task")
    return found


def _writer(session: Session, reply: Reply) -> Writer:
    """Whose message it is, as the row knows it."""
    point = None if reply.contact_point is None else session.get(ContactPoint, reply.contact_point)
    about = (Profile.lender == reply.lender, Profile.person == reply.person)
    profile = session.scalars(select(Profile).where(*about)).one_or_none()
    return Writer(
        tenant=reply.tenant,
        lender=reply.lender,
        address_key=b"" if point is None else point.address_key,
        person=reply.person,
        contact_point=reply.contact_point,
        accounts=_accounts(session, reply),
        language=profile.language if profile else "en",
        zone=legal_time(profile.jurisdictions if profile else ()) or (point.zone if point else None),
    )


def _accounts(session: Session, reply: Reply) -> tuple[str, ...]:
    if reply.account is not None:
        return (reply.account,)
    theirs = select(Party.account).where(Party.person == reply.person)
    chosen = select(Account.id).where(Account.lender == reply.lender, Account.id.in_(theirs), Account.state == "open")
    return tuple(session.scalars(chosen.order_by(Account.enrolled_at, Account.id)))


def _lock(session: Session, writer: Writer) -> None:
    """The persons first, then the task: the order in which everyone takes them."""
    others = routes.persons_at(session, writer.address_key) if writer.address_key else []
    parties = session.scalars(select(Party.person).where(Party.account.in_(writer.accounts))).all()
    mine = [writer.person] if writer.person else []
    lock_persons(session, writer.tenant, [*others, *parties, *mine])


def _note(ledger: Ledger, session: Session, task: Task, staff: str, kind: str) -> None:
    staff_acts.note(
        session,
        tenant=task.tenant,
        staff=staff,
        kind=kind,
        subject=task.id,
        at=ledger.clock.now(),
        lender=task.lender,
        account=task.account,
        person=task.person,
    )
