"""A settlement: what is paid in place of all that is owed, and what of each component is waived for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from forbear.money.allocation import allocate
from forbear.money.components import ALLOCATION_ORDER, Component
from forbear.money.exact import product, rounded, total


@dataclass(frozen=True, slots=True)
class Settlement:
    """The sum that settles, and of each component what it pays and what is waived."""

    amount: Decimal
    paid: Mapping[Component, Decimal]
    waived: Mapping[Component, Decimal]

    @property
    def waiver(self) -> Decimal:
        return total(self.waived.values())


def settle(
    owed: Mapping[Component, Decimal], amount: Decimal, order: Sequence[Component] = tuple(reversed(ALLOCATION_ORDER))
) -> Settlement:
    """Take a sum for the whole: it pays the principal first, as it is what would be written off last.

    Raises:
        ValueError: the sum is nothing, more than is owed, or something is in credit.
    """
    if any(part < 0 for part in owed.values()):
        raise ValueError("a debt with a part in credit is put in order before it is settled")
    if not 0 < amount <= total(owed.values()):
        raise ValueError("a settlement is more than nothing and at most what is owed")
    found = allocate(order, owed, amount)
    return Settlement(amount, found.paid, found.left)


def share_of(owed: Mapping[Component, Decimal], part: Decimal) -> Decimal:
    """A part of all that is owed, such as 0.60, rounded half up."""
    return rounded(product(total(owed.values()), part))
