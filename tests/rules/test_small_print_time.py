"""The small print of clocks and periods: what a change of one sign would turn at a boundary that no walk steps on."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from forbear.errors import BadInput
from forbear.rules.day_counting import plus
from forbear.rules.facts import Lender
from forbear.rules.periods import Happened, earliest, keep_until, last_day
from forbear.rules.terms import Length
from forbear.rules.wall import EPOCH_DAY, SECOND, Segments, Wall, to_micros, zone
from tests.rules.timing import CALENDAR, SENT, START, matter, packs, terms

HOUR = 3600 * SECOND
NEW_YORK, BERLIN, TOKYO = "America/New_York", "Europe/Berlin", "Asia/Tokyo"
FAR = to_micros(datetime(2026, 12, 31, tzinfo=UTC))


def at(*given: int) -> int:
    year, month, day, *rest = given
    return to_micros(datetime(year, month, day, *rest, tzinfo=UTC))


def daily(*hours: tuple[float, float]) -> Callable[[int], Segments]:
    """The same windows every day, in hours."""
    segments: Segments = tuple((int(a * HOUR), int(b * HOUR)) for a, b in hours)

    def of_any(_day: int) -> Segments:
        return segments

    return of_any


def clock(name: str) -> Wall:
    return Wall(name, at(2026, 6, 1))


# ── Windows around a change of the clock ─────────────────────────────────────────────────────────────────────────


def test_a_window_that_a_spring_night_skips_does_not_open() -> None:
    wall = clock(NEW_YORK)
    assert wall.opens(at(2026, 3, 8, 4), daily((2, 3)), FAR) == at(2026, 3, 9, 6)


def test_a_window_through_the_spring_change_opened_before_it() -> None:
    wall = clock(NEW_YORK)
    long_ago = at(2026, 1, 1)
    assert wall.opened(at(2026, 3, 8, 8), daily((1, 5)), long_ago) == at(2026, 3, 8, 6)


def test_a_window_shortly_before_the_spring_change_east_of_greenwich() -> None:
    wall = clock(BERLIN)
    saturday = at(2026, 3, 28, 22)
    assert wall.opens(saturday, daily((0, 2)), FAR) == at(2026, 3, 28, 23)
    assert wall.closes(saturday, daily((0, 0.5), (20, 24)), FAR) == at(2026, 3, 28, 23, 30)


def test_a_window_that_the_autumn_night_goes_through_twice_closes_the_second_time() -> None:
    wall = clock(NEW_YORK)
    assert wall.closes(at(2026, 11, 1, 5), daily((0, 2)), FAR) == at(2026, 11, 1, 7)


def test_two_windows_that_the_spring_night_joins_are_one() -> None:
    wall = clock(NEW_YORK)
    assert wall.closes(at(2026, 3, 8, 6, 30), daily((1, 2), (3, 5)), FAR) == at(2026, 3, 8, 9)


@pytest.mark.parametrize("name", [NEW_YORK, BERLIN, TOKYO])
def test_the_last_instant_that_is_looked_at_counts(name: str) -> None:
    wall = clock(name)
    noon = int(datetime(2026, 6, 2, 12, tzinfo=zone(name)).timestamp()) * SECOND
    midnight, ten = noon - 12 * HOUR, noon - 2 * HOUR
    from_ten, all_day = daily((10, 11)), daily((0, 24))
    before = noon - 20 * HOUR
    assert wall.opens(before, from_ten, ten) == ten
    assert wall.opens(before, from_ten, ten - 1) is None
    tuesdays = date(2026, 6, 2).toordinal()
    assert wall.opens(before, lambda day: ((0, 24 * HOUR),) if day == tuesdays else (), midnight) == midnight
    assert wall.closes(ten, from_ten, ten + HOUR) == ten + HOUR
    assert wall.closes(ten, from_ten, ten + HOUR - 1) is None
    assert wall.closes(ten, all_day, noon) is None
    assert wall.opened(ten + HOUR // 2, from_ten, ten - 1) == ten
    assert wall.opened(ten + HOUR // 2, from_ten, ten) is None


def test_the_first_winter_that_a_clock_knows() -> None:
    wall, winter = clock(NEW_YORK), at(2025, 1, 15, 17)  # noon
    day = date(2025, 1, 16).toordinal()
    assert wall.day(winter) == day - 1
    assert wall.days([winter, winter + HOUR]) == [day - 1, day - 1]
    assert wall.first(day, winter) == at(2025, 1, 16, 5)
    assert wall.opens(winter, daily((14, 15)), FAR) == at(2025, 1, 15, 19)
    assert wall.closes(winter, daily((11, 13)), FAR) == at(2025, 1, 15, 18)
    assert wall.opened(winter, daily((11, 13)), at(2025, 1, 1)) == at(2025, 1, 15, 16)
    assert date(1970, 1, 1).toordinal() == EPOCH_DAY


# ── Periods ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_hours_are_no_days() -> None:
    with pytest.raises(ValueError, match=r"^hours are counted from an instant, not from a day$"):
        plus(START, 3, "hours", lambda _: False)


def test_an_event_without_an_offset_is_refused_in_so_many_words() -> None:
    bare = replace(matter(), events=(Happened("sent", datetime(2026, 3, 2)),))  # noqa: DTZ001  that is the point
    with pytest.raises(BadInput) as refused:
        last_day("answer", bare, packs(terms("deadline", "answer", 3)))
    assert (refused.value.field, refused.value.problem) == ("events", "have an instant without an offset")
    assert refused.value.remedy == "Send aware instants"


def test_a_reason_says_what_it_counts_from_and_by_which_calendar() -> None:
    plain = terms("deadline", "answer", 3, calendar="XX")
    reason = last_day("answer", SENT, packs(plain)).rules[0]
    assert (reason.statement, reason.counted_from, reason.calendar, reason.effect) == ("3 days", START, "", "")
    by_business = terms("deadline", "answer", 3, "business_days", calendar="XX")
    assert last_day("answer", SENT, packs(by_business)).rules[0].calendar == "XX"
    in_hours = last_day("answer", SENT, packs(terms("deadline", "answer", 72, "hours"))).rules[0]
    assert in_hours.counted_from == START
    unknown = last_day("answer", replace(SENT, calendars=()), packs(by_business)).rules[0]
    assert (unknown.counted_from, unknown.calendar_unknown) == (START, True)


def test_a_limitation_in_business_days_with_restarts_and_a_long_stop() -> None:
    rule = terms(
        "limitation",
        "sue",
        3,
        "business_days",
        calendar="XX",
        effect="bars_action",
        restarts=("acknowledged",),
        long_stop=Length(6, "business_days"),
    )
    assert last_day("sue", SENT, packs(rule)).day == date(2026, 3, 6)
    again = matter(("sent", START), ("acknowledged", date(2026, 3, 5)))
    assert last_day("sue", again, packs(rule)).day == date(2026, 3, 10)
    later = matter(("sent", START), ("acknowledged", date(2026, 3, 5)), ("acknowledged", date(2026, 3, 10)))
    assert last_day("sue", later, packs(rule)).day == date(2026, 3, 11)
    assert CALENDAR.name == "XX"


def test_drafts_are_told_beside_every_answer() -> None:
    wait = terms("notice", "file_claim", 30, event="letter_sent")
    drafted = terms("notice", "file_claim", 60, event="letter_sent", rule="XX.DRAFT", force="draft")
    assert [each.rule for each in earliest("file_claim", matter(), packs(wait, drafted)).warnings] == ["XX.DRAFT"]
    due, due_drafted = terms("deadline", "answer", 3), terms("deadline", "answer", 2, rule="XX.DRAFT", force="draft")
    assert [each.rule for each in last_day("answer", SENT, packs(due, due_drafted)).warnings] == ["XX.DRAFT"]
    kept, kept_drafted = (
        terms("retention", "contact", 3, "years"),
        terms("retention", "contact", 5, "years", rule="XX.DRAFT", force="draft"),
    )
    for asked in (SENT, matter()):
        assert [each.rule for each in keep_until("contact", asked, packs(kept, kept_drafted)).warnings] == ["XX.DRAFT"]


def test_a_place_without_a_pack_is_named_and_the_others_are_asked_all_the_same() -> None:
    found = last_day("answer", replace(SENT, jurisdictions=("ZZ", "XX")), packs(terms("deadline", "answer", 3)))
    assert found.event == "pack_loaded"
    assert [each.day for each in found.rules] == [None, date(2026, 3, 5)]
    assert "ZZ" in found.rules[0].statement
    assert Lender("debt_buyer") == SENT.lender
