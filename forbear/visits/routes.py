"""A day's route for one team of two: which visits, in which order, when.

By `ortools` where it is installed, else by going to the nearest that can still be kept; both answer in the same form
and name whom they leave out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.util import find_spec
from typing import Final, Literal

from forbear.visits.places import Place, distance
from forbear.visits.slots import SERVICE, Span

DETOUR: Final = 1.4
"""Streets are longer than the crow's way."""
METRES_A_MINUTE: Final = 400.0
"""24 km an hour, door to door in a town."""
PARKING: Final = timedelta(minutes=5)
UNKNOWN_WAY: Final = timedelta(minutes=30)
"""Between two doors of which one has no coordinates."""
Method = Literal["ortools", "nearest"]
NO_WINDOW: Final = "no hours are open that day"
NO_TIME: Final = "does not fit into the day with the others"


@dataclass(frozen=True, slots=True)
class Stop:
    """One visit to make: where, within which spans, how long."""

    id: str
    place: Place | None
    spans: tuple[Span, ...]
    service: timedelta = SERVICE


@dataclass(frozen=True, slots=True)
class Placed:
    """One visit in the day's order."""

    id: str
    slot: Span


@dataclass(frozen=True, slots=True)
class Dropped:
    """A visit that is not made that day, and why."""

    id: str
    why: str


@dataclass(frozen=True, slots=True)
class Route:
    placed: tuple[Placed, ...]
    dropped: tuple[Dropped, ...]
    method: Method


def way(one: Place | None, other: Place | None) -> timedelta:
    """How long the team needs from door to door, in whole minutes, rounded up."""
    if one is None or other is None:
        return UNKNOWN_WAY
    minutes = distance(one, other) * DETOUR / METRES_A_MINUTE
    return PARKING + timedelta(minutes=-int(-minutes // 1))


def plan_day(stops: Sequence[Stop], shift: Span, start: Place | None = None, *, method: Method | None = None) -> Route:
    """The day of one team. `start` is where it sets out; None: it is at the first door when the shift begins.

    Args:
        stops: each at most once; equal ids are taken once.
        shift: the team's hours; nothing begins before or ends after them.
        start: the office, if the way from there is to count.
        method: which solver; None takes `ortools` where it is installed.
    """
    once = {stop.id: stop for stop in stops}
    kept = [(stop, _inside(stop, shift)) for stop in once.values()]
    closed = tuple(Dropped(stop.id, NO_WINDOW) for stop, spans in kept if not spans)
    able = [Stop(stop.id, stop.place, spans, stop.service) for stop, spans in kept if spans]
    chosen: Method = method or ("ortools" if find_spec("ortools") else "nearest")
    if chosen == "ortools" and able:
        from forbear.visits.solving import solve

        placed = solve(able, shift, start)
    else:
        placed = nearest(able, shift, start)
    made = {each.id for each in placed}
    late = tuple(Dropped(stop.id, NO_TIME) for stop in able if stop.id not in made)
    return Route(tuple(placed), closed + late, chosen)


def nearest(stops: Sequence[Stop], shift: Span, start: Place | None = None) -> list[Placed]:
    """Always to the door that can be served first; of equals, the one that closes first."""
    left, placed = list(stops), list[Placed]()
    at, here, begun = shift.start, start, start is not None
    while left:
        offers = [(slot, stop) for stop in left if (slot := _first(stop, at, here, begun=begun)) is not None]
        if not offers:
            break
        slot, stop = min(offers, key=lambda offer: (offer[0].end, offer[1].spans[-1].end, offer[1].id))
        placed.append(Placed(stop.id, slot))
        left.remove(stop)
        at, here, begun = slot.end, stop.place, True
    return placed


def _inside(stop: Stop, shift: Span) -> tuple[Span, ...]:
    cut = [Span(max(span.start, shift.start), min(span.end, shift.end)) for span in stop.spans if span.meets(shift)]
    return tuple(span for span in sorted(cut) if span.length >= stop.service)


def _first(stop: Stop, at: datetime, here: Place | None, *, begun: bool) -> Span | None:
    arrival = at + way(here, stop.place) if begun else at
    for span in stop.spans:
        begins = max(arrival, span.start)
        if begins + stop.service <= span.end:
            return Span(begins, begins + stop.service)
    return None
