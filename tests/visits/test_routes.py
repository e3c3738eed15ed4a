"""A day's route, by both solvers alike: each door at most once, every window kept, whoever is left out is named."""

from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forbear.visits.places import Place
from forbear.visits.routes import NO_TIME, NO_WINDOW, Method, Route, Stop, plan_day, way
from forbear.visits.slots import Span

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
SHIFT = Span(NINE, NINE + timedelta(hours=9))
METHODS: list[Method] = ["nearest", "ortools"] if find_spec("ortools") else ["nearest"]


def span(opens: int, minutes: int) -> Span:
    start = NINE + timedelta(minutes=opens)
    return Span(start, start + timedelta(minutes=minutes))


PLACES = st.one_of(st.none(), st.builds(Place, st.floats(31.1, 31.4), st.floats(121.3, 121.6)))
WINDOWS = st.lists(st.tuples(st.integers(-60, 560), st.integers(5, 240)), max_size=2).map(
    lambda pairs: tuple(span(*pair) for pair in sorted(pairs))
)
STOPS = st.lists(st.tuples(PLACES, WINDOWS, st.integers(15, 20)), max_size=9).map(
    lambda rows: [Stop(f"vis_{n}", place, spans, timedelta(minutes=m)) for n, (place, spans, m) in enumerate(rows)]
)


def disjoint(stops: list[Stop]) -> list[Stop]:
    """A day's open spans never overlap."""
    return [
        stop
        if len(stop.spans) < 2 or stop.spans[0].end < stop.spans[1].start
        else Stop(stop.id, stop.place, stop.spans[:1], stop.service)
        for stop in stops
    ]


def holds(route: Route, stops: list[Stop], start: Place | None) -> None:
    known = {stop.id: stop for stop in stops}
    seen = [each.id for each in route.placed] + [each.id for each in route.dropped]
    assert sorted(seen) == sorted(known)
    for each in route.placed:
        assert each.slot.length == known[each.id].service
        assert SHIFT.holds(each.slot)
        assert any(window.holds(each.slot) for window in known[each.id].spans)
    for one, other in pairwise(route.placed):
        assert other.slot.start >= one.slot.end + way(known[one.id].place, known[other.id].place)
    if route.placed and start is not None:
        first = route.placed[0]
        assert first.slot.start >= SHIFT.start + way(start, known[first.id].place)
    assert {each.why for each in route.dropped} <= {NO_WINDOW, NO_TIME}


@pytest.mark.parametrize("method", METHODS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(stops=STOPS, start=PLACES)
def test_each_door_once_in_its_hours_and_the_others_named(
    method: Method, stops: list[Stop], start: Place | None
) -> None:
    stops = disjoint(stops)
    route = plan_day(stops, SHIFT, start, method=method)
    assert route.method == method
    holds(route, stops, start)


@pytest.mark.parametrize("method", METHODS)
def test_the_same_day_gives_the_same_route(method: Method) -> None:
    stops = [Stop(f"vis_{n}", Place(31.2 + n * 0.007, 121.4 + n % 3 * 0.01), (SHIFT,)) for n in range(8)]
    assert plan_day(stops, SHIFT, method=method) == plan_day(list(stops), SHIFT, method=method)
    assert len(plan_day(stops, SHIFT, method=method).placed) == 8


@pytest.mark.parametrize("method", METHODS)
def test_who_cannot_be_fitted_in_is_dropped_by_name(method: Method) -> None:
    here, away = Place(31.2, 121.4), Place(31.2, 122.4)
    stops = [Stop("vis_a", here, (span(0, 20),)), Stop("vis_b", away, (span(0, 40),)), Stop("vis_c", here, ())]
    route = plan_day(stops, SHIFT, method=method)
    assert {each.id: each.why for each in route.dropped if each.id == "vis_c"} == {"vis_c": NO_WINDOW}
    assert len(route.placed) == 1
    assert NO_TIME in {each.why for each in route.dropped}


def test_the_solver_makes_as_many_as_going_to_the_nearest() -> None:
    if "ortools" not in METHODS:
        pytest.skip("ortools is not installed: the extra 'routes'")
    stops = [
        Stop(f"vis_{n}", Place(31.2 + n * 0.01, 121.4), (span(60 * (7 - n), 60), span(420 + n, 60))) for n in range(7)
    ]
    greedy, solved = (plan_day(stops, SHIFT, method=method) for method in METHODS)
    assert len(solved.placed) >= len(greedy.placed)


def test_a_visit_named_twice_is_made_once() -> None:
    stop = Stop("vis_a", None, (SHIFT,))
    assert [each.id for each in plan_day([stop, stop], SHIFT).placed] == ["vis_a"]
