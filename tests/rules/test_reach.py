"""Every rule of every pack, whichever of the six functions answers it, is reached by a case that fails without it."""

from datetime import date
from functools import cache

import pytest

from forbear.rules import cases
from forbear.rules.packs import Packs
from forbear.rules.terms import FUNCTION_OF
from tests.rules.reaching import Case, ask, function_of, mismatches, needed, read_cases, versions, without

CASES, FAULTS = read_cases()


@cache
def packs() -> Packs:
    return cases.packs_on(None)


def test_every_file_of_cases_can_be_read() -> None:
    assert not FAULTS, "\n".join(FAULTS)


@pytest.mark.parametrize("case", [pytest.param(case, id=f"{case.rule} {case.place}") for case in CASES])
def test_a_case_needs_its_rule(case: Case) -> None:
    function = function_of(case, packs())
    assert function is not None, f"{case}: no pack has this rule"
    assert case.function == function, f"{case}: the rule answers by {function}"
    whole, bare = ask(case, packs()), ask(case, without(packs(), case.rule))
    assert whole.names(case.rule), f"{case}: the rule is not among {whole.rules}, nor its warnings {whole.warnings}"
    assert mismatches(case, whole) == [], str(case)
    assert not bare.names(case.rule), f"{case}: the rule is named although it was taken out"
    assert bare != whole, f"{case}: the answer is the same without the rule"


def test_every_version_of_every_rule_has_a_case() -> None:
    reached = {(terms.rule, terms.first) for case in CASES for terms in needed(case, packs())}
    missing = [
        f"{terms.rule} ({FUNCTION_OF[terms.kind]}) {_since(terms.first)}"
        for terms in versions(packs())
        if (terms.rule, terms.first) not in reached
    ]
    assert not missing, "\n".join([f"{len(missing)} versions have no case that needs them:", *missing])


def _since(first: int) -> str:
    return f"from {date.fromordinal(first)}" if first > 1 else "from the start"
