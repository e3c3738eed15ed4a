"""Which alarm of which clock is due, and when the next one will be. None is raised twice, and no lapse is silent.

A rung is due from its day on. Where several were passed while nobody asked, the latest one speaks for all of them; a
clock that lapsed meanwhile raises that rung and then its lapse.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Final

from forbear.court.decision import Alarm, Clock
from forbear.court.life import ClockKnown

LAPSED: Final = -1
ONE_DAY: Final = timedelta(days=1)


def due(clocks: Iterable[Clock], known: Iterable[ClockKnown], today: date) -> Alarm | None:
    """The alarm to raise now: of the clock that ends first."""
    raised = {(each.kind, each.subject, each.last): each.raised for each in known}
    for clock in sorted(_deadlines(clocks), key=lambda each: (each.last, each.kind, each.subject)):
        done = raised.get((clock.kind, clock.subject, clock.last), frozenset())
        rung = next((each for each in _due(clock, today) if each not in done), None)
        if rung is not None:
            return Alarm(clock, rung, _said(clock, rung, today))
    return None


def _deadlines(clocks: Iterable[Clock]) -> list[Clock]:
    return [each for each in clocks if each.nature == "deadline" and each.state in {"running", "lapsed"}]


def _due(clock: Clock, today: date) -> Iterator[int]:
    """The latest rung that was reached, then the lapse."""
    reached = [rung for rung in clock.ladder if clock.last - timedelta(days=rung) <= today]
    if reached:
        yield min(reached)
    if clock.state == "lapsed":
        yield LAPSED


def next_days(clocks: Iterable[Clock], today: date) -> Iterator[date]:
    """Days after today on which a rung or a lapse of a running clock falls, or a waiting period is over."""
    for clock in clocks:
        if clock.state != "running":
            continue
        if clock.nature == "deadline":
            yield from (day for rung in clock.ladder if (day := clock.last - timedelta(days=rung)) > today)
        yield clock.last + ONE_DAY


def named(clock: Clock) -> str:
    """A clock in words."""
    return clock.kind.replace("_", " ")


def _said(clock: Clock, rung: int, today: date) -> str:
    left = (clock.last - today).days
    if rung == LAPSED:
        return f"The period of {named(clock)} ran out on {clock.last} and was not kept. A person must look at it now."
    if left < 0:
        return (
            f"The period of {named(clock)} had {clock.last} as its last day, {-left} days ago: nobody was told in time."
        )
    return f"The period of {named(clock)} has {clock.last} as its last day: {left} days are left."
