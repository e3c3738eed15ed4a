"""Evidence of where a person may be: a time zone, of what kind the evidence is, and what it was read from.

A clue never quotes what it was read from: `source` says 'postal code', not which one. Several clues of one address are
all kept, because a permit is weighed by every clock that may be the person's.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache
from importlib.resources import files
from typing import Literal
from zoneinfo import ZoneInfo

ClueKind = Literal["address", "area_code_mobile", "area_code_landline"]

YEARS = range(2024, 2034)
"""Two zones are one clock if they agree twice a month over these years."""


@dataclass(frozen=True, slots=True)
class Clue:
    """`zone` is an IANA name of the pinned `tzdata`."""

    zone: str
    kind: ClueKind
    source: str


@dataclass(frozen=True, slots=True)
class Address:
    """What of a postal address says where it is. `country` in two letters; the rest as written, or None."""

    country: str
    region: str | None = None
    postal_code: str | None = None
    city: str | None = None


def clues(zones: Iterable[str], kind: ClueKind, source: str) -> tuple[Clue, ...]:
    """A clue for each clock among the zones; names that are no zone are left out."""
    return tuple(Clue(zone, kind, source) for zone in apart(zones))


def apart(zones: Iterable[str]) -> list[str]:
    """The zones without those that show the same time as an earlier one."""
    found: dict[tuple[int, ...], str] = {}
    for name in zones:
        if is_zone(name):
            found.setdefault(_face(name), name)
    return list(found.values())


@cache
def _names() -> frozenset[str]:
    return frozenset(files("tzdata").joinpath("zones").read_text("utf-8").split())


def is_zone(name: str) -> bool:
    return name in _names()


@lru_cache(maxsize=1024)
def _face(name: str) -> tuple[int, ...]:
    """The offsets of a zone, in seconds, on the 1st and the 15th of every month of some years."""
    with files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as table:
        zone = ZoneInfo.from_file(table, key=name)
    instants = (
        datetime(year, month, day, 12, tzinfo=UTC) for year in YEARS for month in range(1, 13) for day in (1, 15)
    )
    return tuple(
        int(offset.total_seconds()) for at in instants if (offset := at.astimezone(zone).utcoffset()) is not None
    )


@cache
def zones_of_country(country: str) -> tuple[str, ...]:
    """Every clock of a country, by the table of `tzdata`; none for a code that stands for no country.

    Antarctic stations have no borrowers, and would give a state's clock an odd name.
    """
    lines = files("tzdata").joinpath("zoneinfo", "zone.tab").read_text("utf-8").splitlines()
    rows = (line.split("\t") for line in lines if not line.startswith("#"))
    return tuple(apart(row[2] for row in rows if row[0] == country and not row[2].startswith("Antarctica/")))
