"""Clocks of a case asked for by kind, and the facts and services they run from."""

from datetime import date
from typing import Any

from forbear.contracts.case_words import ClockKind, FactKind
from forbear.court.clocks import reckon
from forbear.court.decision import Clock
from forbear.court.ground import Ground
from forbear.court.life import CaseLife, Happened, Served
from forbear.court.paths import load_all
from forbear.rules.facts import Calendar

START = date(2026, 3, 2)


def clocks(case: CaseLife, today: date) -> tuple[Clock, ...]:
    return reckon(Ground(case, load_all()[case.path], today))


def clock(case: CaseLife, kind: ClockKind, today: date = START, subject: str = "") -> Clock:
    return next(each for each in clocks(case, today) if (each.kind, each.subject) == (kind, subject))


def fact(kind: FactKind, on: date, person: str = "", **details: Any) -> Happened:
    return Happened(f"fct_{kind}_{on}", kind, on, person, details)


def served(paper: str, day: date, person: str = "per_b", *, proven: bool = True, reached: bool = True) -> Served:
    result = "signed" if reached else "sent"
    return Served(paper, person, "ems", result, day, day if reached else None, "", proven)


def closed(given_: dict[str, Any], name: str = "CN") -> Calendar:
    """A calendar that reaches everywhere and has the days of a vector alone."""
    rest, work = (frozenset(map(date.fromisoformat, given_.get(key, []))) for key in ("rest_days", "work_days"))
    holidays = frozenset(map(date.fromisoformat, given_.get("holidays", [])))
    return Calendar(name, "vector", date(2000, 1, 1), date(2060, 12, 31), rest | holidays, work)
