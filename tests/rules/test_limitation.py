"""Limitation: what starts it anew, what no restart outlasts, and on which day it ends."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forbear.rules.periods import last_day
from forbear.rules.terms import Length
from tests.oracle import days as oracle
from tests.rules.timing import CALENDAR, FEW, START, matter, packs, terms


@FEW
@given(
    st.dates(date(2020, 1, 1), date(2026, 1, 1)),
    st.integers(1, 4),
    st.lists(st.integers(0, 3000), max_size=5),
    st.booleans(),
)
def test_restarts_are_lived_through_day_by_day(due: date, count: int, later: list[int], after_expiry: bool) -> None:
    restarts = [due + timedelta(days=days) for days in later]
    rule = terms("limitation", "sue", count, "years", restarts=("paid",), restarts_after_expiry=after_expiry)
    asked = matter(("sent", due), *(("paid", day) for day in restarts))
    expected = oracle.restarted(due, count, restarts, date(2039, 1, 1), after_expiry=after_expiry)
    assert last_day("sue", asked, packs(rule)).day == expected


@pytest.mark.parametrize(("paid", "expected"), [("2029-03-02", "2032-03-02"), ("2029-03-03", "2029-03-02")])
def test_a_payment_on_the_last_day_restarts_and_one_after_it_does_not(paid: str, expected: str) -> None:
    rule = terms("limitation", "sue", 3, "years", restarts=("paid",), effect="defence")
    found = last_day("sue", matter(("sent", START), ("paid", date.fromisoformat(paid))), packs(rule))
    assert (found.day, found.rules[0].effect) == (date.fromisoformat(expected), "defence")
    late = terms("limitation", "sue", 3, "years", restarts=("paid",), restarts_after_expiry=True)
    assert last_day("sue", matter(("sent", START), ("paid", date(2030, 1, 1))), packs(late)).day == date(2033, 1, 1)


def test_a_payment_on_the_day_to_which_the_end_rolled_is_in_time() -> None:
    closed = replace(CALENDAR, works=frozenset())
    rule = terms("limitation", "sue", 3, "years", roll="next_business_day", calendar="XX", restarts=("paid",))
    asked = matter(("sent", START), ("paid", date(2029, 3, 6)), calendars=(closed,))
    assert last_day("sue", asked, packs(rule)).day == date(2032, 3, 8)  # 6 March 2032 is a Saturday
    assert last_day(
        "sue", matter(("sent", START), ("paid", date(2029, 3, 7)), calendars=(closed,)), packs(rule)
    ).day == date(2029, 3, 6)


def test_no_restart_outlasts_the_long_stop() -> None:
    rule = terms("limitation", "sue", 3, "years", restarts=("paid",), long_stop=Length(5, "years"))
    asked = matter(("sent", START), ("paid", date(2028, 1, 1)), ("paid", date(2030, 6, 1)))
    assert last_day("sue", asked, packs(rule)).day == date(2031, 3, 2)
    later = terms("limitation", "sue", 3, "years", after=("sent", "due_again"), long_stop=Length(5, "years"))
    again = matter(("sent", START), ("due_again", date(2030, 1, 1)))
    assert last_day("sue", again, packs(later)).day == date(2031, 3, 2)
