"""The command line: what it answers, in how many lines, and with which status."""

import json
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from PIL import Image

from forbear.services import settings_file
from forbear.services.ports import free_port
from forbear.services.postgres import Postgres
from forbear.settings import Settings


def forbear(*arguments: str, given: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from forbear.cli import main; main()", *arguments],
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(Path.cwd()), **environment},
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def installation(database: Settings, tmp_path: Path) -> dict[str, str]:
    """The environment of a process of a migrated installation."""
    values = {name: getattr(database, name) for name in settings_file.fresh_secrets()}
    revealed = {name: v.get_secret_value() if hasattr(v, "get_secret_value") else v for name, v in values.items()}
    revealed["codec_keys"] = {key_id: v.get_secret_value() for key_id, v in database.codec_keys.items()}
    file = tmp_path / "settings.toml"
    settings_file.provide(file, {**revealed, "database_url": database.database_url, "data": database.data})
    return settings_file.variables(file)


def test_the_command_line_imports_no_room_before_it_runs_a_command() -> None:
    heavy = {"sqlalchemy", "temporalio", "fastapi", "twilio", "altair", "forbear.services", "forbear.ledger"}
    code = f"import forbear.cli, sys; print(sorted({heavy} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_help_lists_the_commands() -> None:
    answer = forbear("--help")
    assert answer.returncode == 0
    for command in ("up", "demo", "doctor", "migrate", "import", "dump", "verify", "rules", "lender", "key"):
        assert f" {command} " in answer.stdout


def test_a_lenders_calls_and_letters_are_set_or_refused_in_one_line(
    installation: dict[str, str], tmp_path: Path
) -> None:
    tenant = forbear("tenant", "add", "Example Servicing", **installation).stdout.strip()
    options = ("--tenant", tenant, "--phone", "+12125550111", "--sender", "+12125550110")
    lender = forbear("lender", "add", "Example Bank", *options, **installation).stdout.strip()
    where = ("--post-line", "1 Example Plaza", "--post-city", "New York", "--post-country", "US")
    told = forbear("lender", "set", lender, *where, "--call-identity", "last_four", **installation)
    assert json.loads(told.stdout) == {
        "call_identity": "last_four",
        "post": {"address": {"lines": ["1 Example Plaza"], "city": "New York", "country": "US"}},
    }
    refused = forbear("lender", "set", lender, "--voicemail", "limited_content", **installation)
    assert refused.returncode != 0
    assert "voicemail_contact" in refused.stderr
    assert "Traceback" not in refused.stderr
    logo = tmp_path / "logo.png"
    Image.new("RGB", (300, 120), "#0b5e55").save(logo)
    look = forbear("lender", "house", lender, "--colour", "#0b5e55", "--logo", str(logo), **installation)
    kept = json.loads(look.stdout)
    assert (kept["colour"], kept["words_in_colour"], kept["logo_signs"] > 0) == ("#0b5e55", True, True)
    pale = forbear("lender", "house", lender, "--colour", "#f2c14e", "--no-logo", **installation)
    assert json.loads(pale.stdout) == {"colour": "#f2c14e", "words_in_colour": False, "logo_signs": 0}
    unseen = forbear("lender", "house", lender, "--colour", "#ffffff", **installation)
    assert unseen.returncode != 0
    assert "darker" in unseen.stderr


@pytest.mark.parametrize("wrong", [["nonsense"], ["up", "--nonsense"], ["rules", "check"], ["import", "absent.csv"]])
def test_a_usage_error_ends_with_2_and_no_traceback(wrong: list[str]) -> None:
    answer = forbear(*wrong)
    assert answer.returncode == 2
    assert "Traceback" not in answer.stderr


def test_what_cannot_start_is_one_line_and_1(tmp_path: Path) -> None:
    port = free_port()
    settings_file.provide(
        tmp_path / settings_file.FILE, {"database_url": f"postgresql+psycopg://127.0.0.1:{port}/forbear"}
    )
    answer = forbear("migrate", "--data", str(tmp_path))
    assert answer.returncode == 1
    assert answer.stderr.startswith(f"forbear: No PostgreSQL answers at 127.0.0.1:{port}")
    assert len(answer.stderr.splitlines()) == 1


