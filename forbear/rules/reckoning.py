"""What one rule of time says about one matter: from which day it counts, and the day on which its period ends."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from forbear.errors import BadInput
from forbear.rules.asked import ALSO
from forbear.rules.day_counting import ONE_DAY, IsRest, NotCovered, next_business_day, plus, rests, unknown_rests
from forbear.rules.matters import CALENDAR_KNOWN, Matter, Reason
from forbear.rules.packs import Pack
from forbear.rules.terms import Length, Scope, Terms, Timing
from forbear.rules.wall import zone

OPENS = frozenset({"notice"})
"""Kinds whose period must be over before something may be done."""


@dataclass(frozen=True, slots=True)
class Moment:
    """An event as the pack's clock shows it."""

    kind: str
    at: datetime
    day: date


class Reckoning:
    """A matter as one pack sees it: what happened up to the day of the question, on the dates of the pack's clock."""

    def __init__(self, matter: Matter, pack: Pack, here: frozenset[str]) -> None:
        self.matter, self._here = matter, here
        self._clock = zone(pack.legal_zone or matter.zone)
        self._roles = ALSO.get(matter.lender.role, frozenset({matter.lender.role}))
        self._rests = {each.name: rests(each) for each in matter.calendars}
        if any(each.at.utcoffset() is None for each in matter.events):
            raise BadInput("events", "have an instant without an offset", "Send aware instants")
        moments = [Moment(each.kind, each.at, self._day(each.at)) for each in matter.events]
        known = [each for each in moments if each.day <= matter.as_of]
        self._moments = sorted(known, key=lambda each: each.at.astimezone(UTC))

    def _day(self, at: datetime) -> date:
        return at.astimezone(self._clock).date()

    def binds(self, scope: Scope) -> bool:
        """Whether a rule with this scope binds the matter."""
        matter = self.matter
        asked: tuple[tuple[frozenset[str], Collection[str]], ...] = (
            (scope.roles, self._roles),
            (scope.lender_kinds, {matter.lender.kind}),
            (scope.debt_kinds, {matter.debt_kind}),
            (scope.circumstances, matter.circumstances),
            (scope.only_jurisdictions, self._here),
        )
        return all(not wanted or wanted.intersection(has) for wanted, has in asked) and not (
            scope.except_jurisdictions & self._here
        )

    def begun(self, timing: Timing) -> Moment | None:
        """The latest of the events from which a rule counts."""
        return next((each for each in reversed(self._moments) if each.kind in timing.after), None)

    def reason(self, terms: Terms, timing: Timing) -> Reason:
        """What the rule says, whether or not it is in force."""
        by = terms.calendar if timing.by_business_days else ""
        said = Reason(terms.rule, None, terms.statement, calendar=by, effect=timing.effect or "")
        begun = self.begun(timing)
        if begun is None:
            return replace(said, event=timing.event or timing.after[0])
        if timing.length.unit == "hours":
            day = self._after_hours(timing.length.count, begun, over=terms.kind in OPENS)
            return replace(said, day=day, counted_from=begun.day)
        is_rest = self._rests.get(terms.calendar) or unknown_rests(terms.calendar)
        try:
            start, end = self._end(terms, timing, begun, is_rest)
        except NotCovered:
            return replace(said, counted_from=begun.day, event=CALENDAR_KNOWN, calendar_unknown=True)
        rolled = _rolled(end, timing, is_rest)
        return replace(said, day=rolled or end, counted_from=start, calendar_unknown=rolled is None)

    def _end(self, terms: Terms, timing: Timing, begun: Moment, is_rest: IsRest) -> tuple[date, date]:
        """The day from which is counted, and the last day of the period before it moves off a day of rest."""
        start = _plus(begun.day, timing.receipt, is_rest) if timing.receipt else begun.day
        if terms.kind == "limitation":
            return self._limited(timing, start, is_rest)
        return start, _plus(start, timing.length, is_rest)

    def _limited(self, timing: Timing, start: date, is_rest: IsRest) -> tuple[date, date]:
        """A limitation starts anew with each restart that comes in time, and never outlasts its long stop."""
        first = next(each.day for each in self._moments if each.kind in timing.after)
        stop = _plus(first, timing.long_stop, is_rest) if timing.long_stop else date.max
        end = min(_plus(start, timing.length, is_rest), stop)
        for again in self._moments:
            if again.kind not in timing.restarts or again.day <= start:
                continue
            if timing.restarts_after_expiry or again.day <= (_rolled(end, timing, is_rest) or end):
                start = again.day
                end = min(_plus(start, timing.length, is_rest), stop)
        return start, end

    def _after_hours(self, hours: int, begun: Moment, *, over: bool) -> date:
        """Hours told in dates, on the safe side: the first date after them (`over`), or the last one within them."""
        end = (begun.at.astimezone(UTC) + timedelta(hours=hours)).astimezone(self._clock)
        whole = end.time() == time()
        if over:
            return end.date() if whole else end.date() + ONE_DAY
        return max(begun.day, end.date() - ONE_DAY)


def _plus(day: date, length: Length, is_rest: IsRest) -> date:
    return plus(day, length.count, length.unit, is_rest)


def _rolled(day: date, timing: Timing, is_rest: IsRest) -> date | None:
    """The last day moved off a day of rest, where the rule moves it; None where the calendar does not reach."""
    try:
        return next_business_day(day, is_rest) if timing.roll == "next_business_day" else day
    except NotCovered:
        return None
