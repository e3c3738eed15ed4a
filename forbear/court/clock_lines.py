"""Periods with their calculation: by a duty of the rules, or by a count that a path gives; and a clock's state."""

from collections.abc import Sequence
from datetime import date

from forbear.contracts.case_words import ClockState
from forbear.court.decision import Clock, Line
from forbear.court.ground import SLACK, Ground, weekend
from forbear.court.path import ClockRule
from forbear.rules.day_counting import business_days_after, plus
from forbear.rules.matters import CALENDAR_KNOWN, Reason
from forbear.rules.periods import last_day
from forbear.rules.terms import Length

Reckoned = tuple[date, tuple[Line, ...]]
MOVED = "the last day is a day of rest: it moves to the next working day"
UNMOVED = "the holidays of that time are not known yet: the last day is not moved, which is never too late"


def by_duty(ground: Ground, duty: str, event: str, day: date, what: str) -> Reckoned | None:
    """The last day that the rules give from an event; None where no rule of the place knows such a period."""
    found = last_day(duty, ground.matter([(event, day)]), ground.packs)
    reason = min((each for each in found.rules if each.day), key=lambda each: each.day or day, default=None)
    first = Line(day, f"{what}; this day is not counted")
    if reason is None or reason.day is None:
        stuck = next((each for each in found.rules if each.event == CALENDAR_KNOWN), None)
        return None if stuck is None else _without_calendar(ground, stuck, day, first)
    length, receipt = _lengths(ground, reason.rule, reason.day)
    lines = [first]
    if receipt is not None and reason.counted_from is not None:
        lines.append(Line(reason.counted_from, f"counts as received, {_said(receipt)} later", reason.rule))
    return reason.day, (*lines, *_end(reason, length, day))


def _end(reason: Reason, length: Length | None, day: date) -> list[Line]:
    """The last lines: the end of the count, and where it moved to."""
    last, start = reason.day or day, reason.counted_from or day
    said = _said(length) if length else "the period"
    plain = plus(start, length.count, length.unit, weekend) if length else last
    if reason.calendar_unknown:
        return [Line(last, f"{said} later", reason.rule), Line(last, UNMOVED, reason.rule)]
    if plain != last:
        return [Line(plain, f"{said} later", reason.rule), Line(last, MOVED, reason.rule)]
    return [Line(last, f"last day: {said} later", reason.rule)]


def _lengths(ground: Ground, rule: str, day: date) -> tuple[Length | None, Length | None]:
    versions = ground.packs.versions_of(rule)
    terms = next((each for each in versions if each.in_force(day.toordinal())), versions[0] if versions else None)
    timing = None if terms is None else terms.timing
    return (None, None) if timing is None else (timing.length, timing.receipt)


def _without_calendar(ground: Ground, reason: Reason, day: date, first: Line) -> Reckoned | None:
    """Business days without their calendar: counted by weekends, with a week more so that it is never too early."""
    length, receipt = _lengths(ground, reason.rule, day)
    if length is None:
        return None
    start = business_days_after(day, receipt.count, weekend) if receipt else day
    last = plus(start, length.count, length.unit, weekend) + SLACK
    return last, (first, Line(last, "the holidays are not known: counted by weekends and a week more", reason.rule))


def by_count(ground: Ground, rule: ClockRule, day: date, what: str, count: int = 0) -> Reckoned:
    """The last day of a period that the path gives."""
    length = Length(count or rule.count, rule.unit)
    plain = plus(day, length.count, length.unit, weekend)
    lines = [Line(day, f"{what}; this day is not counted")]
    if not rule.roll:
        return plain, (*lines, Line(plain, f"last day: {_said(length)} later", rule.source))
    last, known = ground.rolled(plain, rule.calendar)
    lines.append(Line(plain, f"{_said(length)} later", rule.source))
    if last != plain or not known:
        lines.append(Line(last, MOVED if known else UNMOVED, rule.source))
    return last, tuple(lines)


def _said(length: Length) -> str:
    unit = length.unit.replace("_", " ")
    return f"{length.count} {unit.removesuffix('s') if length.count == 1 else unit}"


def deadline(last: date, met: date | None, today: date, *, void: bool = False) -> ClockState:
    """The state of a deadline. What was done too late does not meet it."""
    if met is not None and met <= last:
        return "met"
    if void:
        return "void"
    return "lapsed" if today > last or met is not None else "running"


def waiting(last: date, today: date, *, ended: bool = False, void: bool = False) -> ClockState:
    """The state of a waiting period: over on the day after its last one, or once what it waits for came."""
    if void:
        return "void"
    return "over" if ended or today > last else "running"


def clock(rule: ClockRule, reckoned: Reckoned, first: date, state: ClockState, *, subject: str = "") -> Clock:
    """A clock by its path's rule."""
    last, lines = reckoned
    ladder = rule.ladder if rule.nature == "deadline" else ()
    return Clock(rule.kind, subject, rule.nature, state, first, last, lines, ladder)


def with_more(reckoned: Reckoned, lines: Sequence[Line]) -> Reckoned:
    """The same period with more said of it."""
    return reckoned[0], (*reckoned[1], *lines)
