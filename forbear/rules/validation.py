"""The validation period of Regulation F, and the federal holidays that it leaves out of the count.

12 CFR 1006.34(b)(5): receipt may be assumed on the fifth day after sending that is no Saturday, Sunday or
holiday of 5 U.S.C. 6103(a); the period's last day is a number of days after receipt. Only the dates in (a)
count: the day off in lieu of a holiday on a Saturday is 6103(b).
"""

from collections.abc import Set as AbstractSet
from datetime import date, timedelta
from functools import lru_cache

MONDAY, THURSDAY, SATURDAY = 0, 3, 5
FIXED = ((1, 1), (6, 19), (7, 4), (11, 11), (12, 25))
"""Month and day of New Year's Day, Juneteenth, Independence Day, Veterans' Day and Christmas Day."""
MOVING = ((1, MONDAY, 3), (2, MONDAY, 3), (9, MONDAY, 1), (10, MONDAY, 2), (11, THURSDAY, 4))
"""Month, weekday and which one: King's and Washington's Birthday, Labor, Columbus and Thanksgiving Day."""


@lru_cache(maxsize=512)
def federal_holidays(year: int) -> frozenset[date]:
    """The eleven legal public holidays of 5 U.S.C. 6103(a), as they stand since 2021."""
    fixed = {date(year, month, day) for month, day in FIXED}
    moving = {_nth(year, month, weekday, nth) for month, weekday, nth in MOVING}
    last_of_may = date(year, 5, 31)
    memorial = last_of_may - timedelta(days=(last_of_may.weekday() - MONDAY) % 7)
    return frozenset(fixed | moving | {memorial})


def _nth(year: int, month: int, weekday: int, nth: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))


def assumed_receipt(sent_on: date, receipt_days: int, also_closed: AbstractSet[date] = frozenset()) -> date:
    """The `receipt_days`th day after sending that is no Saturday, Sunday, federal holiday or day in `also_closed`."""
    day, left = sent_on, receipt_days
    while left:
        day += timedelta(days=1)
        if day.weekday() < SATURDAY and day not in federal_holidays(day.year) and day not in also_closed:
            left -= 1
    return day


def last_day(sent_on: date, receipt_days: int, days: int, also_closed: AbstractSet[date] = frozenset()) -> date:
    """The last day of the validation period of a notice sent on `sent_on`."""
    return assumed_receipt(sent_on, receipt_days, also_closed) + timedelta(days=days)
