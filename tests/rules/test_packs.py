"""Packs load whole or not at all, and say where they are wrong; they stand as they stood on a date."""

from datetime import date
from pathlib import Path

import pytest

from forbear.errors import BadData, BadInput
from forbear.rules.packs import SHIPPED, load
from tests.rules.asking import ask, packs_from

HEAD = """\
[pack]
jurisdiction = "US"
signed_by = ""
"""
RULE = """
[[rule]]
id = "US.TEST.HOURS"
kind = "quiet_hours"
open = "08:00"
close = "21:00"

[[rule.version]]
statement = "From 08:00 until 21:00."
cite = { instrument = "Test Act", section = "1" }
force = "law"
evidence = "S"
verified_on = 2026-11-21
added = 2026-11-21
"""
VERSION = """
[[rule.version]]
from = 2027-01-01
open = "09:00"
statement = "From 09:00 until 21:00."
cite = { instrument = "Test Act", section = "2" }
force = "law"
evidence = "S"
verified_on = 2026-11-21
added = 2026-11-21
"""


def fault(folder: Path, text: str) -> BadData:
    with pytest.raises(BadData) as caught:
        packs_from(folder, text)
    assert caught.value.path == folder / "one.toml"
    return caught.value


def line_of(text: str, part: str, nth: int = 1) -> int:
    lines = [number for number, line in enumerate(text.splitlines(), start=1) if line.startswith(part)]
    return lines[nth - 1]


def test_the_shipped_packs_load_and_are_unsigned() -> None:
    packs = load()
    assert {"CN", "US", "POLICY"} <= packs.by_jurisdiction.keys()
    for pack in packs.by_jurisdiction.values():
        assert pack.terms
        assert pack.signed_by == ""
        assert all((terms.force == "policy") == (pack.jurisdiction == "POLICY") for terms in pack.terms)


def test_jurisdictions_may_be_chosen_and_policy_always_comes() -> None:
    assert load(jurisdictions=["US"]).by_jurisdiction.keys() == {"US", "POLICY"}
    assert load(jurisdictions=[]).by_jurisdiction.keys() == {"POLICY"}


def test_a_rule_can_be_shown_with_its_source() -> None:
    (hours,) = load().versions_of("US.REGF.HOURS")
    assert hours.cite.instrument.startswith("12 CFR 1006.6")
    assert (hours.force, hours.evidence) == ("regulation", "S")
    assert "\n" not in hours.statement


def test_a_whole_pack_is_read(tmp_path: Path) -> None:
    packs = packs_from(tmp_path, HEAD + RULE)
    assert ask("2026-12-01T07:00:00-05:00", packs=packs).rules == ("US.TEST.HOURS",)


