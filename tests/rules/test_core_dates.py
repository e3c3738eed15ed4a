"""The numeric core that the packs were written from: every rule of it stands in a pack with the same numbers and dates.

`tests/vectors/rules_core.json` gives last days; a pack gives the first day on which a rule no longer holds.
"""

import json
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from forbear.rules import cases
from forbear.rules.numerals import holds
from forbear.rules.terms import NEVER_ENDS, SILENT_FORCES, Terms
from forbear.rules.values import WEEKDAYS

Json = dict[str, Any]

CORE = Path(__file__).parents[1] / "vectors" / "rules_core.json"
RULES: list[Json] = [rule for pack in json.loads(CORE.read_text(encoding="utf-8"))["packs"] for rule in pack["rules"]]
PACKS = cases.packs_on(None)
NOT_ENCODED = {"CN.VISIT.GBT.1", "GB.HOURS.CONC", "GB.FREQ.CONC", "SG.LICENCE", "SG.HOURS"}
"""One source alone, no number in the law, or the lender's own set-up: read, and given with the reason."""
CONSENT = "US.REGF.CONSENT7"
"""What two caps leave out: no rule of its own, but their `override`."""
LENIENT_FORCE = {"self_regulatory_should": "self_regulatory", "proposal_not_adopted": "proposal"}
SUBJECTS = {
    "account": {"debt"},
    "debtor": {"person", "debtor"},
    "person_x_debt": {"person_debt"},
    "debtor_or_spouse": {"debtor"},
}
UNITS = {
    "effective_call": "conversation",
    "effective_contact": "conversation",
    "attempt_unanswered": "unanswered",
    "call_attempt": "attempt",
    "message": "attempt",
}
LENGTHS = {"years": "years", "months": "months", "weeks": "weeks", "days": "days", "max_business_days": "business_days"}
OTHER_NUMBERS = ("days_after_treatment", "due_days_after_initial", "max_age_days", "hours", "min_staff")
DAY_AFTER = {"GB-EAW.PAP30", "GB-EAW.PAP14"}
"""The last of these days is still the debtor's: the pack names the first day of the step."""


def _encoded() -> list[Json]:
    return [rule for rule in RULES if rule["id"] not in NOT_ENCODED | {CONSENT}]


def _versions(rule: str) -> list[Terms]:
    return sorted(PACKS.versions_of(rule), key=lambda terms: terms.first)


def _of(rule: Json) -> Terms:
    """The version that the core speaks of: the one that begins on its day, else the first."""
    versions = _versions(rule["id"])
    starts = [terms for terms in versions if rule.get("from") and terms.first == _ordinal(rule["from"])]
    return (starts or versions)[0]


def _ordinal(day: str) -> int:
    return date.fromisoformat(day).toordinal()


def _named(rules: list[Json], *keys: str) -> list[Any]:
    having = [rule for rule in rules if any(rule.get(key) is not None for key in keys)]
    return [pytest.param(rule, id=rule["id"]) for rule in having]


def test_the_whole_core_is_read() -> None:
    assert len(RULES) == 70
    assert len({rule["id"] for rule in RULES}) == 70


def test_every_rule_of_the_core_stands_in_a_pack() -> None:
    missing = [rule["id"] for rule in _encoded() if not _versions(rule["id"])]
    assert missing == []


@pytest.mark.parametrize("rule", sorted(NOT_ENCODED))
def test_what_is_not_encoded_is_read_and_has_a_reason(rule: str) -> None:
    assert _versions(rule) == []
    pack = PACKS.by_jurisdiction[rule.split(".", maxsplit=1)[0]]
    assert [each.reason for each in pack.reviewed if each.cite.startswith(f"{rule}:")] != []


def test_a_consent_to_calls_is_what_two_caps_leave_out() -> None:
    days = next(rule["max_days"] for rule in RULES if rule["id"] == CONSENT)
    for rule in ("US.REGF.FREQ7", "US.REGF.COOL7"):
        assert [(each.override, each.override_days) for each in _versions(rule)] == [("call_consent", days)]


@pytest.mark.parametrize("rule", _named(_encoded(), "from", "planned_from"))
def test_a_rule_begins_on_the_day_of_the_core(rule: Json) -> None:
    day = _ordinal(rule.get("from") or rule["planned_from"])
    assert day in {terms.first for terms in _versions(rule["id"])}


