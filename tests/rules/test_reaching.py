"""The reader of the cases itself: what it refuses, what it says, and that it sees a case that proves nothing."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from forbear.rules import cases
from forbear.rules.packs import Packs, load
from tests.rules.asking import case as given_case
from tests.rules.reaching import BadCase, Case, ask, function_of, mismatches, needed, read_cases, read_matter, without

AT_TEN, LATE = "2026-12-01T10:00:00-05:00", "2026-12-01T22:00:00-05:00"
HOURS = Case("here", "US.REGF.HOURS", "check", "late", given_case(LATE), {"verdict": "hold"})
PACK = """
[pack]
jurisdiction = "XX"

[[rule]]
id = "XX.WAIT"
kind = "notice"
step = "enforce"
after = ["warned"]
event = "warned"
unit = "days"

[[rule.version]]
to = 2027-01-01
count = 14
statement = "14 days."
cite = { instrument = "Invented Act", section = "1" }
force = "law"
evidence = "S"
verified_on = 2026-11-21
added = 2026-11-21

[[rule.version]]
from = 2027-01-01
count = 30
statement = "30 days."
cite = { instrument = "Invented Act", section = "1" }
force = "law"
evidence = "S"
verified_on = 2026-11-21
added = 2026-11-21
"""


def waiting(as_of: date) -> Case:
    given = {
        "step": "enforce",
        "jurisdictions": ["XX"],
        "as_of": as_of,
        "events": [{"kind": "warned", "at": "2026-12-10"}],
    }
    return Case("here", "XX.WAIT", "earliest", "waits", given, {"day": date(2026, 12, 24)})


@pytest.fixture
def invented(tmp_path: Path) -> Packs:
    (tmp_path / "xx.toml").write_text(PACK, encoding="utf-8")
    return load(tmp_path)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[[case]\n", "Expected"),
        ("[pack]\n", "only"),
        ('[[case]]\nrule = "A.B"\n', "look at expect, function, given, title"),
        ('[[case]]\nrule = "A.B"\ntitle = ""\nfunction = "may_i"\ngiven = {}\nexpect = {}\n', "may_i is none of check"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_and_the_others_are_read(tmp_path: Path, text: str, reason: str) -> None:
    good = '[[case]]\nrule = "A.B"\ntitle = ""\nfunction = "check"\ngiven = {}\nexpect = {}\n'
    (tmp_path / "a.toml").write_text(text, encoding="utf-8")
    (tmp_path / "b.toml").write_text(good, encoding="utf-8")
    found, (fault,) = read_cases(tmp_path)
    assert [case.place for case in found] == ["b.toml case 1"]
    assert fault.startswith("a.toml: ")
    assert reason in fault


def test_an_answer_that_is_not_as_expected_says_where() -> None:
    answer = ask(HOURS, cases.packs_on(None))
    assert mismatches(HOURS, answer) == []
    until = datetime(2026, 12, 2, 13, tzinfo=UTC)
    right = replace(HOURS, expect={"until": until, "rules": ["US.REGF.HOURS"], "event": answer.said["event"]})
    assert mismatches(right, answer) == []
    wrong = replace(HOURS, expect={"verdict": "allow", "day": 1, "rules": "US.REGF.FREQ7"})
    assert mismatches(wrong, answer) == [
        "verdict is hold, not allow",
        f"day is no part of the answer, which has {', '.join(answer.said)}",
        "rules is ['US.REGF.HOURS'], without US.REGF.FREQ7",
    ]


def test_a_case_that_cannot_be_asked_says_what_is_wrong() -> None:
    for given in ({}, {"now": AT_TEN}):
        with pytest.raises(BadCase, match=r"here \(US.REGF.HOURS: late\): given cannot be read"):
            ask(replace(HOURS, given=given), cases.packs_on(None))
    with pytest.raises(KeyError, match="stepp: not known in a matter"):
        read_matter({"as_of": "2027-01-01", "jurisdictions": [], "stepp": "sue"}, cases.packs_on(None))


def test_a_case_that_the_rule_has_no_part_in_needs_no_version() -> None:
    assert [terms.rule for terms in needed(HOURS, cases.packs_on(None))] == ["US.REGF.HOURS"]
    assert needed(replace(HOURS, given=given_case(AT_TEN)), cases.packs_on(None)) == []


def test_a_case_needs_the_version_of_its_day(invented: Packs) -> None:
    for as_of, counts in ((date(2026, 12, 10), [14]), (date(2027, 1, 1), [30])):
        found = needed(waiting(as_of), invented)
        assert [terms.timing and terms.timing.length.count for terms in found] == counts
    assert mismatches(waiting(date(2026, 12, 10)), ask(waiting(date(2026, 12, 10)), invented)) == []
    assert function_of(waiting(date(2027, 1, 1)), invented) == "earliest"


def test_taking_a_rule_out_takes_nothing_else(invented: Packs) -> None:
    assert without(invented, "XX.WAIT").versions_of("XX.WAIT") == ()
    assert without(invented, "XX.OTHER") == invented
    late = without(invented, "XX.WAIT", date(2027, 1, 1).toordinal())
    assert [terms.first for terms in late.versions_of("XX.WAIT")] == [0]
