"""What must be said: first or later, by whom and on which days, and what of it a permit says."""

from pathlib import Path

import pytest

from forbear.calendars import near
from forbear.rules import cases
from forbear.rules.duties import Duty, must_say
from forbear.rules.packs import Packs
from tests.rules.asking import CALL, EMAIL, TUESDAY_TEN, Json, case, packs_from, past, weigh

RULE = """
[[rule]]
id = "XX.{name}"
kind = "{kind}"
say = "{say}"
{more}

[[rule.version]]
{dates}
statement = "Something is said."
cite = {{ instrument = "Invented Act", section = "1" }}
force = "{force}"
evidence = "S"
verified_on = 2026-11-21
added = 2026-11-21
"""
AT_NIGHT = "2026-12-01T03:00:00-05:00"
NEW_YEAR_S_EVE, NEW_YEAR = "2026-12-31T23:59:59-05:00", "2027-01-01T00:00:00-05:00"


def rule(name: str, say: str, more: str = "", *, kind: str = "disclosure", dates: str = "", force: str = "law") -> str:
    return RULE.format(name=name, kind=kind, say=say, more=more, dates=dates, force=force)


@pytest.fixture
def packs(tmp_path: Path) -> Packs:
    rules = (
        rule("WHO", "staff_badge", kind="identity", more='channels = ["call"]'),
        rule("FIRST", "debt", more='when = "first"'),
        rule("LATER", "collector", more='when = "later"'),
        rule("AGAIN", "staff_badge", kind="recording"),
        rule("DRAFT", "licence_number", force="draft"),
        rule("NEW", "time_barred_notice", dates="from = 2027-01-01", more='circumstances = ["time_barred"]'),
    )
    return packs_from(tmp_path, '[pack]\njurisdiction = "XX"\n' + "".join(rules))


def said(given: Json, packs: Packs) -> tuple[Duty, ...]:
    given["person"]["jurisdictions"] = ["XX"]
    attempt, facts, now = cases.read_case(given, packs, near)
    return must_say(attempt, facts, packs, now)


def names(given: Json, packs: Packs) -> list[str]:
    return [duty.rule.removeprefix("XX.") for duty in said(given, packs)]


def test_the_first_word_and_the_later_ones_differ(packs: Packs) -> None:
    assert names(case(), packs) == ["WHO", "FIRST", "AGAIN", "DRAFT"]
    spoken = past("2026-11-20T10:00:00-05:00", "connected")
    assert names(case(history=(spoken,)), packs) == ["WHO", "LATER", "AGAIN", "DRAFT"]


@pytest.mark.parametrize(
    "changes",
    [{"result": "no_answer"}, {"party": "attorney"}, {"party": "spouse"}, {"debts": ["B"]}, {"debts": []}],
)
def test_what_told_this_person_nothing_of_this_debt_is_no_first_word(changes: Json, packs: Packs) -> None:
    before = past("2026-11-20T10:00:00-05:00", "connected") | changes
    assert "FIRST" in names(case(history=(before,)), packs)


def test_every_word_to_the_lawyer_is_a_first_one(packs: Packs) -> None:
    lawyer: Json = {"party": "attorney", "to": "m7"}
    before = past("2026-11-20T10:00:00-05:00", "connected", **lawyer)
    assert names(case(attempt=CALL | lawyer, history=(before,)), packs) == ["WHO", "FIRST", "AGAIN", "DRAFT"]


def test_a_permit_says_each_key_once_and_no_draft_s(packs: Packs) -> None:
    given = case()
    given["person"]["jurisdictions"] = ["XX"]
    assert weigh(given, packs).disclosures == ("staff_badge", "debt")
    assert names(case(attempt=EMAIL), packs) == ["FIRST", "AGAIN", "DRAFT"]


def test_a_duty_tells_its_force_and_its_occasion(packs: Packs) -> None:
    duties = {duty.rule: duty for duty in said(case(), packs)}
    assert (duties["XX.DRAFT"].force, duties["XX.DRAFT"].when) == ("draft", "always")
    assert duties["XX.FIRST"] == Duty("XX.FIRST", "debt", "first", "Something is said.", "law")


def test_what_must_be_said_does_not_hang_on_whether_it_may_be() -> None:
    packs = cases.packs_on(None)
    attempt, facts, now = cases.read_case(case(AT_NIGHT, CALL), packs, near)
    assert {duty.rule for duty in must_say(attempt, facts, packs, now)} >= {"US.REGF.MM1", "US.REGF.CALLERID"}
    assert weigh(case(AT_NIGHT, CALL)).disclosures == ()
    assert "mini_miranda" in weigh(case(TUESDAY_TEN, CALL)).disclosures


@pytest.mark.parametrize(
    ("now", "zones", "named"),
    [
        (NEW_YEAR_S_EVE, ("America/New_York",), False),
        (NEW_YEAR, ("America/New_York",), True),
        (NEW_YEAR_S_EVE, ("America/New_York", "America/Halifax"), True),
        (NEW_YEAR, ("America/Los_Angeles",), False),
        ("2026-12-31T12:00:00Z", (), True),
        ("2026-12-31T09:59:59Z", (), False),
    ],
)
def test_one_place_where_the_rule_holds_is_enough(now: str, zones: tuple[str, ...], named: bool, packs: Packs) -> None:
    given = case(now, zones=zones)
    given["person"]["circumstances"] = ["time_barred"]
    assert ("NEW" in names(given, packs)) == named
    assert "NEW" not in names(case(now, zones=zones), packs)
