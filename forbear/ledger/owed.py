"""What is owed on an account on a day: the one source of every figure that anybody is told, asked for or sued for.

A text, the page, a letter, a call, a visit, the API's balance, a statement and the decision whether anything is owed at
all come from here. Without terms it is the sum of the entries; with terms, the last confirmed balance and what has
grown, been paid and been reversed since, reckoned anew each time. Nothing is written by looking.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from forbear.ledger.days import zone_of
from forbear.ledger.reckoning import Book, Reckoned, Row, reckon, shares
from forbear.ledger.tables.accounts import Account, Entry, LoanTerms, Payment
from forbear.ledger.terms import contract_of, told_of
from forbear.money.allocation import allocate_payment
from forbear.money.balance import AccruedRow
from forbear.money.components import COMPONENTS, NAMED, Component
from forbear.money.exact import total


@dataclass(frozen=True, slots=True)
class Owed:
    """What is owed, by component; all components are there.

    Attributes:
        parts: the amounts.
        reckoned_to: the day to whose end interest was reckoned by the terms; None where nothing is reckoned.
    """

    parts: Mapping[Component, Decimal]
    reckoned_to: date | None = None

    @property
    def total(self) -> Decimal:
        return total(self.parts.values())


def owed_on(session: Session, account: Account, now: datetime, day: date | None = None) -> Owed:
    """What is owed by the end of a day, as is known now.

    Args:
        session: one that sees the account.
        account: as it stands.
        now: world instant; its day, where the borrower lives, is the day that is meant if none is named.
        day: of the borrower's own.
    """
    if day is None and (booked := _without_terms(session, account.id)) is not None:
        return Owed(booked)
    book = book_of(session, account, told_of(session, account.id))
    found = reckon(book, book.latest(book.day(now)) if day is None else day)
    reckoned_to = None if found.claim is None else book.day(now) if day is None else day
    return Owed(found.owed, reckoned_to)


def book_of(session: Session, account: Account, told: Sequence[LoanTerms]) -> Book:
    """All that an account is reckoned from, by the terms that were told of it."""
    zone = zone_of(session, account.id)
    rows = session.execute(
        select(
            Entry.effective_at, Entry.recorded_at, Entry.kind, Entry.component, Entry.amount, Entry.payment,
            Payment.reverses, Entry.reckoned,
        )
        .outerjoin(Payment, Payment.id == Entry.payment)
        .where(Entry.account == account.id)
        .order_by(Entry.recorded_at, Entry.id)
    )  # fmt: skip
    entries = tuple(
        Row(
            row.effective_at, row.kind, NAMED[row.component], row.amount,
            row.payment or row.recorded_at.strftime("%Y-%m-%dT%H:%M:%SZ"), row.reverses, row.reckoned,
        )
        for row in rows
    )  # fmt: skip
    return Book(account.currency, zone, entries, contract_of(account, told, zone), account.balance_as_of)


def reckoned(session: Session, account: Account, now: datetime, day: date | None = None) -> tuple[Book, Reckoned]:
    """The same with every line that makes it, for a statement."""
    book = book_of(session, account, told_of(session, account.id))
    return book, reckon(book, book.latest(book.day(now)) if day is None else day)


def rows_since(session: Session, account: Account, now: datetime) -> Sequence[AccruedRow]:
    """The interest that grew since the last confirmed balance; none where no terms were told."""
    told = told_of(session, account.id)
    if not told:
        return ()
    book = book_of(session, account, told)
    claim = reckon(book, book.latest(book.day(now))).claim
    return () if claim is None else claim.rows


def payment_shares(session: Session, account: Account, payment: Payment, now: datetime) -> dict[Component, Decimal]:
    """What a payment that is yet to be booked takes off each component: their sum is the payment."""
    if (booked := _without_terms(session, account.id)) is not None:
        return allocate_payment(booked, payment.amount)
    book = book_of(session, account, told_of(session, account.id))
    new = Row(payment.received_at, "payment", "principal", -payment.amount, payment.id)
    return shares(book, new, book.day(now))


def _without_terms(session: Session, account: str) -> dict[Component, Decimal] | None:
    """What was booked on an account, by component; None where terms were told, by which there may be more."""
    owed = dict.fromkeys(COMPONENTS, Decimal(0))
    grows = exists().where(LoanTerms.account == account)
    rows = session.execute(
        select(Entry.component, func.sum(Entry.amount), grows).where(Entry.account == account).group_by(Entry.component)
    )
    for component, amount, told in rows:
        if told:
            return None
        owed[NAMED[component]] = amount
    return owed
