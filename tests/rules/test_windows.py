"""Generated cases: the first and last second of every quiet-hours window of every pack, on an ordinary day and on
both days on which the clock is changed.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest

from forbear.rules import cases
from forbear.rules.engine import check
from forbear.rules.facts import Attempt, Debt, Facts, Lender, Permit, Place, Policy
from forbear.rules.packs import Pack, Packs
from forbear.rules.terms import Scope, Terms
from tests.rules.moving import changed, only

CHANGING = ("America/New_York", "Africa/Cairo", "Australia/Lord_Howe")
"""Zones that change on a Sunday, on a Thursday or Friday, and by half an hour."""
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
OWN_OPEN, OWN_CLOSE = time(9, 15), time(19, 45)
"""A lender's own hours."""


@dataclass(frozen=True)
class Window:
    """One window of one version on one date in one zone."""

    terms: Terms
    zone: str
    day: date
    opens: int
    closes: int

    def at(self, seconds: int) -> datetime:
        """The instant at which the wall clock shows so many seconds of the day."""
        wall = datetime.combine(self.day, time()) + timedelta(seconds=seconds)
        return wall.replace(tzinfo=ZoneInfo(self.zone)).astimezone(UTC)


@cache
def packs() -> Packs:
    return cases.packs_on(None)


def windows() -> Iterator[Window]:
    for pack in packs().by_jurisdiction.values():
        for terms in pack.terms:
            if terms.kind == "quiet_hours":
                for zone in zones(pack):
                    for day in days(terms, zone):
                        yield Window(terms, zone, day, *hours(terms))


def zones(pack: Pack) -> tuple[str, ...]:
    return (pack.legal_zone,) if pack.legal_zone else CHANGING


def hours(terms: Terms) -> tuple[int, int]:
    if not terms.open_from:
        return terms.open, terms.close
    opens, closes = (each.hour * 3600 + each.minute * 60 for each in (OWN_OPEN, OWN_CLOSE))
    return opens, closes


def days(terms: Terms, zone: str) -> Iterator[date]:
    """The first ordinary day on which a version binds, and the first ones on which the clock moves on and back."""
    wanted = {timedelta(0), *shifts(zone)}
    day = max(date(2026, 11, 23), date.fromordinal(max(terms.first, 1)) + 8 * DAY)
    while wanted and terms.in_force(day.toordinal()) and day.year < 2031:
        shift = length(zone, day) - DAY
        if shift in wanted and (not terms.weekdays or day.weekday() in terms.weekdays):
            wanted.remove(shift)
            yield day
        day += DAY


@cache
def shifts(zone: str) -> frozenset[timedelta]:
    """By how much the zone's days of the next year differ from twenty-four hours."""
    return frozenset(length(zone, date(2027, 1, 1) + n * DAY) - DAY for n in range(365))


@cache
def length(zone: str, day: date) -> timedelta:
    first, last = (datetime.combine(each, time(), ZoneInfo(zone)).astimezone(UTC) for each in (day, day + DAY))
    return last - first


def permit(window: Window, now: datetime) -> Permit:
    """The permit of an attempt that the rule binds, under that rule alone."""
    scope = window.terms.scope
    jurisdiction = window.terms.rule.split(".")[0]
    lenders_own = Policy(guard_seconds=0, open=OWN_OPEN, close=OWN_CLOSE)
    facts = Facts(
        lender=Lender(_one(scope.roles, "debt_buyer"), _one(scope.lender_kinds, "bank")),
        jurisdictions=tuple({jurisdiction, *sorted(scope.only_jurisdictions)[:1]} - {"POLICY"}),
        places=(Place("address", window.zone),),
        debts=(Debt("A", _one(scope.debt_kinds, "credit_card"), days_past_due=scope.days_past_due_at_most or 0),),
        policy=lenders_own,
        circumstances=scope.circumstances,
    )
    return check(_attempt(scope), facts, binding(window.terms.rule), now)


@cache
def binding(rule: str) -> Packs:
    """The rule alone, as if a draft were in force already."""
    return changed(
        only(packs(), rule), lambda terms: (replace(terms, force="policy" if terms.force == "policy" else "law"),)
    )


def _attempt(scope: Scope) -> Attempt:
    channel = _one(scope.channels - {"letter"}, "call")
    return Attempt(
        channel=channel,
        party=_one(scope.parties, "debtor"),
        to="m1",
        debts=("A",),
        place=_one(scope.places, "mobile"),
        purpose=_one(scope.purposes, "reminder"),
        prerecorded=channel in scope.recorded_only,
        language=_one(scope.languages, "en"),
    )


def _one(allowed: frozenset[str], usual: str) -> Any:
    return cast("Any", usual if not allowed or usual in allowed else min(allowed))


WINDOWS = list(windows())


@pytest.mark.parametrize(
    "window",
    [pytest.param(each, id=f"{each.terms.rule}-{each.terms.first}-{each.zone}-{each.day}") for each in WINDOWS],
)
def test_a_window_opens_and_closes_to_the_second(window: Window) -> None:
    opens, closes = window.at(window.opens), window.at(window.closes)
    rule = (window.terms.rule,)
    if window.opens:
        before = permit(window, opens - SECOND)
        assert (before.verdict, before.rules, before.until) == ("hold", rule, opens)
    first, last = permit(window, opens), permit(window, closes - SECOND)
    assert (first.verdict, first.opens_at, first.closes_at) == ("allow", opens, closes)
    assert (last.verdict, last.closes_at) == ("allow", closes)
    assert permit(window, closes).rules == rule


def test_every_window_is_asked_on_days_of_three_lengths() -> None:
    """Hours read by a legal zone that knows no changes have ordinary days alone."""
    seen = {(each.terms.rule, sign(length(each.zone, each.day) - DAY)) for each in WINDOWS}
    for pack in packs().by_jurisdiction.values():
        for terms in pack.terms:
            if terms.kind == "quiet_hours":
                lengths = {shift for rule, shift in seen if rule == terms.rule}
                assert lengths == {sign(shift) for zone in zones(pack) for shift in shifts(zone)}, terms.rule


def sign(shift: timedelta) -> int:
    return (shift > timedelta(0)) - (shift < timedelta(0))
