"""`forbear letters run` from the first paper to the manifest, on a record as the tests' small tenant has it."""

import json
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from forbear import letter_runs_cli
from forbear.channels.print_room import shelves
from forbear.errors import BadInput, NotFound
from forbear.ledger.engine import Ledger
from forbear.letter_runs_cli import run as command
from forbear.ports.papers import LetterHead, Rendered
from forbear.ports.post import PostAddress
from tests.ledger.house import House
from tests.ledger.running import KIND, Press, people, refusing


@dataclass
class Presses(Press):
    """Also makes the sheet that the print room lays in front."""

    def address_page(self, touch: str, to: PostAddress, head: LetterHead) -> Rendered:
        del touch, to, head
        return Rendered(b"%PDF address", "00" * 32, 1)


@pytest.fixture
def press(house: House, monkeypatch: pytest.MonkeyPatch) -> Presses:
    press = Presses()

    def opened(_: Path) -> nullcontext[Ledger]:
        return nullcontext(house.ledger)

    monkeypatch.setattr(letter_runs_cli, "ledger_of", opened)
    monkeypatch.setattr(letter_runs_cli, "_presses", lambda: nullcontext(press))
    return press


def told(data: Path, *arguments: str) -> tuple[str, str]:
    """What a command prints, and what it tells beside."""
    result = CliRunner().invoke(command, [*arguments, "--data", str(data)], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout, result.stderr


def test_a_run_from_its_first_paper_to_its_manifest(house: House, press: Presses, tmp_path: Path) -> None:
    accounts = people(house, 4)
    press.before = refusing({accounts[0]: "window.address"})
    (tmp_path / "accounts.txt").write_text("\n".join(accounts[1:]) + "\n", "utf-8")
    listed = ("--account", accounts[0], "--accounts", str(tmp_path / "accounts.txt"))
    out, beside = told(tmp_path, "start", KIND, "--day", "2026-03-02", *listed)
    run = out.splitlines()[0]  # what is logged follows
    assert run.startswith("lrn_")
    assert beside.split("\t")[1:3] == ["made 3", "refused 1"]
    house.pay(accounts[1])
    _, beside = told(tmp_path, "hand", run)
    assert "held 1" in beside
    assert "handed 2" in beside
    assert len(list((shelves(house.settings) / "waiting").iterdir())) == 2
    shown, _ = told(tmp_path, "show", run)
    assert f"{accounts[0]}" in shown
    assert "refused\twindow.address" in shown
    assert "held\tACCOUNT.PAID" in shown
    press.before = refusing({})
    _, beside = told(tmp_path, "resume", run, "--refused")
    assert "handed 3" in beside
    listing = json.loads(told(tmp_path, "manifest", run, "--json", "--both-sides")[0])
    assert [line["state"] for line in listing["lines"]] == ["handed", "held", "handed", "handed"]
    (handed,) = (total for total in listing["totals"] if total["state"] == "handed")
    assert (handed["provider"], handed["service"]) == ("print_room", "certified")
    assert (handed["letters"], handed["pages"], handed["sheets"]) == (3, 6, 3)
    table, _ = told(tmp_path, "manifest", run)
    assert len(table.splitlines()) == 1 + 4 + 1 + 2
    assert "Example" not in table + shown + beside


def test_what_was_asked_wrongly_is_said(house: House, press: Presses, tmp_path: Path) -> None:
    del press
    account = people(house, 1)[0]
    for wrong in (
        ("start", KIND, "--day", "2026-03-02"),
        ("start", KIND, "--day", "2026-03-02", "--account", account, "--lender", house.lender),
        ("start", KIND, "--day", "tomorrow", "--account", account),
        ("start", "no.such.kind", "--day", "2026-03-02", "--account", account),
    ):
        with pytest.raises(BadInput):
            told(tmp_path, *wrong)
    with pytest.raises(NotFound):
        told(tmp_path, "show", "lrn_0000000000000000000000")


def test_a_lenders_arrears_make_a_run(house: House, press: Presses, tmp_path: Path) -> None:
    accounts = people(house, 2)
    out, _ = told(tmp_path, "start", KIND, "--day", "2026-03-02", "--lender", house.lender, "--overdue", "5")
    assert out.strip().startswith("lrn_")
    assert sorted(press.made) == accounts
