"""Habits are pure: the same person and text give the same deeds, whatever happened elsewhere."""

from datetime import UTC, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forbear.sandbox.habits import HABITS, Deed, handset, heard
from forbear.sandbox.people import awake
from forbear.sandbox.statuses import Outcome

PHONE = "+12125550101"
NEW_YORK = ZoneInfo("America/New_York")


def life(habit: str, seed: int = 1, texts: int = 6) -> list[list[Deed]]:
    """The deeds after each of a person's first texts."""
    return [list(HABITS[habit](heard(seed, PHONE, number))) for number in range(1, texts + 1)]


def kinds(habit: str, seed: int = 1) -> list[list[str]]:
    return [[deed.kind for deed in deeds] for deeds in life(habit, seed)]


@settings(deadline=None)
@given(st.sampled_from(sorted(HABITS)), st.integers())
def test_habits_repeat_themselves(habit: str, seed: int) -> None:
    assert life(habit, seed) == life(habit, seed)


@settings(deadline=None)
@given(st.sampled_from(sorted(HABITS)), st.integers(), st.integers(1, 20))
def test_first_deeds_follow_within_minutes_to_two_days(habit: str, seed: int, number: int) -> None:
    for deed in HABITS[habit](heard(seed, PHONE, number))[:1]:
        assert timedelta(minutes=3) <= deed.after <= timedelta(hours=48)


@pytest.mark.parametrize(
    ("habit", "text"), [("pays_after_first", 0), ("pays_after_second", 1), ("pays_after_third", 2)]
)
def test_payers_pay_once_after_their_text(habit: str, text: int) -> None:
    expected: list[list[str]] = [[] for _ in range(6)]
    expected[text] = ["pay"]
    assert kinds(habit) == expected


@settings(deadline=None)
@given(st.integers())
def test_parts_make_a_whole(seed: int) -> None:
    parts = [deed.part for deeds in life("pays_in_parts", seed) for deed in deeds]
    assert parts in ([(1, 2), (2, 2)], [(1, 3), (2, 3), (3, 3)])


@pytest.mark.parametrize("habit", ["replies_stop", "replies_stop_in_words"])
def test_stoppers_say_it_once_within_three_texts(habit: str) -> None:
    said = [(number, deed) for number, deeds in enumerate(life(habit), 1) for deed in deeds]
    assert len(said) == 1
    assert said[0][0] <= 3
    assert said[0][1].meaning == "stop"
    assert (said[0][1].text == "STOP") == (habit == "replies_stop")


def test_promises_differ_in_what_follows() -> None:
    keeps, breaks = life("promises_and_keeps")[0][0], life("promises_and_breaks")[0][0]
    assert (keeps.kind, keeps.keeps, breaks.kind, breaks.keeps) == ("promise", True, "promise", False)


def test_somebody_stops_and_comes_back() -> None:
    stop, start = life("stops_and_returns")[0]
    assert (stop.text, start.text) == ("STOP", "START")
    assert start.after - stop.after >= timedelta(days=4)


@pytest.mark.parametrize("habit", ["never_answers", "pays_at_bank", "unreachable", "landline", "filtered"])
def test_the_silent_do_nothing(habit: str) -> None:
    assert kinds(habit) == [[]] * 6


@pytest.mark.parametrize(
    ("habit", "outcome"),
    [
        ("unreachable", Outcome.UNREACHABLE),
        ("landline", Outcome.LANDLINE),
        ("filtered", Outcome.FILTERED),
        ("pays_after_first", Outcome.DELIVERED),
    ],
)
def test_habits_give_handsets(habit: str, outcome: Outcome) -> None:
    assert handset(habit).outcome is outcome


@settings(deadline=None)
@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)), st.integers())  # noqa: DTZ001  hypothesis wants naive bounds
def test_people_act_only_when_awake_and_never_earlier(naive: datetime, seed: int) -> None:
    at = naive.replace(tzinfo=UTC)
    acts = awake(at, NEW_YORK, Random(seed))
    assert timedelta(0) <= acts - at < timedelta(hours=12)
    assert time(7, 30) <= acts.astimezone(NEW_YORK).time() < time(22, 30)
