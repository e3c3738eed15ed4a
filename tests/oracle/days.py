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


Version = tuple[date, date, int]
"""In force from a day to the day before another, and its period in days (notices) or years (limitations)."""


def first_day(versions: list[Version], event: date, as_of: date) -> date | None:
    """The first day, from the question's on, on which no version in force forbids; the plain end if that is over."""
    if not any(first <= as_of < last for first, last, _ in versions):
        return None
    day = as_of
    while any(first <= day < last and day < days(event, count) for first, last, count in versions):
        day = day + FORWARD
    if day > as_of:
        return day
    return next(days(event, count) for first, last, count in versions if first <= as_of < last)


def last_action(versions: list[Version], due: date, as_of: date) -> date | None:
    """Walk on from the question as long as an action is in time by the version of the day."""

    def end(day: date) -> date | None:
        return next((years(due, count) for first, last, count in versions if first <= day < last), None)

    limit = end(as_of)
    if limit is None or limit < as_of:
        return limit
    day, farthest = as_of, max(years(due, count) for _, _, count in versions)
    while day < farthest:
        limit = end(day + FORWARD)
        if limit is None:
            return years(due, next(count for first, last, count in versions if first <= day < last))
        if day + FORWARD > limit:
            return day
        day = day + FORWARD
    return day


def restarted(due: date, count: int, restarts: list[date], until: date, *, after_expiry: bool) -> date:
    """Live through every day from the due one: a restart counts on its day if time has not run out, or always."""
    start = day = due
    while day < until:
        day = day + FORWARD
        if day in restarts and (after_expiry or day <= years(start, count)):
            start = day
    return years(start, count)
