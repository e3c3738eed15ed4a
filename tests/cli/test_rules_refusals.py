"""`forbear rules` and `templates check` given what they cannot use: one line that names it and says what to do."""

import os
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from forbear.cli import app
from forbear.errors import BadData, BadInput, CannotStart, ForbearError, NotFound
from forbear.services.installation import settings_of
from forbear.wording.checking import FOLDER


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment that names no installation."""
    for name in [each for each in os.environ if each.startswith("FORBEAR_")]:
        monkeypatch.delenv(name)


def ask(*arguments: str, given: str | None = None) -> Result:
    return CliRunner().invoke(app, list(arguments), input=given)


def refused(error: type[ForbearError], *arguments: str) -> str:
    answer = ask(*arguments)
    assert isinstance(answer.exception, error), answer.output
    assert answer.output == ""
    assert len(str(answer.exception).splitlines()) == 1
    return str(answer.exception)


def test_a_print_that_cannot_be_written_names_its_file(tmp_path: Path) -> None:
    out = tmp_path / "none" / "x.html"
    told = refused(BadInput, "rules", "print", "--jurisdiction", "US-NYC", "--out", str(out))
    assert told.startswith(f"--out: {out} cannot be written (No such file or directory). Give a file in a folder")


def test_cases_in_another_encoding_name_the_file_and_the_byte(tmp_path: Path) -> None:
    file = tmp_path / "cases.jsonl"
    file.write_bytes(b'{"now": "\xb0"}\n')
    assert refused(BadInput, "rules", "check", "--file", str(file)) == (
        f"--file: {file} is not UTF-8 at byte 10. Save it as UTF-8"
    )


@pytest.mark.parametrize("held", ["", " \n\n"])
def test_a_file_without_a_case_is_refused_as_empty_input_is(tmp_path: Path, held: str) -> None:
    file = tmp_path / "empty.jsonl"
    file.write_text(held, "utf-8")
    assert f"{file} holds no case" in refused(BadInput, "rules", "check", "--file", str(file))
    empty = ask("rules", "check", "-", given=held)
    assert empty.exit_code == 2
    assert "error" in empty.output


def test_a_file_and_standard_input_are_not_taken_together(tmp_path: Path) -> None:
    file = tmp_path / "cases.jsonl"
    file.write_text("{}", "utf-8")
    answer = ask("rules", "check", "--file", str(file), "-", given="{}")
    assert answer.exit_code == 2
    assert "not both" in answer.output


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["explain", "acc_1", "--what-if", "fax"], "--what-if: 'fax' is no channel"),
        (["explain", "bogus"], "ACCOUNT: 'bogus' is no account's id"),
        (["explain", "acc_1", "--language", "fr"], "language"),
        (["replay", "--since", "soon"], "--since"),
    ],
)
def test_arguments_are_held_before_an_installation_is_looked_for(
    arguments: list[str], named: str, tmp_path: Path
) -> None:
    assert named in refused(BadInput, "rules", *arguments, "--data", str(tmp_path / "none"))


@pytest.mark.parametrize("arguments", [["explain", "acc_1"], ["replay"]])
def test_no_installation_is_named_with_what_to_do(arguments: list[str], tmp_path: Path) -> None:
    data = tmp_path / "none"
    told = refused(CannotStart, "rules", *arguments, "--data", str(data))
    assert told == f"there is no installation in {data}: run `make up`, or give --data"


def test_the_checkup_of_the_packs_goes_on_without_an_installation(tmp_path: Path) -> None:
    answer = ask("rules", "doctor", "--on", "2026-11-22", "--data", str(tmp_path / "none"))
    assert answer.exit_code == 0
    assert f"there is no installation in {tmp_path / 'none'}: run `make up`, or give --data" in answer.output
    assert answer.output.count("To do: ") == answer.output.count("\n\n")
    ending = next(line for line in answer.output.splitlines() if line.startswith("US-NYC.FREQ2\t"))
    assert "ends on 2027-01-01 and no version follows; on that day begin " in ending
    assert "US-NYC.SHIELD.FREQ3" in ending


def test_settings_in_the_environment_need_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = "postgresql+psycopg://db.example.com:5432/forbear"
    monkeypatch.setenv("FORBEAR_DATABASE_URL", url)
    assert settings_of(tmp_path / "none").database_url == url


def test_a_rule_in_other_case_is_hinted_at() -> None:
    assert refused(NotFound, "rules", "show", "us.regf.freq7").endswith("did you mean US.REGF.FREQ7?")


def test_a_day_of_templates_that_is_none_is_told_in_our_words() -> None:
    assert refused(BadInput, "templates", "check", "--day", "foo") == (
        "--day: 'foo' is no day. Give a day such as 2027-01-01"
    )


def test_a_template_in_another_encoding_names_its_line_and_byte(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(FOLDER, tmp_path / "own"))
    path = folder / "sms" / "en" / "reminder-help.txt"
    path.write_bytes(b"one\ntwo \xff")
    assert refused(BadData, "templates", "check", str(folder), "--day", "2026-12-01") == (
        f"{path}:2: is not UTF-8 at byte 9 of the file. Save it as UTF-8"
    )
