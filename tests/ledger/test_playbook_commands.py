"""The commands about playbooks: a file checked, a playbook told, the plan of an account before and after enrolment."""

import json
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from typer.testing import CliRunner

from forbear.cadence.playbooks import FOLDER
from forbear.clock import Clock
from forbear.errors import CannotStart, NotFound
from forbear.ledger.forms.enrolment import EnrolmentForm
from forbear.ledger.planned import life_of_form
from forbear.ledger.tables.contacts import Decision, Touch
from forbear.playbook_cli import playbook
from forbear.rules_cli import opening
from tests.ledger.house import PACKS, House

EXAMPLE = Path("examples/account.json")


def run(*arguments: str) -> Any:
    return CliRunner().invoke(playbook, list(arguments))


@pytest.fixture
def opened(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    monkeypatch.setattr(opening, "ledger_of", lambda _data: nullcontext(house.ledger))  # pyright: ignore[reportUnknownLambdaType]  any folder
    return house


def test_a_shipped_file_has_nothing_wrong_and_a_broken_one_says_where(tmp_path: Path) -> None:
    for path in FOLDER.glob("*.toml"):
        checked = run("check", str(path))
        assert checked.exit_code == 0, checked.output
        assert "nothing wrong" in checked.output
    broken = tmp_path / "broken.toml"
    broken.write_text((FOLDER / "cn-card.toml").read_text("utf-8").replace('channel = "visit"', 'channel = "fax"'))
    refused = run("check", str(broken))
    assert refused.exit_code == 1
    assert "'fax' is not one of" in refused.output
    unsent = tmp_path / "unsent.toml"
    unsent.write_text((FOLDER / "cn-card.toml").read_text("utf-8").replace('"cn-notice-talk"', '"no-such-text"'))
    assert "no-such-text is not in the manifest" in run("check", str(unsent)).output


def test_a_playbook_is_told_with_its_limits_and_where_they_come_from() -> None:
    shown = run("show", "cn-guaranteed-loan").output
    for told in (
        "At most 9 contacts in 7 days",
        "The trade's ladder",
        "officers, who get a permit",
        "notice was served",
    ):
        assert told in shown
    assert isinstance(run("show", "no-such").exception, NotFound)


def test_the_plan_of_an_account_that_is_not_enrolled() -> None:
    told = run("preview", str(EXAMPLE), "--days", "40")
    assert told.exit_code == 0, told.output
    assert "not enrolled yet" in told.output
    assert "sms to the borrower" in told.output


def test_what_is_no_enrolment_is_refused_without_its_values(tmp_path: Path) -> None:
    given = json.loads(EXAMPLE.read_text("utf-8"))
    given["currency"] = "somebody's secret"
    wrong = tmp_path / "wrong.json"
    wrong.write_text(json.dumps(given), "utf-8")
    refused = run("preview", str(wrong)).exception
    assert isinstance(refused, CannotStart)
    assert "currency" in str(refused)
    assert "secret" not in str(refused)


def test_the_plan_of_an_enrolled_account_writes_nothing(opened: House) -> None:
    _, account = opened.borrower("+13125550177")
    told = run("preview", account, "--days", "30")
    assert told.exit_code == 0, told.output
    assert told.output.count("sms to the borrower") > 3
    assert "America/Chicago" in told.output
    with opened.worker() as session:
        for table in (Decision, Touch):
            mine = select(func.count()).select_from(table).where(table.account == account)
            assert session.scalars(mine).one() == 0
    assert isinstance(run("preview", "acc_none").exception, NotFound)


def test_a_stop_shows_in_the_plan(opened: House) -> None:
    person, account = opened.borrower("+13125550178")
    opened.stop(person, "dispute", account=account)
    told = run("preview", account, "--days", "30").output
    assert "sms to" not in told
    assert "held by" in told


def test_an_enrolment_is_read_as_the_ledger_reads_it() -> None:
    """People, points and balance; its keys are digests."""
    form = EnrolmentForm.model_validate_json(EXAMPLE.read_text("utf-8"))
    life = life_of_form(form, PACKS, Clock.real().now())
    assert life.borrower.points
    assert len(life.persons) == len(form.parties)
    assert all(len(point.key) == 64 for person in life.persons for point in person.points)
