"""Taking a payment off what is owed, component by component, in a fixed order.

What is left depends only on the sum of the payments: neither splitting a payment nor the order of several changes
it. Money beyond everything owed is reported and never lost; `allocate_payment` keeps it as a credit on the principal.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Generic, TypeVar

from forbear.money.components import ALLOCATION_ORDER, Component

Part = TypeVar("Part", bound=str)
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Allocation(Generic[Part]):
    """What of a payment went to each part, what is left of each part, and what found nothing owed."""

    paid: dict[Part, Decimal]
    left: dict[Part, Decimal]
    unallocated: Decimal


def allocate(order: Sequence[Part], balances: Mapping[Part, Decimal], payment: Decimal) -> Allocation[Part]:
    """Pay the parts one after the other. A part with a credit (below zero) takes nothing."""
    if payment < ZERO:
        raise ValueError("a payment is not negative")
    rest = payment
    paid: dict[Part, Decimal] = {}
    for part in order:
        paid[part] = min(rest, max(balances.get(part, ZERO), ZERO))
        rest -= paid[part]
    left = {part: balances.get(part, ZERO) - paid[part] for part in order}
    return Allocation(paid=paid, left=left, unallocated=rest)


def allocate_payment(balances: Mapping[Component, Decimal], payment: Decimal) -> dict[Component, Decimal]:
    """What a payment takes off each component; only components it touches. Their sum is the payment."""
    allocation = allocate(ALLOCATION_ORDER, balances, payment)
    paid = dict(allocation.paid)
    paid["principal"] += allocation.unallocated
    return {component: amount for component, amount in paid.items() if amount}
