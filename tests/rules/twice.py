"""Asks a case twice, the engine and the oracle, and says whether they agree."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

from forbear.calendars import near
from forbear.rules import cases
from forbear.rules.engine import check
from forbear.rules.facts import Permit
from forbear.rules.packs import POLICY, Packs
from tests.oracle import clerk
from tests.oracle.table import RULES

Json = dict[str, Any]

FULL = {"US.REGF.FREQ7", "US-NYC.SHIELD.FREQ3", "US-DC.CALL4", "US-WV.CALL30"}
NOT_MODELLED = {"POLICY.THIRD", "POLICY.ASSIGNED", "POLICY.VISIT.NOTICE", "POLICY.MEDICAL.NYC"}
"""Limits of the product that the oracle does not know: whom it never asks, and the notices that come first."""
SEEN: Counter[str] = Counter()
"""Attempts asked, verdicts, and each rule that was seen to deny, in this process."""


def only(packs: Packs, keep: Callable[[str], bool]) -> Packs:
    """The packs without the rules that are not to be kept, by id."""
    return replace(
        packs,
        by_jurisdiction={
            name: replace(pack, terms=tuple(terms for terms in pack.terms if keep(terms.rule)))
            for name, pack in packs.by_jurisdiction.items()
        },
    )


@cache
def table() -> Packs:
    """The shipped packs with the rules of the published table and those of the product's own that the oracle knows."""
    known = RULES | {terms.rule for terms in cases.packs_on(None).by_jurisdiction[POLICY].terms} - NOT_MODELLED
    return only(cases.packs_on(None), lambda rule: rule in known)


def permit(case: Json, packs: Packs | None = None) -> Permit:
    """The engine's permit."""
    packs = packs or table()
    attempt, facts, now = cases.read_case(case, packs, near)
    return check(attempt, facts, packs, now)


def agree(case: Json) -> str:
    """Both readings name the same rules, verdict and second; the verdict.

    Where the law's own cap on attempts is full, it is no matter whether a busy line would have filled it, too.
    """
    found, expected = permit(case), clerk.answer(case)
    moot = {"POLICY.BUSY"} if FULL & expected.rules else set[str]()
    assert set(found.rules) - moot == expected.rules - moot, case
    assert (found.verdict, found.until) == (expected.verdict, expected.until), case
    if expected.verdict == "block":
        assert found.event in expected.events, case
        assert (found.event is None) == (None in expected.events), case
        assert found.human_review == ("human_review" in expected.events), case
    SEEN.update(("asked", expected.verdict, *expected.rules))
    return expected.verdict
