"""Interest for a period: simple, in segments of a changing rate, under a cap, on late performance, and on interest.

A segment is printed as a row and rounded half up to cents; a total is the sum of its rounded rows, so that whoever
adds up the paper gets the figure at its foot. What rounding only once would have given is told beside it.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from forbear.money.day_count import DAYS_OF_YEAR, DayCount, Length, between
from forbear.money.exact import CENT, CONTEXT, FOUR_PLACES, product, rounded, total
from forbear.money.steps import Step, Steps, changes, stretches, value_on

LATE_PERFORMANCE_CN: Final = Decimal("0.000175")
"""A day, on what a judgment awards and is not paid in time."""
LATE_PAYMENT_GB_OVER_REFERENCE: Final = Decimal("0.08")
FIXED_SUMS_GB: Final = ((Decimal(1_000), Decimal("40.00")), (Decimal(10_000), Decimal("70.00")))
FIXED_SUM_GB_ABOVE: Final = Decimal("100.00")


@dataclass(frozen=True, slots=True)
class Row:
    """The interest of one stretch in which neither rate nor principal changes."""

    start: date
    end: date
    days: int
    principal: Decimal
    rate: Decimal
    interest: Decimal


@dataclass(frozen=True, slots=True)
class Segments:
    """The rows of a period, their sum, and what one rounding at the end would have given."""

    rows: tuple[Row, ...]
    total: Decimal
    rounded_once: Decimal


@dataclass(frozen=True, slots=True)
class CappedRow:
    """Contract and cap side by side in one stretch; the lower may be claimed."""

    start: date
    end: date
    days: int
    contract: Decimal
    cap: Decimal

    @property
    def claimable(self) -> Decimal:
        return min(self.contract, self.cap)


@dataclass(frozen=True, slots=True)
class Capped:
    """What the contract gives, what the cap allows, what may be claimed, and what is therefore waived."""

    rows: tuple[CappedRow, ...]
    contract: Decimal
    cap: Decimal
    claimable: Decimal
    waived: Decimal


@dataclass(frozen=True, slots=True)
class LateInterest:
    """Penalty interest on the principal and, at the same rate, on interest that was due and not paid."""

    penalty: Decimal
    compound: Decimal
    total: Decimal


def simple(principal: Decimal, rate: Decimal, length: Length, to: Decimal = CENT) -> Decimal:
    """Interest at a rate a year, or a day where the length was counted so."""
    return rounded(product(principal, rate, length.top), length.bottom, to)


def per_diem(principal: Decimal, rate: Decimal, by: DayCount) -> Decimal | None:
    """One day's interest to four decimals; None where a day's weight depends on which day it is."""
    if by not in DAYS_OF_YEAR:
        return None
    return rounded(product(principal, rate), DAYS_OF_YEAR[by], FOUR_PLACES)


def per_diem_of_daily(principal: Decimal, daily_rate: Decimal) -> Decimal:
    """One day's interest at a daily rate, to four decimals."""
    return rounded(product(principal, daily_rate), to=FOUR_PLACES)


def floating(
    principal: Decimal,
    reference: Steps,
    *,
    multiple: Decimal,
    start: date,
    end: date,
    by: DayCount,
    later: Steps = (),
) -> Segments:
    """Interest at a multiple of a reference rate, a row for each change of the rate or of the principal.

    Args:
        principal: what is owed until the first of `later` holds.
        reference: the reference rate in steps; it covers the period.
        multiple: of the reference rate.
        start: the first day, which counts.
        end: the day after the last.
        by: the day count.
        later: the new principal from a day on.
    """
    owed = (*_from_the_start(principal, later, start), *(step for step in later if step.first > start))
    cuts = {*changes(reference, start, end), *changes(owed, start, end)}
    rows: list[Row] = []
    unrounded, bottom = Decimal(0), 1
    for first, last in stretches(start, end, sorted(cuts)):
        base, rate = value_on(owed, first), product(value_on(reference, first), multiple)
        length = between(first, last, by)
        rows.append(Row(first, last, length.days, base, rate, simple(base, rate, length)))
        unrounded, bottom = CONTEXT.add(unrounded, product(base, rate, length.top)), length.bottom
    return Segments(tuple(rows), total(row.interest for row in rows), rounded(unrounded, bottom))


def _from_the_start(principal: Decimal, later: Steps, start: date) -> Steps:
    held = principal
    for step in later:
        if step.first <= start:
            held = step.value
    return (Step(start, held),)


def capped(principal: Decimal, contract_rate: Decimal, caps: Steps, *, start: date, end: date, by: DayCount) -> Capped:
    """Interest of a contract against a cap that changes: a row for each cap, the lower of the two in each."""
    rows: list[CappedRow] = []
    for first, last in stretches(start, end, [step.first for step in caps]):
        length = between(first, last, by)
        contract, cap = (simple(principal, rate, length) for rate in (contract_rate, value_on(caps, first)))
        rows.append(CappedRow(first, last, length.days, contract, cap))
    contract, cap, claimable = (total(getattr(row, name) for row in rows) for name in ("contract", "cap", "claimable"))
    return Capped(tuple(rows), contract, cap, claimable, CONTEXT.subtract(contract, claimable))


def late(
    principal: Decimal, contract_rate: Decimal, uplift: Decimal, unpaid_interest: Decimal, length: Length
) -> LateInterest:
    """At the contract's rate raised by `uplift`: on the principal, and on the interest not paid."""
    rate = product(contract_rate, CONTEXT.add(Decimal(1), uplift))
    penalty, compound = simple(principal, rate, length), simple(unpaid_interest, rate, length)
    return LateInterest(penalty, compound, total((penalty, compound)))


def fixed_sum_gb(debt: Decimal) -> Decimal:
    """What a business may add to a late debt, whatever the interest."""
    return next((fixed for below, fixed in FIXED_SUMS_GB if debt < below), FIXED_SUM_GB_ABOVE)