@pytest.mark.parametrize("variable", ["FORBEAR_DATABASE_URL", "TEMPORAL_ADDRESS"])
def test_up_does_not_quietly_ignore_another_database_or_temporal(tmp_path: Path, variable: str) -> None:
    answer = forbear("up", "--data", str(tmp_path / "house"), **{variable: "elsewhere"})
    assert answer.returncode == 1
    assert variable in answer.stderr
    assert not (tmp_path / "house").exists()


def test_the_doctor_s_status_says_whether_something_is_wrong(tmp_path: Path) -> None:
    folder = tmp_path / "house"
    folder.mkdir(mode=0o755)
    folder.chmod(0o755)
    answer = forbear("doctor", "--data", str(folder))
    assert answer.returncode == 1
    assert f"bad  data folder: {folder}. others may enter it: chmod 700 {folder}\n" in answer.stdout


def test_migrate_brings_an_empty_database_to_the_newest_schema(
    postgres: Postgres, installation: dict[str, str]
) -> None:
    postgres.create_database("bare")
    answer = forbear("migrate", **installation, FORBEAR_DATABASE_URL=postgres.url("bare"))
    assert answer.returncode == 0, answer.stderr
    url = postgres.settings.model_copy(update={"database_url": postgres.url("bare")}).database_url_for("migrator")
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        assert connection.execute("select to_regclass('public.account')").fetchone() != (None,)
    postgres.drop_database("bare")


def test_a_tenant_a_lender_and_its_key_are_made_in_three_commands(installation: dict[str, str]) -> None:
    made = forbear("tenant", "add", "Example Bank", **installation)
    assert made.returncode == 0, made.stderr
    tenant = made.stdout.strip()
    given = ["--tenant", tenant, "--phone", "+12125550100", "--sender", "+12125550101"]
    lender = forbear("lender", "add", "Example Lending", *given, **installation).stdout.strip()
    key = forbear("key", "add", "--lender", lender, "--scope", "accounts:write", "--label", "test", **installation)
    assert key.stdout.startswith("fbk_")
    twice = forbear("lender", "add", "Another", *given, **installation)
    assert (twice.returncode, len(twice.stderr.splitlines())) == (1, 1)


def test_dump_and_verify_read_the_record(installation: dict[str, str], tmp_path: Path) -> None:
    forbear("tenant", "add", "Example Bank", **installation)
    dumped = forbear("dump", str(tmp_path / "dump.jsonl"), **installation)
    assert dumped.returncode == 0, dumped.stderr
    assert '"tenant"' in (tmp_path / "dump.jsonl").read_text()
    verified = forbear("verify", **installation)
    assert verified.returncode == 0, verified.stdout + verified.stderr


def test_rules_check_answers_a_case_from_standard_input_and_many_from_a_file() -> None:
    vectors = Path("tests/vectors/contact.jsonl")
    first = vectors.read_text(encoding="utf-8").splitlines()[0]
    from_input = forbear("rules", "check", "-", given=first)
    from_file = forbear("rules", "check", "--file", str(vectors))
    assert from_input.returncode == 0, from_input.stderr
    expected = json.loads(first)["expect"]
    answer = json.loads(from_input.stdout)
    assert {name: answer[name] for name in ("verdict", "until", "rules")} == {
        name: expected[name] for name in ("verdict", "until", "rules")
    }
    assert from_file.stdout.splitlines()[0] == from_input.stdout.strip()
    assert len(from_file.stdout.splitlines()) == len(vectors.read_text(encoding="utf-8").splitlines())


def test_rules_check_refuses_a_ruleset_that_is_no_day_and_a_case_that_is_none() -> None:
    assert forbear("rules", "check", "-", "--ruleset", "soon", given="{}").returncode == 2
    unreadable = forbear("rules", "check", "-", given="{}")
    assert unreadable.returncode == 2
    assert "error" in json.loads(unreadable.stdout)
