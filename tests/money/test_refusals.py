"""What no calculation may be guessed from: every faulty input is refused, and the refusal names the field."""

import copy
import json
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forbear.errors import BadInput
from forbear.money import cases
from forbear.money.case_kinds import KINDS
from tests.oracle.examples import counts
from tests.oracle.money_draws import drawn

VECTORS = Path(__file__).parents[1] / "vectors" / "money.jsonl"
BY_ID = {case["id"]: case["given"] for case in map(json.loads, VECTORS.read_text(encoding="utf-8").splitlines())}
GONE = object()
ODD = (None, True, 0, -1, 1.5, "", "0", "0.00", "9999999999999999.99", "0." + "9" * 20, "999999", "999999.5", "-1", "NaN", "1e9",
       "2026-02-28", "2199-12-31", "1900-01-01", "2028-02-29", "200000", "x", [], {}, ["0.00"], [{}])  # fmt: skip
BAD_AMOUNTS = (1, 1.5, True, None, "", "-1.00", "+1.00", "1.005", "1e3", "NaN", "Infinity", "1,000.00", ".50", "5.",
               " 5.00", "5.00\n", "٣.00", "５.00", "1" * 17, "0x10", [], {})  # fmt: skip
BAD_RATES = (0.05, "-0.05", "5%", "1e-3", "NaN", "0.0.5", None, "", "0." + "1" * 21)
BAD_DAYS = ("2026-02-29", "2026-13-01", "2026-1-1", "20260101", "2026-01-01T00:00:00", "1899-12-31", "2200-01-01", 5)
BAD_COUNTS = (3, "-3", "3.0", "", "1e2", "9999999", "٣")


def at(given: dict[str, Any], path: str, value: object) -> dict[str, Any]:
    """The same case with another value at a path, or with none."""
    found = copy.deepcopy(given)
    *way, last = (int(part) if part.isdigit() else part for part in path.split("."))
    node: Any = found
    for part in way:
        node = node[part]
    if value is GONE:
        del node[last]
    else:
        node[last] = value
    return found


def refused(case: object) -> BadInput:
    with pytest.raises(BadInput) as wrong:
        cases.answer(case)
    return wrong.value


def leaves(value: object, path: str = "") -> list[str]:
    """Every place of a case that holds a value."""
    parts: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        parts = list(value.items())
    elif isinstance(value, list):
        parts = list(enumerate(value))
    below = [leaf for key, each in parts for leaf in leaves(each, f"{path}.{key}" if path else str(key))]
    return below or ([path] if path else [])


@pytest.mark.parametrize("case", BY_ID)
def test_no_field_of_any_case_may_be_a_number_or_missing(case: str) -> None:
    for leaf in leaves(BY_ID[case]):
        field = refused(at(BY_ID[case], leaf, 7)).field
        assert leaf.startswith(field) or field.startswith(leaf)
        missing = not leaf.split(".")[-1].isdigit()
        if missing:
            other = {"rate": "rate", "daily_rate": "rate", "days": "start"}.get(leaf, leaf)
            assert refused(at(BY_ID[case], leaf, GONE)).field in {leaf, other}


@pytest.mark.parametrize("case", BY_ID)
def test_a_key_that_means_nothing_is_refused_everywhere(case: str) -> None:
    assert refused({**BY_ID[case], "princpal": "1.00"}).field == "princpal"


@pytest.mark.parametrize("value", BAD_AMOUNTS)
@pytest.mark.parametrize(
    ("case", "path"), [("M001", "principal"), ("M012", "balances.costs"), ("M013", "debts.1"), ("M022", "amounts.0")]
)
def test_no_amount(case: str, path: str, value: object) -> None:
    assert refused(at(BY_ID[case], path, value)).field == path


@pytest.mark.parametrize("value", BAD_RATES)
@pytest.mark.parametrize(("case", "path"), [("M002", "rate"), ("M006", "lpr.0.rate"), ("M008", "uplift")])
def test_no_rate(case: str, path: str, value: object) -> None:
    assert refused(at(BY_ID[case], path, value)).field == path


@pytest.mark.parametrize("value", BAD_DAYS)
@pytest.mark.parametrize(("case", "path"), [("M001", "start"), ("M006", "lpr.1.from"), ("M018", "rest_days.0")])
def test_no_day(case: str, path: str, value: object) -> None:
    assert refused(at(BY_ID[case], path, value)).field == path


