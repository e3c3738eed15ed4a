"""A slow second way to count in dates: it walks the calendar one day at a time and never computes.

It shares no code with the engine and does no arithmetic on months: it watches the month change.
"""

from collections.abc import Callable
from datetime import date, timedelta

IsRest = Callable[[date], bool]
FORWARD, BACK = timedelta(days=1), timedelta(days=-1)


def walk(day: date, count: int, counts: Callable[[date], bool]) -> date:
    """The `count`th day after (before, where negative) `day` of those that count."""
    way = FORWARD if count >= 0 else BACK
    found = 0
    while found < abs(count):
        day = day + way
        if counts(day):
            found += 1
    return day


def days(day: date, count: int) -> date:
    """Every day counts."""
    return walk(day, count, lambda _: True)


def weeks(day: date, count: int) -> date:
    """The same weekday that many times over."""
    weekday = day.isoweekday()
    return walk(day, count, lambda each: each.isoweekday() == weekday)


def business_days(day: date, count: int, is_rest: IsRest) -> date:
    """Only days that are no days of rest count."""
    return walk(day, count, lambda each: not is_rest(each))


def months(day: date, count: int) -> date:
    """Walk until the month has changed that often, then to the day of the same number or the last of the month."""
    wanted, way, changes = day.day, FORWARD if count >= 0 else BACK, 0
    while changes < abs(count):
        following = day + way
        if following.month != day.month:
            changes += 1
        day = following
    while day.day != 1:
        day = day + BACK
    while day.day != wanted and (day + FORWARD).month == day.month:
        day = day + FORWARD
    return day


def years(day: date, count: int) -> date:
    """Twelve changes of the month each, in one walk: the day is looked for only at its end."""
    return months(day, 12 * count)


def rolled(day: date, is_rest: IsRest) -> date:
    """The first day from `day` on that is no day of rest."""
    while is_rest(day):
        day = day + FORWARD
    return day
