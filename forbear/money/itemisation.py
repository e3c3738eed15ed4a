"""What a debt is made of since a day, as the American validation notice itemises it."""

from dataclasses import dataclass
from decimal import Decimal

from forbear.money.exact import CONTEXT, total


@dataclass(frozen=True, slots=True)
class Itemisation:
    """The amount on the itemisation date, and what was added and taken off since."""

    on_date: Decimal
    interest: Decimal
    fees: Decimal
    credits: Decimal

    @property
    def total(self) -> Decimal:
        """What is owed now; below zero where more was credited than owed."""
        return CONTEXT.subtract(total((self.on_date, self.interest, self.fees)), self.credits)