@pytest.mark.parametrize("value", BAD_COUNTS)
@pytest.mark.parametrize(("case", "path"), [("M005", "days"), ("M017", "years"), ("M020", "working_days_to_service")])
def test_no_count(case: str, path: str, value: object) -> None:
    assert refused(at(BY_ID[case], path, value)).field == path


@pytest.mark.parametrize(
    ("case", "path", "value", "field"),
    [
        ("M001", "end", "2026-03-19", "end"),
        ("M001", "rate", "0.05", "daily_rate"),
        ("M001", "daily_rate", GONE, "rate"),
        ("M001", "day_count", "ACT/365", "day_count"),
        ("M001", "days", "5", "days"),
        ("M005", "start", "2026-01-01", "days"),
        ("M003", "day_count", "ACT/364", "day_count"),
        ("M006", "lpr", [], "lpr"),
        ("M006", "lpr", {}, "lpr"),
        ("M006", "lpr.0", "2022", "lpr.0"),
        ("M006", "lpr.0.from", "2023-06-02", "lpr"),
        ("M006", "lpr.1.from", "2022-08-22", "lpr.1.from"),
        ("M006", "lpr.2.from", "2023-01-01", "lpr.2.from"),
        ("M006", "lpr.0.source", "x", "lpr.0.source"),
        ("M006", "principal_changes", [{"from": "2023-07-01"}], "principal_changes.0.principal"),
        ("M007", "caps.0.from", "2024-01-02", "caps"),
        ("M008", "day_count", "30/360", "days"),
        ("M008", "day_count", "ACT/ACT", "days"),
        ("M009", "purchases", [], "purchases"),
        ("M009", "payments.0.amount", "-1.00", "payments.0.amount"),
        ("M009", "purchases.0.place", "x", "purchases.0.place"),
        ("M012", "order", ["costs", "interest"], "order"),
        ("M012", "order", ["costs", "interest", "interest"], "order"),
        ("M012", "order", ["costs", "interest", "fees"], "order"),
        ("M012", "order", ["costs", "interest", []], "order"),
        ("M012", "balances.fees", "1.00", "balances.fees"),
        ("M013", "debts", [], "debts"),
        ("M017", "weekends_rest", "true", "weekends_rest"),
        ("M017", "days", "3", "days"),
        ("M018", "months", "3", "days"),
        ("M018", "days", GONE, "days"),
        ("M022", "amounts", [], "amounts"),
        ("M022", "amounts", "1.00", "amounts"),
    ],
)
def test_what_does_not_fit_together(case: str, path: str, value: object, field: str) -> None:
    assert refused(at(BY_ID[case], path, value)).field == field


@pytest.mark.parametrize("given", [None, [], "x", 5, {}, {"kind": "guess"}, {"kind": None}, {"kind": ["x"]}])
def test_no_case_at_all(given: object) -> None:
    assert refused(given).field in {"given", "kind"}


@pytest.mark.parametrize(
    "line", ["", "{", "NaN", '{"kind": NaN}', '{"kind": "a", "kind": "b"}', "[" * 100_000, "1" * 5_000, '"\\ud800"']
)
def test_no_line_brings_the_stream_down(line: str) -> None:
    answer, readable = cases.answer_line(line)
    assert not readable
    assert answer["error"].split(": ")[0] in {"given", "kind"}
    json.dumps(answer).encode("ascii")


def test_a_long_list_is_refused_before_it_is_read() -> None:
    assert refused({"kind": "amount_in_words_cn", "amounts": ["1.00"] * 10_001}).field == "amounts"


def test_a_holiday_that_never_ends_is_no_endless_loop() -> None:
    days = [
        f"{year}-{month:02}-{day:02}" for year in range(2190, 2200) for month in range(1, 13) for day in range(1, 29)
    ]
    given = {**BY_ID["M019"], "sent_on": "2199-12-01", "holidays": days}
    assert cases.answer(given)["assumed_receipt"].startswith("2200-01")


@pytest.mark.counted
@counts(300, 20_000)
@given(st.integers(min_value=0, max_value=2**63))
def test_whatever_is_put_into_a_case_is_answered_or_refused(seed: int) -> None:
    """No other exception ever leaves the room, and no answer holds what is no figure."""
    dice = Random(seed)
    case = drawn(dice.choice(sorted(KINDS)), dice)
    for _ in range(dice.randrange(1, 3)):
        case = at(case, dice.choice(leaves(case)), dice.choice(ODD))
    try:
        told = json.dumps(cases.answer(case))
    except BadInput:
        return
    assert not {"NaN", "Infinity", "-0.00"} & set(told.replace('"', " ").replace(",", " ").split())
    assert "E+" not in told
