"""Generated cases: around every date on which a version of a rule begins or ends, a case of the rule moved there day by
day. A rule is named on the days on which a version of it is in force, and on no other.
"""

from datetime import date, timedelta
from functools import cache

import pytest

from forbear.rules import cases
from forbear.rules.packs import Packs
from forbear.rules.terms import FUNCTION_OF, NEVER_ENDS, Terms
from tests.rules.moving import deciding_day, moved_to, only, unbounded
from tests.rules.reaching import Case, ask, needed, read_cases

CASES, _ = read_cases()
AROUND = range(-8, 9)
"""A week on both sides, for rules of some weekdays alone."""


@cache
def packs() -> Packs:
    return cases.packs_on(None)


def bounds(terms: Terms) -> list[date]:
    """The first day of a version, and the first day on which it is no longer in force."""
    return [date.fromordinal(each) for each in (terms.first, terms.last) if 1 < each < NEVER_ENDS]


def hangs_on_holidays(terms: Terms) -> bool:
    """Whether a permit names the rule on some dates alone, which a case that is moved to a bound leaves behind."""
    return terms.needs_calendar and FUNCTION_OF[terms.kind] == "check"


def bounded() -> list[Terms]:
    return [terms for pack in packs().by_jurisdiction.values() for terms in pack.terms if bounds(terms)]


def cases_of(terms: Terms) -> list[Case]:
    return [case for case in CASES if case.rule == terms.rule and terms in needed(case, packs())]


@pytest.mark.parametrize("terms", [pytest.param(each, id=f"{each.rule}-{each.first}") for each in bounded()])
def test_a_rule_is_named_on_the_days_of_its_versions(terms: Terms) -> None:
    found = cases_of(terms)
    assert found, f"{terms.rule}: no case needs its version from {date.fromordinal(max(terms.first, 1))}"
    case = found[0]
    alone = only(packs(), case.rule)
    assert deciding_day(moved_to(case, bounds(terms)[0], alone), alone) == bounds(terms)[0]
    for bound in bounds(terms):
        named: set[int] = set()
        for days in AROUND:
            day = bound + timedelta(days=days)
            moved = moved_to(case, day, alone)
            version = next((each for each in alone.versions_of(case.rule) if each.in_force(day.toordinal())), None)
            expected = version is not None and ask(moved, unbounded(packs(), version)).names(case.rule)
            assert ask(moved, alone).names(case.rule) == expected, f"{case} on {day}, {days} days from {bound}"
            if version is terms and expected:
                named.add(days)
        if hangs_on_holidays(terms):
            continue
        assert named, f"{case}: nothing was named around {bound}"
        if not terms.weekdays:
            edge = 0 if bound.toordinal() == terms.first else -1
            assert edge in named, f"{case}: not named on {bound + timedelta(days=edge)}, where its version is in force"
