"""The statement of one account as the ledger has it: its entries, on the borrower's own days."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, tzinfo
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from forbear.ledger.promises import zone_of
from forbear.ledger.tables.accounts import Entry
from forbear.ledger.views import find_account
from forbear.money.components import NAMED
from forbear.money.statements import Booked, Statement, of_entries


def statement_of(session: Session, account: str, as_of: date | None, now: datetime) -> Statement:
    """What was owed by the end of a day, as is known now; today, if no day is told.

    A payment that was booked late stands on the day on which it arrived. Days are the borrower's own, as in promises.
    """
    debt = find_account(session, account)
    name = zone_of(session, account)
    zone = ZoneInfo(name) if name else UTC
    entries = _booked(session, account, zone)
    return of_entries(account, debt.currency, entries, as_of or now.astimezone(zone).date(), name or "UTC")


def _booked(session: Session, account: str, zone: tzinfo) -> Iterator[Booked]:
    for entry in session.scalars(select(Entry).where(Entry.account == account).order_by(Entry.id)):
        day = entry.effective_at.astimezone(zone).date()
        reference = entry.payment or entry.recorded_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        yield Booked(day, entry.kind, reference, NAMED[entry.component], entry.amount)
