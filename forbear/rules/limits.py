"""Three shapes into which every rule is brought, and the search for the first instant that meets them all.

`Hours` are daily windows, a `Cap` counts local dates, a `Ban` is a stretch of time. Each answers `lift(at)`: the
first instant from `at` on that it permits, or `Never` with the event that must come first. The search only ever
jumps to such instants, so that a year is weighed in a handful of steps.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from forbear.rules.facts import Calendar
from forbear.rules.terms import Terms
from forbear.rules.wall import ALL_DAY, DAY, SECOND, Segments, Wall, full_second

HORIZON = 400 * DAY
"""How far an `until` may lie ahead."""
BEGINNING, FOREVER = -(10**18), 10**18
CALENDAR_KNOWN = "calendar_known"
"""The event of a denial that rests on public holidays which are not known."""


@dataclass(frozen=True, slots=True)
class Never:
    """No instant is known; `event` lifts it, None means that nothing can."""

    event: str | None


@dataclass(frozen=True, slots=True)
class Cover:
    """A stretch of time `[start, end)` in which a person's consent lifts a limit."""

    start: int
    end: int


class Limit(Protocol):
    """One rule's denial, for one zone and one debt."""

    @property
    def terms(self) -> Terms: ...

    def lift(self, at: int) -> int | Never:
        """The first instant from `at` on that this limit permits."""
        ...


@dataclass(slots=True)
class Hours:
    """Daily windows in one zone; on dates on which the rule is not in force, the whole day is open."""

    terms: Terms
    wall: Wall
    windows: Segments

    @property
    def reading(self) -> object:
        """What is the same of hours that are open at the same times."""
        terms = self.terms
        return self.wall.name, self.windows, terms.weekdays, terms.closed_otherwise, terms.first, terms.last

    def segments(self, day: int) -> Segments:
        """What is open on a local date."""
        weekdays = self.terms.weekdays
        if not self.terms.in_force(day):
            return ALL_DAY
        if weekdays and (day - 1) % 7 not in weekdays:
            return () if self.terms.closed_otherwise else ALL_DAY
        return self.windows

    def lift(self, at: int) -> int | Never:
        found = self.wall.opens(at, self.segments, at + HORIZON)
        return Never(None) if found is None else found

    def closes(self, at: int) -> int | None:
        """The first instant from `at` on that is outside; None if that is far away."""
        return self.wall.closes(at, self.segments, at + HORIZON)

    def opened(self, at: int) -> int | None:
        """When the time inside that holds `at` began; None if that is long ago."""
        return self.wall.opened(at, self.segments, at - HORIZON)


@dataclass(slots=True)
class Cap:
    """At most `limit` in a window of local dates, of which `days` (sorted) are taken.

    `by` has the window and the dates on which the cap is in force: the rule itself, or the one that it repeats.
    `places` are where the attempts that were counted stand in the past, one for each of `days`.
    """

    terms: Terms
    by: Terms
    wall: Wall
    days: Sequence[int]
    limit: int
    covers: Sequence[Cover] = ()
    debt: str = ""
    places: Sequence[int] = ()

    def lift(self, at: int) -> int | Never:
        lifted = self._lift(at)
        return _sooner(self.covers, at, lifted) if self.covers else lifted

    def _lift(self, at: int) -> int | Never:
        if len(self.days) < self.limit:
            return at
        today = self.wall.day(at)
        if self._permits(today):
            return at
        if not self.days or self.days[-1] <= today:
            return self.wall.first(min(self._free_again(today), self.by.last), at)
        leaving = {leaves for taken in self.days if (leaves := self._leaves(taken)) > today}
        for day in sorted(leaving | {self.by.last}):
            if day > today and self._permits(day):
                return self.wall.first(day, at)
        return Never(None)

    def _free_again(self, today: int) -> int:
        """The first date on which a place is free, where nothing taken lies ahead."""
        if not self.limit:
            return self.by.last
        if self.by.window.span == "days":
            return self.days[-self.limit] + self.by.window.n
        return self._leaves(today)

    def taken(self, day: int) -> tuple[int, int]:
        """The part of `days` that is taken in the window that ends on a date, as a half-open stretch of it."""
        window = self.by.window
        since = day - window.n + 1 if window.span == "days" else date.fromordinal(day).replace(day=1).toordinal()
        return bisect_left(self.days, since), bisect_right(self.days, day)

    def _permits(self, day: int) -> bool:
        if not self.by.in_force(day):
            return True
        first, last = self.taken(day)
        return last - first < self.limit

    def _leaves(self, taken: int) -> int:
        """The first date whose window no longer holds a taken one."""
        if self.by.window.span == "days":
            return taken + self.by.window.n
        month = date.fromordinal(taken).replace(day=1)
        return (month.replace(year=month.year + month.month // 12, month=month.month % 12 + 1)).toordinal()


@dataclass(slots=True)
class Holidays:
    """Nothing on the public holidays of a calendar, nor on dates that it does not reach, or without it."""

    terms: Terms
    wall: Wall
    calendar: Calendar | None

    def lift(self, at: int) -> int | Never:
        today = day = self.wall.day(at)
        while self.terms.in_force(day):
            on = date.fromordinal(day)
            if self.calendar is None or not self.calendar.knows(on):
                return Never(CALENDAR_KNOWN)
            if on not in self.calendar.days:
                break
            day += 1
        return at if day == today else self.wall.first(day, at)


@dataclass(slots=True)
class Ban:
    """Nothing in `[start, end)`; without an `end` until `event`, or for good."""

    terms: Terms
    start: int = BEGINNING
    end: int | None = None
    event: str | None = None
    covers: Sequence[Cover] = ()

    def lift(self, at: int) -> int | Never:
        if at < self.start or (self.end is not None and at >= self.end):
            return at
        lifted = Never(self.event) if self.end is None else self.end
        return _sooner(self.covers, at, lifted) if self.covers else lifted


def _sooner(covers: Sequence[Cover], at: int, lifted: int | Never) -> int | Never:
    """The start of a consent that comes before the limit lifts by itself."""
    starts = [max(cover.start, at) for cover in covers if cover.end > max(cover.start, at)]
    earliest = min(starts, default=None)
    if earliest is None or (not isinstance(lifted, Never) and lifted <= earliest):
        return lifted
    return earliest


def settle(limits: Sequence[Limit], at: int, horizon: int, lifts: Sequence[int | Never] | None = None) -> int | Never:
    """The first instant from `at` on that every limit permits, on full seconds after `at`.

    Where several limits never lift by themselves the first one's event is named, unless one of them is for good.
    `lifts` are what the limits answer for `at`, where that is known already.
    """
    while at <= horizon:
        latest, stuck = at, None
        for lift in lifts or [limit.lift(at) for limit in limits]:
            if not isinstance(lift, Never):
                latest = lift if lift > latest else latest  # noqa: FURB136  max() costs a call for every limit
            elif stuck is None or (stuck.event is not None and lift.event is None):
                stuck = lift
        if stuck is not None:
            return stuck
        if latest == at:
            return at
        if len(limits) == 1 and latest % SECOND == 0 and latest <= horizon:
            return latest
        at, lifts = full_second(latest), None
    return Never(None)
