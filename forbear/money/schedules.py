"""Plans: what falls due when, in equal parts, with equal principal or as an annuity, with interest or without.

Every part is rounded, and the last takes what rounding left over, so that the parts add up to the whole. Interest
between two due days is a twelfth of the yearly rate, or by a day count over the days that lie between them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Final, Literal

from forbear.money.day_count import DayCount, between
from forbear.money.exact import CENT, CONTEXT, NOTHING, product, rounded, rounded_down, total
from forbear.money.interest import simple
from forbear.money.legal_dates import months_after

MONTHS: Final = 12
Monthly = Literal["monthly"]


@dataclass(frozen=True, slots=True)
class Instalment:
    """One part of a plan, and the principal that is left after it."""

    number: int
    due_on: date
    principal: Decimal
    interest: Decimal
    left: Decimal

    @property
    def amount(self) -> Decimal:
        return total((self.principal, self.interest))


@dataclass(frozen=True, slots=True)
class Loan:
    """What a plan pays off: a principal from a day on, at a yearly rate, counted monthly or by days."""

    principal: Decimal
    start: date
    rate: Decimal = Decimal(0)
    by: DayCount | Monthly = "monthly"

    def interest(self, left: Decimal, start: date, end: date) -> Decimal:
        if self.by == "monthly":
            return rounded(product(left, self.rate), MONTHS)
        return simple(left, self.rate, between(start, end, self.by))


def monthly(first: date, count: int) -> tuple[date, ...]:
    """The corresponding day of so many months, or a month's last where it has none."""
    return tuple(months_after(first, month) for month in range(count))


def every(first: date, days: int, count: int) -> tuple[date, ...]:
    """A day and each that comes so many days after the one before."""
    return tuple(first + timedelta(days=days * place) for place in range(count))


def equal_principal(loan: Loan, due: Sequence[date]) -> tuple[Instalment, ...]:
    """The same principal in each part, and the interest on what is left (等额本金); without a rate, equal parts."""
    _check(loan, due)
    part = rounded_down(loan.principal, Decimal(len(due)))
    if not part:
        raise ValueError("there are more parts than cents")
    return _parts(loan, due, [part] * (len(due) - 1))


def annuity(loan: Loan, due: Sequence[date]) -> tuple[Instalment, ...]:
    """The same amount each time, interest and principal together, but for the last (等额本息)."""
    _check(loan, due)
    if not loan.rate:
        return equal_principal(loan, due)
    level, left, start = level_amount(loan.principal, loan.rate, len(due)), loan.principal, loan.start
    parts: list[Decimal] = []
    for day in due[:-1]:
        part = CONTEXT.subtract(level, loan.interest(left, start, day))
        if not 0 < part < left:
            raise ValueError("the level amount does not fit the interest of these days")
        parts.append(part)
        left, start = CONTEXT.subtract(left, part), day
    return _parts(loan, due, parts)


def level_amount(principal: Decimal, rate: Decimal, count: int) -> Decimal:
    """The monthly amount that pays off a principal in so many months, rounded half up."""
    grown = CONTEXT.power(CONTEXT.add(Decimal(1), CONTEXT.divide(rate, Decimal(MONTHS))), count)
    over = product(MONTHS, CONTEXT.subtract(grown, Decimal(1)))
    return CONTEXT.divide(product(principal, rate, grown), over).quantize(CENT, context=CONTEXT)


def sums(parts: Sequence[Instalment]) -> tuple[Decimal, Decimal, Decimal]:
    """Principal, interest and amount of a whole plan."""
    return (
        total(part.principal for part in parts),
        total(part.interest for part in parts),
        total(part.amount for part in parts),
    )


def _parts(loan: Loan, due: Sequence[date], but_the_last: Sequence[Decimal]) -> tuple[Instalment, ...]:
    found: list[Instalment] = []
    left, start = loan.principal, loan.start
    principals = [*but_the_last, CONTEXT.subtract(loan.principal, total(but_the_last))]
    for number, (day, principal) in enumerate(zip(due, principals, strict=True), start=1):
        interest = loan.interest(left, start, day)
        left, start = CONTEXT.subtract(left, principal), day
        found.append(Instalment(number, day, principal, interest, left))
    return tuple(found)


def _check(loan: Loan, due: Sequence[date]) -> None:
    if not due:
        raise ValueError("a plan has at least one part")
    days = [loan.start, *due]
    if any(later < earlier for earlier, later in pairwise(days)) or len(set(due)) < len(due):
        raise ValueError("the due days of a plan follow each other, none before its first day")
    if loan.principal <= NOTHING or loan.rate < 0:
        raise ValueError("a plan pays off more than nothing, at a rate from nothing up")
