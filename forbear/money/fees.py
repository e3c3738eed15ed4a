"""What a court takes in China: the acceptance fee of a property claim, and the fee for preserving property.

Both are sums over brackets: each rate is taken of the part of the claim that lies in its bracket.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from forbear.money.exact import CONTEXT, product, rounded

Brackets = Sequence[tuple[int | None, Decimal]]
"""Up to where each rate is taken, beginning above the flat part; None is without an end."""


@dataclass(frozen=True, slots=True)
class Tariff:
    """A flat fee up to an amount, then rates by bracket, and perhaps a fee that is never exceeded."""

    flat: Decimal
    flat_to: int
    brackets: Brackets
    most: Decimal | None = None

    def fee(self, amount: Decimal) -> Decimal:
        """The fee before it is rounded."""
        fee, below = self.flat, Decimal(self.flat_to)
        for upper, rate in self.brackets:
            part = amount if upper is None else min(amount, Decimal(upper))
            if part > below:
                fee = CONTEXT.add(fee, product(rate, CONTEXT.subtract(part, below)))
                below = part
        return fee if self.most is None else min(fee, self.most)


COURT_CN: Final = Tariff(
    flat=Decimal("50.00"),
    flat_to=10_000,
    brackets=(
        (100_000, Decimal("0.025")),
        (200_000, Decimal("0.02")),
        (500_000, Decimal("0.015")),
        (1_000_000, Decimal("0.01")),
        (2_000_000, Decimal("0.009")),
        (5_000_000, Decimal("0.008")),
        (10_000_000, Decimal("0.007")),
        (20_000_000, Decimal("0.006")),
        (None, Decimal("0.005")),
    ),
)
PRESERVATION_CN: Final = Tariff(
    flat=Decimal("30.00"),
    flat_to=1_000,
    brackets=((100_000, Decimal("0.01")), (None, Decimal("0.005"))),
    most=Decimal("5000.00"),
)


@dataclass(frozen=True, slots=True)
class CourtFee:
    """The whole fee, its half (summary procedure, mediation) and its third (payment order)."""

    full: Decimal
    half: Decimal
    third: Decimal


def court_fee_cn(amount: Decimal) -> CourtFee:
    """The acceptance fee of a claim; its parts are taken before anything is rounded."""
    fee = COURT_CN.fee(amount)
    return CourtFee(rounded(fee), rounded(fee, 2), rounded(fee, 3))


def preservation_fee_cn(amount: Decimal) -> Decimal:
    """The fee for an application to preserve property worth so much."""
    return rounded(PRESERVATION_CN.fee(amount))