@pytest.mark.parametrize("rule", _named(_encoded(), "to"))
def test_a_last_day_became_the_first_day_after_it(rule: Json) -> None:
    """Once: a rule holds on its last day and not on the next."""
    last = date.fromisoformat(rule["to"])
    terms = _versions(rule["id"])[-1]
    assert date.fromordinal(terms.last) == last + timedelta(days=1)
    assert terms.in_force(last.toordinal())
    assert not terms.in_force(last.toordinal() + 1)


def test_only_one_rule_of_the_core_has_a_last_day() -> None:
    assert [rule["id"] for rule in RULES if rule.get("to")] == ["US-NYC.FREQ2"]
    assert all(_versions(rule["id"])[-1].last == NEVER_ENDS for rule in _encoded() if not rule.get("to"))


@pytest.mark.parametrize("rule", [pytest.param(rule, id=rule["id"]) for rule in _encoded()])
def test_its_force_is_that_of_the_core(rule: Json) -> None:
    said = rule.get("force")
    force = _of(rule).force
    if said is not None:
        assert force == LENIENT_FORCE.get(said, said)
    elif rule.get("effect") == "presumption":
        assert force == "presumption"
    elif rule["id"] == "AU.HOLIDAY":
        assert force == "guideline", "its sisters of the same guideline say so"
    else:
        assert force in {"law", "regulation"}
    assert (force in SILENT_FORCES) == (said in {"draft", "proposal_not_adopted"})


@pytest.mark.parametrize("rule", _named(_encoded(), "open"))
def test_its_hours_are_those_of_the_core(rule: Json) -> None:
    terms, pack = _of(rule), PACKS.by_jurisdiction[rule["id"].split(".")[0]]
    assert [f"{at // 3600:02}:{at // 60 % 60:02}" for at in (terms.open, terms.close)] == [rule["open"], rule["close"]]
    if (clock := rule.get("clock", "")).startswith("fixed:"):
        assert pack.legal_zone == clock.removeprefix("fixed:")
    assert (terms.override == "hours") == ("override" in rule)
    if "days" in rule:
        first, last = (WEEKDAYS.index(day.lower()) for day in rule["days"].split("-"))
        assert (terms.weekdays or frozenset(range(7))) == frozenset(range(first, last + 1))


@pytest.mark.parametrize("rule", _named(_encoded(), "window"))
def test_it_counts_what_the_core_counts(rule: Json) -> None:
    terms = _of(rule)
    if (since := re.fullmatch(r"since_event\((\d+)\)", rule["window"])) is not None:
        assert terms.days == int(since[1])
        return
    days = re.search(r"\d+", rule["window"])
    assert terms.window.span == ("month" if rule["window"] == "local_month" else "days")
    assert terms.window.n == (int(days[0]) if days else 1)
    assert terms.limit == rule.get("limit", rule.get("limit_attempts"))
    assert terms.subject in SUBJECTS.get(rule["subject"], {rule["subject"]})
    if "unit" in rule:
        assert terms.unit == UNITS.get(rule["unit"], rule["unit"])


@pytest.mark.parametrize("rule", _named([rule for rule in _encoded() if rule["kind"] != "quiet_hours"], *LENGTHS))
def test_its_periods_are_those_of_the_core(rule: Json) -> None:
    terms = _of(rule)
    for key, unit in LENGTHS.items():
        if key in rule and terms.timing is not None:
            assert terms.timing.length.unit == unit
            assert terms.timing.length.count == rule[key] + (rule["id"] in DAY_AFTER)
        if key in rule:
            assert holds(terms.statement, rule[key])
    if "long_stop_years" in rule:
        assert terms.timing is not None
        assert terms.timing.long_stop is not None
        assert terms.timing.long_stop.count == rule["long_stop_years"]
    if "effect" in rule and rule["kind"] == "limitation":
        assert terms.timing is not None
        assert terms.timing.effect == rule["effect"]


@pytest.mark.parametrize("rule", _named(_encoded(), *OTHER_NUMBERS))
def test_its_other_numbers_are_those_of_the_core(rule: Json) -> None:
    terms = _of(rule)
    assert all(holds(terms.statement, rule[key]) for key in OTHER_NUMBERS if key in rule)
    if "min_staff" in rule:
        assert terms.min_staff == rule["min_staff"]


def test_a_complaint_has_a_fast_path() -> None:
    rule = next(rule for rule in RULES if rule["id"] == "GB.DISP8W")
    (terms,) = _versions("GB.DISP8W.FAST")
    assert terms.timing is not None
    assert (terms.timing.length.count, terms.timing.length.unit) == (rule["fast_path_business_days"], "business_days")
