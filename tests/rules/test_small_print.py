"""The small print of the engine: what a change of one word or sign in it would turn, where no larger test looks."""

from dataclasses import replace
from datetime import date, time
from pathlib import Path

import pytest

from forbear.calendars import near
from forbear.errors import BadInput
from forbear.rules import asked
from forbear.rules.cases import packs_on, read_case
from forbear.rules.engine import check
from forbear.rules.facts import (
    Agreement,
    Calendar,
    Place,
    Policy,
)
from forbear.rules.packs import Packs
from tests.rules.asking import (
    CALL,
    LETTER,
    PRODUCT,
    SMS,
    VISIT,
    Json,
    ask,
    case,
    consent,
    packs_from,
    past,
    weigh,
)
from tests.rules.small_print import AT_ITS_END, ENDS, SAID, second_rule, told
from tests.rules.test_kinds import MIDNIGHT, RANG, TALKED, TENTH, answer, cap, on, rule

# ── The permit ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_it_names_each_pack_with_its_version() -> None:
    packs = packs_on(None)
    permit = ask(jurisdictions=("US", "US-NY"))
    versions = {name: packs.by_jurisdiction[name].version for name in ("US", "US-NY", "POLICY")}
    assert dict(permit.packs) == versions


def test_a_finding_that_nothing_lifts_says_why_and_of_what_kind(tmp_path: Path) -> None:
    finding = told(tmp_path, rule('kind = "visit"\nchannels = ["visit"]', "No visits."), case(TENTH, VISIT)).findings[0]
    assert (finding.rule, finding.why, finding.kind, finding.until) == ("XX.RULE", "No visits.", "visit", None)


def test_what_lies_before_a_caps_window_is_not_in_its_count() -> None:
    history = (past("2026-11-23T09:00:00-05:00", ref="tch_1"), past("2026-11-30T09:00:00-05:00", ref="tch_2"))
    count = next(each for each in ask(history=history).counts if each.rule == "US.REGF.FREQ7" and each.subject == "A")
    assert (count.taken, count.refs) == (1, ("tch_2",))


def test_a_count_over_all_debts_has_no_subject() -> None:
    counts = ask(attempt=SMS, policy=PRODUCT, agreements=[consent()]).counts
    assert {count.subject for count in counts if count.rule.startswith("POLICY.")} == {""}


def test_its_evidence_is_what_the_person_stated_and_no_more() -> None:
    given = case()
    given["person"]["places"].append({"kind": "stated", "zone": "America/New_York"})
    assert [place.kind for place in weigh(given).evidence] == ["stated"]


def test_a_clock_that_never_comes_outweighs_an_event(tmp_path: Path) -> None:
    hours = rule('kind = "quiet_hours"\nopen = "09:00"\nclose = "10:00"', "09:00 to 10:00.")
    text = hours + second_rule('kind = "consent"\nevent = "consent_given"', "With consent.")
    given = case(TENTH, SMS, zones=("America/New_York", "Europe/London"))
    permit = told(tmp_path, text, given)
    assert [finding.event for finding in permit.findings] == [None, "consent_given"]
    assert (permit.verdict, permit.event) == ("block", None)


@pytest.mark.parametrize(
    ("kind", "allowed"), [("area_code_mobile", False), ("area_code_landline", True), ("address", True)]
)
def test_a_mobiles_area_code_alone_is_no_clock(kind: str, *, allowed: bool) -> None:
    packs = packs_on(None)
    attempt, facts, now = read_case(case(policy=PRODUCT), packs, near)
    place = Place(kind, "America/New_York", "read", derived=True)  # pyright: ignore[reportArgumentType]  one of its kinds
    permit = check(attempt, replace(facts, places=(place,)), packs, now)
    assert ("POLICY.ZONE" not in permit.rules) is allowed


def test_an_instant_without_an_offset_is_refused_in_so_many_words() -> None:
    packs = packs_on(None)
    attempt, facts, now = read_case(case(), packs, near)
    with pytest.raises(BadInput) as refused:
        check(attempt, facts, packs, now.replace(tzinfo=None))
    assert (refused.value.field, refused.value.problem) == ("now", "has no offset from UTC")
    assert refused.value.remedy == "Send an aware instant, such as 2026-12-01T17:00:00Z"


