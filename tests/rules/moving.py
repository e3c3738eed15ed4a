"""Moves a case to another day: every instant in it keeps its wall-clock time and its distance in dates."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from forbear.rules.packs import Packs
from forbear.rules.terms import NEVER_ENDS, Terms
from tests.rules.reaching import NO_ZONE, Case, Json

INSTANT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d.*(Z|[+-]\d\d:\d\d)")
DAY = re.compile(r"\d{4}-\d\d-\d\d")


def clock_of(case: Case, packs: Packs) -> ZoneInfo:
    """The clock whose dates decide which version is in force: the law's own, else the first of the person or matter."""
    legal = next(
        (
            pack.legal_zone
            for pack in packs.by_jurisdiction.values()
            if pack.legal_zone and any(terms.rule == case.rule for terms in pack.terms)
        ),
        None,
    )
    places: list[Json] = case.given.get("person", {}).get("places", [])
    stated = [each for each in places if each["kind"] == "stated"] or places
    return ZoneInfo(legal or (stated[0]["zone"] if stated else case.given.get("zone", NO_ZONE)))


def moved_to(case: Case, day: date, packs: Packs) -> Case:
    """The case with the date that decides on the version put on `day`, and everything else as far from it as before."""
    clock = clock_of(case, packs)
    given = dict(case.given)
    if case.function == "keep_until":
        given["as_of"] = _begun(case, clock, packs)
    decides = deciding_day(replace(case, given=given), packs)
    return replace(case, given=_each(given, lambda value: _later(value, day - decides, clock)))


def deciding_day(case: Case, packs: Packs) -> date:
    """The date by which a case chooses among versions."""
    clock = clock_of(case, packs)
    if case.function in {"check", "must_say"}:
        return _read(case.given["now"]).astimezone(clock).date()
    if case.function == "may_not_say":
        return _date(case.given["day"])
    if packs.versions_of(case.rule)[0].kind in {"deadline", "retention"}:
        return _begun(case, clock, packs)
    return _date(case.given["as_of"])


def _begun(case: Case, clock: ZoneInfo, packs: Packs) -> date:
    """The date of the latest event from which the rule counts, else the day of the question."""
    after = {kind for terms in packs.versions_of(case.rule) if terms.timing for kind in terms.timing.after}
    dates = [_read(each["at"]).astimezone(clock).date() for each in case.given["events"] if each["kind"] in after]
    return max(dates, default=_date(case.given["as_of"]))


def _each(value: Any, change: Callable[[Any], Any]) -> Any:
    if isinstance(value, dict):
        return {key: _each(each, change) for key, each in cast("Json", value).items()}
    if isinstance(value, list):
        return [_each(each, change) for each in cast("list[Any]", value)]
    return change(value)


def _later(value: Any, by: timedelta, clock: ZoneInfo) -> Any:
    if isinstance(value, datetime) or (isinstance(value, str) and INSTANT.fullmatch(value)):
        wall = _read(value).astimezone(clock).replace(tzinfo=None)
        return (wall + by).replace(tzinfo=clock).isoformat()
    if type(value) is date or (isinstance(value, str) and DAY.fullmatch(value)):
        return (_date(value) + by).isoformat()
    return value


def _read(value: Any) -> datetime:
    text = value.isoformat() if isinstance(value, date) else str(value)
    return datetime.fromisoformat(f"{text}T12:00:00+00:00" if DAY.fullmatch(text) else text)


def _date(value: Any) -> date:
    return value if type(value) is date else date.fromisoformat(str(value))


def unbounded(packs: Packs, version: Terms | None) -> Packs:
    """The packs with one version for ever, and nothing else; with nothing at all where there is none."""

    def kept(terms: Terms) -> tuple[Terms, ...]:
        return (replace(terms, first=0, last=NEVER_ENDS),) if terms is version else ()

    return changed(packs, kept)


def only(packs: Packs, rule: str) -> Packs:
    """The packs with one rule and nothing else."""
    return changed(packs, lambda terms: (terms,) if terms.rule == rule else ())


def changed(packs: Packs, kept: Callable[[Terms], tuple[Terms, ...]]) -> Packs:
    """The packs with what is kept of every version."""
    return replace(
        packs,
        by_jurisdiction={
            name: replace(pack, terms=tuple(each for terms in pack.terms for each in kept(terms)))
            for name, pack in packs.by_jurisdiction.items()
        },
    )
