"""The validation period, and the federal holidays it leaves out."""

from datetime import date

import pytest

from forbear.calendars import calendar
from forbear.rules.facts import Calendar
from forbear.rules.validation import assumed_receipt, last_day

FEDERAL = calendar("US-federal", date(2026, 12, 1))


@pytest.mark.parametrize(
    ("sent", "received"),
    [
        ("2026-12-18", "2026-12-28"),  # Christmas Day falls in between
        ("2026-12-24", "2027-01-04"),  # and New Year's Day
        ("2026-11-20", "2026-11-30"),  # Thanksgiving
        ("2026-12-19", "2026-12-28"),  # sent on a Saturday
        ("2026-03-02", "2026-03-09"),
        ("2026-06-29", "2026-07-06"),  # 4 July is a Saturday: nothing is lost
    ],
)
def test_receipt_is_the_fifth_business_day(sent: str, received: str) -> None:
    assert assumed_receipt(date.fromisoformat(sent), 5, FEDERAL) == date.fromisoformat(received)


def test_the_last_day_is_thirty_days_after_receipt() -> None:
    assert last_day(date(2026, 12, 18), 5, 30, FEDERAL) == date(2027, 1, 27)


def test_without_its_holidays_nothing_is_counted() -> None:
    short = Calendar("US-federal", "short", date(2026, 12, 1), date(2026, 12, 20), frozenset())
    assert last_day(date(2026, 12, 18), 5, 30, None) is None
    assert last_day(date(2026, 12, 18), 5, 30, short) is None
