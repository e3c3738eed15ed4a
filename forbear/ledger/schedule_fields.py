"""The schedule of interest, filled from an account's terms: the rows of its statement, and what a cap takes off them.

Where a lender's terms make the account grow, nobody types a stretch: a paper and the statement of one day could differ.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from sqlalchemy.orm import Session

from forbear.errors import BadInput
from forbear.ledger.owed import reckoned
from forbear.ledger.reckoning import Book, Reckoned, reckon
from forbear.ledger.tables.accounts import Account
from forbear.money.balance import AccruedRow
from forbear.money.currency import minor_unit, write_amount
from forbear.money.exact import CONTEXT, rounded, total

KINDS: Final = frozenset({"cn.schedule.interest"})
GROWS: Final = frozenset({"interest", "penalty_interest", "compound_interest"})
DAILY: Final = "daily"
HUNDRED: Final = Decimal(100)


def grown_fields(session: Session, account: Account, kind: str, now: datetime, day: date | None) -> Mapping[str, Any]:
    """The fields of a schedule by the end of a day; none where nothing grows, and for every other paper.

    Args:
        session: one that sees the account.
        account: as it stands.
        kind: the paper's.
        now: world instant; its day, where the borrower lives, is the day that is meant if none is named.
        day: of the borrower's own.
    """
    if kind not in KINDS:
        return {}
    book, found = reckoned(session, account, now, day)
    if found.claim is None:
        return {}
    rows, allowed = _rows(found), None
    if _is_capped(book):
        # What stood before was confirmed as the cap had left it: what it would have been is known of no row of it.
        free = reckon(replace(book, contract=book.contract.uncapped() if book.contract else None), found.day).claim
        asked, cut = tuple(free.rows if free else ()), total(row.interest for row in found.claim.rows)
        if total(row.interest for row in asked) > cut:
            rows, allowed = asked, cut
    if not rows:
        return {}
    return {**_sums(book, found, rows), **_cap(book, found, rows, allowed)}


def refuse_typed(typed: Mapping[str, Any], filled: Mapping[str, Any]) -> None:
    """Pass fields of which none is reckoned.

    Raises:
        BadInput: one would be printed in place of what the statement says.
    """
    if both := sorted(typed.keys() & filled.keys()):
        raise BadInput(f"--field {both[0]}", "is reckoned from the terms of the account", "Leave it out")


def _rows(found: Reckoned) -> tuple[AccruedRow, ...]:
    """Of the statement's lines of interest those since the lender's books last differed from them."""
    lines = list(found.booked())
    settled = max((each.day for each in lines if each.kind == "adjustment" and each.component in GROWS), default=None)
    return tuple(each.row for each in lines if each.row is not None and (settled is None or each.row.end > settled))


def _is_capped(book: Book) -> bool:
    return book.contract is not None and any(each.cap for each in book.contract.agreed)


def _sums(book: Book, found: Reckoned, rows: tuple[AccruedRow, ...]) -> dict[str, Any]:
    more = found.claim.per_diem if found.claim else Decimal(0)
    return {
        "reckoned_to": found.day,
        "segments": [dict(_segment(row, book.currency)) for row in rows],
        "interest_in_all": write_amount(total(row.interest for row in rows), book.currency),
        "per_diem_exact": f"{more:.4f}",
        "per_diem": write_amount(rounded(more, to=minor_unit(book.currency)), book.currency),
        "capped": False,
    }


def _segment(row: AccruedRow, currency: str) -> Iterator[tuple[str, Any]]:
    percent = CONTEXT.multiply(row.rate, HUNDRED).normalize(CONTEXT)
    yield from (("start", row.start), ("end", row.end), ("days", row.days), ("kind", row.component))
    yield from (("base", write_amount(row.base, currency)), ("rate", f"{percent:f}"))
    yield from (("day_count", row.by or DAILY), ("result", write_amount(row.interest, currency)))


def _cap(book: Book, found: Reckoned, rows: tuple[AccruedRow, ...], allowed: Decimal | None) -> dict[str, Any]:
    """What a cap leaves of the rows, and why; nothing where it takes nothing."""
    if allowed is None or found.claim is None:
        return {}
    given_up = CONTEXT.subtract(total(row.interest for row in rows), allowed)
    left = write_amount(allowed, book.currency)
    named = tuple(dict.fromkeys(row.clause for row in found.claim.rows if row.clause))
    return {
        "capped": True,
        "cap_reason": "；".join(named),
        "cap_allows": left,
        "claimed": left,
        "given_up": write_amount(given_up, book.currency),
    }
