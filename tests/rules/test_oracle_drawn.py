"""The drawn cases that show most, with the oracle's answers: every rule of the table at its edge, in a second or two."""

import json
from pathlib import Path
from typing import Any

from tests.oracle.choosing import KEPT, expected
from tests.oracle.clocks import instant
from tests.oracle.table import OF_PACK
from tests.rules.twice import FULL, permit

CASES: list[dict[str, Any]] = [json.loads(line) for line in Path(KEPT).read_text(encoding="utf-8").splitlines()]


def test_the_engine_answers_each_as_the_oracle_did() -> None:
    for case in CASES:
        found, said = permit(case["given"]), case["expect"]
        moot = {"POLICY.BUSY"} if FULL & set(said["rules"]) else set[str]()
        assert set(found.rules) - moot == set(said["rules"]) - moot, case
        assert (found.verdict, found.until) == (said["verdict"], said["until"] and instant(said["until"])), case
        assert found.verdict != "block" or str(found.event) in said["events"], case


def test_the_oracle_still_says_so() -> None:
    for case in CASES[:: 1 + len(CASES) // 100]:
        assert expected(case["given"]) == case["expect"]


def test_every_rule_is_among_them() -> None:
    """But for two counts so high that only long lives reach them."""
    denied = {rule for case in CASES for rule in case["expect"]["rules"]}
    assert not set().union(*OF_PACK.values()) - denied - {"US-WV.CALL30", "US-WV.CONV10"}
