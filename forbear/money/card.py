"""A credit card in China that was not paid in full: interest on each purchase from its day on, minimum payment, fee.

The balance of a day is all purchases less all payments up to it, that day's own included. A card in credit earns and
owes nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from forbear.money.day_count import by_the_day
from forbear.money.exact import CONTEXT, NOTHING, ZERO, product, rounded, total
from forbear.money.interest import Row, simple


@dataclass(frozen=True, slots=True)
class Movement:
    """A purchase or a payment, counting from its own day."""

    day: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class LateFee:
    """What the contract takes where the minimum was not paid: a rate of the part not paid, at least the floor."""

    rate: Decimal
    floor: Decimal

    def of(self, minimum: Decimal, paid: Decimal) -> Decimal:
        if paid >= minimum:
            return NOTHING
        return max(rounded(product(self.rate, CONTEXT.subtract(minimum, paid))), self.floor)


def card_rows(
    daily_rate: Decimal, purchases: Iterable[Movement], payments: Iterable[Movement], to: date
) -> tuple[Row, ...]:
    """A row for each stretch between two changes of the balance; days without a debt have none."""
    rows: list[Row] = []
    for (start, owed), (after, _) in pairwise([*_turns(purchases, payments), (date.max, ZERO)]):
        end = min(after, to)
        if owed > 0 and start < end:
            length = by_the_day((end - start).days)
            rows.append(Row(start, end, length.days, owed, daily_rate, simple(owed, daily_rate, length)))
    return tuple(rows)


def card_interest(rows: Sequence[Row]) -> Decimal:
    """The sum of the rounded rows."""
    return total(row.interest for row in rows)


def minimum_payment(rate: Decimal, purchases: Iterable[Movement]) -> Decimal:
    """Its rate of all purchases."""
    return rounded(product(rate, total(each.amount for each in purchases)))


def _turns(purchases: Iterable[Movement], payments: Iterable[Movement]) -> list[tuple[date, Decimal]]:
    """Each day on which the balance becomes another, and what it becomes."""
    by_day: dict[date, Decimal] = {}
    for sign, movements in ((1, purchases), (-1, payments)):
        for each in movements:
            by_day[each.day] = CONTEXT.add(by_day.get(each.day, ZERO), product(sign, each.amount))
    owed, turns = ZERO, list[tuple[date, Decimal]]()
    for day in sorted(day for day, change in by_day.items() if change):
        owed = CONTEXT.add(owed, by_day[day])
        turns.append((day, owed))
    return turns
