"""Letters that come back in the rehearsal: of both lenders, each by its own way."""

from collections import Counter
from pathlib import Path

import pytest

from forbear.clock import Clock
from forbear.rehearsal import portfolio, posting
from forbear.rehearsal.demo import ORIGIN
from forbear.sandbox.post_intake import addressee
from forbear.sandbox.post_journey import Fate, fate_of
from forbear.services.addresses import Addresses
from forbear.services.house import House
from forbear.services.program import Program

SEED = 1
"""Of the command, unless told."""


def told(folder: Path, monkeypatch: pytest.MonkeyPatch, share: float | None = None) -> list[str]:
    """What a house tells the sandbox when it starts it."""
    house = House(folder, addresses=Addresses.free(), clock=Clock.starting(ORIGIN, 60), returned_share=share)
    monkeypatch.setattr(house, "_start_record", lambda: setattr(house, "clock", Clock.starting(ORIGIN, 60)))
    seen: list[str] = []

    def launch(program: Program) -> None:
        seen.extend(map(str, program.arguments))
        raise KeyboardInterrupt

    monkeypatch.setattr(Program, "launch", launch)
    with pytest.raises(KeyboardInterrupt):
        house.start()
    return seen


def test_the_print_house_is_told_how_many_letters_come_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = told(tmp_path / "a", monkeypatch, 100 * posting.COMES_BACK)
    assert given[given.index("--returned-share") + 1] == "30.0"
    assert "--returned-share" not in told(tmp_path / "b", monkeypatch)


def test_of_the_american_letters_some_come_back_and_some_arrive() -> None:
    written_to = [loan for loan in portfolio.read_all() if loan.row["playbook"] == "us-first-party-all"]
    homes = [
        {"address_line1": each.row["address_line1"], "address_zip": each.row["postal_code"]} for each in written_to
    ]
    share = 100 * posting.COMES_BACK
    fates = Counter(fate_of(SEED, addressee(home), share) for home in homes)
    assert fates[Fate.RETURNED] >= 3
    assert fates[Fate.DELIVERED] >= 3
