"""The rules as a reader meets them: lists, one rule whole, two days compared, and what a keeper should look at."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from forbear.rules import catalogue, checkup, differences
from forbear.rules.catalogue import Wanted
from forbear.rules.packs import Packs, load
from forbear.rules.terms import FUNCTION_OF

PACKS = load()
NEW_YEAR = date(2027, 1, 1)
PARTLY_FROM_MEMORY = {
    *("US.REGF.CEASE", "US.REGF.FREQ7", "US.BK.STAY", "US.REGF.ESIGN", "US.REGF.WORKMAIL", "US-NY.SUBST60"),
    *("US-NY.DISC5", "US-FL.ATTY", "CN.HARD.CARD70", "TW.HOURS", "GB-EAW.MHCM30"),
}
"""Rules of which a part was read and a part is from memory."""
EXAMPLE = """
[pack]
jurisdiction = "XX"
title = "Example"

[[rule]]
id = "XX.CAP"
kind = "frequency_cap"
unit = "attempt"
subject = "person"
window = "local_days_rolling(7)"
questions = ["Q1"]

[[rule.version]]
to = 2027-01-01
limit = 2
statement = "At most 2 attempts in 7 days."
cite = { instrument = "Example Act", section = "1" }
force = "law"
evidence = "S"
verified_on = 2026-01-01
added = 2026-01-01

[[rule.version]]
from = 2027-01-01
limit = 3
statement = "At most 3 attempts in 7 days."
cite = { instrument = "Example Act", section = "1" }
force = "draft"
evidence = "from memory"
added = 2026-06-01

[[question]]
id = "Q1"
text = "Is it so?"
answer = ""
"""


@pytest.fixture
def example(tmp_path: Path) -> Path:
    (tmp_path / "xx.toml").write_text(EXAMPLE, encoding="utf-8")
    return tmp_path


def test_a_list_holds_every_version_and_can_be_written_as_json() -> None:
    found = catalogue.listed(PACKS, Wanted())
    assert json.loads(json.dumps(found)) == found
    versions = sum(len(pack.terms) for pack in PACKS.by_jurisdiction.values())
    assert sum(len(rule["versions"]) for rule in found) == versions
    assert len({rule["id"] for rule in found}) == len(found)


@pytest.mark.parametrize("function", sorted(set(FUNCTION_OF.values())))
def test_a_list_can_be_of_one_function(function: str) -> None:
    found = catalogue.listed(PACKS, Wanted(function=function))
    assert found
    assert {FUNCTION_OF[rule["kind"]] for rule in found} == {rule["function"] for rule in found} == {function}


def test_a_list_can_be_of_a_place_a_day_and_of_what_nobody_read() -> None:
    before = catalogue.listed(PACKS, Wanted("US-NYC", on=NEW_YEAR - timedelta(days=1)))
    after = catalogue.listed(PACKS, Wanted("US-NYC", on=NEW_YEAR))
    assert "US-NYC.FREQ2" in {rule["id"] for rule in before} - {rule["id"] for rule in after}
    assert "US-NYC.SHIELD.FREQ3" in {rule["id"] for rule in after} - {rule["id"] for rule in before}
    doubtful = catalogue.listed(PACKS, Wanted(unverified=True))
    open_of = {rule for pack in PACKS.by_jurisdiction.values() for rule in pack.asked_of}
    for rule in doubtful:
        assert rule["id"] in open_of or {each["evidence"] for each in rule["versions"]} <= catalogue.UNVERIFIED
    assert {rule["id"] for rule in doubtful} >= PARTLY_FROM_MEMORY


def test_a_rule_is_shown_whole_with_its_questions() -> None:
    found = catalogue.whole(PACKS, "US.REGF.FREQ7")
    assert found is not None
    assert [each["id"] for each in found["questions"]] == ["Q1", "Q8"], "the one it names and the one that names it"
    said = found["versions"][0]["parameters"]
    assert (said["limit"], said["window"], said["subject"]) == (7, "local_days_rolling(7)", "person_debt")
    assert catalogue.whole(PACKS, "US.NONE") is None


def test_two_days_of_the_law_differ_by_what_began_ended_and_changed(example: Path) -> None:
    [changed] = differences.in_law(load(example), NEW_YEAR - timedelta(days=1), NEW_YEAR)
    assert changed["what"] == "changed"
    assert {each["field"]: (each["was"], each["now"]) for each in changed["changes"]}["limit"] == (2, 3)
    assert differences.in_law(PACKS, NEW_YEAR, NEW_YEAR) == []
    whole = {each["id"]: each["what"] for each in differences.in_law(PACKS, date(2026, 12, 31), NEW_YEAR)}
    assert (whole["US-NYC.FREQ2"], whole["US-NYC.SHIELD.FREQ3"]) == ("ended", "begun")


def test_two_states_of_the_packs_differ_by_what_was_added(example: Path) -> None:
    before, after = (load(example, ruleset=day) for day in (date(2026, 5, 31), date(2026, 6, 1)))
    [added] = differences.in_packs(before, after)
    assert (added["what"], added["now"]["from"]) == ("begun", "2027-01-01")
    assert differences.in_packs(after, load(example)) == []


def test_the_keeper_is_told_what_is_old_what_starts_what_was_asked_and_what_is_unsigned(example: Path) -> None:
    def found(packs: Packs, today: date) -> list[tuple[str, str]]:
        return [(each.about, each.what) for each in checkup.examine(packs, today)]

    packs = load(example)
    always = [("question", "XX Q1"), ("unsigned", "XX")]
    never = ("unverified", "XX.CAP")  # the draft of 2027 is from memory
    assert found(packs, date(2026, 6, 1)) == [never, *always]
    assert found(packs, date(2026, 10, 3)) == [never, ("starting", "XX.CAP"), *always]
    assert found(packs, date(2026, 12, 31)) == [never, ("starting", "XX.CAP"), *always]
    assert found(packs, date(2027, 1, 1)) == [never, *always]


@pytest.mark.parametrize(("force", "days"), [("law", 365), ("guideline", 180), ("draft", 30)])
def test_a_reading_grows_old_by_the_force_of_the_rule(example: Path, force: str, days: int) -> None:
    text = EXAMPLE.replace('force = "law"', f'force = "{force}"').replace("to = 2027-01-01", "to = 2029-01-01")
    text = text.replace("from = 2027-01-01", "from = 2029-01-01").replace('"from memory"', '"S"')
    text = text.replace("added = 2026-06-01", "added = 2026-06-01\nverified_on = 2030-01-01")
    (example / "xx.toml").write_text(text, encoding="utf-8")
    packs, read = load(example), date(2026, 1, 1)
    old = {
        day: [each for each in checkup.examine(packs, read + timedelta(days=day)) if each.about == "unverified"]
        for day in (days, days + 1)
    }
    assert old[days] == []
    assert [each.text for each in old[days + 1]] == [f"its source was last read {days + 1} days ago"]


def test_a_change_of_a_country_touches_the_people_of_its_parts() -> None:
    assert checkup.reached(PACKS, "GB") >= {"GB", "GB-EAW", "GB-SCT"}
    assert checkup.reached(PACKS, "GB-SCT") == {"GB-SCT"}
    assert "POLICY" not in checkup.reached(PACKS, "POLICY")
