"""No alarm is missed and none is doubled, at whatever instants the case is asked; a lapse is never silent."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forbear.court.alarms import LAPSED, due, next_days
from forbear.court.decision import Alarm, Clock, Line
from forbear.court.life import ClockKnown, Happened
from tests.court.book import DUE, JOINT, Book, book
from tests.rules.timing import FEW

LADDERS = st.sets(st.integers(0, 400), min_size=1, max_size=6).map(lambda each: tuple(sorted(each, reverse=True)))
LAST = date(2026, 9, 30)


def clock(ladder: tuple[int, ...], last: date, today: date) -> Clock:
    state = "lapsed" if today > last else "running"
    return Clock("limitation", "", "deadline", state, last, last, (Line(last, "last day"),), ladder)


def ask(
    ladder: tuple[int, ...], today: date, raised: frozenset[int], last: date = LAST
) -> tuple[list[int], frozenset[int]]:
    """Every alarm that one day of asking raises, one after another."""
    found: list[int] = []
    while True:
        known = (ClockKnown("limitation", "", "deadline", "running", last, raised),)
        alarm = due([clock(ladder, last, today)], known, today)
        if alarm is None:
            return found, raised
        assert alarm.rung not in raised
        found.append(alarm.rung)
        raised |= {alarm.rung}


def spoken(ladder: tuple[int, ...], asked: list[date]) -> list[int]:
    """What must have been raised, seen slowly: each day walked, with the rungs whose day has come."""
    said: list[int] = []
    for day in asked:
        latest: int | None = None
        walked = LAST - timedelta(days=max(ladder))
        while walked <= day:
            latest = next((rung for rung in ladder if walked == LAST - timedelta(days=rung)), latest)
            walked += timedelta(days=1)
        if latest is not None and latest not in said:
            said.append(latest)
        if day > LAST and LAPSED not in said:
            said.append(LAPSED)
    return said


@FEW
@given(LADDERS, st.lists(st.integers(-450, 120), min_size=1, max_size=12))
def test_whenever_it_is_asked_no_alarm_is_missed_or_doubled(ladder: tuple[int, ...], offsets: list[int]) -> None:
    days = [LAST + timedelta(days=each) for each in sorted(offsets)]
    raised: frozenset[int] = frozenset()
    found: list[int] = []
    for day in days:
        new, raised = ask(ladder, day, raised)
        found += new
    assert found == spoken(ladder, days)
    assert len(found) == len(set(found))


@FEW
@given(LADDERS)
def test_asked_whenever_it_wants_to_be_every_rung_is_raised_on_its_day(ladder: tuple[int, ...]) -> None:
    today, raised = LAST - timedelta(days=500), frozenset[int]()
    seen: list[tuple[date, int]] = []
    while today <= LAST + timedelta(days=3):
        new, raised = ask(ladder, today, raised)
        seen += [(today, rung) for rung in new]
        today = min(next_days([clock(ladder, LAST, today)], today), default=LAST + timedelta(days=9))
    assert seen == [*((LAST - timedelta(days=rung), rung) for rung in ladder), (LAST + timedelta(days=1), LAPSED)]


def test_a_clock_that_ends_first_speaks_first_and_a_new_last_day_has_its_own_rungs() -> None:
    early, late = clock((30,), LAST, LAST), replace(clock((30,), LAST + timedelta(days=9), LAST), subject="per_g")
    found = due([late, early], (), LAST)
    assert isinstance(found, Alarm)
    assert found.clock.last == LAST
    moved = (ClockKnown("limitation", "", "deadline", "running", LAST - timedelta(days=1), frozenset({30})),)
    assert due([early], moved, LAST) is not None


@pytest.mark.parametrize("state", ["met", "void", "over"])
def test_what_was_met_or_ended_raises_nothing(state: str) -> None:
    quiet = replace(clock((30, 1), LAST, LAST), state=state)
    assert due([quiet], (), LAST) is None
    assert not list(next_days([quiet], LAST - timedelta(days=100)))


def test_after_months_without_asking_the_alarms_come_at_once() -> None:
    case: Book = book("CN", guarantees=(JOINT,))
    case.run()
    case.today = date(2026, 8, 20)
    case.run()
    mine = [(last, rung) for kind, _, last, rung in case.alarms if kind == "guarantee"]
    assert mine == [(date(2026, 7, 6), 90), (date(2026, 7, 6), 1), (date(2026, 7, 6), LAPSED)]
    case.run()
    assert len(case.alarms) == len(set(case.alarms))


@FEW
@given(st.lists(st.integers(1, 200), min_size=3, max_size=25))
def test_a_whole_case_asked_at_any_instants_never_lapses_in_silence(gaps: list[int]) -> None:
    case = book("CN", guarantees=(JOINT,), today=DUE + timedelta(days=1))
    for gap in gaps:
        case.run()
        case.today += timedelta(days=gap)
    case.run()
    assert len(case.alarms) == len(set(case.alarms))
    for found in case.clocks:
        if found.state == "lapsed":
            assert (found.kind, found.subject, found.last, LAPSED) in case.alarms


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("limitation_suspended", {"because": "other", "until": "9999-12-31"}),
        ("judgment_final", {"perform_by": "9999-12-31"}),
        ("frozen", {"freeze": 1, "until": "0001-01-02"}),
        ("judged", {"result": "refused", "served_on": "9999-12-25"}),
        ("mediation_agreed", {"perform_by": "2026-09-09", "effective_on": "9999-12-31"}),
    ],
)
def test_a_year_that_cannot_be_counted_from_silences_no_clock(kind: Any, told: dict[str, Any]) -> None:
    case = book("CN", today=date(2028, 12, 20))
    mistyped = Happened("fct_old", kind, date(2026, 3, 1), "", told)
    case.life = replace(case.life, facts=(mistyped,))
    case.run()
    assert {"limitation"} <= {each.kind for each in case.clocks}


def test_lived_day_by_day_every_rung_of_the_limitation_is_raised_on_its_day() -> None:
    case = book("CN", guarantees=(JOINT,), today=DUE + timedelta(days=1))
    case.go(date(2029, 1, 20))
    last = {(kind, subject): day for kind, subject, day, _ in case.alarms}
    for kind, subject in last:
        rule = case.path.clocks[kind]  # pyright: ignore[reportArgumentType]  a kind that was raised
        rungs = [rung for one, other, _, rung in case.alarms if (one, other) == (kind, subject)]
        assert rungs == [*rule.ladder, LAPSED]
