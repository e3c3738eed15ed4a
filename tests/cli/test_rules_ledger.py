"""`forbear rules` over an installation's ledger: why, what if, the same again, and what a change would do."""

import json
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from forbear.errors import CannotStart, NotFound
from forbear.rules.packs import SHIPPED
from forbear.rules_cli.group import rules
from forbear.settings import SETTINGS_VARIABLE, Settings
from tests.conftest import Hands
from tests.ledger.commanded import commanded
from tests.ledger.house import House

NUMBER = "+13125550142"


@pytest.fixture
def house(database: Settings, hands: Hands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """An installation with one account, whose commands are run in its environment."""
    yield from commanded(database, hands, tmp_path, monkeypatch)


@pytest.fixture
def account(house: House, hands: Hands) -> str:
    """It was texted at noon, and held by the day's limit an hour later."""
    person = house.person()
    house.phone(person, NUMBER)
    account = house.account(person)
    house.record(house.prepared(account)[0])
    hands.advance(timedelta(hours=1))
    house.ask(account)
    return account


def ask(*arguments: str) -> Result:
    answer = CliRunner().invoke(rules, list(arguments))
    if answer.exception is not None and not isinstance(answer.exception, SystemExit):
        raise answer.exception
    return answer


def test_an_instant_is_explained_by_the_decision_in_force(account: str) -> None:
    answer = ask("explain", account, "--at", "2026-03-02T19:30:00Z").output
    assert "In force:" in answer
    assert "Held until Tue 3 March 2026, 08:01 (America/Chicago), because at most 1 attempt by text a day" in answer
    assert "(POLICY.SMS1)" in answer
    assert "  counted: Mon 2 March 2026, 12:00 (America/Chicago)  text, sent" in answer
    assert "asked " in answer
    assert NUMBER not in answer
    chinese = ask("explain", account, "--at", "2026-03-02T19:30:00Z", "--language", "zh-Hans").output
    assert "暂缓至2026年3月3日（星期二）08:01（美国中部时间）" in chinese


def test_before_the_first_decision_there_is_none(account: str) -> None:
    assert "Nothing had been decided yet." in ask("explain", account, "--at", "2026-03-01T12:00:00Z").output


def test_a_day_is_told_from_its_first_to_its_last_decision(account: str) -> None:
    answer = ask("explain", account, "--day", "2026-03-02").output
    assert answer.startswith(f"{account} on Mon 2 March 2026 (America/Chicago), day ")
    assert "12:00 (America/Chicago)  text: sent" in answer
    told = json.loads(ask("explain", account, "--day", "2026-03-03", "--json").output)
    assert (told["touches"], len(told["decisions"]), len(told["sentences"])) == ([], 1, 1)


def test_what_if_asks_the_engine_and_writes_nothing(account: str, house: House) -> None:
    before = house.ledger.clock.now()
    held = ask("explain", account, "--what-if", "sms", "--at", "2026-03-02T19:30:00Z").output
    free = ask("explain", account, "--what-if", "call", "--at", "2026-03-02T19:30:00Z").output
    assert "(mobile): Held until Tue 3 March 2026, 08:01" in held
    assert "(mobile): " in free
    assert "by text" not in free
    assert "the borrower has no number or address" in ask("explain", account, "--what-if", "letter").output
    assert json.loads(ask("replay", "--account", account, "--json").output)["stored"] == 2
    assert house.ledger.clock.now() == before


def test_stored_permits_come_out_the_same_again(account: str) -> None:
    answer = ask("replay", "--account", account)
    assert (answer.exit_code, answer.output) == (0, "2 of 2 stored permits came out the same\n")
    assert ask("replay", "--since", "2026-03-03").output == "0 of 0 stored permits came out the same\n"


def test_a_change_note_counts_the_permits_that_would_differ(account: str, tmp_path: Path) -> None:
    folder = tmp_path / "packs"
    shutil.copytree(SHIPPED, folder)
    same = ask("change-note", str(folder)).output
    assert "shipped packs: 0; places: none" in same
    assert "0 of 2 stored permits would differ" in same
    file = folder / "policy.toml"
    changed = file.read_text(encoding="utf-8").replace("At most 1 text a local day", "At most 5 texts a local day", 1)
    head, tail = changed.split('id = "POLICY.SMS1"', 1)
    file.write_text(head + 'id = "POLICY.SMS1"' + tail.replace("limit = 1", "limit = 5", 1), encoding="utf-8")
    answer = ask("change-note", str(folder)).output
    assert "shipped packs: 1; places: POLICY" in answer
    assert "1 of 2 stored permits would differ" in answer
    assert "verdict: hold -> allow" in answer


def test_the_doctor_counts_the_accounts_that_a_new_version_touches(house: House, account: str) -> None:
    answer = json.loads(ask("doctor", "--on", "2026-12-01", "--json").output)
    assert answer["database"] == "reached"
    touched = {each["what"]: each["accounts"] for each in answer["findings"] if each["about"] == "starting"}
    assert touched["US.TCPA.REVOKEALL"] == 1
    assert touched["US-NYC.SHIELD.FREQ3"] == 0
    strict = ask("doctor", "--on", "2026-12-01", "--strict")
    assert strict.exit_code == 1
    assert "[1 open account]" in strict.output
    assert ask("doctor", "--on", "2026-12-01").exit_code == 0


def test_an_account_that_nobody_has_is_not_found(house: House) -> None:
    with pytest.raises(NotFound, match="No account acc_1 in this installation"):
        ask("explain", "acc_1")


def test_without_a_database_the_doctor_says_so_and_explain_says_what_to_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(SETTINGS_VARIABLE, raising=False)
    answer = ask("doctor", "--data", str(tmp_path), "--on", "2026-12-01")
    assert answer.exit_code == 0
    assert "How many accounts are touched is not known." in answer.output
    assert "US.TCPA.REVOKEALL" in answer.output
    with pytest.raises(CannotStart):
        ask("explain", "acc_1", "--data", str(tmp_path))
