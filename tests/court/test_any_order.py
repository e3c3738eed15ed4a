"""Whatever is told, in whatever order and however late: a case comes to rest, and only what happened says where."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forbear.contracts.case_words import ClockKind, FactKind
from forbear.court.decision import Rest
from forbear.court.facts import FACT_KINDS, Value, check_fact, form
from forbear.court.life import Happened
from tests.court.book import PLACES, Book, book
from tests.rules.timing import FEW

SOME = settings(FEW, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
FIRST = date(2026, 4, 7)
OVER = {"closed_by_staff", "reopened", "settled", "settlement_breached", "withdrawn"}


def told(value: Value, day: date, dice: Random) -> object:
    if value.choices:
        return dice.choice(value.choices)
    plain = {
        "date": (day + timedelta(days=dice.randrange(40))).isoformat(),
        "money": "10.00",
        "integer": dice.randrange(1, 3),
    }
    return plain.get(value.type, "as told")


def happened(seed: int, count: int, without: frozenset[str] = frozenset()) -> list[Happened]:
    """Facts of any kinds with everything that their forms ask, each on a day of its own."""
    dice = Random(seed)
    kinds: list[FactKind] = [each for each in FACT_KINDS if each not in without]
    found: list[Happened] = []
    for at in range(count):
        kind, day = dice.choice(kinds), FIRST + timedelta(days=3 * at)
        details = {
            each.name: told(each, day, dice) for each in form(kind).values if each.required or dice.random() < 0.5
        }
        assert check_fact(kind, details) == ()
        found.append(Happened(f"fct_{at}", kind, day, "per_b" if form(kind).person else "", details))
    return found


def at(place: str, facts: list[Happened], **life: Any) -> Book:
    case = book(place, today=FIRST + timedelta(days=120), **life)
    case.serve("cn.notice.dunning", reached=FIRST)
    case.life = replace(case.life, facts=tuple(facts))
    return case


@SOME
@given(st.sampled_from(sorted(PLACES)), st.integers(0, 10**6), st.integers(0, 14))
def test_whatever_happened_the_case_comes_to_rest(place: str, seed: int, count: int) -> None:
    case = at(place, happened(seed, count))
    answer = case.run()
    if isinstance(answer, Rest):
        assert answer.reason.endswith(".")
    assert len(case.alarms) == len(set(case.alarms))
    assert len({(each.kind, each.subject) for each in case.clocks}) == len(case.clocks)
    for clock in case.clocks:
        assert clock.lines
        assert (clock.nature == "deadline") >= bool(clock.ladder)


@SOME
@given(st.sampled_from(sorted(PLACES)), st.integers(0, 10**6), st.integers(1, 10))
def test_the_order_in_which_facts_are_told_changes_nothing(place: str, seed: int, count: int) -> None:
    facts = happened(seed, count, frozenset(OVER))
    at_once = at(place, facts)
    at_once.run()
    shuffled = list(facts)
    Random(seed).shuffle(shuffled)
    slowly = at(place, [])
    for fact in shuffled:
        slowly.life = replace(slowly.life, facts=(*slowly.life.facts, fact))
        slowly.run()
        slowly.closed = ""
    assert slowly.stage == at_once.stage
    assert dates(slowly) == dates(at_once)


def dates(case: Book) -> set[tuple[ClockKind, str, date, str]]:
    """The clocks that run or ran; one that was once begun by mistake stays in the record as void."""
    return {(each.kind, each.subject, each.last, each.state) for each in case.clocks if each.state != "void"}


@SOME
@given(st.sampled_from(sorted(PLACES)), st.integers(0, 10**6), st.integers(1, 8))
def test_a_payment_in_full_always_ends_every_duty(place: str, seed: int, count: int) -> None:
    case = at(place, happened(seed, count))
    case.pay()
    case.run()
    assert not [each for each in case.clocks if each.state in {"running", "lapsed", "over"}]
    assert not case.alarms
