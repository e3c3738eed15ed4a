"""The oracle by itself against the published cases: before it judges the engine it must be right."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.oracle.clerk import answer
from tests.oracle.clocks import instant

LINES = (Path(__file__).parents[1] / "vectors" / "contact.jsonl").read_text(encoding="utf-8").splitlines()
CASES = [json.loads(line) for line in LINES if line.strip()]


def test_all_of_them_are_there() -> None:
    assert len(CASES) == 52


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_published_case(case: dict[str, Any]) -> None:
    expected, found = case["expect"], answer(case["given"])
    assert found.verdict == expected["verdict"]
    assert found.until == (expected["until"] and instant(expected["until"]))
    assert set(expected["rules"]) <= found.rules
    if "event" in expected:
        assert found.events == ({expected["event"]} if expected["verdict"] == "block" else set())