# ── Which rules are asked, and how far back they look ────────────────────────────────────────────────────────────


def test_the_past_is_read_as_far_as_the_longest_pause_or_cap(tmp_path: Path) -> None:
    paused = rule(
        'kind = "cooldown"\nsubject = "person"\ndays = 30\ntrigger_unit = "contact"\ntrigger_channels = ["call"]',
        "30 days of rest.",
    )
    talked = past("2026-11-20T09:00:00-05:00", TALKED)
    assert answer(tmp_path, paused, case(TENTH, history=(talked,))) == AT_ITS_END
    sixty = cap('unit = "attempt"\nsubject = "debt"\nlimit = 1\nwindow = "local_days_rolling(60)"', "1 in 60 days.")
    rang = past("2026-10-21T09:00:00-05:00", RANG)
    assert answer(tmp_path, sixty, case(TENTH, history=(rang,))) == AT_ITS_END


def test_the_longest_stretch_of_all_packs(tmp_path: Path) -> None:
    sixty = cap('unit = "attempt"\nsubject = "debt"\nlimit = 1\nwindow = "local_days_rolling(60)"', "1 in 60 days.")
    month = cap('unit = "attempt"\nsubject = "debt"\nlimit = 1\nwindow = "local_month"', "1 a month.")
    never = rule('kind = "visit"\nchannels = ["visit"]', "No visits.")
    for text, days in ((sixty, 60), (month, 31), (never, 0)):
        packs = packs_from(tmp_path, text)
        assert [asked.longest(packs), asked.longest(packs)] == [days, days]
    assert asked.longest(Packs({})) == 0


def test_a_holiday_rule_that_names_letters_binds_letters(tmp_path: Path) -> None:
    named = rule('kind = "holiday"\nchannels = ["letter"]\ncalendar = "DE"', "No letters on holidays.")
    unnamed = rule('kind = "holiday"\ncalendar = "DE"', "Nothing on holidays.")
    closed = Calendar("DE", "1", date(2026, 1, 1), date(2027, 12, 31), frozenset({date(2026, 12, 10)}))
    assert told(tmp_path, named, case(TENTH, LETTER), calendars=(closed,)).rules == ("XX.RULE",)
    assert told(tmp_path, unnamed, case(TENTH, LETTER), calendars=(closed,)).rules == ()
    assert told(tmp_path, unnamed, case(TENTH), calendars=(closed,)).rules == ("XX.RULE",)


def test_a_duty_that_ended_is_not_said(tmp_path: Path) -> None:
    duty = rule('kind = "disclosure"\nsay = "who_we_are"', "Say who you are.")
    ended = duty.replace("[[rule.version]]", "[[rule.version]]\nto = 2026-12-01")
    assert told(tmp_path, duty, case(TENTH)).disclosures == ("who_we_are",)
    assert told(tmp_path, ended, case(TENTH)).disclosures == ()
    assert told(tmp_path, duty, case(TENTH, history=(on(9, RANG),))).verdict == "allow"


# ── Rules that end ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("body", "attempt"),
    [
        ('kind = "wait_period"\nafter = "notice_sent"\ndays = 60\nevent = "notice_sent"', CALL),
        ('kind = "no_contact"\nevent = "never_mind"', CALL),
        ('kind = "visit"\nchannels = ["visit"]', VISIT),
        ('kind = "consent"\nevent = "consent_given"', SMS),
        ('kind = "balance"\nevent = "balance_confirmed"', CALL | {"debts": ["A", "C"]}),
        ('kind = "third_party"\nthird_persons = ["contact"]\nonly_for = ["relay"]', CALL | {"party": "contact"}),
        (
            'kind = "third_party"\nthird_persons = ["contact"]\nfailed_calls = 3\nevent = "unreachable"',
            CALL | {"party": "contact"},
        ),
    ],
)
def test_a_denial_ends_with_its_rule(tmp_path: Path, body: str, attempt: Json) -> None:
    text = rule(body, "Not for 60 days or 3 calls.").replace("[[rule.version]]", ENDS)
    assert answer(tmp_path, text, case(TENTH, attempt)) == AT_ITS_END


