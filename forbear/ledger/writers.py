"""Who wrote: the person to whom our last text at a number went, else one who has that number, else only the number."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from forbear.cadence.translate import legal_time
from forbear.ledger import addresses
from forbear.ledger.tables.accounts import Account, Party
from forbear.ledger.tables.contacts import Touch
from forbear.ledger.tables.people import ContactPoint, Profile
from forbear.ledger.vault import Vault
from forbear.rules.wall import zone

DEBTORS: Final = ("borrower", "co_borrower")
"""Who may be told by a machine what is owed: a number shows no more of a third person than of a stranger."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who said something. Words from the page came from no address."""

    tenant: str
    lender: str
    address_key: bytes | None = field(repr=False)
    person: str | None
    contact_point: str | None
    accounts: tuple[str, ...]
    language: str
    zone: str | None


@dataclass(frozen=True, slots=True)
class Writer(Speaker):
    """Who wrote, as far as the number tells. Without a person it is a number nobody gave us."""

    address_key: bytes = field(repr=False)

    def today(self, now: datetime) -> date:
        """The civil date where the writer is."""
        return now.astimezone(zone(self.zone or "UTC")).date()


def find_writer(session: Session, vault: Vault, tenant: str, lender: str, number: str) -> Writer:
    """The person whose touch last went to this number, else one who has it; else only the number."""
    try:
        written = addresses.phone(number)
    except ValueError:
        written = number  # a short code or an alphanumeric sender: nobody's, but it may still say stop
    key = vault.address_key(tenant, "phone", addresses.key_form("phone", written))
    touch = session.scalar(
        select(Touch)
        .where(
            Touch.lender == lender,
            Touch.address_key == key,
            Touch.channel == "sms",
            Touch.state.not_in(("claimed", "failed")),
        )
        .order_by(Touch.claimed_at.desc(), Touch.id)
        .limit(1)
    )
    point = _point(session, lender, key, touch)
    if point is None:
        return Writer(tenant, lender, key, None, None, (), "en", None)
    profile = session.scalar(select(Profile).where(Profile.lender == lender, Profile.person == point.person))
    return Writer(
        tenant=tenant,
        lender=lender,
        address_key=key,
        person=point.person,
        contact_point=point.id,
        accounts=tuple(touch.accounts) if touch else _accounts(session, lender, point.person),
        language=profile.language if profile else "en",
        zone=legal_time(profile.jurisdictions if profile else ()) or point.zone,
    )


def own_debts(session: Session, writer: Writer) -> tuple[str, ...]:
    """The accounts that the writer owes, as opposed to those with which they have to do in another role."""
    if writer.person is None:
        return ()
    known = (*writer.accounts, *_accounts(session, writer.lender, writer.person))
    return tuple(each for each in dict.fromkeys(known) if owes(session, each, writer.person))


def owes(session: Session, account: str, person: str) -> bool:
    """Whether an account is this person's own debt."""
    theirs = (Party.account == account, Party.person == person, Party.role.in_(DEBTORS))
    return session.scalars(select(Party.id).where(*theirs).limit(1)).first() is not None


def _point(session: Session, lender: str, key: bytes, touch: Touch | None) -> ContactPoint | None:
    if touch is not None:
        return session.get(ContactPoint, touch.contact_point)
    theirs = (ContactPoint.lender == lender, ContactPoint.address_key == key, ContactPoint.kind == "phone")
    statement = select(ContactPoint).where(*theirs)
    return session.scalar(statement.order_by(ContactPoint.created_at, ContactPoint.id).limit(1))


def _accounts(session: Session, lender: str, person: str) -> tuple[str, ...]:
    theirs = select(Party.account).where(Party.person == person)
    statement = select(Account.id).where(Account.lender == lender, Account.id.in_(theirs), Account.state == "open")
    return tuple(session.scalars(statement.order_by(Account.enrolled_at, Account.id)))
