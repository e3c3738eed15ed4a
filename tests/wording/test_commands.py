"""The command that checks templates: a line for each fault, and the status a linter needs."""

import shutil
from pathlib import Path

from typer.testing import CliRunner

from forbear.cli import app
from forbear.wording.checking import FOLDER

RUN = CliRunner()


def test_the_shipped_texts_pass() -> None:
    ended = RUN.invoke(app, ["templates", "check"])
    assert ended.exit_code == 0, ended.output
    assert ended.output == f"No faults in {FOLDER}\n"


def test_a_folder_of_ones_own_is_checked_and_each_fault_told(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(FOLDER, tmp_path / "own"))
    path = folder / "sms" / "en" / "reminder-help.txt"
    path.write_text("{{ lender }}: pay your l0an, see {{ link }} or call {{ phone }}. Reply STOP to opt out.", "utf-8")
    ended = RUN.invoke(app, ["templates", "check", str(folder), "--day", "2026-12-01"])
    assert ended.exit_code == 1
    told = ended.output.splitlines()
    assert told[0].startswith(f"{path}:1: sms/reminder-help: “loan” (POLICY.WORDS.DEBT). Before a reader's identity")
    assert told[-1] == f"1 fault in {folder}"


def test_a_rule_that_begins_later_is_told_with_its_day(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(FOLDER, tmp_path / "own"))
    manifest = folder / "manifest.toml"
    collectors = manifest.read_text("utf-8").replace('roles = ["original_creditor"]', 'roles = ["debt_buyer"]', 1)
    manifest.write_text(collectors, "utf-8")
    path = folder / "sms" / "en" / "reminder-friendly.txt"
    path.write_text(path.read_text("utf-8").replace("Reply STOP", "Reply R"), "utf-8")
    told = RUN.invoke(app, ["templates", "check", str(folder)]).output.splitlines()
    later = [line for line in told if "US-NYC.SHIELD.STOP1WORD" in line]
    assert later
    assert all(line.endswith(" From 2027-01-01.") for line in later)
