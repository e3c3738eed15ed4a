"""What a reply moves, by its reading: opt-outs, stops and promises, within the transaction that stores the reply.

A person who reads it afterwards chooses a meaning, and the same acts follow.
"""

from dataclasses import replace
from datetime import datetime
from typing import Final

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from forbear.contracts.words import START_BY_TEXT, StopKind
from forbear.errors import BadInput, NotFound
from forbear.ledger import audit, outbox, promises, stops, tasks
from forbear.ledger.engine import Ledger
from forbear.ledger.ids import new_id
from forbear.ledger.locking import lock_persons
from forbear.ledger.owed import owed_on
from forbear.ledger.tables.accounts import Account, Party
from forbear.ledger.tables.contacts import Reply, Suppression
from forbear.ledger.tables.people import Consent, ContactPoint, Lender
from forbear.ledger.tables.tasks import Task
from forbear.ledger.writers import Speaker
from forbear.ports.replies import Reading, ReadingKind

VIA: Final = "sms"
STOPPING: Final[dict[ReadingKind, StopKind]] = {
    "wrong_person": "wrong_number",
    "dispute": "dispute",
    "hardship": "hardship",
    "insolvency": "insolvency",
    "attorney": "attorney",
    "deceased": "deceased",
}
OF_PERSON: Final = frozenset({"wrong_number", "insolvency", "deceased"})
"""Stops that are about the person and not about one debt."""


def obey(session: Session, writer: Speaker, reading: Reading, now: datetime) -> bool:
    """Do what the message asks; whether that woke the accounts concerned."""
    woke = False
    if reading.stops:
        _silence(session, writer, now)
        woke = True
    if reading.kind == "start":
        woke = _let_speak(session, writer, now)
    elif writer.person is not None and reading.kind in STOPPING:
        kind = STOPPING[reading.kind]
        for account in (None,) if kind in OF_PERSON or not writer.accounts else writer.accounts:
            _place(session, writer, writer.person, kind, account, now)
        woke = True
    elif reading.kind == "promise":
        woke = _promise(session, writer, reading, now) or woke
    return woke


def apply_meaning(ledger: Ledger, session: Session, reply_id: str, *, staff: str, meaning: Reading) -> bool:
    """Do what a person says that a stored reply means; False if that was done before.

    What the machine's own reading did already is not done twice. The reply's task ends with the meaning as its outcome.

    Args:
        ledger: for its clock.
        session: a transaction of the staff's role.
        reply_id: the reply.
        staff: who read it.
        meaning: what it means, with `stops` where it also asks for peace, and day and amount of a promise.

    Raises:
        NotFound: the session sees no such reply.
        BadInput: nobody is known who could have promised or be left in peace.
    """
    now = ledger.clock.now()
    reply = session.get(Reply, reply_id)
    if reply is None:
        raise NotFound("no such reply")
    lock_persons(session, reply.tenant, _concerned(session, reply))
    session.refresh(reply, with_for_update=True)
    if not reply.needs_human:
        return False
    writer = _writer(session, reply)
    _act(session, reply, writer, meaning, now)
    reply.needs_human = False
    session.flush()
    audit.note(
        session,
        tenant=reply.tenant,
        lender=reply.lender,
        account=reply.account,
        person=reply.person,
        kind="reply_read",
        subject=reply.id,
        at=now,
        written={"staff": staff, "meaning": meaning.kind, "stops": meaning.stops, "read_as": reply.reading},
    )
    _end_task(session, reply, staff, meaning, now)
    return True


def _act(session: Session, reply: Reply, writer: Speaker | None, meaning: Reading, now: datetime) -> None:
    """The acts of a meaning but for those that the machine did when the reply came.

    What was written on the page came from no address: it binds the person, or the account of which it spoke.
    """
    same = meaning.kind == reply.reading and meaning.kind in STOPPING
    left = replace(meaning, kind="other") if same else meaning
    if writer is None:
        if left.stops or left.kind in {*STOPPING, "start", "promise"}:
            raise BadInput(
                "reply", "is of a number that nobody gave us", "Choose 'other'; a stop of its own was obeyed."
            )
        return
    if writer.contact_point is None and left.kind in {"wrong_person", "start"}:
        raise BadInput("reply", "came from no number or address", "Choose another meaning, or 'other'.")
    if left.stops and _is_silenced(session, writer):
        left = replace(left, stops=False)
    if not obey(session, writer, left, now) and reply.account is not None:
        outbox.tell(session, tenant=reply.tenant, account=reply.account, fact="reply_received", at=now)


