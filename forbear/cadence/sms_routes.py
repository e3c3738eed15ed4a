"""The ways a text can take: which countries each reaches, and what it may carry. Read from `sms_routes.toml`.

A route's terms are a carrier's, not law. A playbook names its route, and whatever the route cannot carry or reach is
refused when a process starts or held before a touch is claimed; it is never tried.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, cast

from forbear.contracts.words import LenderRole
from forbear.errors import BadData

FILE = Path(__file__).parent / "sms_routes.toml"
DEFAULT_ROUTE = "twilio"
COUNTRY_LETTERS = 2
FLAGS = ("two_way", "urls_allowed", "debt_content_allowed")
COUNTRIES = ("destinations", "not_to", "first_party_only")
TEXTS = ("name", "statement", "source")
ABROAD = "in"


@dataclass(frozen=True, slots=True)
class Terms:
    """What a route carries to one country."""

    two_way: bool
    urls_allowed: bool
    debt_content_allowed: bool


@dataclass(frozen=True, slots=True)
class SmsRoute:
    """One way for texts.

    `destinations` are the countries that it reaches, of which `not_to` are taken out again. To the countries in
    `first_party_only` it carries texts of original creditors alone.
    """

    name: str
    destinations: tuple[str, ...] | Literal["all"]
    not_to: tuple[str, ...]
    two_way: bool
    urls_allowed: bool
    debt_content_allowed: bool
    first_party_only: tuple[str, ...]
    statement: str
    source: str
    abroad: Mapping[str, Terms] = field(default_factory=dict[str, Terms])
    """Its terms in the countries where they differ."""

    def terms(self, country: str | None = None) -> Terms:
        """What it carries to a country, whether or not it may be used there."""
        own = Terms(self.two_way, self.urls_allowed, self.debt_content_allowed)
        return own if country is None else self.abroad.get(country, own)

    def reaches(self, country: str | None, role: LenderRole) -> bool:
        """Whether it carries a lender's texts to numbers of a country; None is a number of unknown country.

        A route that leaves out nothing may take an unknown number; one with any exception may not.
        """
        if country is None:
            return self.destinations == "all" and not self.not_to and not self.first_party_only
        if country in self.not_to or (self.destinations != "all" and country not in self.destinations):
            return False
        return role == "original_creditor" or country not in self.first_party_only


@lru_cache(maxsize=8)
def load_routes(path: Path = FILE) -> Mapping[str, SmsRoute]:
    """Every route by name.

    Raises:
        BadData: a route lacks a key, has an unknown one or names no country.
    """
    try:
        tables = cast("list[dict[str, Any]]", tomllib.loads(path.read_text("utf-8")).get("route", []))
    except tomllib.TOMLDecodeError as wrong:
        raise BadData(path, None, f"not TOML: {wrong}") from None
    routes = [_route(path, table) for table in tables]
    found = {route.name: route for route in routes}
    if not found or len(found) < len(routes):
        raise BadData(path, None, "needs at least one [[route]], each with a name of its own")
    return found


def _route(path: Path, table: Mapping[str, Any]) -> SmsRoute:
    name = table.get("name")
    for key in {*TEXTS, *FLAGS, *COUNTRIES} ^ (table.keys() - {ABROAD}):
        raise BadData(path, None, f"route {name!r}: {key} is {'not known' if key in table else 'missing'}")
    for key in TEXTS:
        if not isinstance(table[key], str) or not table[key].strip():
            raise BadData(path, None, f"route {name!r}: {key} must be a text")
    _check_flags(path, f"route {name!r}", table)
    values: dict[str, Any] = {key: value for key, value in table.items() if key != ABROAD}
    values["abroad"] = {country: _terms(path, name, country, given) for country, given in table.get(ABROAD, {}).items()}
    values |= {key: _countries(path, table, key) for key in COUNTRIES}
    values["statement"] = " ".join(table["statement"].split())
    return SmsRoute(**values)


def _terms(path: Path, name: object, country: str, given: Mapping[str, Any]) -> Terms:
    where = f"route {name!r} in {country}"
    for key in set(FLAGS) ^ given.keys():
        raise BadData(path, None, f"{where}: {key} is {'not known' if key in given else 'missing'}")
    _check_flags(path, where, given)
    return Terms(**given)


def _check_flags(path: Path, where: str, table: Mapping[str, Any]) -> None:
    for key in FLAGS:
        if not isinstance(table[key], bool):
            raise BadData(path, None, f"{where}: {key} must be true or false")


def _countries(path: Path, table: Mapping[str, Any], key: str) -> tuple[str, ...] | Literal["all"]:
    value = table[key]
    if key == "destinations" and value == "all":
        return "all"
    if isinstance(value, list):
        listed = tuple(cast("list[object]", value))
        if all(isinstance(each, str) and each.isupper() and len(each) == COUNTRY_LETTERS for each in listed):
            return cast("tuple[str, ...]", listed)
    raise BadData(path, None, f"route {table['name']!r}: {key} must be a list of countries in two capital letters")
