"""What a season is made of: how many people, which weeks, which faults and how often, all drawn from one number.

Each fault is off in about half of the seasons, so that faults meet in ever other company, and none hides another.
"""

from dataclasses import dataclass, fields
from datetime import UTC, datetime
from random import Random
from typing import Self

ORIGINS = (
    datetime(2026, 10, 26, 10, 0, tzinfo=UTC),  # clocks go back on the sixth day
    datetime(2027, 3, 8, 11, 0, tzinfo=UTC),  # and forward on the sixth day
    datetime(2026, 6, 29, 9, 0, tzinfo=UTC),  # nothing at all
    datetime(2026, 12, 21, 8, 0, tzinfo=UTC),  # holidays
)


@dataclass(frozen=True, slots=True)
class Size:
    """How much of a season is played."""

    people: int
    days: int


SMALL, USUAL, LARGE = Size(2, 9), Size(5, 15), Size(150, 120)


@dataclass(frozen=True, slots=True)
class Options:
    """Rates are chances: of a fault for each call or message, of a deed for each text read or each day lived."""

    seed: int
    people: int
    days: int
    origin: datetime
    lenders: int
    second_debt: float
    shared_phone: float
    chinese: float
    """Owes a Chinese lender of the same tenant too."""
    unready: float
    """An enrolment that lacks its zone, consent or balance."""
    refused: float
    answer_lost: float
    never_arrived: float
    undelivered: float
    receipt_lost: float
    receipt_late: float
    receipt_doubled: float
    hook_lost: float
    listing_down: float
    dies: float
    sleeps: float
    signal_lost: float
    timer_lost: float
    asked_twice: float
    last_second: float
    """A stop or a payment between a claim and its sending."""
    replies: float
    clicks: float
    pays_at_bank: float
    bounces: float
    lender_stops: float

    @classmethod
    def draw(cls, seed: int, size: Size) -> Self:
        """The same number and size give the same options."""
        draw = Random(f"options {seed}")

        def often(most: float) -> float:
            return round(draw.uniform(0, most), 3) if draw.random() < 0.5 else 0.0

        return cls(
            seed=seed,
            people=max(1, round(size.people * draw.uniform(0.6, 1.4))),
            days=size.days,
            origin=draw.choice(ORIGINS),
            lenders=draw.choice((1, 2)),
            second_debt=often(0.6),
            shared_phone=often(0.4),
            chinese=often(0.7),
            unready=often(0.3),
            refused=often(0.3),
            answer_lost=often(0.3),
            never_arrived=often(0.3),
            undelivered=often(0.4),
            receipt_lost=often(0.5),
            receipt_late=often(0.5),
            receipt_doubled=often(0.5),
            hook_lost=often(0.5),
            listing_down=often(0.5),
            dies=often(0.06),
            sleeps=often(0.04),
            signal_lost=often(0.3),
            timer_lost=often(0.2),
            asked_twice=often(0.3),
            last_second=often(0.3),
            replies=round(draw.uniform(0.05, 0.6), 3),
            clicks=round(draw.uniform(0.05, 0.6), 3),
            pays_at_bank=often(0.06),
            bounces=often(0.6),
            lender_stops=often(0.04),
        )

    def lines(self) -> list[str]:
        """The options in words, those that are off left out."""
        values = ((each.name, getattr(self, each.name)) for each in fields(self))
        return [f"{name} = {value}" for name, value in values if value]
