"""The validation period, and the federal holidays it leaves out."""

from datetime import date

import pytest

from forbear.rules.validation import assumed_receipt, federal_holidays, last_day
from tests.oracle.united_states import HOLIDAYS


def test_the_holidays_are_those_of_the_published_calendars() -> None:
    assert federal_holidays(2026) | federal_holidays(2027) == HOLIDAYS
    assert all(len(federal_holidays(year)) == 11 for year in range(2021, 2200))


def test_a_saturday_holiday_gives_no_friday_off() -> None:
    assert date(2026, 7, 4) in federal_holidays(2026)
    assert date(2026, 7, 3) not in federal_holidays(2026)


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
    assert assumed_receipt(date.fromisoformat(sent), 5) == date.fromisoformat(received)


def test_the_last_day_is_thirty_days_after_receipt() -> None:
    assert last_day(date(2026, 12, 18), 5, 30) == date(2027, 1, 27)


def test_further_closed_days_lengthen_the_period() -> None:
    assert last_day(date(2026, 3, 2), 5, 30, {date(2026, 3, 4)}) == date(2026, 4, 9)
