"""Two readings of the published kinds must agree: the room's, and the oracle's, which adds up days in fractions."""

import json
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forbear.money import cases
from forbear.money.case_kinds import KINDS
from tests.oracle import money as oracle
from tests.oracle.examples import counts
from tests.oracle.money_draws import drawn

pytestmark = pytest.mark.counted

VECTORS = Path(__file__).parents[1] / "vectors" / "money.jsonl"
PUBLISHED: list[dict[str, Any]] = [json.loads(line) for line in VECTORS.read_text(encoding="utf-8").splitlines()]
seeds = st.integers(min_value=0, max_value=2**63)


@pytest.mark.parametrize("case", PUBLISHED, ids=lambda case: case["id"])
def test_the_oracle_answers_what_is_published(case: dict[str, Any]) -> None:
    found = oracle.answer(case["given"])
    assert {name: found[name] for name in case["expect"]} == case["expect"]


def test_every_kind_has_two_readings() -> None:
    assert set(KINDS) == set(oracle.KINDS) == {case["given"]["kind"] for case in PUBLISHED}


@pytest.mark.timeout(600)
@pytest.mark.parametrize("kind", KINDS)
def test_both_give_the_same(kind: str) -> None:
    @counts(40, 2_000)
    @given(seeds)
    def ask(seed: int) -> None:
        case = drawn(kind, Random(seed))
        assert cases.answer(case) == oracle.answer(case), case

    ask()


def test_the_oracle_knows_nothing_of_the_room() -> None:
    for name in ("money", "money_draws"):
        text = (Path(__file__).parents[1] / "oracle" / f"{name}.py").read_text(encoding="utf-8")
        assert "forbear" not in text
