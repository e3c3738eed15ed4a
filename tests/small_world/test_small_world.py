"""The small world: every combination of boundary instants, zones, roles and histories of up to three touches.

Nothing is drawn. At each instant engine and oracle must name the same rules, and every hold of the engine must end
exactly there where the oracle first finds nothing against it: not a second earlier.
"""

import itertools
import os
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from forbear.calendars import near
from forbear.rules import cases
from forbear.rules.engine import check
from forbear.rules.facts import Permit
from tests.oracle import clerk

pytestmark = pytest.mark.counted

Json = dict[str, Any]
EVERY = 1 if os.environ.get("FORBEAR_PROVE") == "1" else 11
"""Of the combinations with a history, each so manieth; `make prove` takes them all. Prime to every dimension's length."""
FEWEST = 4_000
PACKS = cases.packs_on(None)
A_SECOND = timedelta(seconds=1)
US_ZONES = ("America/New_York", "America/Phoenix", "America/Los_Angeles", "Pacific/Honolulu")
US_DAYS = ((2026, 11, 1), (2027, 3, 14), (2027, 6, 10))
"""Clocks go back; forward; nothing at all."""
US_EDGES = ("07:59:59", "08:00:00", "20:59:59", "21:00:00", "00:00:00", "12:00:00")
US_ROLES = ("original_creditor", "third_party_collector")
CN_ZONES = ("Asia/Shanghai", "Asia/Urumqi", "America/Los_Angeles")
CN_DAYS = ((2025, 2, 28), (2026, 1, 30), (2026, 12, 1))
"""The standard begins; the guideline begins; nothing at all."""
CN_EDGES = ("07:59:59", "08:00:00", "21:00:00", "21:59:59", "22:00:00", "12:00:00")
CHANNELS = ("sms", "call")
AGES = (timedelta(seconds=1), timedelta(days=1), timedelta(days=6, hours=23), timedelta(days=7))
TOUCHES = (("sms", "delivered"), ("call", "connected"), ("call", "no_answer"))


def edges(days: tuple[tuple[int, int, int], ...], zone: str, clocks: tuple[str, ...]) -> list[datetime]:
    found: list[datetime] = []
    for day in days:
        for clock in clocks:
            local = datetime.fromisoformat(f"{day[0]}-{day[1]:02}-{day[2]:02}T{clock}")
            found.append(local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC))
    return found


def histories(most: int) -> list[tuple[tuple[timedelta, tuple[str, str]], ...]]:
    """All of up to so many touches, each of an age and a kind."""
    one = list(itertools.product(AGES, TOUCHES))
    return [made for count in range(most + 1) for made in itertools.combinations_with_replacement(one, count)]


def life(
    now: datetime,
    *,
    jurisdiction: str,
    zones: tuple[str, ...],
    role: str,
    channel: str,
    history: tuple[tuple[timedelta, tuple[str, str]], ...] = (),
) -> Json:
    to = {"party": "debtor", "to": "m1", "debts": ["A"]}
    return {
        "now": now.isoformat(),
        "policy": {"guard_seconds": 0, "product": True},
        "lender": {"role": role, "kind": "bank"},
        "person": {
            "jurisdictions": [jurisdiction],
            "places": [{"kind": "address", "zone": zone} for zone in zones],
            "stops": [],
            "agreements": [{"kind": "message_consent", "channel": "sms", "at": "2024-01-01T00:00:00Z"}],
            "events": [],
        },
        "debts": [{"id": "A", "kind": "credit_card", "days_past_due": 40, "balance_as_of": now.isoformat()}],
        "attempt": {**to, "channel": channel},
        "history": [
            {**to, "at": (now - age).isoformat(), "channel": by, "result": result, "purpose": "reminder"}
            for age, (by, result) in history
        ],
    }


def permit(given: Json) -> Permit:
    attempt, facts, now = cases.read_case(given, PACKS, near)
    return check(attempt, facts, PACKS, now)


def rules(given: Json, at: datetime) -> set[str]:
    """What the oracle holds against an attempt at an instant, with a balance that is never stale."""
    fresh = [debt | {"balance_as_of": at.isoformat()} for debt in given["debts"]]
    return clerk.denying(given | {"now": at.isoformat(), "debts": fresh}, at)


def agree(given: Json) -> str:
    now, engine = datetime.fromisoformat(given["now"]), permit(given)
    assert set(engine.rules) == rules(given, now), given
    assert (engine.verdict == "allow") == (not engine.rules), given
    if engine.until is not None:
        assert not rules(given, engine.until), f"still denied at its end: {given}"
        assert rules(given, engine.until - A_SECOND), f"ended earlier: {given}"
    return engine.verdict


def united() -> Iterator[Json]:
    """All of the United States: one zone or two, and every history."""
    for zone, role, channel in itertools.product(US_ZONES, US_ROLES, CHANNELS):
        for other in US_ZONES:
            for now in edges(US_DAYS, zone, US_EDGES):
                zones = tuple(dict.fromkeys((zone, other)))
                yield life(now, jurisdiction="US", zones=zones, role=role, channel=channel)
    for zone in US_ZONES[:2]:
        told = itertools.product(US_ROLES, CHANNELS, histories(3), edges(US_DAYS, zone, US_EDGES))
        for role, channel, made, now in itertools.islice(told, 0, None, EVERY):
            yield life(now, jurisdiction="US", zones=(zone,), role=role, channel=channel, history=made)


def chinese() -> Iterator[Json]:
    """All of China: its days, its clocks, and every history."""
    for zone, role, channel, now in itertools.product(
        CN_ZONES, US_ROLES, CHANNELS, edges(CN_DAYS, "Asia/Shanghai", CN_EDGES)
    ):
        yield life(now, jurisdiction="CN", zones=(zone,), role=role, channel=channel)
    told = itertools.product(CN_ZONES[:2], CHANNELS, histories(3), edges(CN_DAYS, "Asia/Shanghai", CN_EDGES))
    for zone, channel, made, now in itertools.islice(told, 0, None, EVERY):
        yield life(now, jurisdiction="CN", zones=(zone,), role=US_ROLES[0], channel=channel, history=made)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("world", [united, chinese])
def test_engine_and_oracle_agree_everywhere(world: Callable[[], Iterator[Json]]) -> None:
    seen = Counter(agree(given) for given in world())
    assert seen.total() >= FEWEST // (1 if world is united else 2), seen
    assert min(seen["allow"], seen["hold"]) > seen.total() // 20, f"one answer was hardly seen: {seen}"
