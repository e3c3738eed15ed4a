"""Wall clocks: the time and date in a zone, and every instant at which something that follows a clock may change."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
QUARTER = timedelta(minutes=15)
MIDNIGHT = 24 * 3600


def instant(text: str) -> datetime:
    """An instant of a case, in UTC."""
    return datetime.fromisoformat(text).astimezone(UTC)


@lru_cache(maxsize=400_000)
def _local(at: datetime, zone: ZoneInfo) -> tuple[date, int]:
    wall = at.astimezone(zone)
    return wall.date(), wall.hour * 3600 + wall.minute * 60 + wall.second


def day(at: datetime, zone: ZoneInfo) -> date:
    """The civil date by this clock."""
    return _local(at, zone)[0]


def seconds(clock: str) -> int:
    """`08:30` as seconds since midnight by the wall clock."""
    hours, minutes = clock.split(":")[:2]
    return int(hours) * 3600 + int(minutes) * 60


def inside(at: datetime, zone: ZoneInfo, hours: tuple[str, str], guard: int) -> bool:
    """Half-open, by what the wall clock shows, with the guard at both ends."""
    opening, closing = hours
    return seconds(opening) + guard <= _local(at, zone)[1] < seconds(closing) - guard


@lru_cache(maxsize=400_000)
def _turns(zone: ZoneInfo, today: date, edges: frozenset[int]) -> tuple[datetime, ...]:
    """When this clock shows one of these times within one UTC day; each quarter hour where the clock is changed."""
    start = datetime.combine(today, time(), UTC)
    found: set[datetime] = set()
    for back in (-1, 0, 1):
        wall = datetime.combine(today + timedelta(days=back), time())
        for edge in edges:
            for fold in (0, 1):
                shown = (wall + timedelta(seconds=edge)).replace(tzinfo=zone, fold=fold)
                found.add(shown.astimezone(UTC))
    if start.astimezone(zone).utcoffset() != (start + DAY).astimezone(zone).utcoffset():
        found |= {start + number * QUARTER for number in range(96)}
    return tuple(sorted(at for at in found if start <= at < start + DAY))


def turns(
    zones: list[ZoneInfo], edges: frozenset[int], fixed: set[datetime], now: datetime, last: datetime
) -> Iterator[datetime]:
    """In order, all instants after `now` until `last` at which a clock shows an edge, and the fixed ones."""
    today = now.date()
    while today <= last.date():
        found = {at for zone in zones for at in _turns(zone, today, edges)}
        found |= {at for at in fixed if at.date() == today}
        yield from sorted(at for at in found if now < at <= last)
        today += DAY
