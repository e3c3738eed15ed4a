"""The published cases whose jurisdictions all have a pack."""

import io
import json
from typing import Any

import pytest

from forbear.calendars import near
from forbear.rules import cases
from tests.rules.asking import VECTORS

LINES = [line for line in VECTORS.read_text(encoding="utf-8").splitlines() if line.strip()]
READABLE = [
    pytest.param(line, id=json.loads(line)["id"])
    for line in LINES
    if set(json.loads(line)["given"]["person"]["jurisdictions"]) <= cases.packs_on(None).by_jurisdiction.keys()
]


def compare(answer: dict[str, Any], expect: dict[str, Any]) -> None:
    assert answer["verdict"] == expect["verdict"]
    assert answer["until"] == expect["until"]
    assert "event" not in expect or answer["event"] == expect["event"]
    assert set(expect["rules"]) <= set(answer["rules"])


@pytest.mark.parametrize("line", READABLE)
def test_published_case(line: str) -> None:
    answer, readable = cases.answer_line(line, calendars=near)
    assert readable, answer
    compare(answer, json.loads(line)["expect"])


def test_every_case_of_china_and_of_the_federal_layer_is_among_them() -> None:
    federal = [line for line in LINES if json.loads(line)["given"]["person"]["jurisdictions"] == ["US"]]
    assert len(federal) == 22
    chinese = [line for line in LINES if json.loads(line)["given"]["person"]["jurisdictions"] == ["CN"]]
    assert len(chinese) == 11
    assert len(READABLE) >= len(federal) + len(chinese)


def test_a_stream_is_answered_in_order() -> None:
    out = io.StringIO()
    lines = [param.values[0] for param in READABLE]
    assert cases.check_stream((str(line) for line in lines), out.write, calendars=near) == 0
    answers = out.getvalue().splitlines()
    assert len(answers) == len(lines)
    for line, answer in zip(lines, answers, strict=True):
        compare(json.loads(answer), json.loads(str(line))["expect"])
