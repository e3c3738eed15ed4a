"""The published cases, every one of them, one by one and as a stream; and the command that answers them."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from forbear.cli import app
from forbear.money import case_kinds, cases

VECTORS = Path(__file__).parents[1] / "vectors" / "money.jsonl"
LINES = VECTORS.read_text(encoding="utf-8").splitlines()
SPOILED = LINES[0].replace('"12345.67"', "12345.67")


def compare(answer: dict[str, Any], line: str) -> None:
    expect = json.loads(line)["expect"]
    assert {name: answer[name] for name in expect} == expect


@pytest.mark.parametrize("line", LINES, ids=[json.loads(line)["id"] for line in LINES])
def test_published_case(line: str) -> None:
    answer, readable = cases.answer_line(line)
    assert readable, answer
    compare(answer, line)


def test_none_is_left_out() -> None:
    assert len(LINES) == 22


def test_a_file_is_answered_in_order() -> None:
    ran = CliRunner().invoke(app, ["money", "check", "--file", str(VECTORS)])
    assert ran.exit_code == 0
    for line, answer in zip(LINES, ran.stdout.splitlines(), strict=True):
        compare(json.loads(answer), line)


def test_one_case_may_run_over_several_lines() -> None:
    given = json.dumps(json.loads(LINES[0])["given"], indent=2)
    ran = CliRunner().invoke(app, ["money", "check", "-"], input=given)
    assert ran.exit_code == 0
    compare(json.loads(ran.stdout), LINES[0])


def test_what_cannot_be_read_spoils_its_own_line_alone() -> None:
    ran = CliRunner().invoke(app, ["money", "check", "-"], input="\n".join([SPOILED, "no case", "", LINES[1]]))
    wrong, worse, right = ran.stdout.splitlines()
    assert json.loads(wrong)["error"].startswith("principal: ")
    assert json.loads(worse)["error"].startswith("given: ")
    compare(json.loads(right), LINES[1])
    assert ran.exit_code == 2


def test_a_byte_that_is_no_text_spoils_its_own_line_alone(tmp_path: Path) -> None:
    file = tmp_path / "cases.jsonl"
    file.write_bytes(b'{"kind": "\xff"}\n' + LINES[1].encode())
    ran = CliRunner().invoke(app, ["money", "check", "--file", str(file)])
    assert "error" in json.loads(ran.stdout.splitlines()[0])
    compare(json.loads(ran.stdout.splitlines()[1]), LINES[1])
    assert ran.exit_code == 2


@pytest.mark.parametrize("arguments", [[], ["--file", str(VECTORS), "-"], ["cases.jsonl"]])
def test_a_command_without_a_source_or_with_two_is_refused(arguments: list[str]) -> None:
    assert CliRunner().invoke(app, ["money", "check", *arguments], input="{}").exit_code == 2


def test_a_fault_of_a_calculation_spoils_its_own_line_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_: object) -> None:
        raise ValueError("4111 1111")

    out = io.StringIO()
    monkeypatch.setitem(case_kinds.KINDS, "simple_interest", fails)
    assert cases.check_stream([LINES[0], LINES[4]], out.write) == cases.UNREADABLE
    wrong, right = out.getvalue().splitlines()
    assert json.loads(wrong) == {"error": "given: could not be reckoned (ValueError)"}
    compare(json.loads(right), LINES[4])


def test_a_card_with_less_than_one_owed_still_bears_interest() -> None:
    given = json.loads(LINES[8])["given"]
    given |= {"purchases": [{"date": "2026-03-05", "amount": "0.90"}], "payments": [], "to": "2026-04-04"}
    assert cases.answer(given)["interest"] == "0.01"


def test_a_card_on_which_nothing_ever_moved_owes_nothing() -> None:
    given = json.loads(LINES[8])["given"]
    given |= {"purchases": [{"date": "2026-03-05", "amount": "0.00"}], "payments": [], "paid_by_due_date": "0.00"}
    assert cases.answer(given) == {"interest": "0.00", "minimum_payment": "0.00", "late_fee": "0.00"}


def test_a_stream_tells_its_status() -> None:
    out = io.StringIO()
    assert cases.check_stream([*LINES, SPOILED], out.write) == cases.UNREADABLE
    assert len(out.getvalue().splitlines()) == len(LINES) + 1