def _concerned(session: Session, reply: Reply) -> list[str]:
    parties = session.scalars(select(Party.person).where(Party.account == reply.account)).all()
    return [*parties, *([reply.person] if reply.person else [])]


def _writer(session: Session, reply: Reply) -> Speaker | None:
    """Who wrote, as it was stored, at the address from which it came and never at another of theirs."""
    if reply.person is None:
        return None
    point = None if reply.contact_point is None else session.get(ContactPoint, reply.contact_point)
    return Speaker(
        tenant=reply.tenant,
        lender=reply.lender,
        address_key=None if point is None else point.address_key,
        person=reply.person,
        contact_point=None if point is None else point.id,
        accounts=() if reply.account is None else (reply.account,),
        language="en",
        zone=None if point is None else point.zone,
    )


def _is_silenced(session: Session, writer: Speaker) -> bool:
    theirs = and_(Suppression.person == writer.person, Suppression.scope == "everything")
    held = select(Suppression.id).where(
        Suppression.lender == writer.lender,
        theirs if writer.address_key is None else Suppression.address_key == writer.address_key,
        Suppression.lifted_at.is_(None),
    )
    return session.scalar(held.limit(1)) is not None


def _end_task(session: Session, reply: Reply, staff: str, meaning: Reading, now: datetime) -> None:
    found = select(Task.id).where(Task.reply == reply.id, Task.state.in_(tasks.WAITING))
    if (asked := session.scalar(found)) is not None:
        task = tasks.lock_task(session, asked)
        task.assignee = task.assignee or staff
        tasks.close(session, task, now, outcome="stop" if meaning.stops else meaning.kind)


def _silence(session: Session, writer: Speaker, now: datetime) -> None:
    """Leave the number in peace from which it came; of words from no number, the person."""
    stops.suppress(
        session,
        tenant=writer.tenant,
        lender=writer.lender,
        person=writer.person,
        scope="everything" if writer.address_key is None else "number",
        channel=None,
        address_key=writer.address_key,
        via=VIA,
        at=now,
    )


def _let_speak(session: Session, writer: Speaker, now: datetime) -> bool:
    """START takes back the opt-outs of this number, and is then a consent; a 'yes' to anything else is none."""
    if writer.address_key is None:
        return False
    lifted = stops.lift_suppression(
        session,
        tenant=writer.tenant,
        lender=writer.lender,
        person=writer.person,
        address_key=writer.address_key,
        via=VIA,
        at=now,
    )
    if writer.person is None or not lifted:
        return bool(lifted)
    lender = session.get_one(Lender, writer.lender)
    consent = Consent(
        id=new_id("con"),
        tenant=writer.tenant,
        lender=writer.lender,
        person=writer.person,
        contact_point=writer.contact_point,
        channel=VIA,
        given_to=lender.name,
        how=START_BY_TEXT,
        at=now,
        revoked_at=None,
    )
    session.add(consent)
    audit.note(
        session,
        tenant=writer.tenant,
        lender=writer.lender,
        person=writer.person,
        kind="consent_given",
        subject=consent.id,
        at=now,
        written={"channel": VIA, "contact_point": writer.contact_point},
    )
    return True


def _place(  # noqa: PLR0917  a stop is what it says
    session: Session, writer: Speaker, person: str, kind: StopKind, account: str | None, now: datetime
) -> None:
    stops.place_stop(
        session,
        tenant=writer.tenant,
        lender=writer.lender,
        person=person,
        account=account,
        kind=kind,
        via=VIA,
        at=now,
        written=True,
        address_key=writer.address_key if kind == "wrong_number" else None,
    )


def _promise(session: Session, writer: Speaker, reading: Reading, now: datetime) -> bool:
    """A promise with a day is made for the account that was spoken of; without an amount, for all that is owed."""
    if writer.person is None or not writer.accounts or reading.due_on is None or reading.stops:
        return False
    account = session.get_one(Account, writer.accounts[0])
    owed = owed_on(session, account, now).total
    amount = owed if reading.amount is None else min(reading.amount, owed)
    if account.state != "open" or amount <= 0:
        return False
    promises.make_promise(
        session,
        tenant=writer.tenant,
        lender=writer.lender,
        account=account.id,
        person=writer.person,
        amount=amount,
        currency=account.currency,
        due_on=reading.due_on,
        via=VIA,
        now=now,
    )
    return True
