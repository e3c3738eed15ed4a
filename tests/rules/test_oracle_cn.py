"""China's rules read twice must agree, and each of them must have been seen to deny."""

import os
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings

from forbear.rules import cases
from forbear.rules.engine import check
from forbear.rules.facts import Permit
from tests.oracle import china, chinese_lives

Json = dict[str, Any]
PROVE = 25 if os.environ.get("FORBEAR_PROVE") == "1" else 1
QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
DENIED: Counter[str] = Counter()


def permit(life: Json) -> Permit:
    packs = cases.packs_on(None)
    attempt, facts, now = cases.read_case(life, packs)
    return check(attempt, facts, packs, now)


def agree(life: Json) -> str:
    engine, oracle = permit(life), china.answer(life)
    assert (engine.verdict, engine.until, set(engine.rules)) == (oracle.verdict, oracle.until, oracle.rules)
    if engine.verdict == "block":
        assert engine.event in oracle.events
        assert (engine.event is None) == (None in oracle.events)
    DENIED.update(engine.rules or ("nothing",))
    return oracle.verdict


@settings(max_examples=200 * PROVE, deadline=None, derandomize=PROVE == 1, database=None, suppress_health_check=QUIET)
@given(chinese_lives.lives())
def _agree_on(life: Json) -> None:
    event(agree(life))


def test_china_is_read_alike_and_every_rule_was_seen_to_deny() -> None:
    DENIED.clear()
    _agree_on()
    rules = {"CN.HOURS.GBT", "CN.HOURS.CBA", "CN.FREQ.GBT.CALL3", "CN.FREQ.CBA.DIAL6"}
    rules |= {"CN.VISIT.CBA.22", "CN.THIRD.GBT", "CN.THIRD.CBA.3", "POLICY.HOURS", "US.REGF.HOURS", "nothing"}
    assert rules <= DENIED.keys()


@pytest.mark.parametrize("jurisdictions", [["CN"], ["CN", "US"]])
@pytest.mark.parametrize("day", [datetime(2025, 2, 27, tzinfo=UTC), datetime(2026, 1, 29, tzinfo=UTC)])
@pytest.mark.parametrize("channel", ["sms", "call"])
def test_every_quarter_of_the_days_on_which_a_rule_began(jurisdictions: list[str], day: datetime, channel: str) -> None:
    """No drawing: two days and a second on either side of each quarter hour, by two clocks."""
    life: Json = {
        "policy": {"guard_seconds": 0, "product": True},
        "lender": {"role": "original_creditor"},
        "person": {
            "jurisdictions": jurisdictions,
            "places": [{"kind": "address", "zone": "America/Los_Angeles"}],
            "stops": [],
            "agreements": [{"kind": "message_consent", "channel": "sms", "at": "2024-01-01T00:00:00Z"}],
            "events": [],
        },
        "attempt": {"channel": channel, "party": "debtor", "to": "m1", "debts": []},
        "debts": [],
        "history": [],
    }
    for quarter in range(48 * 4):
        for second in (-1, 0):
            now = day + timedelta(minutes=15 * quarter, seconds=second)
            agree(life | {"now": now.isoformat()})
