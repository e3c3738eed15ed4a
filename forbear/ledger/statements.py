"""The statement of one account as the ledger has it: its entries and what grew by its terms, on the borrower's days."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from forbear.ledger.owed import reckoned
from forbear.ledger.reckoning import Book, Reckoned, reckon
from forbear.ledger.views import find_account
from forbear.money.currency import write_amount
from forbear.money.exact import CONTEXT, total
from forbear.money.statements import Statement, of_entries


def statement_of(session: Session, account: str, as_of: date | None, now: datetime) -> Statement:
    """What was owed by the end of a day, as is known now; today, if no day is told.

    A payment that was booked late stands on the day on which it arrived. Days are the borrower's own, as in promises.
    """
    debt = find_account(session, account)
    book, found = reckoned(session, debt, now, as_of)
    notes = tuple(_notes(book, found))
    return of_entries(account, debt.currency, found.booked(), found.day, book.zone or "UTC", notes=notes)


def _notes(book: Book, found: Reckoned) -> Iterator[str]:
    """What the figures do not say by themselves: since when they are reckoned, and what a cap takes off them."""
    if found.claim is None or book.contract is None:
        return
    first = found.claim.principal[0][0] if found.claim.principal else found.day
    yield (
        f"The lender confirmed the balance of {first}. Interest since then is reckoned by the terms: the first day "
        "counts, the last does not; each row is rounded half up."
    )
    if any(each.cap for each in book.contract.agreed):
        without = reckon(replace(book, contract=book.contract.uncapped()), found.day)
        asked = total(row.interest for row in without.claim.rows) if without.claim else 0
        waived = CONTEXT.subtract(asked, total(row.interest for row in found.claim.rows))
        caps = dict.fromkeys(row.clause for row in found.claim.rows if row.clause)
        yield f"Waived for a cap: {write_amount(waived, book.currency)}{''.join(f' ({each})' for each in caps)}."
