"""The wall clock of a zone: local dates, and daily windows as instants, through every gap and fold.

Instants are whole microseconds since 1970 (UTC) and dates are proleptic ordinals, because a decision asks for
hundreds of them. Between two changes of a zone's offset the wall clock is plain arithmetic; those stretches are
computed once a zone and year, from the pinned `tzdata` package and never from the system's tables.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from forbear.errors import BadInput

SECOND = 1_000_000
DAY = 86_400 * SECOND
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_DAY = EPOCH.toordinal()
MICROSECOND = timedelta(microseconds=1)
ZONE_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*")

Segments = Sequence[tuple[int, int]]
"""Half-open stretches of one local day, in microseconds of the wall clock, sorted by their start."""
ALL_DAY: Segments = ((0, DAY),)


def to_micros(instant: datetime) -> int:
    """The instant's whole microseconds since 1970."""
    return (instant - EPOCH) // MICROSECOND


def to_instant(micros: int) -> datetime:
    """The UTC instant of whole microseconds since 1970."""
    return EPOCH + timedelta(microseconds=micros)


def full_second(micros: int) -> int:
    """The first full second that is not earlier."""
    return -(-micros // SECOND) * SECOND


@cache
def zone(name: str) -> ZoneInfo:
    """The zone of an IANA name in the pinned `tzdata`; `BadInput` for any other name."""
    if ZONE_NAME.fullmatch(name):
        try:
            with files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as table:
                return ZoneInfo.from_file(table, key=name)
        except (OSError, ValueError):
            pass
    raise BadInput("zone", "is no IANA zone", "Send a name such as America/New_York")


@lru_cache(maxsize=2048)
def _stretches(name: str, year: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Starts and offsets of the stretches of constant offset from the year before `year` to the second after it."""
    last = to_micros(datetime(year + 3, 1, 1, tzinfo=UTC))
    before = to_micros(datetime(year - 1, 1, 1, tzinfo=UTC))
    starts, offsets = [before], [_offset(name, before)]
    while before < last:
        after = before + DAY
        if _offset(name, after) != offsets[-1]:
            change = _change(name, before, after)
            starts.append(change)
            offsets.append(_offset(name, change))
        before = after
    return tuple(starts), tuple(offsets)


def _offset(name: str, at: int) -> int:
    offset = to_instant(at).astimezone(zone(name)).utcoffset()
    return 0 if offset is None else offset // timedelta(microseconds=1)


def _change(name: str, before: int, after: int) -> int:
    """The second in `(before, after]` at which the offset changes."""
    old = _offset(name, before)
    while after - before > SECOND:
        middle = (before + after) // (2 * SECOND) * SECOND
        if _offset(name, middle) == old:
            before = middle
        else:
            after = middle
    return after


class Wall:
    """One zone's wall clock, ready for instants from the year before `around` to the second year after it."""

    def __init__(self, name: str, around: int) -> None:
        self.name = name
        self._starts, self._offsets = _stretches(name, to_instant(around).year)
        self._dates: dict[int, int] = {}
        self.today = self.day(around)

    def day(self, at: int) -> int:
        """The local date of an instant, as an ordinal. Every rule asks it of the same few instants."""
        if (known := self._dates.get(at)) is None:
            place = bisect_right(self._starts, at) - 1
            offset = self._offsets[place] if place >= 0 else _offset(self.name, at)
            known = self._dates[at] = (at + offset) // DAY + EPOCH_DAY
        return known

    def days(self, instants: Sequence[int]) -> list[int]:
        """The local dates of many instants."""
        if not instants:
            return []
        first, last = (bisect_right(self._starts, at) - 1 for at in (min(instants), max(instants)))
        if first != last or first < 0:
            return [self.day(at) for at in instants]
        shift = self._offsets[first] + EPOCH_DAY * DAY
        return [(at + shift) // DAY for at in instants]

    def first(self, day: int, at: int) -> int:
        """The first instant, from `at` on, whose local date is `day` or later."""
        midnight = (day - EPOCH_DAY) * DAY
        place = max(bisect_right(self._starts, at) - 1, 0)
        soon = max(at, midnight - self._offsets[place])
        if place + 1 == len(self._starts) or soon < self._starts[place + 1]:
            return soon
        for start, end, offset in self._from(at):
            found = max(start, midnight - offset)
            if end is None or found < end:
                return found
        raise AssertionError("the last stretch has no end")

    def opens(self, at: int, segments: Callable[[int], Segments], horizon: int) -> int | None:
        """The first instant from `at` on that lies inside a segment of its local day; None if after `horizon`."""
        day, within = divmod(at + self._offsets[max(bisect_right(self._starts, at) - 1, 0)], DAY)
        for a, b in segments(day + EPOCH_DAY):
            if a <= within < b:
                return at
        for start, end, offset in self._from(at):
            local = start + offset
            while end is None or local < end + offset:
                if local - offset > horizon:
                    return None
                day, within = divmod(local, DAY)
                begin = next((max(a, within) for a, b in segments(day + EPOCH_DAY) if b > within), None)
                if begin is None:
                    local = (day + 1) * DAY
                    continue
                found = day * DAY + begin - offset
                if end is None or found < end:
                    return found if found <= horizon else None
                break
        return None

    def closes(self, at: int, segments: Callable[[int], Segments], horizon: int) -> int | None:
        """The first instant from `at` on that lies outside all segments of its local day."""
        for start, end, offset in self._from(at):
            local = start + offset
            while end is None or local < end + offset:
                if local - offset > horizon:
                    return None
                day, within = divmod(local, DAY)
                close = next((b for a, b in segments(day + EPOCH_DAY) if a <= within < b), None)
                if close is None:
                    return local - offset
                local = day * DAY + close
        return None

    def opened(self, at: int, segments: Callable[[int], Segments], horizon: int) -> int | None:
        """The start of the time inside that reaches to `at`, itself inside; None if before `horizon`."""
        while at >= horizon:
            place = max(bisect_right(self._starts, at) - 1, 0)
            offset = self._offsets[place]
            day, within = divmod(at + offset, DAY)
            open_at = next((a for a, b in segments(day + EPOCH_DAY) if a <= within < b), None)
            if open_at is None:
                return at + 1
            start = day * DAY + open_at - offset
            at = (max(start, self._starts[place]) if place else start) - 1
        return None

    def _from(self, at: int) -> Iterator[tuple[int, int | None, int]]:
        """The stretches from `at` on as start, end and offset; the first begins at `at`, the last has no end."""
        place = max(bisect_right(self._starts, at) - 1, 0)
        start = at
        for following in range(place + 1, len(self._starts)):
            yield start, self._starts[following], self._offsets[following - 1]
            start = self._starts[following]
        yield start, None, self._offsets[-1]


def window(opening: int, closing: int, guard: int) -> list[tuple[int, int]]:
    """The segments of a daily window given in seconds, shortened by `guard` seconds at both ends.

    A closing time of 0 is the end of the day; one before the opening belongs to the next date, so that the
    window runs through midnight. Equal times other than midnight make a window that never opens.
    """
    closing = closing or 86_400
    if (opening, closing) == (0, 86_400):
        return list(ALL_DAY)
    if closing < opening:
        closing += 86_400
    begin, end = (opening + guard) * SECOND, (closing - guard) * SECOND
    parts = ((begin, min(end, DAY)), (max(begin, DAY) - DAY, end - DAY))
    return sorted(part for part in parts if part[0] < part[1])
