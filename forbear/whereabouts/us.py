"""The United States by ZIP code, county, state and area code, out of the data that the `zipcodes` package carries.

Where a county has two clocks, as on the Navajo Nation in Arizona, every ZIP code of it has both: the line between
them runs through places, not along ZIP codes.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import phonenumbers
import zipcodes

from forbear.whereabouts.clues import apart, is_zone

ZIP = re.compile(r"\s*(\d{5})(-?\d{4})?\s*", re.ASCII)
AREA_CODE = re.compile(r"\+1(\d{3})\d{7}", re.ASCII)
FIVE_BOROUGHS = frozenset(("NY", f"{county} County") for county in ("New York", "Kings", "Queens", "Bronx", "Richmond"))
"""New York City is these five counties."""

NAMES = {
    "alabama": "AL", "alaska": "AK", "arizona": "AZ", "arkansas": "AR", "california": "CA", "colorado": "CO",
    "connecticut": "CT", "delaware": "DE", "district of columbia": "DC", "florida": "FL", "georgia": "GA",
    "hawaii": "HI", "idaho": "ID", "illinois": "IL", "indiana": "IN", "iowa": "IA", "kansas": "KS", "kentucky": "KY",
    "louisiana": "LA", "maine": "ME", "maryland": "MD", "massachusetts": "MA", "michigan": "MI", "minnesota": "MN",
    "mississippi": "MS", "missouri": "MO", "montana": "MT", "nebraska": "NE", "nevada": "NV", "new hampshire": "NH",
    "new jersey": "NJ", "new mexico": "NM", "new york": "NY", "north carolina": "NC", "north dakota": "ND",
    "ohio": "OH", "oklahoma": "OK", "oregon": "OR", "pennsylvania": "PA", "puerto rico": "PR", "rhode island": "RI",
    "south carolina": "SC", "south dakota": "SD", "tennessee": "TN", "texas": "TX", "utah": "UT", "vermont": "VT",
    "virginia": "VA", "washington": "WA", "west virginia": "WV", "wisconsin": "WI", "wyoming": "WY",
}  # fmt: skip
"""States by the name that people write in full."""
SHARE = 5
"""A state is plausible for an area code where at least one place in so many of that code lies in it."""

County = tuple[str, str]
"""A state in two letters, and the county's name."""


@dataclass
class _Gazetteer:
    """Zones by county, counties by ZIP code and town, states by area code."""

    zones: dict[County, set[str]] = field(default_factory=lambda: defaultdict(set))
    by_zip: dict[str, County] = field(default_factory=dict[str, County])
    by_town: dict[tuple[str, str], set[County]] = field(default_factory=lambda: defaultdict(set))
    by_area_code: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    of_the_city: set[str] = field(default_factory=set[str])
    zones_by_area_code: dict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))

    def take(self, row: dict[str, Any]) -> None:
        state, zone = row["state"], row["timezone"]
        county = (state, row["county"])
        self.by_zip[row["zip_code"]] = county
        if not is_zone(zone):
            return
        self.zones[county].add(zone)
        self.by_town[state, row["city"].casefold()].add(county)
        for code in row["area_codes"]:
            self.by_area_code[code][state] += 1
            if county in FIVE_BOROUGHS:
                self.of_the_city.add(code)
            self.zones_by_area_code[code, state].add(zone)

    def of(self, counties: Iterable[County]) -> list[str]:
        return apart(sorted({zone for county in counties for zone in self.zones.get(county, ())}))


@cache
def _gazetteer() -> _Gazetteer:
    gazetteer = _Gazetteer()
    for row in zipcodes.list_all():
        gazetteer.take(row)
    return gazetteer


def counties(region: str | None, postal_code: str | None, city: str | None) -> tuple[frozenset[County], str]:
    """The counties in which an address may lie, and by what that is known; all of the state where nothing is nearer.

    A ZIP code of another state than the one that was written is not believed alone: both are kept.
    """
    known, state = _gazetteer(), _state(region or "")
    found: set[County] = set()
    if postal_code and (code := ZIP.fullmatch(postal_code)) and (county := known.by_zip.get(code[1])):
        found.add(county)
        if not state or county[0] == state:
            return frozenset(found), "postal code"
    town = known.by_town.get((state, " ".join((city or "").casefold().split())))
    if town:
        return frozenset(found | town), "town and state"
    return frozenset(found | {each for each in known.zones if each[0] == state}), "state"


def zones(places: Iterable[County]) -> list[str]:
    """Every clock of these counties."""
    return _gazetteer().of(places)


def _state(region: str) -> str:
    """A state in two letters, from those letters with or without dots or from its name."""
    written = " ".join(region.replace(".", "").casefold().split())
    return NAMES.get(written, written.upper())


def states_of(e164: str) -> list[str]:
    """The states in which an area code's places lie, the likeliest first; none for a number that is not American."""
    places = _places(e164)
    return [state for state, count in places.most_common() if count * SHARE >= places.total()]


def is_of_the_city(e164: str) -> bool:
    """Whether an area code is one of New York City's."""
    code = AREA_CODE.fullmatch(e164)
    return code is not None and code[1] in _gazetteer().of_the_city


def _places(e164: str) -> Counter[str]:
    code = AREA_CODE.fullmatch(e164)
    if code is None or phonenumbers.region_code_for_number(phonenumbers.parse(e164)) != "US":
        return Counter()
    return _gazetteer().by_area_code.get(code[1], Counter())


def zones_of(e164: str) -> list[str]:
    """The clocks of a number's area code in the states where it is at home."""
    code, known = AREA_CODE.fullmatch(e164), _gazetteer().zones_by_area_code
    return apart(sorted({zone for state in states_of(e164) if code for zone in known[code[1], state]}))
