"""Civil days as people mean them: the coming Friday, the next 15th, the end of the month. Pure."""

from calendar import monthrange
from datetime import date, timedelta


def named_day(weekday: int, today: date, *, next_week: bool) -> date:
    """The coming day of this name, today excluded; with 'next' the one of the week that begins next Monday."""
    if next_week:
        return today + timedelta(days=7 - today.weekday() + weekday)
    return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)


def coming(month: int, day: int, today: date) -> date | None:
    """This day of the year, today or later."""
    this_year = civil(today.year, month, day)
    return this_year if this_year and this_year >= today else civil(today.year + 1, month, day)


def next_with_day(day: int, today: date) -> date | None:
    """The day of this month, or of the next one if it has passed."""
    this_month = civil(today.year, today.month, day)
    if this_month and this_month >= today:
        return this_month
    return of_next_month(day, today)


def of_next_month(day: int, today: date) -> date | None:
    after = month_end(today) + timedelta(days=1)
    return civil(after.year, after.month, day)


def month_end(today: date) -> date:
    return today.replace(day=monthrange(today.year, today.month)[1])


def civil(year: int, month: int, day: int) -> date | None:
    """The day, if there is one."""
    try:
        return date(year, month, day)
    except ValueError:
        return None