@pytest.mark.parametrize(
    ("old", "new", "reason", "line"),
    [
        ('open = "08:00"', 'opens = "08:00"', "opens is no key of this table", "opens"),
        ('open = "08:00"', 'open = "8:00"', "open must be a time of day", "open"),
        ('open = "08:00"', "open = 8", "open must be a time of day", "open"),
        ('open = "08:00"\n', "", "open and close", "[[rule.version]]"),
        ('open = "08:00"', 'open = "08:30"', "statement does not hold the 08:30 of open", "statement"),
        ('kind = "quiet_hours"', 'kind = "loud_hours"', "kind must be one of", "kind"),
        ('kind = "quiet_hours"\n', "", "kind is missing", "[[rule]]"),
        ('kind = "quiet_hours"', 'kind = "zone"', "event is missing for a zone", "[[rule.version]]"),
        ('id = "US.TEST.HOURS"', 'id = "us.hours"', "id must be an id", "id"),
        ('id = "US.TEST.HOURS"', 'id = "GB.TEST.HOURS"', "id must begin with US.", "id"),
        ('cite = { instrument = "Test Act", section = "1" }\n', "", "cite is missing", "[[rule.version]]"),
        (
            'cite = { instrument = "Test Act", section = "1" }',
            "cite = { }",
            "instrument is missing",
            "[[rule.version]]",
        ),
        ('force = "law"', 'force = "custom"', "force must be one of", "force"),
        ('evidence = "S"', 'evidence = "X"', "evidence must be one of", "evidence"),
        ('evidence = "S"', 'evidence = "C"', "questions evidence 'C' needs an open question", "[[rule.version]]"),
        ('evidence = "S"', 'evidence = "from memory"', "verified_on is the day", "verified_on"),
        ("verified_on = 2026-11-21\n", "", "verified_on is the day", "[[rule.version]]"),
        ("verified_on = 2026-11-21", 'verified_on = "2026-11-21"', "verified_on must be a date", "verified_on"),
        ("added = 2026-11-21", "added = 2026-11-21T10:00:00Z", "added must be a date", "added"),
        ("added = 2026-11-21", "added = 2026-11-21\nto = 2026-01-01\nfrom = 2026-01-01", "to must be later", "to"),
        ("added = 2026-11-21", "added = 2026-11-21\nlimit = 3", "limit means nothing for a quiet_hours", "limit"),
        ("added = 2026-11-21", "added = 2026-11-21\nroles = [1]", "roles must be one of", "roles"),
        ("added = 2026-11-21", "added = 2026-11-21\nchannels = []", "channels must be a list", "channels"),
        ("added = 2026-11-21", "added = 2026-11-21\ncorrects = 2025-01-01", "corrects no version", "[[rule.version]]"),
        ("[[rule]]\n", '[[rule]]\nquestions = ["Q9"]\n', "questions must be a list of the pack's", "questions"),
        ('signed_by = ""', "signed_by = 1", "signed_by must be a text", "signed_by"),
        ('signed_by = ""', 'legal_zone = "Mars/Base"', "legal_zone is no IANA zone", "legal_zone"),
        ('jurisdiction = "US"\n', "", "jurisdiction is missing", "[pack]"),
    ],
)
def test_a_fault_is_named_with_its_line(tmp_path: Path, old: str, new: str, reason: str, line: str) -> None:
    text = (HEAD + RULE).replace(old, new, 1)
    assert text != HEAD + RULE
    found = fault(tmp_path, text)
    assert reason in found.reason
    assert found.line == line_of(text, line)


@pytest.mark.parametrize(
    ("table", "reason", "line"),
    [
        ('[[question]]\nid = "Q1"\ntext = "Is it so?"\nrules = ["US.NONE"]\n', "rules names US.NONE", "rules"),
        (
            '[[reviewed]]\ncite = "An act"\nreason = "No number."\nquestions = ["Q9"]\n',
            "questions must be",
            "questions",
        ),
    ],
)
def test_a_question_is_about_something_that_is_there(tmp_path: Path, table: str, reason: str, line: str) -> None:
    text = f"{HEAD}{RULE}\n{table}"
    found = fault(tmp_path, text)
    assert reason in found.reason
    assert found.line == line_of(text, line)


def test_a_question_that_names_a_rule_leaves_its_version_as_it_was(tmp_path: Path) -> None:
    asked = '\n[[question]]\nid = "Q1"\ntext = "Is it so?"\nrules = ["US.TEST.HOURS"]\n'
    (before, after) = (tmp_path / name for name in ("before", "after"))
    for folder, text in ((before, HEAD + RULE), (after, HEAD + RULE + asked)):
        folder.mkdir()
        (folder / "us.toml").write_text(text, encoding="utf-8")
    plain, told = (load(folder).by_jurisdiction["US"] for folder in (before, after))
    assert plain.version == told.version
    assert (told.asked_of, told.unanswered) == ({"US.TEST.HOURS": ("Q1",)}, {"Q1"})


def test_broken_toml_is_named_with_its_line(tmp_path: Path) -> None:
    assert fault(tmp_path, HEAD + "\n[[rule]\n").line == 5


def test_a_second_version_is_named_by_its_own_line(tmp_path: Path) -> None:
    text = HEAD + RULE + VERSION.replace('evidence = "S"', 'evidence = "?"')
    assert fault(tmp_path, text).line == line_of(text, "evidence", 2)


@pytest.mark.parametrize(
    "extra", ["\n[[rules]]\nid = 1\n", '\n[[question]]\nid = "Q1"\n', '\n[[reviewed]]\ncite = "x"\n']
)
def test_other_tables_are_checked_too(tmp_path: Path, extra: str) -> None:
    text = HEAD + RULE + extra
    assert fault(tmp_path, text).line == line_of(text, extra.split("\n")[1])


