"""Values that hold from a day on, until the next: rates of interest, caps, a principal that was paid down."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Step:
    """A value and the first day on which it holds."""

    first: date
    value: Decimal


Steps = Sequence[Step]


def check_order(steps: Steps) -> None:
    """Refuse a table whose days do not strictly increase: which value would hold?"""
    for earlier, later in pairwise(steps):
        if later.first <= earlier.first:
            raise ValueError(f"{later.first} does not come after {earlier.first}")


def value_on(steps: Steps, day: date) -> Decimal:
    """What holds on a day; the table must have begun."""
    place = bisect_right(steps, day, key=lambda step: step.first)
    if place == 0:
        raise ValueError(f"no value holds on {day}")
    return steps[place - 1].value


def changes(steps: Steps, start: date, end: date) -> Iterator[date]:
    """The days after `start` and before `end` on which another value begins to hold; the same again is no change."""
    held = value_on(steps, start) if steps and steps[0].first <= start else None
    for step in steps:
        if start < step.first < end:
            if step.value != held:
                yield step.first
            held = step.value


def stretches(start: date, end: date, days: Iterable[date]) -> Iterator[tuple[date, date]]:
    """The half-open period cut at these days; none is lost, however short."""
    if start < end:
        yield from pairwise([start, *sorted({day for day in days if start < day < end}), end])