def test_of_two_ends_the_first_counts(tmp_path: Path) -> None:
    paused = rule(
        'kind = "cooldown"\nsubject = "person"\ndays = %d\ntrigger_unit = "contact"\ntrigger_channels = ["call"]',
        "%d days of rest.",
    )
    history = (on(9, TALKED),)
    long = (paused % (30, 30)).replace("[[rule.version]]", ENDS)
    assert answer(tmp_path, long, case(TENTH, history=history)) == AT_ITS_END
    short = (paused % (3, 3)).replace("[[rule.version]]", ENDS)
    assert answer(tmp_path, short, case(TENTH, history=history)) == ("hold", "2026-12-12" + MIDNIGHT, None)
    waits = rule('kind = "wait_period"\nafter = "notice_sent"\ndays = 60\nevent = "notice_sent"', "60 days.")
    sent = [{"kind": "notice_sent", "at": SAID}]
    assert answer(tmp_path, waits.replace("[[rule.version]]", ENDS), case(TENTH, events=sent)) == AT_ITS_END


# ── Hours ────────────────────────────────────────────────────────────────────────────────────────────────────────

DAYTIME = rule('kind = "quiet_hours"\nopen = "08:00"\nclose = "20:00"\noverride = "hours"', "08:00 to 20:00.")
NIGHT = "2026-12-10T03:00:00-05:00"


@pytest.mark.parametrize(
    "agreed",
    [
        Agreement(kind="hours", open=time(1)),
        Agreement(kind="hours", close=time(5)),
        Agreement(kind="call_consent", open=time(1), close=time(5)),
    ],
)
def test_only_agreed_hours_with_both_ends_widen_the_day(tmp_path: Path, agreed: Agreement) -> None:
    assert told(tmp_path, DAYTIME, case(NIGHT), agreements=(agreed,)).verdict == "hold"


def test_hours_agreed_from_midnight_open_at_midnight(tmp_path: Path) -> None:
    agreed = (Agreement(kind="hours", open=time(0), close=time(5)),)
    assert told(tmp_path, DAYTIME, case("2026-12-10T00:00:00-05:00"), agreements=agreed).verdict == "allow"
    assert told(tmp_path, DAYTIME, case(NIGHT), agreements=agreed).verdict == "allow"


LENDERS = rule('kind = "quiet_hours"\nopen_from = "open"\nclose_from = "close"', "The lender's own hours.")


@pytest.mark.parametrize(
    ("policy", "now", "verdict"),
    [
        (Policy(guard_seconds=0, open=time(9, 0, 30)), "2026-12-10T09:00:29-05:00", "hold"),
        (Policy(guard_seconds=0, open=time(9, 0, 30)), "2026-12-10T09:00:30-05:00", "allow"),
        (Policy(guard_seconds=0, open=time(9)), "2026-12-10T23:59:59-05:00", "allow"),
        (Policy(guard_seconds=0, open=time(9)), "2026-12-10T00:00:00-05:00", "hold"),
        (Policy(guard_seconds=0, close=time(20)), "2026-12-10T00:00:00-05:00", "allow"),
        (Policy(guard_seconds=0, close=time(20)), "2026-12-10T20:00:00-05:00", "hold"),
        (Policy(guard_seconds=0), "2026-12-10T03:00:00-05:00", "allow"),
    ],
)
def test_a_lenders_hours_with_one_end(tmp_path: Path, policy: Policy, now: str, verdict: str) -> None:
    assert told(tmp_path, LENDERS, case(now), policy=policy).verdict == verdict


# ── Caps ─────────────────────────────────────────────────────────────────────────────────────────────────────────


# ── Stops and opt-outs ───────────────────────────────────────────────────────────────────────────────────────────
