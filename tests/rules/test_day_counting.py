"""Counting in dates, against a walk of one day at a time, and against the published dates of `money.jsonl`."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from forbear.rules.day_counting import (
    IsRest,
    NotCovered,
    business_days_after,
    months_after,
    next_business_day,
    plus,
    rests,
    unknown_rests,
)
from forbear.rules.facts import Calendar
from forbear.rules.terms import LengthUnit
from tests.oracle import days as oracle
from tests.rules.asking import VECTORS

Json = dict[str, Any]
FIRST, LAST = date(2015, 1, 1), date(2045, 12, 31)
AWKWARD = [
    date(year, month, day)
    for year in (2019, 2020, 2023, 2024, 2027, 2028)
    for month, day in ((1, 29), (1, 30), (1, 31), (2, 28), (3, 31), (4, 30), (5, 31), (8, 31), (12, 30), (12, 31))
] + [date(2020, 2, 29), date(2024, 2, 29), date(2028, 2, 29)]
DAYS = st.one_of(st.sampled_from(AWKWARD), st.dates(date(2019, 1, 1), date(2030, 12, 31)))
FEW = settings(max_examples=120, deadline=None, derandomize=True, database=None, phases=[Phase.generate])
"""Dates are plain as they are drawn: a failure is not made smaller."""


def calendar(holidays: set[date], works: set[date]) -> IsRest:
    return rests(Calendar("XX", "1", FIRST, LAST, frozenset(holidays), frozenset(works)))


@st.composite
def closings(draw: st.DrawFn, around: date) -> tuple[IsRest, IsRest]:
    """A calendar with holidays and make-up days near a date, for the engine and told apart for the oracle."""
    near = st.integers(-40, 40).map(lambda days: around + timedelta(days=days))
    holidays, works = draw(st.sets(near, max_size=20)), draw(st.sets(near, max_size=4))

    def is_rest(day: date) -> bool:
        if day in works:
            return False
        return day in holidays or day.strftime("%a") in {"Sat", "Sun"}

    return calendar(holidays, works), is_rest


WALKED: dict[LengthUnit, Callable[[date, int], date]] = {
    "days": oracle.days,
    "weeks": oracle.weeks,
    "months": oracle.months,
    "years": oracle.years,
}
MOST: dict[LengthUnit, int] = {"days": 800, "weeks": 100, "months": 50, "years": 12}


@pytest.mark.parametrize("unit", WALKED)
@FEW
@given(st.data())
def test_a_period_ends_where_the_walk_ends(unit: LengthUnit, data: st.DataObject) -> None:
    day = data.draw(DAYS)
    count = data.draw(st.integers(-min(MOST[unit], 48), MOST[unit]))
    assert plus(day, count, unit, unknown_rests("none is needed")) == WALKED[unit](day, count)


@FEW
@given(st.data())
def test_business_days_are_the_walk_s(data: st.DataObject) -> None:
    day = data.draw(DAYS)
    known, is_rest = data.draw(closings(day))
    count = data.draw(st.integers(-10, 25))
    assert business_days_after(day, count, known) == oracle.business_days(day, count, is_rest)


@FEW
@given(st.data())
def test_a_last_day_of_rest_rolls_to_where_the_walk_stops(data: st.DataObject) -> None:
    day = data.draw(DAYS)
    known, is_rest = data.draw(closings(day))
    assert next_business_day(day, known) == oracle.rolled(day, is_rest)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ("2027-01-31", 1, "2027-02-28"),
        ("2028-01-31", 1, "2028-02-29"),
        ("2028-01-31", 2, "2028-03-31"),  # from the first day, not from the shortened one
        ("2027-02-28", 1, "2027-03-28"),  # the corresponding day, not the month's last
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-02-29", 48, "2028-02-29"),
        ("2026-11-30", 3, "2027-02-28"),
        ("2026-12-31", 2, "2027-02-28"),
        ("2026-12-15", 1, "2027-01-15"),
        ("2027-03-31", -1, "2027-02-28"),
        ("2028-03-30", -1, "2028-02-29"),
        ("2027-01-31", -2, "2026-11-30"),
        ("2026-12-31", 0, "2026-12-31"),
    ],
)
def test_a_month_without_the_day_ends_on_its_last(day: str, months: int, expected: str) -> None:
    assert months_after(date.fromisoformat(day), months) == date.fromisoformat(expected)


def test_a_longer_period_never_ends_sooner() -> None:
    for day in AWKWARD:
        ends = [months_after(day, count) for count in range(-30, 31)]
        assert ends == sorted(set(ends))


def test_a_make_up_day_counts_and_a_holiday_on_it_does_not_rest() -> None:
    saturday, monday = date(2026, 10, 10), date(2026, 10, 12)
    assert business_days_after(date(2026, 10, 9), 1, calendar(set(), {saturday})) == saturday
    assert business_days_after(date(2026, 10, 9), 1, calendar({saturday}, {saturday})) == saturday
    assert business_days_after(date(2026, 10, 9), 1, calendar(set(), set())) == monday


def test_a_calendar_that_does_not_reach_is_named_and_nothing_is_guessed() -> None:
    short = rests(Calendar("XX-short", "1", date(2026, 1, 1), date(2026, 12, 31), frozenset()))
    assert business_days_after(date(2026, 12, 28), 3, short) == date(2026, 12, 31)
    for wrong in (lambda: business_days_after(date(2026, 12, 28), 4, short), lambda: next_business_day(LAST, short)):
        with pytest.raises(NotCovered) as raised:
            wrong()
        assert raised.value.calendar == "XX-short"
    with pytest.raises(NotCovered, match="YY"):
        plus(date(2026, 1, 1), 1, "business_days", unknown_rests("YY"))


def money(kind: str) -> tuple[Json, Json]:
    """The published case of a kind: what is given and what is expected."""
    lines = VECTORS.with_name("money.jsonl").read_text(encoding="utf-8").splitlines()
    (case,) = [case for line in lines if (case := json.loads(line))["given"]["kind"] == kind]
    return case["given"], case["expect"]


def day_of(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize("kind", ["limitation_date_cn", "period_end_cn"])
def test_the_published_chinese_periods(kind: str) -> None:
    given, expect = money(kind)
    unit: LengthUnit = next(each for each in ("days", "months", "years") if each in given)
    assert given["weekends_rest"]
    closed = calendar({*map(day_of, given["rest_days"])}, {*map(day_of, given["work_days"])})
    end = next_business_day(plus(day_of(given["event_date"]), int(given[unit]), unit, closed), closed)
    assert end == day_of(expect["last_day"])


def test_the_published_validation_period() -> None:
    given, expect = money("reg_f_period_end")
    received = plus(day_of(given["sent_on"]), 5, "business_days", calendar({*map(day_of, given["holidays"])}, set()))
    assert received == day_of(expect["assumed_receipt"])
    assert plus(received, 30, "days", unknown_rests("none")) == day_of(expect["period_end"])


def test_the_published_default_notice() -> None:
    given, expect = money("default_notice_date_gb")
    closed = calendar({*map(day_of, given["holidays"])}, set())
    served = plus(day_of(given["posted_on"]), int(given["working_days_to_service"]), "business_days", closed)
    assert served == day_of(expect["deemed_service"])
    assert plus(served, 14, "days", closed) == day_of(expect["earliest_date"])
    assert plus(served, 15, "days", closed) == day_of(expect["recommended_date"])


def test_the_published_letter_of_claim() -> None:
    given, expect = money("letter_of_claim_dates_gb")
    sent = day_of(given["letter_date"])
    assert plus(sent, 30, "days", unknown_rests("none")) == day_of(expect["reply_by"])
    assert plus(sent, 31, "days", unknown_rests("none")) == day_of(expect["earliest_issue"])
