"""`forbear money statement` over an installation's ledger: the page's figures, on the borrower's own days."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from forbear.cli import app
from forbear.errors import BadInput, CannotStart, NotFound
from forbear.ledger.owed import owed_on
from forbear.ledger.tables.accounts import Account
from forbear.settings import SETTINGS_VARIABLE, Settings
from tests.conftest import Hands
from tests.ledger.commanded import commanded
from tests.ledger.house import House


@pytest.fixture
def house(database: Settings, hands: Hands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """An installation whose commands are run in its environment."""
    yield from commanded(database, hands, tmp_path, monkeypatch)


def ask(*arguments: str) -> Result:
    answer = CliRunner().invoke(app, ["money", "statement", *arguments])
    if answer.exception is not None and not isinstance(answer.exception, SystemExit):
        raise answer.exception
    return answer


def test_a_statement_shows_what_was_booked_until_a_day_and_the_ledgers_balance(house: House, hands: Hands) -> None:
    person = house.person()
    house.phone(person, "+13125550142")
    account = house.account(person, amount="250.00")
    hands.advance(timedelta(days=3, hours=11))  # half past ten in the evening in Chicago, the next day in Greenwich
    payment = house.pay(account, "100.00")
    hands.advance(timedelta(days=4))
    house.reverse(payment)
    hands.advance(timedelta(days=1))
    house.pay(account, "30.00")

    told = {
        day: json.loads(ask(account, "--as-of", day, "--format", "json").output) for day in ("2026-03-01", "2026-03-05")
    }
    assert told["2026-03-01"]["lines"] == []
    assert [(line["day"], line["kind"], line["amount"]) for line in told["2026-03-05"]["lines"]] == [
        ("2026-03-02", "opening", "250.00"),
        ("2026-03-05", "payment", "-100.00"),
    ]
    assert told["2026-03-05"]["zone"] == "America/Chicago"
    last = json.loads(ask(account, "--as-of", "2026-12-31", "--format", "json").output)
    with house.worker() as session:
        owed = owed_on(session, session.get_one(Account, account), house.now)
    assert last["owed"] == {component: f"{amount:.2f}" for component, amount in owed.parts.items()}
    assert last["total"] == "220.00"
    rows = list(csv.DictReader(io.StringIO(ask(account, "--as-of", "2026-12-31", "--format", "csv").output)))
    assert [row["balance"] for row in rows] == ["250.00", "150.00", "250.00", "220.00", "220.00"]
    text = ask(account, "--as-of", "2026-12-31").output
    assert text.splitlines()[-1].split() == ["total", "220.00"]
    assert person not in text


def test_an_account_that_is_not_there_is_not_found(house: House) -> None:
    with pytest.raises(NotFound):
        ask("acc_none")


@pytest.mark.parametrize("arguments", [("loan-5",), ("acc_1", "--as-of", "soon")])
def test_what_is_no_account_or_day_is_refused_before_the_ledger_is_opened(arguments: tuple[str, ...]) -> None:
    with pytest.raises(BadInput):
        ask(*arguments)


def test_without_an_installation_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SETTINGS_VARIABLE, raising=False)
    with pytest.raises(CannotStart):
        ask("acc_1", "--data", str(tmp_path / "none"))
