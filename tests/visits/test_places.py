"""Coordinates of two systems: known points, there and back, distances, and what a vague reading proves."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forbear.errors import BadInput
from forbear.visits.places import Place, distance, nearness, read_place, to_gcj02, to_wgs84

TIANANMEN = Place(39.907333, 116.391083)
IN_CHINA = st.builds(Place, st.floats(18.5, 53.0), st.floats(74.0, 134.5))
ANYWHERE = st.builds(Place, st.floats(-89.9, 89.9), st.floats(-179.9, 179.9))


def test_a_known_point_on_a_chinese_map() -> None:
    north, east = to_gcj02(TIANANMEN)
    assert north == pytest.approx(39.908736, abs=2e-5)
    assert east == pytest.approx(116.397327, abs=2e-5)


@given(IN_CHINA)
def test_there_and_back_is_within_a_centimetre_and_the_shift_is_felt(place: Place) -> None:
    shown = to_gcj02(place)
    assert distance(to_wgs84(*shown), place) < 0.01
    assert 5 < distance(Place(*shown), place) < 1_200


@pytest.mark.parametrize("place", [Place(41.88, -87.63), Place(51.5, -0.12), Place(-33.87, 151.2)])
def test_outside_the_mainland_both_systems_are_one(place: Place) -> None:
    assert to_gcj02(place) == (place.latitude, place.longitude)
    assert read_place(place.latitude, place.longitude, "gcj02") == place


def test_who_takes_one_system_for_the_other_misses_the_radius() -> None:
    shown = to_gcj02(TIANANMEN)
    wrong = distance(read_place(*shown, "wgs84"), TIANANMEN)
    right = distance(read_place(*shown, "gcj02"), TIANANMEN)
    assert nearness(wrong, 10, 150) == "far"
    assert nearness(right, 10, 150) == "near"


@given(ANYWHERE, ANYWHERE, ANYWHERE)
def test_distance_is_a_distance(one: Place, other: Place, third: Place) -> None:
    assert distance(one, one) == 0
    assert distance(one, other) == pytest.approx(distance(other, one))
    assert distance(one, third) <= distance(one, other) + distance(other, third) + 1e-3


def test_a_degree_along_a_meridian() -> None:
    assert distance(Place(10, 20), Place(11, 20)) == pytest.approx(111_195, abs=1)


@pytest.mark.parametrize(
    ("metres", "accuracy", "is_"),
    [
        (0, 10, "near"),
        (150, 150, "near"),
        (151, 10, "unsure"),
        (161, 10, "far"),
        (20, 400, "unsure"),
        (900, 400, "far"),
    ],
)
def test_what_a_reading_proves_of_150_metres(metres: float, accuracy: float, is_: str) -> None:
    assert nearness(metres, accuracy, 150) == is_


@pytest.mark.parametrize(
    ("latitude", "longitude", "system"), [(91, 0, "wgs84"), (0, 181, "wgs84"), (math.nan, 0, "wgs84"), (1, 1, "bd09")]
)
def test_what_is_no_place_is_refused(latitude: float, longitude: float, system: str) -> None:
    with pytest.raises(BadInput):
        read_place(latitude, longitude, system)
