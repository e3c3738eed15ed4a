"""Whose law protects a person: the packs of the places where their addresses are, else of where their phones are.

Packs add up, so a place that is only plausible is added: that can hold a contact and never allows one. A state without
a pack of its own leaves the country's.
"""

import re
from collections.abc import Collection, Iterable, Sequence

from forbear.whereabouts import us
from forbear.whereabouts.clues import Address

SCOTLAND = frozenset(("AB", "DD", "DG", "EH", "FK", "G", "HS", "IV", "KA", "KW", "KY", "ML", "PA", "PH", "TD", "ZE"))
BOTH_SIDES = frozenset({"DG", "TD", "CA"})
"""Areas through which the border of England and Scotland runs."""
KINGDOM = ("GB-EAW", "GB-SCT", "GB-NIR")
POSTCODE_AREA = re.compile(r"\s*([A-Z]{1,2})\d", re.IGNORECASE)
NATIONS = {
    "scotland": "GB-SCT",
    "england": "GB-EAW",
    "wales": "GB-EAW",
    "northern ireland": "GB-NIR",
}


def packs_of(addresses: Sequence[Address], phones: Sequence[tuple[str, str]], shipped: Collection[str]) -> list[str]:
    """The packs that apply, widest first; none where nothing is known, or where two countries are.

    An American address of which no state can be read is no answer either, unless the area codes give one: half of the
    states have a law of their own.

    Args:
        addresses: the person's postal addresses.
        phones: country in two letters and E.164 number of each phone, asked only where no address gives an answer.
        shipped: the packs there are.
    """
    countries = {address.country for address in addresses} or {country for country, _ in phones}
    if len(countries) != 1:
        return []
    [country] = countries
    if country not in shipped:
        return []
    parts = {part for address in addresses for part in _parts(address)} or _by_numbers(country, phones)
    if country == "US" and not parts:
        return []
    return [country, *(part for part in sorted(parts, key=_width) if part in shipped)]


def _width(pack: str) -> tuple[int, str]:
    """States before cities: a city's pack has the longer name."""
    return len(pack), pack


def _parts(address: Address) -> Iterable[str]:
    if address.country == "US":
        counties, _ = us.counties(address.region, address.postal_code, address.city)
        yield from (f"US-{state}" for state, _ in counties)
        if counties & us.FIVE_BOROUGHS:
            yield "US-NYC"
    elif address.country == "GB":
        yield from _nations(address)


def _nations(address: Address) -> Iterable[str]:
    """The parts of the United Kingdom by postcode area, else by the region's name, else all of them."""
    area = POSTCODE_AREA.match(address.postal_code or "")
    if area is None:
        named = NATIONS.get((address.region or "").strip().casefold())
        return (named,) if named else KINGDOM
    letters = area[1].upper()
    if letters == "BT":
        return ("GB-NIR",)
    if letters in BOTH_SIDES:
        return ("GB-EAW", "GB-SCT")
    return ("GB-SCT",) if letters in SCOTLAND else ("GB-EAW",)


def _by_numbers(country: str, phones: Sequence[tuple[str, str]]) -> set[str]:
    if country == "GB":
        return set(KINGDOM)
    if country != "US":
        return set()
    found = {f"US-{state}" for _, number in phones for state in us.states_of(number)}
    return found | ({"US-NYC"} if any(us.is_of_the_city(number) for _, number in phones) else set())
