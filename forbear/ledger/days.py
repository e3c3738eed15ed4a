"""On whose days an account is reckoned: the borrower's own, by the legal time there or the first known zone."""

from datetime import UTC, date, datetime, time, tzinfo
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from forbear.cadence.translate import legal_time
from forbear.ledger.tables.accounts import Account
from forbear.ledger.tables.people import ContactPoint, Profile


def zone_of(session: Session, account: str) -> str | None:
    """Where the borrower's dates are counted: the same choice as `cadence.translate.home_zone` makes."""
    packs = session.scalars(
        select(Profile.jurisdictions)
        .join(Account, (Account.borrower == Profile.person) & (Account.lender == Profile.lender))
        .where(Account.id == account)
    ).first()
    if (legal := legal_time(packs or ())) is not None:
        return legal
    return session.scalars(
        select(ContactPoint.zone)
        .join(Account, (Account.borrower == ContactPoint.person) & (Account.lender == ContactPoint.lender))
        .where(Account.id == account, ContactPoint.state == "valid", ContactPoint.zone.is_not(None))
        .order_by(ContactPoint.created_at, ContactPoint.id)
        .limit(1)
    ).first()


def clock_of(zone: str | None) -> tzinfo:
    """The zone by its name; universal time where none is known."""
    return ZoneInfo(zone) if zone else UTC


def local(at: datetime, zone: str | None) -> date:
    """The day that an instant falls on there."""
    return at.astimezone(clock_of(zone)).date()


def begins(day: date, zone: str | None) -> datetime:
    """The instant at which a day begins there."""
    return datetime.combine(day, time(), tzinfo=clock_of(zone)).astimezone(UTC)