def test_a_rule_stands_once_and_has_a_version(tmp_path: Path) -> None:
    twice = HEAD + RULE + RULE
    assert "stands twice" in fault(tmp_path, twice).reason
    assert "without a version" in fault(tmp_path, HEAD + RULE.split("[[rule.version]]", maxsplit=1)[0]).reason


def test_a_jurisdiction_has_one_pack(tmp_path: Path) -> None:
    (tmp_path / "two.toml").write_text(HEAD + RULE, encoding="utf-8")
    (tmp_path / "one.toml").write_text(HEAD + RULE, encoding="utf-8")
    with pytest.raises(BadData, match="a second pack for US"):
        load(tmp_path)


def test_versions_may_not_overlap(tmp_path: Path) -> None:
    text = HEAD + RULE + VERSION
    found = fault(tmp_path, text)
    assert "overlaps" in found.reason
    assert found.line == line_of(text, "[[rule.version]]", 2)


def test_versions_take_turns_at_local_midnight(tmp_path: Path) -> None:
    text = (HEAD + RULE + VERSION).replace("statement", "to = 2027-01-01\nstatement", 1)
    packs = packs_from(tmp_path, text)
    last, first = ask("2026-12-31T08:30:00-05:00", packs=packs), ask("2027-01-01T08:30:00-05:00", packs=packs)
    assert (last.verdict, first.verdict) == ("allow", "hold")
    held = ask("2026-12-31T22:00:00-05:00", packs=packs)
    assert held.until is not None
    assert held.until.isoformat() == "2027-01-01T14:00:00+00:00"


def test_what_is_not_yet_law_never_denies(tmp_path: Path) -> None:
    for force in ("draft", "proposal"):
        packs = packs_from(tmp_path, (HEAD + RULE).replace('force = "law"', f'force = "{force}"'))
        assert ask("2026-12-01T03:00:00-05:00", packs=packs).verdict == "allow"


CORRECTION = VERSION.replace("from = 2027-01-01\n", 'corrects = "start"\n').replace(
    "added = 2026-11-21", "added = 2026-12-10"
)


def test_a_correction_replaces_a_row_from_the_day_it_was_added(tmp_path: Path) -> None:
    (tmp_path / "one.toml").write_text(HEAD + RULE + CORRECTION, encoding="utf-8")
    half_past_eight = "2026-12-15T08:30:00-05:00"
    assert ask(half_past_eight, packs=load(tmp_path)).verdict == "hold"
    assert ask(half_past_eight, packs=load(tmp_path, ruleset=date(2026, 12, 10))).verdict == "hold"
    assert ask(half_past_eight, packs=load(tmp_path, ruleset=date(2026, 12, 9))).verdict == "allow"


def test_a_date_before_every_pack_is_refused_and_never_permits() -> None:
    with pytest.raises(BadInput, match="ruleset"):
        load(ruleset=date(2026, 11, 20))
    assert load(ruleset=date(2026, 11, 21)).by_jurisdiction.keys() == {"POLICY", "US"}
    assert load(ruleset=date(2026, 11, 22)).by_jurisdiction == load().by_jurisdiction


def test_the_version_follows_the_rules_and_not_the_signature(tmp_path: Path) -> None:
    def version(text: str) -> str:
        return packs_from(tmp_path, text).by_jurisdiction["US"].version

    usual = version(HEAD + RULE)
    assert version((HEAD + RULE).replace('signed_by = ""', 'signed_by = "Counsel"')) == usual
    assert version("# a remark\n" + HEAD + RULE) == usual
    assert version((HEAD + RULE).replace("21:00", "20:00")) != usual


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('close = "21:00"', 'close = "22:00"'),
        ("limit = 7", "limit = 8"),
        ("\ndays = 7", "\ndays = 8"),
        ("days = 30 }", "days = 31 }"),
        ("receipt_days = 5", "receipt_days = 6"),
        ("override_days = 7", "override_days = 9"),
        ("local_days_rolling(7)", "local_days_rolling(6)"),
    ],
)
def test_no_shipped_number_changes_without_its_statement(tmp_path: Path, old: str, new: str) -> None:
    text = (SHIPPED / "us.toml").read_text(encoding="utf-8")
    assert old in text
    assert "statement does not hold" in fault(tmp_path, text.replace(old, new, 1)).reason
