"""A fee for paying late: only where the contract agreed on it, and only as far as the law is known to allow it.

The limit is passed in with its source. Where nobody has said what the law allows, there is no fee: a sum that may be
unlawful is never put on a paper.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from forbear.money.exact import NOTHING, product, rounded

Why = Literal["agreed", "not_agreed", "law_not_known", "forbidden", "within_grace", "limited"]


@dataclass(frozen=True, slots=True)
class AgreedFee:
    """What the contract says: a flat fee, or a rate of what is overdue, after days of grace."""

    flat: Decimal = NOTHING
    rate: Decimal = Decimal(0)
    floor: Decimal = NOTHING
    grace_days: int = 0

    def of(self, overdue: Decimal) -> Decimal:
        return max(self.flat, rounded(product(self.rate, overdue)), self.floor)


@dataclass(frozen=True, slots=True)
class FeeLimit:
    """What the law allows, and where it says so; None is no limit of that kind."""

    source: str
    allowed: bool = True
    most: Decimal | None = None
    most_rate: Decimal | None = None
    grace_days: int = 0

    def on(self, overdue: Decimal) -> Decimal | None:
        by_rate = None if self.most_rate is None else rounded(product(self.most_rate, overdue))
        limits = [limit for limit in (self.most, by_rate) if limit is not None]
        return min(limits, default=None)


@dataclass(frozen=True, slots=True)
class LateFee:
    """The fee, and why it is this one."""

    amount: Decimal
    why: Why


def late_fee(overdue: Decimal, days_late: int, agreed: AgreedFee | None, limit: FeeLimit | None) -> LateFee:
    """What may be charged for a part that is so many days late."""
    if agreed is None:
        return LateFee(NOTHING, "not_agreed")
    if limit is None:
        return LateFee(NOTHING, "law_not_known")
    if not limit.allowed:
        return LateFee(NOTHING, "forbidden")
    if overdue <= 0 or days_late <= max(agreed.grace_days, limit.grace_days):
        return LateFee(NOTHING, "within_grace")
    fee, most = agreed.of(overdue), limit.on(overdue)
    return LateFee(fee, "agreed") if most is None or fee <= most else LateFee(most, "limited")
