"""Wall clocks against the zone database itself, also where clocks change at midnight or a date is skipped."""

from datetime import UTC, datetime, timedelta

import pytest

from forbear.errors import BadInput
from forbear.rules.wall import ALL_DAY, DAY, SECOND, Wall, to_instant, to_micros, window, zone

ODD_ZONES = (
    "America/New_York",
    "America/Havana",  # changes at midnight
    "America/Nuuk",
    "Australia/Lord_Howe",  # half an hour
    "Africa/Casablanca",  # twice a year, by the moon
    "Asia/Kathmandu",
    "Antarctica/Troll",
    "Pacific/Chatham",
)
HORIZON = 10 * DAY
YEAR = datetime(2026, 10, 1, tzinfo=UTC)


def wall(name: str) -> Wall:
    return Wall(name, to_micros(YEAR))


@pytest.mark.parametrize("name", ODD_ZONES)
def test_dates_are_those_of_the_zone_database(name: str) -> None:
    clock = wall(name)
    for hours in range(0, 365 * 24, 5):
        at = YEAR + timedelta(hours=hours, minutes=59, seconds=59)
        assert clock.day(to_micros(at)) == at.astimezone(zone(name)).toordinal()


@pytest.mark.parametrize("name", ODD_ZONES)
def test_a_date_begins_at_its_first_instant(name: str) -> None:
    clock = wall(name)
    for days in range(365):
        today = YEAR + timedelta(days=days, hours=3)
        tomorrow = today.astimezone(zone(name)).toordinal() + 1
        first = clock.first(tomorrow, to_micros(today))
        assert to_instant(first).astimezone(zone(name)).toordinal() == tomorrow
        assert to_instant(first - SECOND).astimezone(zone(name)).toordinal() < tomorrow
    assert clock.first(1, to_micros(YEAR)) == to_micros(YEAR)


@pytest.mark.parametrize("name", ODD_ZONES)
def test_windows_open_and_close_where_the_wall_clock_says(name: str) -> None:
    """Second by second would be too long; every change of inside or outside is found on a five-minute walk."""
    clock, daily = wall(name), tuple(window(0 * 3600 + 1800, 2 * 3600 + 1800, 0))
    start = datetime(2027, 3, 12, tzinfo=UTC)

    def inside(at: datetime) -> bool:
        local = at.astimezone(zone(name))
        return 1800 <= local.hour * 3600 + local.minute * 60 + local.second < 9000

    walk = [start + timedelta(minutes=5 * step) for step in range(12 * 24 * 24)]
    for at, after in zip(walk[: 12 * 24 * 20 : 7], walk[1 : 12 * 24 * 20 : 7], strict=False):
        found = clock.opens(to_micros(at), lambda _: daily, HORIZON + to_micros(at))
        expected = next(each for each in walk if each >= at and inside(each))
        assert found is not None
        assert to_instant(found) == expected
        if inside(at):
            ends = clock.closes(to_micros(at), lambda _: daily, HORIZON + to_micros(at))
            assert ends is not None
            assert to_instant(ends) == next(each for each in walk if each >= after and not inside(each))


def test_a_date_that_a_zone_skips_has_no_instants() -> None:
    """Samoa went from 29 to 31 December 2011: the first instant of the missing date is that of the next."""
    before = datetime(2011, 12, 29, 12, tzinfo=UTC)
    clock = Wall("Pacific/Apia", to_micros(before))
    missing = datetime(2011, 12, 30, tzinfo=UTC).toordinal()
    first = clock.first(missing, to_micros(before))
    assert first == clock.first(missing + 1, to_micros(before))
    assert to_instant(first) == datetime(2011, 12, 30, 10, tzinfo=UTC)


def test_instants_before_the_table_are_still_dated_rightly() -> None:
    old = datetime(2019, 7, 1, 4, 30, tzinfo=UTC)
    assert wall("America/New_York").day(to_micros(old)) == datetime(2019, 7, 1, tzinfo=UTC).toordinal()
    assert wall("America/New_York").day(to_micros(old - timedelta(hours=1))) == old.toordinal() - 1


@pytest.mark.parametrize(
    ("opening", "closing", "guard", "hours"),
    [
        (8, 21, 0, [(8, 21)]),
        (20, 2, 0, [(0, 2), (20, 24)]),
        (20, 0, 0, [(20, 24)]),
        (0, 0, 3600, [(0, 24)]),
        (20, 2, 3600, [(0, 1), (21, 24)]),
        (23, 0, 1800, [(23.5, 23.5)]),
        (22, 1, 7200, []),
        (9, 9, 0, []),
    ],
)
def test_daily_windows(opening: int, closing: int, guard: int, hours: list[tuple[float, float]]) -> None:
    expected = [(int(a * 3600) * SECOND, int(b * 3600) * SECOND) for a, b in hours if a < b]
    assert window(opening * 3600, closing * 3600, guard) == expected


def test_a_whole_day_never_closes_and_never_opened() -> None:
    at, clock = to_micros(YEAR), wall("America/New_York")
    assert clock.opens(at, lambda _: ALL_DAY, at + HORIZON) == at
    assert clock.closes(at, lambda _: ALL_DAY, at + HORIZON) is None
    assert clock.opened(at, lambda _: ALL_DAY, at - HORIZON) is None
    assert clock.opens(at, lambda _: (), at + HORIZON) is None


@pytest.mark.parametrize("days_back", [0, 20, 60, 900])
def test_many_dates_at_once_are_each_its_own_date(days_back: int) -> None:
    """Inside one stretch of the wall clock, over a change, and before all that the clock has at hand."""
    clock, now = wall("America/New_York"), to_micros(datetime(2026, 11, 22, 4, 59, 59, tzinfo=UTC))
    instants = [now - hours * 3600 * SECOND for hours in range(24 * days_back + 1)]
    local = [to_instant(at).astimezone(zone("America/New_York")).date().toordinal() for at in instants]
    assert clock.days(instants) == local
    assert [clock.day(at) for at in instants] == local
    assert clock.days([]) == []


@pytest.mark.parametrize(
    "name",
    ["", "Mars/Olympus", "../../etc/passwd", "/etc/localtime", "America", "zone.tab", "america/new_york", "UTC\0"],
)
def test_names_that_are_no_zone(name: str) -> None:
    with pytest.raises(BadInput):
        zone(name)
