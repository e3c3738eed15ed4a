"""Two readings of the rules must agree: the engine's, which jumps, and the oracle's, which walks."""

import os
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

from forbear.rules import cases
from forbear.rules.engine import check
from forbear.rules.facts import Permit
from tests.oracle import lives, united_states

Json = dict[str, Any]
PROVE = 25 if os.environ.get("FORBEAR_PROVE") == "1" else 1


def counts(number: int) -> settings:
    return settings(
        max_examples=number * PROVE,
        deadline=None,
        derandomize=PROVE == 1,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
    )


def permit(life: Json) -> Permit:
    packs = cases.packs_on(None)
    attempt, facts, now = cases.read_case(life, packs)
    return check(attempt, facts, packs, now)


def at(life: Json, instant: datetime) -> Json:
    return life | {"now": instant.isoformat()}


def agree(life: Json) -> str:
    engine, oracle = permit(life), united_states.answer(life)
    assert (engine.verdict, engine.until, set(engine.rules)) == (oracle.verdict, oracle.until, oracle.rules)
    if engine.verdict == "block":
        assert engine.event in oracle.events
        assert (engine.event is None) == (None in oracle.events)
        assert engine.human_review == ("human_review" in oracle.events)
    return oracle.verdict


@counts(80)
@given(lives.lives())
def test_the_law_is_read_alike(life: Json) -> None:
    event(agree(life))


@counts(50)
@given(lives.product_lives())
def test_the_product_s_own_limits_are_read_alike(life: Json) -> None:
    event(agree(life))


@counts(15)
@given(lives.product_lives())
def test_until_is_the_first_second(life: Json) -> None:
    held = permit(life)
    assume(held.until is not None)
    assert held.until is not None
    now = datetime.fromisoformat(life["now"])
    fresh = [debt | {"balance_as_of": held.until.isoformat()} for debt in life["debts"]]
    assert now < held.until <= now + timedelta(days=400)
    assert permit(at(life | {"debts": fresh}, held.until)).verdict == "allow"
    assert permit(at(life, held.until - timedelta(seconds=1))).verdict != "allow"


@counts(25)
@given(st.data())
def test_one_more_past_attempt_never_permits_earlier(data: st.DataObject) -> None:
    life = data.draw(lives.lives())
    now = datetime.fromisoformat(life["now"])
    debts = tuple(each["id"] for each in life["debts"])
    more = life | {"history": [*life["history"], data.draw(lives.pasts(now, debts))]}
    before, after = permit(life), permit(more)
    order = {"allow": 0, "hold": 1, "block": 2}
    assert order[before.verdict] <= order[after.verdict]
    if before.until and after.until:
        assert before.until <= after.until


@counts(25)
@given(lives.lives())
def test_the_product_s_own_limits_never_permit_what_the_law_denies(life: Json) -> None:
    law = permit(life)
    product = permit(life | {"policy": life["policy"] | {"product": True}})
    assert set(law.rules) <= set(product.rules)


@counts(20)
@given(lives.quiet_lives())
def test_the_open_time_ends_where_the_permit_says(life: Json) -> None:
    given_now = permit(life)
    if given_now.until is not None:
        given_now = permit(at(life, given_now.until))
    assume(given_now.closes_at is not None and given_now.opens_at is not None)
    assert given_now.closes_at is not None
    assert given_now.opens_at is not None
    fresh = [debt | {"balance_as_of": given_now.closes_at.isoformat()} for debt in life["debts"]]
    hours = {"US.REGF.HOURS", "POLICY.HOURS", "POLICY.LENDER.HOURS"}
    later = life | {"debts": fresh}
    assert hours & set(permit(at(later, given_now.closes_at)).rules)
    assert not hours & set(permit(at(later, given_now.closes_at - timedelta(seconds=1))).rules)
    assert not hours & set(permit(at(later, given_now.opens_at)).rules)
    assert hours & set(permit(at(later, given_now.opens_at - timedelta(seconds=1))).rules)


@pytest.mark.parametrize("zone", lives.ZONES)
def test_every_hour_of_a_year_of_clocks(zone: str) -> None:
    """No drawing: the hours in every zone of the strategy, through both changes of the clock."""
    life: Json = {
        "policy": {"guard_seconds": 0},
        "lender": {"role": "third_party_collector"},
        "person": {
            "jurisdictions": ["US"],
            "places": [{"kind": "address", "zone": zone}],
            "stops": [],
            "agreements": [],
            "events": [],
        },
        "debts": [],
        "attempt": {"channel": "email", "party": "debtor", "to": "e1", "debts": []},
        "history": [],
    }
    start = datetime(2026, 10, 31, tzinfo=UTC)
    for hours in (*range(60), *range(133 * 24, 135 * 24)):
        agree(at(life, start + timedelta(hours=hours)))
