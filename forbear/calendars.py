"""Public holidays by name, from the `holidays` library, as the dates that the rules are given.

The rules are pure and know no table of holidays; here is the one place that reads the library. A calendar is
good for some years around a date, and the library's version is its own.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import lru_cache
from importlib.metadata import version

import holidays

from forbear.errors import BadInput
from forbear.rules.facts import Calendar
from forbear.rules.packs import Packs

VERSION = f"holidays {version('holidays')}"
YEARS_BACK, YEARS_AHEAD = 7, 21
"""How far a calendar reaches around the year it is asked for: back to old notices, ahead to a long limitation."""
NEAR_AHEAD = 2
"""How far ahead it reaches for a contact, whose `until` lies at most 400 days away."""
DECREED = frozenset({"CN"})
"""Where a decree of each autumn exchanges days of the next year: what it has not yet named is not known."""

Table = Callable[[Iterable[int]], holidays.HolidayBase]


def _country(code: str, subdivision: str | None = None, *, observed: bool = True) -> Table:
    return lambda years: holidays.country_holidays(code, subdiv=subdivision, years=years, observed=observed)


TABLES: Mapping[str, Table] = {
    "US-federal": _country("US", observed=False),
    "AU-national": _country("AU", observed=False),
    "CN": _country("CN"),
    "GB-EAW": _country("GB", "ENG"),
    "GB-SCT": _country("GB", "SCT"),
    "GB-NIR": _country("GB", "NIR"),
    "TW": _country("TW"),
    "IN": _country("IN"),
    "PH": _country("PH"),
    "SG": _country("SG"),
    "KE": _country("KE"),
    "DE": _country("DE"),
}
"""Where each calendar's dates come from. Those of 5 U.S.C. 6103(a) are the days themselves, without a day in lieu."""


def calendar(name: str, around: date, ahead: int = YEARS_AHEAD) -> Calendar:
    """The public holidays of a name for some years around a date; `BadInput` for a name that nobody knows."""
    if name not in TABLES:
        raise BadInput("calendar", "is not known", f"Name one of {', '.join(TABLES)}")
    return _calendar(name, around.year, ahead)


def near(name: str, around: date) -> Calendar:
    """The same, as far as a contact needs it."""
    return calendar(name, around, NEAR_AHEAD)


def for_packs(packs: Packs, jurisdictions: Iterable[str], around: date) -> tuple[Calendar, ...]:
    """The calendars that the packs of these places name, as far as a contact needs them."""
    return tuple(near(name, around) for name in packs.calendars(jurisdictions))


@lru_cache(maxsize=256)
def _calendar(name: str, year: int, ahead: int) -> Calendar:
    asked = range(year - YEARS_BACK, year + ahead + 1)
    table = TABLES[name](asked)
    years = range(max(asked[0], table.start_year), min(asked[-1], table.end_year) + 1)
    if not years:
        return Calendar(name, VERSION, date.max, date.min, frozenset(), frozenset())
    first, last = date(years[0], 1, 1), date(years[-1], 12, 31)
    works = frozenset(day for day in table.weekend_workdays if day >= first)
    if name in DECREED:
        last = min(last, date(max((day.year for day in works), default=years[0] - 1), 12, 31))
    days = frozenset(day for day in table if first <= day <= last)
    return Calendar(name, VERSION, first, last, days, frozenset(day for day in works if day <= last))
