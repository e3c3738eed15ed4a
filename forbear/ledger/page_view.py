"""What a borrower's own account looks like on the page: the same figures that every other paper is made from."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from forbear.ledger.links import Journey
from forbear.ledger.owed import owed_on
from forbear.ledger.tables.accounts import Account, Payment, Promise, Stop
from forbear.ledger.tables.contacts import Checkout, Suppression
from forbear.ledger.tables.people import Consent
from forbear.money.components import COMPONENTS

SHOWN_STOPS: Final = ("dispute", "hardship")


@dataclass(frozen=True, slots=True)
class Received:
    """The latest payment through one of the account's links."""

    reference: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class AccountView:
    """One account as its borrower may see it. `stops` maps the kind of a stop to its id."""

    currency: str
    components: tuple[tuple[str, Decimal], ...]
    total: Decimal
    as_of: datetime | None
    promise: Promise | None
    stops: dict[str, str]
    silenced: str | None
    """The id of the opt-out by which nobody contacts this person any more."""
    received: Received | None
    paying: bool
    """A payment was begun and we have not heard how it ended."""

    @property
    def nothing_due(self) -> bool:
        return self.total <= 0


def load(session: Session, journey: Journey, now: datetime) -> AccountView:
    """Read the account of a link. Changes nothing."""
    account = session.get_one(Account, journey.account)
    owed = owed_on(session, account, now)
    shown = tuple((name, owed.parts[name]) for name in COMPONENTS if owed.parts[name])
    last = _last_checkout(session, journey)
    return AccountView(
        currency=account.currency,
        components=shown,
        total=owed.total,
        as_of=account.balance_as_of if owed.reckoned_to is None else now,
        promise=_promise(session, account.id),
        stops=_stops(session, journey, now),
        silenced=_silenced(session, journey),
        received=_received(session, last),
        paying=last is not None and last.state == "begun",
    )


def _promise(session: Session, account: str) -> Promise | None:
    return session.scalar(
        select(Promise)
        .where(Promise.account == account, Promise.state == "open")
        .order_by(Promise.made_at.desc())
        .limit(1)
    )


def _stops(session: Session, journey: Journey, now: datetime) -> dict[str, str]:
    rows = session.execute(
        select(Stop.kind, Stop.id)
        .where(
            Stop.person == journey.person,
            or_(Stop.account.is_(None), Stop.account == journey.account),
            Stop.kind.in_(SHOWN_STOPS),
            Stop.lifted_at.is_(None),
            or_(Stop.until.is_(None), Stop.until > now),
        )
        .order_by(Stop.at)
    )
    return {row.kind: row.id for row in rows}


def _silenced(session: Session, journey: Journey) -> str | None:
    """The opt-out from everything, unless the person agreed to be contacted again later: then it can be said anew."""
    agreed = select(Consent.id).where(
        Consent.person == journey.person, Consent.revoked_at.is_(None), Consent.at > Suppression.at
    )
    return session.scalar(
        select(Suppression.id)
        .where(Suppression.person == journey.person, Suppression.scope == "everything", Suppression.lifted_at.is_(None))
        .where(~agreed.exists())
        .order_by(Suppression.at.desc())
        .limit(1)
    )


def _last_checkout(session: Session, journey: Journey) -> Checkout | None:
    return session.scalar(
        select(Checkout).where(Checkout.link == journey.place.link).order_by(Checkout.begun_at.desc()).limit(1)
    )


def _received(session: Session, checkout: Checkout | None) -> Received | None:
    if checkout is None or checkout.provider_id is None:
        return None
    row = session.execute(
        select(Payment.id, Payment.amount).where(
            Payment.lender == checkout.lender, Payment.source == "link", Payment.external_id == checkout.provider_id
        )
    ).one_or_none()
    return None if row is None else Received(row.id, row.amount)
