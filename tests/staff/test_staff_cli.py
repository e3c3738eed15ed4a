"""`forbear staff` over an installation: who works here, and what to do where a command cannot be carried out."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from forbear.errors import BadInput, Conflict, NotFound
from forbear.ledger import admin, signing_in
from forbear.ledger.engine import Ledger
from forbear.services import settings_file
from forbear.settings import SETTINGS_VARIABLE, Settings
from forbear.staff_cli import staff

EMAIL, PASSWORD = "robin@example.org", "four quiet river stones"


@pytest.fixture
def tenant(database: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An installation in whose environment the commands run."""
    values = {name: getattr(database, name) for name in settings_file.fresh_secrets()}
    revealed = {name: v.get_secret_value() if hasattr(v, "get_secret_value") else v for name, v in values.items()}
    revealed["codec_keys"] = {key_id: v.get_secret_value() for key_id, v in database.codec_keys.items()}
    file = tmp_path / "settings.toml"
    settings_file.provide(file, {**revealed, "database_url": database.database_url, "data": database.data})
    monkeypatch.setenv(SETTINGS_VARIABLE, str(file))
    return admin.add_tenant(database.database_url_for("migrator"), "Example Collections")


@pytest.fixture
def ledger(tenant: str, database: Settings) -> Iterator[Ledger]:
    del tenant
    with Ledger.open(database) as ledger:
        yield ledger


def run(*arguments: str, typed: str = f"{PASSWORD}\n") -> str:
    answer = CliRunner().invoke(staff, list(arguments), input=typed)
    if answer.exception is not None and not isinstance(answer.exception, SystemExit):
        raise answer.exception
    assert PASSWORD not in answer.output
    return answer.output


def add(tenant: str, email: str = EMAIL, *more: str, typed: str = f"{PASSWORD}\n") -> str:
    named = ("--email", email, "--name", "Robin Example", "--tenant", tenant, "--password-stdin")
    return run("add", *named, *(more or ("--role", "caller")), typed=typed).strip()


def test_somebody_added_can_sign_in_and_is_listed(tenant: str, ledger: Ledger) -> None:
    member = add(tenant, EMAIL, "--role", "officer", "--role", "caller", "--language", "zh-Hans")
    assert run("list", "--tenant", tenant) == f"{member}\t{tenant}\tcaller,officer\tzh-Hans\t\tRobin Example\t{EMAIL}\n"
    assert "Nobody yet" in run("list", "--tenant", "ten_other")
    who = signing_in.present(ledger, signing_in.sign_in(ledger, " Robin@Example.ORG", PASSWORD))
    assert who is not None
    assert (who.id, who.tenant, who.roles, who.language) == (member, tenant, {"caller", "officer"}, "zh-Hans")


def test_roles_password_disable_and_enable(tenant: str, ledger: Ledger) -> None:
    member = add(tenant)
    run("roles", member, "--role", "supervisor")
    who = signing_in.present(ledger, cookie := signing_in.sign_in(ledger, EMAIL, PASSWORD))
    assert who is not None
    assert who.roles == {"supervisor"}
    new = "nine new heavy blankets"
    run("password", member, "--password-stdin", typed=f"{new}\n")
    assert signing_in.present(ledger, cookie) is None
    assert signing_in.sign_in(ledger, EMAIL, PASSWORD) is None
    assert signing_in.sign_in(ledger, EMAIL, new) is not None
    run("disable", member)
    run("disable", member)
    assert signing_in.sign_in(ledger, EMAIL, new) is None
    assert "\tdisabled\t" in run("list")
    run("enable", member)
    assert signing_in.sign_in(ledger, EMAIL, new) is None
    run("password", member, "--password-stdin", typed=f"{new}\n")
    assert signing_in.sign_in(ledger, EMAIL, new) is not None


def test_what_cannot_be_done_says_what_to_do_instead(tenant: str) -> None:
    add(tenant)
    with pytest.raises(Conflict, match="forbear staff list"):
        add(tenant, " ROBIN@example.org ")
    with pytest.raises(NotFound, match="forbear tenant add"):
        add("ten_other", "other@example.org")
    with pytest.raises(BadInput, match=r"name@example\.org"):
        add(tenant, "robin")
    with pytest.raises(BadInput, match="caller, officer"):
        add(tenant, "other@example.org", "--role", "king")
    with pytest.raises(BadInput, match="en, zh-Hans"):
        add(tenant, "other@example.org", "--role", "caller", "--language", "tlh")
    with pytest.raises(BadInput, match="a few words"):
        add(tenant, "other@example.org", typed="short\n")
    with pytest.raises(BadInput, match="as one line"):
        add(tenant, "other@example.org", typed="")
    with pytest.raises(BadInput, match="--password-stdin"):
        run("add", "--email", "o@example.org", "--name", "O", "--tenant", tenant, "--role", "caller", typed="")
    for command in (("disable",), ("enable",), ("password", "--password-stdin"), ("roles", "--role", "caller")):
        with pytest.raises(NotFound, match="forbear staff list"):
            run(command[0], "stf_unknown", *command[1:])
    assert run("list").count("\n") == 1


def test_a_refused_addition_leaves_nobody_behind(tenant: str) -> None:
    with pytest.raises(BadInput):
        add(tenant, typed="aaaaaaaaaaaaaaaaaaa\n")
    assert "Nobody yet" in run("list")
