"""The day's route as a vehicle routing problem with time windows, by the optional library `ortools`.

Minutes are counted from the beginning of the shift. Leaving a visit out costs more than any detour, so that as many as
possible are made; the search is bounded by solutions and not by seconds, so that the same day gives the same route.
"""

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
from typing import Any, Final

from ortools.constraint_solver import pywrapcp, routing_enums_pb2  # pyright: ignore[reportMissingTypeStubs]

from forbear.visits.places import Place
from forbear.visits.routes import Placed, Stop, way
from forbear.visits.slots import Span

LEFT_OUT: Final = 100_000
SOLUTIONS: Final = 200
MINUTE: Final = timedelta(minutes=1)


def solve(stops: Sequence[Stop], shift: Span, start: Place | None = None) -> list[Placed]:
    """The visits that fit, in order, each with its slot."""
    stops = [stop for stop in stops if _arrivals(stop, shift)]
    if not stops:
        return []
    manager = pywrapcp.RoutingIndexManager(len(stops) + 1, 1, 0)
    model = pywrapcp.RoutingModel(manager)
    clock = _with_times(model, manager, _minutes(stops, start), shift)
    for node, stop in enumerate(stops, start=1):
        _keep_windows(clock.CumulVar(manager.NodeToIndex(node)), _arrivals(stop, shift))
        model.AddDisjunction([manager.NodeToIndex(node)], LEFT_OUT)
    found = model.SolveWithParameters(_search())
    if found is None:
        return []
    starts = _starts(model, manager, clock, found)
    slots = [(stops[node - 1], shift.start + minute * MINUTE) for node, minute in starts]
    return [Placed(stop.id, Span(begins, begins + stop.service)) for stop, begins in slots]


def _minutes(stops: Sequence[Stop], start: Place | None) -> list[list[int]]:
    """From each node to each: the service there, then the way. Node 0 is where the team sets out and ends."""
    rows = [[0, *(0 if start is None else way(start, stop.place) // MINUTE for stop in stops)]]
    for one in stops:
        there = -(-one.service // MINUTE)
        rows.append([there, *(there + way(one.place, other.place) // MINUTE for other in stops)])
    return rows


def _with_times(model: Any, manager: Any, minutes: list[list[int]], shift: Span) -> Any:
    def took(one: int, other: int) -> int:
        return minutes[manager.IndexToNode(one)][manager.IndexToNode(other)]

    transit = model.RegisterTransitCallback(took)
    model.SetArcCostEvaluatorOfAllVehicles(transit)
    longest = shift.length // MINUTE
    model.AddDimension(transit, longest, longest, False, "minutes")  # noqa: FBT003  the library takes it by place
    return model.GetDimensionOrDie("minutes")


def _arrivals(stop: Stop, shift: Span) -> list[tuple[int, int]]:
    """First and last minute of the shift at which the visit may begin, for each span in which it can end."""
    spans = [
        (-(-(span.start - shift.start) // MINUTE), (span.end - stop.service - shift.start) // MINUTE)
        for span in stop.spans
    ]
    return [(first, last) for first, last in spans if first <= last]


def _keep_windows(arrival: Any, spans: list[tuple[int, int]]) -> None:
    """Begin inside a span; the holes between spans are taken out."""
    arrival.SetRange(spans[0][0], spans[-1][1])
    for (_, before), (after, _) in pairwise(spans):
        if before + 1 <= after - 1:
            arrival.RemoveInterval(before + 1, after - 1)


def _search() -> Any:
    parameters: Any = pywrapcp.DefaultRoutingSearchParameters()
    parameters.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PATH_CHEAPEST_ARC
    parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GREEDY_DESCENT
    parameters.solution_limit = SOLUTIONS
    parameters.time_limit.seconds = 20
    return parameters


def _starts(model: Any, manager: Any, clock: Any, found: Any) -> list[tuple[int, int]]:
    """Nodes in the order of the route, each with the earliest minute that keeps all windows."""
    starts: list[tuple[int, int]] = []
    index = found.Value(model.NextVar(model.Start(0)))
    while not model.IsEnd(index):
        starts.append((manager.IndexToNode(index), found.Min(clock.CumulVar(index))))
        index = found.Value(model.NextVar(index))
    return starts
