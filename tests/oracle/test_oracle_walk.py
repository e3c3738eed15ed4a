"""The oracle looks only where something may change: nothing is free in between, at any quarter hour or second."""

import ast
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given

from tests.oracle import clerk, lives
from tests.oracle.clocks import DAY, QUARTER, instant, turns
from tests.oracle.examples import counts
from tests.oracle.hours import edges
from tests.oracle.life import Json, Life

pytestmark = pytest.mark.counted

HERE = Path(__file__).parent


@pytest.mark.timeout(600)
@counts(25, 150)
@given(lives.people())
def test_no_quarter_hour_before_until_is_free(cases: list[Json]) -> None:
    for case in cases:
        _denied_between(case, clerk.answer(case))


def _denied_between(case: Json, found: clerk.Answer) -> None:
    now = instant(case["now"])
    if found.verdict == "allow":
        return
    asked = clerk.rules(Life(case))
    end = found.until or now + 9 * DAY
    at = now.replace(minute=now.minute // 15 * 15, second=0)
    while (at := at + QUARTER) < end:
        assert any(rule.denies(at) for rule in asked), (case, at)
    if found.until:
        assert not any(rule.denies(end) for rule in asked), case
        assert any(rule.denies(end - timedelta(seconds=1)) for rule in asked), case


@pytest.mark.parametrize("zone", ["America/New_York", "Australia/Lord_Howe", "Europe/London", "Asia/Kolkata"])
def test_every_change_of_a_clock_and_every_midnight_is_looked_at(zone: str) -> None:
    case: Json = {
        "now": "2026-09-01T00:00:00+00:00",
        "policy": {"guard_seconds": 60},
        "lender": {"role": "debt_buyer"},
        "person": {"jurisdictions": ["US"], "places": [{"kind": "address", "zone": zone}]},
        "debts": [],
        "attempt": {"channel": "call", "party": "debtor", "to": "m1", "debts": []},
        "history": [],
    }
    life = Life(case)
    looked = set(turns(life.zones, edges(life), set(), life.now, life.now + 400 * DAY))
    before = life.now
    for minutes in range(1, 400 * 24 * 60 - 1):
        at = life.now + timedelta(minutes=minutes)
        wall = at.astimezone(life.zones[0])
        if wall.utcoffset() != before.astimezone(life.zones[0]).utcoffset() or (wall.hour, wall.minute) == (0, 0):
            assert at in looked, at
        before = at


def test_the_oracle_shares_no_code_with_the_engine() -> None:
    files = [path for path in HERE.glob("*.py") if path.name != Path(__file__).name]
    assert len(files) > 10
    for path in files:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [each.name for each in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not [name for name in names if name.split(".")[0] == "forbear"], path.name
