"""Messages people write back: found to whom they belong, kept sealed, and obeyed before anybody answers.

A message belongs to the touch that last went to its number; a stop needs none, it binds the number itself. The
message, its reading and everything it moves are one transaction, keyed by the carrier's id: a message told twice is
one message.
"""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from forbear.ledger import answers, audit, outbox, reply_tasks, routes
from forbear.ledger.answers import Answer
from forbear.ledger.engine import Ledger
from forbear.ledger.ids import new_id
from forbear.ledger.locking import lock_persons
from forbear.ledger.reply_acts import VIA, obey
from forbear.ledger.tables.accounts import Party
from forbear.ledger.tables.contacts import Reply, Suppression
from forbear.ledger.writers import Writer
from forbear.ports.replies import Reading
from forbear.rules.packs import Packs


@dataclass(frozen=True, slots=True)
class Inbound:
    """A message as the carrier handed it over. Holds personal data."""

    sender: str = field(repr=False)
    text: str = field(repr=False)
    provider_id: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What was done with a message, and what it is answered, if anything."""

    fresh: bool
    answer: Answer | None


def take_reply(  # noqa: PLR0917  a message, who wrote it and how it reads belong together
    ledger: Ledger, session: Session, writer: Writer, inbound: Inbound, reading: Reading, packs: Packs | None = None
) -> Taken:
    """Keep a message and do what it asks, in the session's transaction.

    Commit before answering anything: a request to stop must hold from then on. Whoever cannot answer gives no `packs`.
    """
    now = ledger.clock.now()
    others = routes.persons_at(session, writer.address_key)
    lock_persons(session, writer.tenant, [*others, *_parties(session, writer)])
    asked_before, silenced_before = _asked_before(session, writer), _is_silenced(session, writer)
    sealed = _sealed(ledger, session, writer, inbound.text)
    reply = _keep(session, writer, inbound, reading, sealed=sealed, now=now)
    if reply is None:
        return Taken(fresh=False, answer=None)
    if not obey(session, writer, reading, now):
        for account in writer.accounts:
            outbox.tell(session, tenant=writer.tenant, account=account, fact="reply_received", at=now)
    reply_tasks.ask(session, reply, now)
    answer = answers.due(reading, asked_before=asked_before, silenced_before=silenced_before)
    if packs is None or answer is None or not answers.may_be_given(session, writer, answer, packs, now):
        return Taken(fresh=True, answer=None)
    reply.answered = answer
    session.flush()
    return Taken(fresh=True, answer=answer)


def _parties(session: Session, writer: Writer) -> list[str]:
    found = session.scalars(select(Party.person).where(Party.account.in_(writer.accounts))).all()
    return [*found, *([writer.person] if writer.person else [])]


def _keep(
    session: Session, writer: Writer, inbound: Inbound, reading: Reading, *, sealed: bytes | None, now: datetime
) -> Reply | None:
    """Store the message; None if the carrier told it before."""
    account = writer.accounts[0] if writer.accounts else None
    stored = session.scalar(
        insert(Reply)
        .values(
            id=new_id("rpl"),
            tenant=writer.tenant,
            lender=writer.lender,
            account=account,
            person=writer.person,
            contact_point=writer.contact_point,
            channel=VIA,
            provider_id=inbound.provider_id,
            reading=reading.kind,
            text=sealed,
            at=now,
            needs_human=reading.needs_human or writer.person is None,
        )
        .on_conflict_do_nothing()
        .returning(Reply.id)
    )
    if stored is None:
        return None
    audit.note(
        session,
        tenant=writer.tenant,
        lender=writer.lender,
        account=account,
        person=writer.person,
        kind="reply_received",
        subject=stored,
        at=now,
        written={"provider_id": inbound.provider_id, "reading": reading.kind, "stops": reading.stops},
    )
    return session.get_one(Reply, stored)


def _sealed(ledger: Ledger, session: Session, writer: Writer, text: str) -> bytes | None:
    """The words under their writer's key. Words of a number nobody gave us cannot be kept."""
    if writer.person is None:
        return None
    return ledger.vault.seal(session, tenant=writer.tenant, lender=writer.lender, person=writer.person, text=text)


def _asked_before(session: Session, writer: Writer) -> bool:
    if writer.contact_point is None:
        return False
    asked = select(Reply.id).where(Reply.contact_point == writer.contact_point, Reply.reading == "help").limit(1)
    return session.scalar(asked) is not None


def _is_silenced(session: Session, writer: Writer) -> bool:
    held = select(Suppression.id).where(
        (Suppression.address_key == writer.address_key) | (Suppression.person == writer.person),
        Suppression.lifted_at.is_(None),
    )
    return session.scalar(held.limit(1)) is not None
