"""`forbear case`: a suit from the first telling to its ZIP at the terminal, and what no command hands out."""

import json
import zipfile
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from forbear import cases_at
from forbear.cases_cli import case as command
from forbear.errors import BadInput, Conflict, Erased, ForbearError, Forbidden, Incomplete, NotFound
from forbear.ledger.cases import reviewing
from forbear.ledger.engine import Ledger
from forbear.rules_cli import opening
from tests.casework.conftest import NOW
from tests.casework.filing import CUT_OFF, PASSWORD, Filing, page
from tests.casework.test_missing import SLOTS, suit
from tests.casework.test_snapshots import pay
from tests.conftest import Hands

Told = Callable[..., str]


@pytest.fixture
def told(china: Filing, monkeypatch: pytest.MonkeyPatch) -> Told:
    """Runs a command of `forbear case`; what it prints."""

    def opened(_: Path) -> nullcontext[Ledger]:
        return nullcontext(china.house.ledger)

    for module in (cases_at, opening):
        monkeypatch.setattr(module, "ledger_of", opened)

    def run(*arguments: str, password: str = "") -> str:
        result: Result = CliRunner().invoke(command, list(arguments), input=f"{password}\n", catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.stdout

    return run


def refused(told: Told, kind: type[ForbearError], words: str, *arguments: str, password: str = "") -> None:
    with pytest.raises(kind, match=words):
        told(*arguments, password=password)


def test_a_suit_from_its_fields_to_its_zip(china: Filing, hands: Hands, told: Told, tmp_path: Path) -> None:
    case = china.case()
    hands.set(NOW)
    preparer, lawyer = china.staff("legal"), china.staff("lawyer")
    china.told_all(case, "cn.suit")
    (tmp_path / "fields.json").write_text(json.dumps({"complaint_form": "free"}), "utf-8")
    assert told("fields", case, "--file", str(tmp_path / "fields.json"), "--by", preparer).startswith("cfd_")
    for slot in ("contract", "identity_claimant", "identity_respondent", *SLOTS):
        (tmp_path / f"{slot}.pdf").write_bytes(page(slot))
        told("file", "add", case, slot, str(tmp_path / f"{slot}.pdf"), "--title", slot, "--by", preparer)
    asked = told("packet", "ask", case, "cn.suit", "--cut-off", str(CUT_OFF), "--by", preparer, "--here")
    packet, state = asked.split()
    assert state == "prepared", told("packet", "show", packet)
    refused(told, Conflict, "is prepared", "packet", "export", packet, "--out", str(tmp_path / "a.zip"))
    look = ("packet", "look", packet, "--out", str(tmp_path / "look.pdf"), "--password-stdin", "--by")
    refused(told, Forbidden, "not the password", *look, lawyer, password="wrong")
    _, sha256 = told(*look, lawyer, password=PASSWORD).split()
    approve = ("packet", "approve", packet, "--sha256", sha256, "--password-stdin", "--by")
    refused(told, Forbidden, "prepared", *approve, preparer, password=PASSWORD)
    refused(told, Forbidden, "not the password", *approve, lawyer, password="wrong")
    assert told(*approve, lawyer, password=PASSWORD).split() == [packet, "approved"]
    told("packet", "export", packet, "--out", str(tmp_path / "packet.zip"), "--by", preparer)
    names = told("packet", "download", packet, "--out", str(tmp_path / "packet")).split()
    with zipfile.ZipFile(tmp_path / "packet.zip") as archive:
        assert archive.read("volumes/Packet.pdf") == (tmp_path / "packet" / "Packet.pdf").read_bytes()
    assert {"manifest.json", "schedule.csv"} < set(names)
    assert (tmp_path / "packet" / "Packet.pdf").stat().st_mode & 0o077 == 0
    shown = told("packet", "show", packet)
    assert "review\topened" in shown
    assert "review\tdownloaded" in shown
    assert china.country.names[0] not in shown
    _overtaken(china, told, case, packet, tmp_path)


def _overtaken(china: Filing, told: Told, case: str, packet: str, folder: Path) -> None:
    """Neither what was changed on the disk, nor what the record has overtaken, is written out; not one file of it."""
    export = ("packet", "export", packet, "--out", str(folder / "late.zip"))
    stored = [path for path in Path(china.house.settings.data).rglob("*") if path.is_file()]
    kept = {path: path.read_bytes() for path in stored}
    for path in stored:
        path.chmod(0o600)
        path.write_bytes(kept[path] + b"\0")
    refused(told, Erased, "changed", *export)
    for path, content in kept.items():
        path.write_bytes(content)
    pay(china, case, days=5)
    refused(told, reviewing.Changed, "sums", *export)
    assert "state\tvoid" in told("packet", "show", packet)
    refused(told, Conflict, "is void", "packet", "download", packet, "--out", str(folder / "late"))
    assert not (folder / "late.zip").exists()
    assert not (folder / "late").exists()


def test_what_is_incomplete_is_shown_with_who_can_supply_it_and_never_written(
    china: Filing, hands: Hands, told: Told, tmp_path: Path
) -> None:
    case = china.case()
    hands.set(NOW)
    packet, state = told("packet", "ask", case, "cn.suit", "--cut-off", str(CUT_OFF), "--here").split()
    assert state == "incomplete"
    shown = told("packet", "show", packet)
    assert "missing\tslot:contract\tlender\t" in shown
    assert "missing\tfield:e_service_papers\tclaimant\t" in shown
    refused(told, Incomplete, "slot:contract", "packet", "download", packet, "--out", str(tmp_path / "x"))


def test_what_happened_is_told_and_shown_without_names(china: Filing, hands: Hands, told: Told) -> None:
    case = china.case(roles=("borrower", "guarantor"))
    hands.set(NOW)
    guarantor, borrower = china.person(case, "guarantor"), china.person(case)
    fact = told("tell", case, "filed", "--on", "2026-03-10", "--detail", "channel=online").strip()
    told("guarantee", case, guarantor, "--kind", "joint", "--signed", "2025-01-10", "--due", "2026-01-31",
         "--contract-no", "BZ-0001")  # fmt: skip
    piece = told("service", case, "cn.notice.dunning", borrower, "--method", "ems", "--result", "signed", "--sent",
                 "2026-02-02", "--reached", "2026-02-05", "--detail", "number=EX000000001").strip()  # fmt: skip
    shown = told("show", case)
    assert {fact, piece} <= set(shown.split())
    assert china.country.names[0] not in shown
    assert case in told("list")
    refused(told, BadInput, "neither general nor joint", "guarantee", case, guarantor, "--kind", "x", "--signed",
            "2025-01-10", "--due", "2026-01-31")  # fmt: skip
    refused(told, BadInput, "record's own", "fields", case, "--field", "sum_total=1.00")
    refused(told, NotFound, "nothing under", "show", "cas_0000000000000000000000")


def test_many_are_asked_for_as_one_job(china: Filing, hands: Hands, told: Told) -> None:
    cases = [suit(china, hands) if not count else china.case() for count in range(2)]
    hands.set(NOW)
    out = told("run", "start", china.house.lender, "cn.suit", "--cut-off", str(CUT_OFF), "--case", cases[0], "--case",
               cases[1], "--case", "cas_0000000000000000000000")  # fmt: skip
    run = out.splitlines()[0]
    assert "refused\tcas_0000000000000000000000" in out
    assert told("run", "show", run).startswith("wanted 3\twaiting 2\tdone 0")
