"""Invented rules of time and a matter to ask them about."""

from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any

from hypothesis import Phase, settings

from forbear.rules.facts import Calendar, Lender
from forbear.rules.packs import Pack, Packs
from forbear.rules.periods import Happened, Matter
from forbear.rules.terms import Cite, Force, Length, LengthUnit, Terms, Timing

FEW = settings(max_examples=150, deadline=None, derandomize=True, database=None, phases=[Phase.generate])
"""Dates are plain as they are drawn: a failure is not made smaller."""
START = date(2026, 3, 2)
CALENDAR = Calendar(
    "XX",
    "1",
    date(2020, 1, 1),
    date(2040, 12, 31),
    frozenset({date(2026, 3, 4), date(2029, 3, 2), date(2029, 3, 5)}),
    frozenset({date(2029, 3, 3)}),
)


def terms(kind: str, of: str, count: int, unit: LengthUnit = "days", rule: str = "XX.RULE", **said: Any) -> Terms:
    """A rule of time; what is no part of the timing goes to the rule itself."""
    own = {key: said.pop(key) for key in ("first", "last", "scope", "calendar", "force") if key in said}
    timing = Timing(frozenset({of}), said.pop("after", ("sent",)), Length(count, unit), **said)
    force: Force = own.pop("force", "law")
    return Terms(rule, kind, f"{count} {unit}", force, "S", Cite("Invented Act"), START, timing=timing, **own)


def packs(*rules: Terms, legal_zone: str | None = None) -> Packs:
    pack = Pack("XX", "1", legal_zone, (), "", rules, {})
    return Packs({"XX": pack})


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


def matter(*events: tuple[str, date], as_of: date = date(2039, 1, 1), **changes: Any) -> Matter:
    happened = tuple(Happened(kind, noon(day)) for kind, day in events)
    usual = Matter(
        jurisdictions=("XX",),
        lender=Lender("debt_buyer"),
        as_of=as_of,
        zone="America/New_York",
        events=happened,
        calendars=(CALENDAR,),
    )
    return replace(usual, **changes)


SENT = matter(("sent", START))
