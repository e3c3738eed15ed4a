"""The words by which lenders tell circumstances and events are exactly those that rules look at, rule by rule."""

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import chain
from typing import get_args

import pytest

from forbear.contracts.words import (
    DEBT_CIRCUMSTANCES,
    EVENTS,
    PERSON_CIRCUMSTANCES,
    DebtCircumstance,
    EventKind,
    PersonCircumstance,
)
from forbear.ledger import wording
from forbear.rules.packs import Packs, load
from forbear.rules.terms import Terms

TOLD = {**DEBT_CIRCUMSTANCES, **PERSON_CIRCUMSTANCES}
LIFTED_BY_RELEASE = {
    *("attorney_silent_or_agrees", "court_order", "debtor_withdraws", "guardian_named", "hardship_resolved"),
    *("hold_released", "human_review", "moratorium_ended", "new_consent", "representative_named", "service_ended"),
    "stop_lifted",
}
"""What lifts a stop is told by releasing it, or by a consent: never in passing."""


@pytest.fixture(scope="module")
def packs() -> Packs:
    return load()


def all_terms(packs: Packs) -> Iterator[Terms]:
    return chain.from_iterable(pack.terms for pack in packs.by_jurisdiction.values())


def looked_at(terms: Terms) -> set[str]:
    """The events by which a rule weighs an attempt."""
    stops = {word for stop in terms.stops.values() for word in (stop.event, stop.period and stop.period.after) if word}
    own = {terms.after} if terms.kind == "wait_period" else {terms.event} if terms.failed_calls else set[str | None]()
    return stops | {word for word in own if word}


def named(meaning: str) -> set[str]:
    """The rules in the brackets behind a meaning."""
    return set(meaning.rpartition("(")[2].removesuffix(")").split(", "))


def test_every_circumstance_of_a_rule_can_be_told_and_every_one_told_is_of_a_rule(packs: Packs) -> None:
    asking: dict[str, set[str]] = defaultdict(set)
    for terms in all_terms(packs):
        for word in terms.scope.circumstances:
            asking[word].add(terms.rule)
    assert {word: named(meaning) for word, meaning in TOLD.items()} == asking


def test_every_event_that_a_rule_looks_at_can_be_told_or_is_a_release(packs: Packs) -> None:
    looking: dict[str, set[str]] = defaultdict(set)
    for terms in all_terms(packs):
        for word in looked_at(terms):
            looking[word].add(terms.rule)
    assert set(looking) == set(EVENTS) | LIFTED_BY_RELEASE
    assert {word: named(meaning) for word, meaning in EVENTS.items()} == {word: looking[word] for word in EVENTS}


def test_each_word_is_of_a_debt_or_of_a_person_and_means_something() -> None:
    assert set(get_args(DebtCircumstance)) == set(DEBT_CIRCUMSTANCES)
    assert set(get_args(PersonCircumstance)) == set(PERSON_CIRCUMSTANCES)
    assert set(get_args(EventKind)) == set(EVENTS) == set(wording.EVENTS)
    assert not set(DEBT_CIRCUMSTANCES) & set(PERSON_CIRCUMSTANCES)
    for meaning in (*TOLD.values(), *EVENTS.values()):
        assert re.fullmatch(r"[a-z][^()]{15,} \([A-Z0-9., -]+\)", meaning), meaning
