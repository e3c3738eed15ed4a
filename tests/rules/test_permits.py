"""What a permit tells besides its verdict: all that was looked at, the counts and their touches, zones, holidays."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from forbear.calendars import near
from forbear.errors import BadInput
from forbear.rules.cases import packs_on, read_case
from forbear.rules.engine import check
from forbear.rules.facts import Attempt, Calendar, Count, Facts, Lender, PastAttempt, Permit
from forbear.rules.packs import load
from tests.rules.asking import CALL, LETTER, PRODUCT, SMS, ask, case, consent, instant, packs_from, past, stop, weigh

Json = dict[str, Any]
SYDNEY = "Australia/Sydney"
AUSTRALIA_DAY = "2027-01-26T10:00:00+11:00"
PACK = """
[pack]
jurisdiction = "XX"

[[rule]]
id = "XX.TEST"
kind = "frequency_cap"
unit = "attempt"
subject = "debt"
limit = 1
window = "local_days_rolling(7)"
%s
[[rule.version]]
statement = "At most 1 attempt in 7 days."
cite = { instrument = "Invented Act", section = "1" }
force = "law"
evidence = "S"
verified_on = 2026-11-21
added = 2026-11-21
"""


def in_sydney(now: str, attempt: Json = CALL) -> Permit:
    return ask(now, attempt, jurisdictions=("AU",), zones=(SYDNEY,))


def test_it_names_every_rule_that_was_asked_whether_or_not_it_denies() -> None:
    permit = ask(jurisdictions=("US", "US-NY", "US-NYC"))
    assert permit.verdict == "allow"
    assert {"US.REGF.HOURS", "US.REGF.FREQ7", "US.REGF.ATTY", "US-NYC.FREQ2"} <= set(permit.looked_at)
    assert not any(rule.startswith("POLICY.SMS") for rule in permit.looked_at)
    assert len(set(permit.looked_at)) == len(permit.looked_at)
    by_letter = ask(attempt=LETTER)
    assert "US.REGF.HOURS" not in by_letter.looked_at


def test_every_cap_tells_what_it_counted_and_which_touches() -> None:
    history = (past("2026-11-30T09:00:00-05:00", ref="tch_2"), past("2026-11-20T09:00:00-05:00", ref="tch_1"))
    counts = {(count.rule, count.subject): count for count in ask(history=history).counts}
    assert counts["US.REGF.FREQ7", "A"] == Count("US.REGF.FREQ7", "A", "America/New_York", 7, 1, ("tch_2",))
    without_ids = ask(history=(past("2026-11-30T09:00:00-05:00"),)).counts
    assert [(count.taken, count.refs) for count in without_ids if count.rule == "US.REGF.FREQ7"] == [(1, ())]


def test_a_denied_cap_tells_its_count_too() -> None:
    given = tuple(
        past(f"2026-12-01T0{hour}:30:00-05:00", like=SMS, result="delivered", ref=f"tch_{hour}") for hour in (8, 9)
    )
    permit = ask(attempt=SMS, policy=PRODUCT, history=given, agreements=[consent()])
    taken = {
        count.rule: (count.limit, count.taken, count.refs) for count in permit.counts if count.rule in permit.rules
    }
    assert taken["POLICY.SMS1"] == (1, 2, ("tch_8", "tch_9"))
    assert taken["POLICY.SMS7"] == (2, 2, ("tch_8", "tch_9"))


def test_it_names_where_the_zones_came_from() -> None:
    given = case()
    told = {"kind": "address", "zone": "America/New_York", "source": "postal code", "derived": True}
    given["person"]["places"] = [told, {"kind": "last_known", "zone": "America/Chicago"}]
    assert [(place.zone, place.source) for place in weigh(given).evidence] == [
        ("America/New_York", "postal code"),
        ("America/Chicago", ""),
    ]
    given["person"]["places"] = [told, {"kind": "stated", "zone": "America/Chicago"}]
    assert [place.kind for place in weigh(given).evidence] == ["stated"]


def test_it_names_the_holidays_that_were_known() -> None:
    assert ask().calendars == (("US-federal", near("US-federal", date(2026, 12, 1)).version),)


def test_a_proposal_warns_and_does_not_deny() -> None:
    history = tuple(past(f"2026-12-01T0{hour}:30:00-05:00") for hour in (7, 8, 9))
    permit = ask(jurisdictions=("US", "US-NY"), history=history)
    assert permit.verdict == "allow"
    warning = next(each for each in permit.warnings if each.rule == "US-NY.DFS.PROPOSED")
    assert warning.until == instant("2026-12-08T00:00:00-05:00")
    assert warning.kind == "frequency_cap"


def test_a_finding_tells_its_rules_kind() -> None:
    assert [finding.kind for finding in ask("2026-12-01T06:00:00-05:00").findings] == ["quiet_hours"]


# ── Public holidays ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_holiday_lasts_from_local_midnight_to_midnight() -> None:
    held = in_sydney(AUSTRALIA_DAY)
    assert (held.verdict, held.rules) == ("hold", ("AU.HOLIDAY",))
    assert held.until == instant("2027-01-27T07:30:00+11:00")
    evening = in_sydney("2027-01-25T20:59:59+11:00")
    assert evening.verdict == "allow"
    night = in_sydney("2027-01-25T21:00:00+11:00")
    assert night.rules == ("AU.HOURS.TEL.WD",)
    assert night.until == held.until
    assert in_sydney(AUSTRALIA_DAY, LETTER).verdict == "allow"


@pytest.mark.parametrize(
    "known",
    [
        (),
        (Calendar("AU-national", "short", date(2026, 1, 1), date(2026, 12, 31), frozenset()),),
        (Calendar("GB-EAW", "another", date(2020, 1, 1), date(2040, 12, 31), frozenset()),),
    ],
)
def test_without_its_calendar_a_rule_of_holidays_denies(known: tuple[Calendar, ...]) -> None:
    packs = packs_on(None)
    attempt, facts, now = read_case(
        case("2027-02-02T10:00:00+11:00", jurisdictions=("AU",), zones=(SYDNEY,)), packs, near
    )
    assert check(attempt, facts, packs, now).verdict == "allow"
    blind = check(attempt, replace(facts, calendars=known), packs, now)
    assert (blind.verdict, blind.event, blind.rules) == ("block", "calendar_known", ("AU.HOLIDAY",))


def test_a_dispute_whose_period_cannot_be_counted_stops_until_it_can() -> None:
    packs = packs_on(None)
    disputed = stop("dispute", "2026-11-20T10:00:00-05:00", written=True)
    sent = {"kind": "validation_notice_sent", "at": "2026-08-03T10:00:00-05:00"}
    attempt, facts, now = read_case(case(stops=[disputed], events=[sent]), packs, near)
    assert check(attempt, facts, packs, now).verdict == "allow"
    blind = check(attempt, replace(facts, calendars=()), packs, now)
    assert (blind.verdict, blind.event, blind.rules) == ("block", "calendar_known", ("US.REGF.DISPUTE",))


# ── Work ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


class Watched(PastAttempt):
    """A past attempt that tells which of its fields were read."""

    read: list[str] = []  # noqa: RUF012  one list for all, emptied by the test

    def __getattribute__(self, name: str) -> Any:
        if not name.startswith("_") and name != "read":
            Watched.read.append(name)
        return super().__getattribute__(name)


@pytest.mark.parametrize("attempt", [CALL, SMS])
def test_what_is_older_than_every_count_is_only_dated(attempt: Json) -> None:
    """A life of years costs a look at each date; whatever the rules count is looked at in the last days alone."""
    packs = packs_on(None)
    given = case(attempt=attempt, jurisdictions=("US", "US-NY", "US-NYC"), policy=PRODUCT, agreements=[consent()])
    asked, facts, now = read_case(given, packs, near)
    recent = tuple(
        PastAttempt(now - timedelta(days=n), "call", "debtor", "voicemail_left", "m1", "mobile", ("A",)) for n in (2, 3)
    )

    def reads(years: int) -> list[str]:
        old = tuple(
            Watched(now - timedelta(days=40 + n), "call", "debtor", "connected", "m1", "mobile", ("A",))
            for n in range(365 * years)
        )
        Watched.read.clear()
        assert check(asked, replace(facts, history=(*old, *recent)), packs, now).looked_at
        return list(Watched.read)

    assert reads(1) == ["at"] * 365
    assert reads(10) == ["at"] * 3650


def test_a_cap_looks_back_as_far_as_it_counts_and_no_further(tmp_path: Path) -> None:
    packs = packs_from(tmp_path, PACK % "")
    for day, verdict in (("2026-11-24", "allow"), ("2026-11-25", "hold")):
        permit = ask(
            jurisdictions=("XX",),
            history=(past(f"{day}T23:59:59-05:00"),),
            packs=packs,
        )
        assert permit.verdict == verdict


def test_another_circumstance_or_language_is_another_sort_of_attempt(tmp_path: Path) -> None:
    """What is remembered of one attempt must not answer for another."""
    packs = packs_from(tmp_path, PACK % 'circumstances = ["minor"]\nlanguages = ["en"]')
    history = (past("2026-11-30T09:00:00-05:00"),)
    given = case(jurisdictions=("XX",), history=history)
    assert weigh(given, packs).verdict == "allow"
    given["person"]["circumstances"] = ["minor"]
    assert weigh(given, packs).verdict == "hold"
    given["attempt"] = CALL | {"language": "zh-Hans"}
    assert weigh(given, packs).verdict == "allow"
    given["attempt"] = CALL | {"language": "en"}
    assert weigh(given, packs).verdict == "hold"


def test_an_instant_without_an_offset_is_named() -> None:
    attempt = Attempt(channel="call", party="debtor", to="m1", debts=("A",))
    facts = Facts(lender=Lender("original_creditor"), jurisdictions=("US",))
    with pytest.raises(BadInput) as caught:
        check(attempt, facts, load(), datetime(2026, 12, 1, 12))  # noqa: DTZ001  the fault itself
    assert caught.value.field == "now"
