"""A message that no machine understood, read by somebody: its words opened for them, and what they say it means done.

What it means is carried out by the same acts as a machine's reading (`reply_acts.apply_meaning`). One message has one
meaning: said again, the same changes nothing.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from sqlalchemy.orm import Session

from forbear.errors import BadInput, Conflict, Erased, NotFound
from forbear.ledger import staff_acts, stops
from forbear.ledger.engine import Ledger
from forbear.ledger.reply_acts import apply_meaning
from forbear.ledger.tables.contacts import Reply
from forbear.ledger.tables.tasks import Task
from forbear.ports.replies import Reading

READINGS: Final[Mapping[str, Reading]] = {
    "stop": Reading("stop", stops=True),
    "dispute": Reading("dispute"),
    "hardship": Reading("hardship"),
    "wrong_person": Reading("wrong_person"),
    "promise": Reading("promise"),
    "paid": Reading("paid"),
    "nothing": Reading("other"),
}
"""What somebody may say that a message means, in the words of the machine."""
MEANINGS: Final = tuple(READINGS)
WITHOUT_PERSON: Final[frozenset[str]] = frozenset({"nothing"})
"""What is left to say of a message whose number belongs to nobody we know: a stop of its own was obeyed at once."""
WITHOUT_ADDRESS: Final = tuple(each for each in MEANINGS if each != "wrong_person")
"""Of words from the page: they came from no number that could be somebody else's."""
MONEY_ARRIVES: Final = timedelta(days=3)
"""World time in which money that somebody says is under way should be in the lender's books."""
VIA: Final = "staff"


@dataclass(frozen=True, slots=True)
class Message:
    """A message as its reader sees it. `text` is None where the words could not be kept, or were erased."""

    reply: str
    text: str | None = field(repr=False)


def meanings_of(reply: Reply) -> tuple[str, ...]:
    """What may be said of this message, in the order of the form."""
    if reply.person is None:
        return tuple(each for each in MEANINGS if each in WITHOUT_PERSON)
    return WITHOUT_ADDRESS if reply.contact_point is None else MEANINGS


def opened(ledger: Ledger, session: Session, task: Task, staff: str) -> Message:
    """Show the words to whoever took the task; that they were shown is put down.

    Raises:
        NotFound: the task is about no message.
        Conflict: somebody else reads it.
    """
    reply = _reply(session, task)
    if task.assignee != staff:
        raise Conflict("somebody else works on this task")
    said: str | None = None
    if reply.text is not None and reply.person is not None:
        with suppress(Erased):
            said = ledger.vault.open(session, lender=reply.lender, person=reply.person, sealed=reply.text)
    _note(ledger, session, task, staff, "reply_opened")
    return Message(reply.id, said)


def mean(
    ledger: Ledger,
    session: Session,
    task: Task,
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
        task: one about a message, taken by this person.
        staff: who read it.
        meaning: one of `MEANINGS`.
        due_on: of a promise, its day.
        amount: of a promise, or all that is owed.

    Raises:
        BadInput: it is none of the meanings, or does not fit the message.
        Conflict: the task is somebody else's, or has another meaning already.
    """
    reply = _reply(session, task)
    _fits(meaning, reply, due_on)
    reading = replace(READINGS[meaning], due_on=due_on, amount=amount)
    if task.state == "done" and task.assignee == staff and task.outcome == reading.kind:
        return
    if task.state != "taken" or task.assignee != staff:
        raise Conflict("this task is closed, or somebody else's")
    _more_than_the_machine(ledger, session, reply, meaning)
    if apply_meaning(ledger, session, reply.id, staff=staff, meaning=reading):
        _note(ledger, session, task, staff, "reply_read")


def _more_than_the_machine(ledger: Ledger, session: Session, reply: Reply, meaning: str) -> None:
    """What a person hears in words that a keyword does not say: 'no more' means every way, 'paid' means wait for it."""
    if reply.person is None:
        return
    now = ledger.clock.now()
    if meaning == "stop":
        stops.suppress(
            session,
            tenant=reply.tenant,
            lender=reply.lender,
            person=reply.person,
            scope="everything",
            channel=None,
            address_key=None,
            via=VIA,
            at=now,
        )
    if meaning == "paid" and reply.account is not None:
        stops.place_stop(
            session,
            tenant=reply.tenant,
            lender=reply.lender,
            person=reply.person,
            account=reply.account,
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
        raise BadInput("meaning", "needs a person, and the number belongs to none", "Choose 'nothing'.")
    if meaning not in meanings_of(reply):
        raise BadInput("meaning", "needs a number, and the words came from none", "Choose another meaning.")
    if (meaning == "promise") != (due_on is not None):
        raise BadInput("on", "goes with a promise and with nothing else", "Give the day of a promise.")


def _reply(session: Session, task: Task) -> Reply:
    found = None if task.reply is None else session.get(Reply, task.reply)
    if found is None:
        raise NotFound("no message under this task")
    return found


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
