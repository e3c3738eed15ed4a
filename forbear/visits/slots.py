"""When a visit can be made: what the law leaves open, what the person wished, and when the team works, cut together."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from forbear.errors import BadInput

SERVICE: Final = timedelta(minutes=20)
SHORTEST, LONGEST = timedelta(minutes=15), timedelta(minutes=20)
STEP: Final = timedelta(minutes=15)
"""People are told quarters of an hour."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """From one instant to another, the end left out."""

    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        return self.end - self.start

    def holds(self, other: "Span") -> bool:
        """Whether the other lies inside."""
        return self.start <= other.start and other.end <= self.end

    def meets(self, other: "Span") -> bool:
        """Whether the two have an instant in common."""
        return self.start < other.end and other.start < self.end


def day_span(day: date, opens: time, closes: time, zone: ZoneInfo) -> Span:
    """Hours of one local day as instants in UTC.

    Raises:
        BadInput: they end before they begin.
    """
    if closes <= opens:
        raise BadInput("hours", "end before they begin", "Send an opening hour before the closing hour.")
    utc = ZoneInfo("UTC")
    start, end = (datetime.combine(day, each, zone).astimezone(utc) for each in (opens, closes))
    return Span(start, end)


def common(one: Iterable[Span], other: Iterable[Span]) -> list[Span]:
    """What lies in both, in order."""
    others = list(other)
    cut = [Span(max(a.start, b.start), min(a.end, b.end)) for a in one for b in others if a.meets(b)]
    return sorted(cut)


def open_spans(
    legal: Sequence[Span], wishes: Sequence[Span] | None, shift: Span, service: timedelta = SERVICE
) -> list[Span]:
    """Where a whole visit fits. `wishes` None: the person said nothing of it.

    Raises:
        BadInput: a visit of that length is not one of ours.
    """
    if not SHORTEST <= service <= LONGEST:
        raise BadInput("service", "is no length of a visit", "Plan 15 to 20 minutes.")
    left = common(legal, [shift])
    if wishes is not None:
        left = common(left, wishes)
    return [span for span in left if span.length >= service]


def slots(spans: Iterable[Span], service: timedelta = SERVICE, step: timedelta = STEP) -> list[Span]:
    """Places for one visit, on full quarters of an hour (of the instant's own clock) where one fits."""
    found: list[Span] = []
    for span in spans:
        start = _round_up(span.start, step)
        while start + service <= span.end:
            found.append(Span(start, start + service))
            start += step
    return found


def _round_up(at: datetime, step: timedelta) -> datetime:
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    late = (at - midnight) % step
    return at if not late else at + step - late
