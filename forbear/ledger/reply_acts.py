"""What a reply moves, by its reading: opt-outs, stops and promises, within the transaction that stores the reply."""

from datetime import datetime
from decimal import Decimal
from typing import Final

from sqlalchemy.orm import Session

from forbear.contracts.words import START_BY_TEXT, StopKind
from forbear.ledger import audit, books, promises, stops
from forbear.ledger.ids import new_id
from forbear.ledger.tables.accounts import Account
from forbear.ledger.tables.people import Consent, Lender
from forbear.ledger.writers import Writer
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


def obey(session: Session, writer: Writer, reading: Reading, now: datetime) -> bool:
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


def _silence(session: Session, writer: Writer, now: datetime) -> None:
    stops.suppress(
        session,
        tenant=writer.tenant,
        lender=writer.lender,
        person=writer.person,
        scope="number",
        channel=None,
        address_key=writer.address_key,
        via=VIA,
        at=now,
    )


def _let_speak(session: Session, writer: Writer, now: datetime) -> bool:
    """START takes back the opt-outs of this number, and is then a consent; a 'yes' to anything else is none."""
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
    session: Session, writer: Writer, person: str, kind: StopKind, account: str | None, now: datetime
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


def _promise(session: Session, writer: Writer, reading: Reading, now: datetime) -> bool:
    """A promise with a day is made for the account that was spoken of; without an amount, for all that is owed."""
    if writer.person is None or not writer.accounts or reading.due_on is None or reading.stops:
        return False
    account = session.get_one(Account, writer.accounts[0])
    owed = sum(books.balance(session, account.id).values(), Decimal(0))
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
