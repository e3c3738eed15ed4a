"""Exact sums: products in decimal without loss, one division at the end, and one rounding, half up, in each row.

The context is our own, so that whoever calls from another one gets the same cent. A result that would need more
digits than it has is an error and never a guess.
"""

from collections.abc import Iterable
from decimal import ROUND_DOWN, ROUND_HALF_UP, Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from typing import Final

CONTEXT: Final = Context(prec=150, rounding=ROUND_HALF_UP, traps=[InvalidOperation, DivisionByZero, Overflow])
"""Room for a product of two amounts, three rates and some days, and for as many digits again after a division."""
ZERO: Final = Decimal(0)
NOTHING: Final = Decimal("0.00")
CENT: Final = Decimal("0.01")
FOUR_PLACES: Final = Decimal("0.0001")


def product(*factors: Decimal | int) -> Decimal:
    """All factors multiplied, nothing rounded."""
    found = Decimal(1)
    for factor in factors:
        found = CONTEXT.multiply(found, Decimal(factor))
    return found


def total(amounts: Iterable[Decimal]) -> Decimal:
    """The sum; with two decimals even where there is nothing to add."""
    found = NOTHING
    for amount in amounts:
        found = CONTEXT.add(found, amount)
    return found


def rounded(amount: Decimal, over: int = 1, to: Decimal = CENT) -> Decimal:
    """The amount, divided by `over`, rounded half up."""
    return CONTEXT.divide(amount, Decimal(over)).quantize(to, rounding=ROUND_HALF_UP, context=CONTEXT)


def rounded_down(amount: Decimal, over: Decimal, to: Decimal = CENT) -> Decimal:
    """The amount, divided by `over`, without the digits beyond `to`."""
    return CONTEXT.divide(amount, over).quantize(to, rounding=ROUND_DOWN, context=CONTEXT)
