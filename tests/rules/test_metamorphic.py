"""What must hold of any two permits whose questions differ in one known way, whatever the rules say."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from forbear.rules.cases import packs_on
from forbear.rules.facts import Permit
from tests.oracle import contacts, lives, worlds
from tests.oracle.clocks import instant
from tests.oracle.dice import Dice
from tests.oracle.examples import counts
from tests.rules.twice import only, permit

Json = dict[str, Any]

pytestmark = [pytest.mark.timeout(600), pytest.mark.counted]

A_SECOND, WEEK = timedelta(seconds=1), timedelta(weeks=1)
ORDER = ("allow", "hold", "block")
ALL = packs_on(None)
NAMES = sorted({terms.rule for pack in ALL.by_jurisdiction.values() for terms in pack.terms})
SUMMER = tuple(replace(world, days=(date(2027, 6, 10),)) for world in worlds.EVERYWHERE)
"""From May to September 2027 no clock is changed that they live by, and no rule of theirs begins or ends."""
numbers = st.integers(0, 2**60)


def no_freer(before: Permit, after: Permit, why: object) -> None:
    """Whatever denied still denies, and nothing is allowed earlier."""
    assert set(before.rules) <= set(after.rules), why
    assert ORDER.index(before.verdict) <= ORDER.index(after.verdict), why
    assert not (before.until and after.until and after.until < before.until), why


def at(case: Json, now: datetime) -> Json:
    """The same question at another instant, with balances that are as fresh then."""
    late = now - instant(case["now"])
    debts = [
        debt | {"balance_as_of": (instant(debt["balance_as_of"]) + late).isoformat()}
        if "balance_as_of" in debt
        else debt
        for debt in case["debts"]
    ]
    return case | {"now": now.isoformat(), "debts": debts}


@counts(80, 1_500)
@given(lives.people(), st.sets(st.sampled_from(NAMES), max_size=40))
def test_a_rule_more_never_permits_more(cases: list[Json], dropped: set[str]) -> None:
    fewer = only(ALL, lambda rule: rule not in dropped)
    for case in cases:
        no_freer(permit(case, fewer), permit(case, ALL), case)


@counts(80, 1_500)
@given(lives.people(product=False))
def test_a_law_more_never_permits_more(cases: list[Json]) -> None:
    for case in cases:
        person = case["person"]
        for law in person["jurisdictions"][1:]:
            left = [each for each in person["jurisdictions"] if each != law]
            no_freer(permit(case | {"person": person | {"jurisdictions": left}}, ALL), permit(case, ALL), case)


@counts(100, 1_800)
@given(lives.people(), numbers)
def test_a_past_contact_more_never_permits_earlier(cases: list[Json], number: int) -> None:
    """But for one: a call that the debtor did not take may open the way to a third person, who is asked to relay."""
    for case in cases:
        if case["attempt"]["party"] != "contact":
            more = contacts.another(Dice(number), case)
            history = [*case["history"], more]
            no_freer(permit(case, ALL), permit(case | {"history": history}, ALL), (case, more))


@counts(100, 1_800)
@given(lives.people(), numbers)
def test_until_is_the_first_second_and_the_same_whenever_one_asks(cases: list[Json], number: int) -> None:
    for case in cases:
        held = permit(case, ALL)
        if held.until is None:
            continue
        now = instant(case["now"])
        assert now < held.until <= now + timedelta(days=400), case
        assert permit(at(case, held.until), ALL).verdict == "allow", case
        assert permit(at(case, held.until - A_SECOND), ALL).verdict != "allow", case
        between = now + A_SECOND * (number % int((held.until - now) / A_SECOND))
        assert permit(at(case, between), ALL).until == held.until, (case, between)


def _shifted(value: object, by: timedelta) -> Any:
    if isinstance(value, dict):
        return {key: _shifted(each, by) for key, each in value.items()}
    if isinstance(value, list):
        return [_shifted(each, by) for each in value]
    if isinstance(value, str) and len(value) > len("2027-06-10T") and value[10] == "T":
        return (datetime.fromisoformat(value) + by).isoformat()
    return value


def _by_weeks(rule: str) -> bool:
    """Not those that count by the calendar."""
    return rule != "AU.FREQ10M"


@counts(100, 1_800)
@given(lives.people(SUMMER), st.integers(1, 6))
def test_a_life_some_whole_weeks_later_gets_the_same_answers_later(cases: list[Json], weeks: int) -> None:
    packs = only(ALL, _by_weeks)
    for case in cases:
        person = case["person"]
        events = [each for each in person["events"] if each["kind"] != "validation_notice_sent"]  # counts by holidays
        told = case | {"person": person | {"events": events}}
        first, later = permit(told, packs), permit(_shifted(told, weeks * WEEK), packs)
        assert (first.verdict, first.event, first.rules) == (later.verdict, later.event, later.rules), case
        assert (first.until and first.until + weeks * WEEK) == later.until, case


@counts(80, 1_500)
@given(lives.people(), st.randoms(use_true_random=False))
def test_the_order_in_which_facts_are_told_is_no_matter(cases: list[Json], random: Any) -> None:
    def turned(values: list[Json]) -> list[Json]:
        return random.sample(values, len(values))

    for case in cases:
        person = {key: turned(each) if key != "jurisdictions" else each for key, each in case["person"].items()}
        other = case | {"person": person, "history": turned(case["history"]), "debts": turned(case["debts"])}
        assert _said(permit(case, ALL)) == _said(permit(other, ALL)), (case, other)


def _said(found: Permit) -> tuple[object, ...]:
    return found.verdict, found.until, found.event, found.rules, found.human_review, found.opens_at, found.closes_at


TIGHTER: tuple[Json, ...] = (
    {"product": True},
    {"contacts_in_7_days": 1},
    {"open": "10:00", "close": "16:00"},
    {"sms_a_day": 0},
    {"sms_in_7_days": 1},
)


@counts(80, 1_500)
@given(lives.people(), st.sampled_from(TIGHTER), st.sampled_from((0, 30, 1800)))
def test_a_tighter_policy_never_permits_more(cases: list[Json], tighter: Json, guard: int) -> None:
    for case in cases:
        policy = case["policy"]
        usual = {"product": set(policy) != {"guard_seconds"}}
        own = {key: value for key, value in tighter.items() if key not in policy or key == "product"}
        tight = usual | policy | own | {"guard_seconds": policy["guard_seconds"] + guard}
        no_freer(permit(case | {"policy": usual | policy}, ALL), permit(case | {"policy": tight}, ALL), (case, tight))


@counts(60, 1_500)
@given(lives.people())
def test_the_open_time_ends_where_the_permit_says(cases: list[Json]) -> None:
    """By rules that only look at the clock: one second earlier it is still open, and it opened when it says."""
    packs = only(ALL, lambda rule: ".HOURS" in rule)
    for case in cases:
        now = permit(case | {"history": []}, packs)
        assume(now.verdict == "allow")
        if now.closes_at is None or now.opens_at is None:
            continue
        answers = [
            permit(at(case | {"history": []}, when), packs).verdict
            for when in (now.opens_at - A_SECOND, now.opens_at, now.closes_at - A_SECOND, now.closes_at)
        ]
        assert answers == ["hold", "allow", "allow", "hold"], (case, now)
        assert now.opens_at <= instant(case["now"]).astimezone(UTC) < now.closes_at
