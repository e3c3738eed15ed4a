"""Counting in dates: days, weeks, months, years and business days after a day, and the roll off a day of rest.

The day of the event is never counted. A period of months or years ends on the corresponding day, or on the month's
last day where there is none: each step is taken from the first day, so that 31 January and two months is 31 March.
Days of rest come from a calendar that is passed in; where it does not reach, nothing is guessed.
"""

from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Counted = Literal["hours", "days", "business_days", "weeks", "months", "years"]
IsRest = Callable[[date], bool]

ONE_DAY = timedelta(days=1)
SATURDAY = 5


class NotCovered(Exception):
    """A date whose calendar was not passed in, or does not reach it. Never leaves the pure room."""

    def __init__(self, calendar: str) -> None:
        super().__init__(f"the calendar {calendar} is not known for this date")
        self.calendar = calendar


@dataclass(frozen=True, slots=True)
class Rest:
    """Which days of `first` to `last` are days of rest: holidays and weekends, save days made up by working."""

    name: str
    first: date
    last: date
    holidays: frozenset[date] = frozenset()
    works: frozenset[date] = frozenset()
    weekends: bool = True

    def __call__(self, day: date) -> bool:
        if not self.first <= day <= self.last:
            raise NotCovered(self.name)
        return day not in self.works and (day in self.holidays or (self.weekends and day.weekday() >= SATURDAY))


def unknown_rest(name: str) -> IsRest:
    """What stands in for a calendar that was not passed in."""

    def refuse(_: date) -> bool:
        raise NotCovered(name)

    return refuse


def days_after(day: date, count: int) -> date:
    """The `count`th day after `day`; before it, where `count` is negative."""
    return day + timedelta(days=count)


def months_after(day: date, count: int) -> date:
    """The corresponding day `count` months later or earlier, or the last day of a month that has none."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    longest = monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, longest))


def business_days_after(day: date, count: int, is_rest: IsRest) -> date:
    """The `count`th day after `day` that is no day of rest; before it, where `count` is negative."""
    step, left = (ONE_DAY, count) if count >= 0 else (-ONE_DAY, -count)
    while left:
        day += step
        left -= not is_rest(day)
    return day


def next_business_day(day: date, is_rest: IsRest) -> date:
    """The day itself, or the first day after it that is no day of rest."""
    while is_rest(day):
        day += ONE_DAY
    return day


def plus(day: date, count: int, unit: Counted, is_rest: IsRest) -> date:
    """The last day of a period of whole days, weeks, months, years or business days that follows `day`."""
    if unit == "business_days":
        return business_days_after(day, count, is_rest)
    if unit in {"months", "years"}:
        return months_after(day, count * (12 if unit == "years" else 1))
    if unit == "hours":
        raise ValueError("hours are counted from an instant, not from a day")
    return days_after(day, count * (7 if unit == "weeks" else 1))
