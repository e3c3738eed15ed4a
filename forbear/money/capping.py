"""A whole claim against a cap of the law: everything that was asked for the use of the money, and what the cap allows.

The cap is a yearly rate on the principal of each day. Claim and cap stand side by side; the lower is claimed, and what
is waived for it is shown.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from forbear.money.balance import Balance
from forbear.money.components import Component
from forbear.money.day_count import DayCount, between
from forbear.money.exact import CONTEXT, ZERO, product, total
from forbear.money.interest import Row, simple
from forbear.money.steps import Step, Steps, changes, stretches, value_on

PRICE: Final[tuple[Component, ...]] = ("interest", "penalty_interest", "compound_interest", "fee")
"""What a lender asks for the use of the money. The costs of pursuing it are not among them."""


@dataclass(frozen=True, slots=True)
class CapTest:
    """What was asked in all, what the cap allows, the lower of the two, and the rest, which is waived."""

    rows: tuple[Row, ...]
    asked: Decimal
    allowed: Decimal

    @property
    def claimable(self) -> Decimal:
        return min(self.asked, self.allowed)

    @property
    def waived(self) -> Decimal:
        return CONTEXT.subtract(self.asked, self.claimable)


def multiple_at_formation(reference: Steps, formed_on: date, multiple: Decimal) -> Steps:
    """A cap that was fixed when the contract was made: a multiple of the rate that held on that day."""
    return (Step(formed_on, product(value_on(reference, formed_on), multiple)),)


def cap_test(claim: Balance, caps: Steps, by: DayCount, price: Collection[Component] = PRICE) -> CapTest:
    """Hold a claim against a cap that covers it; a waiver granted before counts as not asked."""
    rows = tuple(_rows(claim, caps, by))
    asked = total(row.interest for row in claim.rows if row.component in price)
    moved = (
        each.changed.get(component, ZERO)
        for each in claim.taken
        if each.posting.kind in {"charge", "credit"}
        for component in price
    )
    return CapTest(rows, CONTEXT.add(asked, total(moved)), total(row.interest for row in rows))


def _rows(claim: Balance, caps: Steps, by: DayCount) -> list[Row]:
    owed = tuple(Step(day, max(amount, ZERO)) for day, amount in claim.principal)
    if not owed:
        return []
    start, found = owed[0].first, list[Row]()
    cuts = {*changes(owed, start, claim.as_of), *changes(caps, start, claim.as_of)}
    for first, last in stretches(start, claim.as_of, cuts):
        base, rate, length = value_on(owed, first), value_on(caps, first), between(first, last, by)
        if base:
            found.append(Row(first, last, length.days, base, rate, simple(base, rate, length)))
    return found
