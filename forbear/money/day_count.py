"""How long a period is: its days, and the part of a year that they are, by the convention of a contract or a court.

Periods are half-open: the first day counts, the last does not. The part of a year stays a fraction, so that interest
is multiplied first and divided once.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, get_args

DayCount = Literal["ACT/360", "ACT/365", "ACT/ACT", "30/360"]
DAY_COUNTS: Final[tuple[DayCount, ...]] = get_args(DayCount)
DAYS_OF_YEAR: Final[dict[DayCount, int]] = {"ACT/360": 360, "ACT/365": 365}
"""The conventions by which each day weighs the same, and what a year is by them."""
COMMON, LEAP = 365, 366


@dataclass(frozen=True, slots=True)
class Length:
    """The days of a period, and the part of a year that they are: `top / bottom`."""

    days: int
    top: int
    bottom: int


def of_days(days: int, by: DayCount) -> Length:
    """So many days, where it does not matter which."""
    if by not in DAYS_OF_YEAR:
        raise ValueError(f"{by} needs the first and the last day, not their number alone")
    return Length(days, days, DAYS_OF_YEAR[by])


def between(start: date, end: date, by: DayCount, *, both_ends: bool = False) -> Length:
    """From a day, which counts, to a day, which does not; with `both_ends`, where a contract says so, it does too."""
    if end < start:
        raise ValueError("a period ends on or after its first day")
    if both_ends:
        end = date.fromordinal(end.toordinal() + 1)
    if by == "ACT/ACT":
        common, leap = _days_by_year(start, end)
        return Length(common + leap, common * LEAP + leap * COMMON, COMMON * LEAP)
    if by == "30/360":
        days = _thirty_360(start, end)
        return Length(days, days, 360)
    return of_days((end - start).days, by)


def by_the_day(days: int) -> Length:
    """So many days at a daily rate."""
    return Length(days, days, 1)


def _days_by_year(start: date, end: date) -> tuple[int, int]:
    """How many of the days lie in years of 365, and how many in years of 366."""
    found = {COMMON: 0, LEAP: 0}
    for year in range(start.year, end.year + 1):
        first, after = date(year, 1, 1), date(year + 1, 1, 1)
        found[(after - first).days] += (min(after, end) - max(first, start)).days
    return found[COMMON], found[LEAP]


def _thirty_360(start: date, end: date) -> int:
    first = min(start.day, 30)
    last = 30 if end.day == 31 and first == 30 else end.day  # noqa: PLR2004  the convention's own figures
    return 360 * (end.year - start.year) + 30 * (end.month - start.month) + last - first
