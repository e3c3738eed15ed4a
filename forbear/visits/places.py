"""Places on the globe: satellite coordinates (WGS-84), those of Chinese maps (GCJ-02), and how far apart two are.

A map made in China shows everything some hundred metres away from where a satellite receiver sees it. Whoever compares
the two without turning one into the other finds officers in the wrong street.
"""

import math
from dataclasses import dataclass
from typing import Final, Literal

from forbear.errors import BadInput

System = Literal["wgs84", "gcj02"]
Nearness = Literal["near", "unsure", "far"]
EARTH: Final = 6_371_008.8
"""Mean radius in metres."""
_AXIS: Final = 6_378_245.0
_ECCENTRICITY: Final = 0.006_693_421_622_965_943
"""Of the Krasovsky ellipsoid, on which the Chinese shift is computed."""
_WEST, _EAST, _SOUTH, _NORTH = 72.004, 137.8347, 0.8293, 55.8271
_ROUNDS: Final = 12
"""The shift varies so slowly that each round gains more than two digits; a dozen are far beyond a millimetre."""


@dataclass(frozen=True, slots=True)
class Place:
    """A point in WGS-84, in degrees."""

    latitude: float
    longitude: float


def read_place(latitude: float, longitude: float, system: str) -> Place:
    """A place as told in one of the two systems.

    Raises:
        BadInput: no such place, or no such system.
    """
    if not (math.isfinite(latitude) and math.isfinite(longitude) and abs(latitude) <= 90 and abs(longitude) <= 180):  # noqa: PLR2004  degrees
        raise BadInput("place", "is nowhere on the globe", "Send degrees: latitude to ±90, longitude to ±180.")
    if system == "wgs84":
        return Place(latitude, longitude)
    if system == "gcj02":
        return to_wgs84(latitude, longitude)
    raise BadInput("system", "is no system of coordinates we know", "Send wgs84 or gcj02.")


def to_gcj02(place: Place) -> tuple[float, float]:
    """Latitude and longitude on a Chinese map; outside the mainland's box the two systems are one."""
    if not _shifted(place.latitude, place.longitude):
        return place.latitude, place.longitude
    north, east = _shift(place.latitude, place.longitude)
    return place.latitude + north, place.longitude + east


def to_wgs84(latitude: float, longitude: float) -> Place:
    """The place that a Chinese map shows at these coordinates."""
    if not _shifted(latitude, longitude):
        return Place(latitude, longitude)
    north, east = latitude, longitude
    for _ in range(_ROUNDS):
        shown = _shift(north, east)
        north, east = latitude - shown[0], longitude - shown[1]
    return Place(north, east)


def distance(one: Place, other: Place) -> float:
    """Metres along the great circle."""
    up, across = math.radians(other.latitude - one.latitude), math.radians(other.longitude - one.longitude)
    flat = math.cos(math.radians(one.latitude)) * math.cos(math.radians(other.latitude))
    half = math.sin(up / 2) ** 2 + flat * math.sin(across / 2) ** 2
    return 2 * EARTH * math.asin(math.sqrt(min(1.0, half)))


def nearness(metres: float, accuracy: float, radius: float) -> Nearness:
    """Whether somebody who reads `metres` away, give or take `accuracy`, is within a radius.

    A reading vaguer than the radius itself proves nothing, however small the distance looks.
    """
    if metres - accuracy > radius:
        return "far"
    return "near" if metres <= radius and accuracy <= radius else "unsure"


def _shifted(latitude: float, longitude: float) -> bool:
    return _SOUTH <= latitude <= _NORTH and _WEST <= longitude <= _EAST


def _shift(latitude: float, longitude: float) -> tuple[float, float]:
    """How far north and east the map moves a point, in degrees."""
    x, y = longitude - 105.0, latitude - 35.0
    slant = math.radians(latitude)
    bend = 1 - _ECCENTRICITY * math.sin(slant) ** 2
    root = math.sqrt(bend)
    metres_to_north = _AXIS * (1 - _ECCENTRICITY) / (bend * root) * math.pi / 180
    metres_to_east = _AXIS / root * math.cos(slant) * math.pi / 180
    return _northward(x, y) / metres_to_north, _eastward(x, y) / metres_to_east


def _ripple(x: float) -> float:
    return (20 * math.sin(6 * x * math.pi) + 20 * math.sin(2 * x * math.pi)) * 2 / 3


def _northward(x: float, y: float) -> float:
    plain = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x)) + _ripple(x)
    waves = 20 * math.sin(y * math.pi) + 40 * math.sin(y / 3 * math.pi)
    long_waves = 160 * math.sin(y / 12 * math.pi) + 320 * math.sin(y * math.pi / 30)
    return plain + (waves + long_waves) * 2 / 3


def _eastward(x: float, y: float) -> float:
    plain = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x)) + _ripple(x)
    waves = 20 * math.sin(x * math.pi) + 40 * math.sin(x / 3 * math.pi)
    long_waves = 150 * math.sin(x / 12 * math.pi) + 300 * math.sin(x / 30 * math.pi)
    return plain + (waves + long_waves) * 2 / 3
