"""The published cases, every one of them."""

import io
import json
from typing import Any

import pytest

from forbear.calendars import near
from forbear.rules import cases
from tests.rules.asking import VECTORS

LINES = [line for line in VECTORS.read_text(encoding="utf-8").splitlines() if line.strip()]
CASES = [pytest.param(line, id=json.loads(line)["id"]) for line in LINES]


def compare(answer: dict[str, Any], expect: dict[str, Any]) -> None:
    assert answer["verdict"] == expect["verdict"]
    assert answer["until"] == expect["until"]
    assert "event" not in expect or answer["event"] == expect["event"]
    assert set(expect["rules"]) <= set(answer["rules"])


@pytest.mark.parametrize("line", CASES)
def test_published_case(line: str) -> None:
    answer, readable = cases.answer_line(line, calendars=near)
    assert readable, answer
    compare(answer, json.loads(line)["expect"])


def test_none_is_left_out() -> None:
    assert len(LINES) == 52
    named = {name for line in LINES for name in json.loads(line)["given"]["person"]["jurisdictions"]}
    assert {"CN", "US", "US-NYC", "US-MA", "US-WA", "US-DC", "US-NV", "GB-EAW", "TW", "IN", "PH", "AU"} <= named


def test_a_stream_is_answered_in_order() -> None:
    out = io.StringIO()
    assert cases.check_stream(LINES, out.write, calendars=near) == 0
    answers = out.getvalue().splitlines()
    for line, answer in zip(LINES, answers, strict=True):
        compare(json.loads(answer), json.loads(line)["expect"])
