"""Days that follow from the law: periods in China, receipt and validation in the United States, notices in England.

The day of the event is never counted. Days of rest are passed in, because a decree or a court's calendar names them;
nothing here knows a holiday.
"""

from calendar import monthrange
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

SATURDAY: Final = 5
RECEIPT_US, VALIDATION_US = 5, 30
CURE_GB, REPLY_GB = 14, 30
Unit = Literal["days", "months", "years"]
IsRest = Callable[[date], bool]
ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class RestDays:
    """Which days are days of rest: weekends where they are, the named ones, and never a day made a working day."""

    weekends: bool
    rest: Collection[date] = frozenset()
    work: Collection[date] = frozenset()

    def __call__(self, day: date) -> bool:
        return day not in self.work and (day in self.rest or (self.weekends and day.weekday() >= SATURDAY))


@dataclass(frozen=True, slots=True)
class ValidationPeriod:
    """When a validation notice counts as received, and the last day of the period that then runs."""

    assumed_receipt: date
    period_end: date


@dataclass(frozen=True, slots=True)
class DefaultNotice:
    """When a default notice counts as served, the first date it may name, and the one to print: a day more."""

    deemed_service: date
    earliest_date: date
    recommended_date: date


@dataclass(frozen=True, slots=True)
class LetterOfClaim:
    """Until when the debtor may reply, and the first day on which a claim may be issued without one."""

    reply_by: date
    earliest_issue: date


def months_after(day: date, months: int) -> date:
    """The corresponding day so many months later, or the last day of a month that has none."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def next_working_day(day: date, is_rest: IsRest) -> date:
    """The day itself, or the first after it that is no day of rest."""
    while is_rest(day):
        day += ONE_DAY
    return day


def working_days_after(day: date, count: int, is_rest: IsRest) -> date:
    """The `count`th day after `day` that is no day of rest."""
    while count:
        day += ONE_DAY
        count -= not is_rest(day)
    return day


def last_day_cn(event: date, count: int, unit: Unit, is_rest: IsRest) -> date:
    """The last day of a period of the Civil Code; it moves off a day of rest."""
    months = {"months": 1, "years": 12}.get(unit)
    end = event + timedelta(days=count) if months is None else months_after(event, count * months)
    return next_working_day(end, is_rest)


def limitation_cn(event: date, restarts: Collection[date], years: int, is_rest: IsRest) -> date:
    """The last day of a limitation that each demand or acknowledgement, made while it runs, begins anew.

    A restart after the last day begins nothing: what has lapsed does not come back by a letter.
    """
    end = last_day_cn(event, years, "years", is_rest)
    for day in sorted(restarts):
        if event <= day <= end:
            end = last_day_cn(day, years, "years", is_rest)
    return end


def validation_period_us(sent_on: date, holidays: Collection[date]) -> ValidationPeriod:
    """Five days for the post, without weekends and public holidays; then thirty days of any kind."""
    receipt = working_days_after(sent_on, RECEIPT_US, RestDays(weekends=True, rest=holidays))
    return ValidationPeriod(receipt, receipt + timedelta(days=VALIDATION_US))


def default_notice_gb(posted_on: date, working_days: int, holidays: Collection[date]) -> DefaultNotice:
    """A notice posted on a day: service after so many working days, and not less than fourteen days from then."""
    service = working_days_after(posted_on, working_days, RestDays(weekends=True, rest=holidays))
    earliest = service + timedelta(days=CURE_GB)
    return DefaultNotice(service, earliest, earliest + ONE_DAY)


def letter_of_claim_gb(letter_date: date) -> LetterOfClaim:
    """Thirty days from the date of the letter for a reply; a claim from the next day on."""
    reply_by = letter_date + timedelta(days=REPLY_GB)
    return LetterOfClaim(reply_by, reply_by + ONE_DAY)
