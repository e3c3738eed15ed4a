"""Kills in a rehearsal of 30 accounts: each service, by SIGKILL, at each of five points; nothing is lost or doubled.

Four rehearsals take turns, so that between them every service dies at every point and none dies twice in a row.
"""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from forbear.rehearsal import demo
from forbear.services.house import House

ACCOUNTS, DAYS = 30, 6
SERVICES = ("worker", "api", "postgres", "temporal")
POINTS = tuple(timedelta(days=1, hours=hours) for hours in (5, 27, 49, 71, 93))
"""World time since the start: late morning in New York on five days, when texts are under way."""


class Killer:
    """Kills one service at each point, beginning with one of the four."""

    def __init__(self, first: int) -> None:
        self.left = [(point, SERVICES[(first + index) % len(SERVICES)]) for index, point in enumerate(POINTS)]

    def __call__(self, house: House, since: timedelta) -> None:
        if self.left and since >= self.left[0][0]:
            house.kill(self.left.pop(0)[1])


@pytest.mark.prove
@pytest.mark.timeout(600)
@pytest.mark.parametrize("first", range(len(SERVICES)), ids=SERVICES)
def test_nothing_is_lost_or_doubled(tmp_path: Path, first: int) -> None:
    killer = Killer(first)
    status = demo.run(tmp_path / "demo", DAYS, accounts=ACCOUNTS, meanwhile=killer)
    assert killer.left == []
    verdict = json.loads((tmp_path / "demo" / "verdict.json").read_text(encoding="utf-8"))
    assert verdict["findings"] == []
    assert status == 0
