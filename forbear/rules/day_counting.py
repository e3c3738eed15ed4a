"""Counting in dates: days, weeks, months, years and business days after a day, and the roll off a day of rest.

The day of the event is never counted. A period of months or years ends on the corresponding day, or on the month's
last day where there is none: each step is taken from the first day, so that 31 January and two months is 31 March.
Days of rest come from a calendar that is passed in; where it does not reach, nothing is guessed.
"""

from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta

from forbear.rules.facts import Calendar
from forbear.rules.terms import LengthUnit

IsRest = Callable[[date], bool]

ONE_DAY = timedelta(days=1)


class NotCovered(Exception):
    """A date whose calendar was not passed in, or does not reach it. Never leaves the pure room."""

    def __init__(self, calendar: str) -> None:
        super().__init__(f"the calendar {calendar} is not known for this date")
        self.calendar = calendar


def rests(calendar: Calendar) -> IsRest:
    """Which days are days of rest by a calendar; it refuses those that it does not reach."""

    def is_rest(day: date) -> bool:
        if not calendar.knows(day):
            raise NotCovered(calendar.name)
        return not calendar.is_business_day(day)

    return is_rest


def unknown_rests(calendar: str) -> IsRest:
    """What stands in for a calendar that was not passed in."""

    def refuse(_: date) -> bool:
        raise NotCovered(calendar)

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


def plus(day: date, count: int, unit: LengthUnit, is_rest: IsRest) -> date:
    """The last day of a period of whole days, weeks, months, years or business days that follows `day`."""
    if unit == "business_days":
        return business_days_after(day, count, is_rest)
    if unit in {"months", "years"}:
        return months_after(day, count * (12 if unit == "years" else 1))
    if unit == "hours":
        raise ValueError("hours are counted from an instant, not from a day")
    return days_after(day, count * (7 if unit == "weeks" else 1))
