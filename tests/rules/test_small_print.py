"""The small print of the engine: what a change of one word or sign in it would turn, where no larger test looks."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from forbear.calendars import near
from forbear.errors import BadInput
from forbear.rules import asked
from forbear.rules.cases import packs_on, read_case
from forbear.rules.counting import same_person
from forbear.rules.engine import check
from forbear.rules.facts import (
    Agreement,
    Attempt,
    Calendar,
    Event,
    PastAttempt,
    Permit,
    Place,
    Policy,
    Stop,
    Suppression,
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
    calls,
    case,
    consent,
    packs_from,
    past,
    stop,
    until,
    weigh,
)
from tests.rules.test_kinds import ALLOW, MIDNIGHT, RANG, TALKED, TENTH, VERSION, answer, cap, on, rule

SAID = "2026-12-01T09:00:00-05:00"
ENDS = "[[rule.version]]\nto = 2026-12-20"
AT_ITS_END = ("hold", "2026-12-20" + MIDNIGHT, None)


def told(folder: Path, text: str, given: Json, **facts: object) -> Permit:
    """The permit for a case some of whose facts are replaced by values that no published case can hold."""
    given["person"]["jurisdictions"] = ["XX"]
    packs = packs_from(folder, text)
    attempt, known, now = read_case(given, packs, near)
    return check(attempt, replace(known, **facts), packs, now)  # pyright: ignore[reportArgumentType]  a field's value


def second_rule(body: str, statement: str) -> str:
    return f'\n[[rule]]\nid = "XX.OTHER"\n{body}\n{VERSION.format(statement=statement)}'


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

ONE_A_WEEK = cap('unit = "attempt"\nsubject = "debt"\nlimit = 1\nwindow = "local_days_rolling(7)"', "1 in 7 days.")
ONE_A_MONTH = cap('unit = "attempt"\nsubject = "debt"\nlimit = 1\nwindow = "local_month"', "1 a month.")


def test_what_is_dated_ahead_holds_too(tmp_path: Path) -> None:
    assert answer(tmp_path, ONE_A_WEEK, case(TENTH, history=(on(10, RANG), on(12, RANG)))) == (
        "hold",
        "2026-12-19" + MIDNIGHT,
        None,
    )
    ahead = past("2027-01-05T09:00:00-05:00", RANG)
    assert answer(tmp_path, ONE_A_MONTH, case(TENTH, history=(on(10, RANG), ahead))) == (
        "hold",
        "2027-01-01" + MIDNIGHT,
        None,
    )
    ends = ONE_A_WEEK.replace("[[rule.version]]", "[[rule.version]]\nto = 2026-12-18")
    assert answer(tmp_path, ends, case(TENTH, history=(on(10, RANG), on(12, RANG)))) == (
        "hold",
        "2026-12-18" + MIDNIGHT,
        None,
    )


def test_busy_lines_alone_fill_a_cap_of_attempts_as_policy() -> None:
    permit = ask("2026-12-07T10:00:00-05:00", policy=PRODUCT, history=calls(*range(1, 8), result="busy"))
    assert "POLICY.BUSY" in permit.rules
    assert "US.REGF.FREQ7" not in permit.rules


def test_a_busy_line_about_another_debt_adds_nothing() -> None:
    busy = on(2, "busy", debts=["B"])
    permit = ask("2026-12-07T10:00:00-05:00", policy=PRODUCT, history=(*calls(*range(1, 8)), busy))
    assert "US.REGF.FREQ7" in permit.rules
    assert "POLICY.BUSY" not in permit.rules


def test_a_busy_line_counts_only_where_the_cap_binds(tmp_path: Path) -> None:
    of_cards = cap(
        'debt_kinds = ["credit_card"]\nunit = "attempt"\nsubject = "person"\nlimit = 1\nwindow = "local_day"',
        "1 a day.",
    )
    text = of_cards + second_rule('kind = "busy_counts"', "Busy lines count.")
    given = case(TENTH, history=(on(10, "busy"),))
    assert told(tmp_path, text, given).rules == ("XX.OTHER",)
    given["debts"][0]["kind"] = given["debts"][1]["kind"] = "medical"
    assert told(tmp_path, text, given).rules == ()


def test_a_policys_own_cap_is_not_asked_twice(tmp_path: Path) -> None:
    own = cap('unit = "attempt"\nsubject = "person"\nlimit = 1\nwindow = "local_day"', "1 a day.")
    own = own.replace('force = "law"\nevidence = "S"', 'force = "policy"\nevidence = "policy"')
    text = own + second_rule('kind = "busy_counts"', "Busy lines count.")
    given = case(TENTH, policy=PRODUCT, history=(on(10, "busy"),))
    assert told(tmp_path, text, given).rules == ()


def test_a_cap_whose_number_the_playbook_declares_counts_busy_lines_too(tmp_path: Path) -> None:
    declared = cap(
        'unit = "attempt"\nsubject = "person"\nlimit = 9\nlimit_from = "contacts_in_7_days"\nwindow = "local_day"',
        "At most 9 a day, or as declared.",
    )
    text = declared + second_rule('kind = "busy_counts"', "Busy lines count.")
    given = case(TENTH, history=(on(10, "busy"), on(10, "busy")))
    assert told(tmp_path, text, given, policy=Policy(guard_seconds=0, contacts_in_7_days=2)).rules == ("XX.OTHER",)
    assert told(tmp_path, text, given, policy=Policy(guard_seconds=0, contacts_in_7_days=3)).rules == ()


CONSENTED = 'unit = "attempt"\nsubject = "debt"\nlimit = 1\nwindow = "local_days_rolling(7)"\noverride = "%s"'


def test_a_consent_to_messages_lifts_a_cap_that_says_so(tmp_path: Path) -> None:
    text = cap(CONSENTED % "message_consent", "1 in 7 days.")
    history = (on(9, "delivered", SMS),)
    assert answer(tmp_path, text, case(TENTH, SMS, history=history))[0] == "hold"
    given = case(TENTH, SMS, history=history, agreements=[consent(at="2026-12-09T08:00:00-05:00")])
    assert answer(tmp_path, text, given) == ALLOW
    by_call = cap(CONSENTED % "call_consent" + "\noverride_days = 7", "1 in 7 days.")
    given = case(TENTH, SMS, history=history, agreements=[consent(at="2026-12-09T08:00:00-05:00")])
    assert answer(tmp_path, by_call, given)[0] == "hold"


def test_a_consent_to_calls_without_an_end_lasts_its_days(tmp_path: Path) -> None:
    text = cap(CONSENTED % "call_consent" + "\noverride_days = 3", "1 in 7 days, consent for 3.")
    agreed = datetime(2026, 12, 8, 13, tzinfo=UTC)
    history = (on(9, RANG),)
    to_calls = (Agreement(kind="call_consent", start=agreed),)
    assert told(tmp_path, text, case(TENTH, history=history), agreements=to_calls).verdict == "allow"
    late = case("2026-12-11T10:00:00-05:00", history=(*history, past("2026-12-11T09:00:00-05:00")))
    assert told(tmp_path, text, late, agreements=to_calls).verdict == "hold"
    of_hours = (Agreement(kind="hours", start=agreed),)
    assert told(tmp_path, text, case(TENTH, history=history), agreements=of_hours).verdict == "hold"


def test_a_visit_that_somebody_agreed_to(tmp_path: Path) -> None:
    text = rule('kind = "visit"\nchannels = ["visit"]\noverride = "message_consent"', "No visits unless agreed.")
    assert answer(tmp_path, text, case(TENTH, VISIT)) == ("block", None, None)
    assert answer(tmp_path, text, case(TENTH, VISIT, agreements=[consent("visit")])) == ALLOW


def test_a_consent_grows_old(tmp_path: Path) -> None:
    text = rule('kind = "consent"\nevent = "consent_given"\ndays = 30', "With a consent of 30 days.")
    for at, expected in (
        ("2026-11-10T23:00:00-05:00", ALLOW),
        ("2026-11-09T23:00:00-05:00", ("block", None, "consent_given")),
    ):
        assert answer(tmp_path, text, case(TENTH, SMS, agreements=[consent(at=at)])) == expected


# ── Stops and opt-outs ───────────────────────────────────────────────────────────────────────────────────────────

OPTED_OUT = rule('kind = "suppression"\nevent = "consent_given"', "Nothing after an opt-out.")
LONG_AGO = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "attempt"),
    [
        (Suppression("everything", LONG_AGO, channel="sms", to="m9"), CALL),
        (Suppression("channel", LONG_AGO, channel="sms", to="m9"), SMS),
        (Suppression("number", LONG_AGO, channel="sms"), SMS),
    ],
)
def test_an_opt_out_reaches_as_far_as_its_scope_says(tmp_path: Path, said: Suppression, attempt: Json) -> None:
    assert told(tmp_path, OPTED_OUT, case(TENTH, attempt), suppressions=(said,)).verdict == "block"


def test_an_opt_out_ends_with_its_rule(tmp_path: Path) -> None:
    text = OPTED_OUT.replace("[[rule.version]]", ENDS)
    permit = told(tmp_path, text, case(TENTH), suppressions=(Suppression("everything", LONG_AGO),))
    assert until(permit) == AT_ITS_END[1]


def test_of_two_stops_the_first_names_what_lifts_them(tmp_path: Path) -> None:
    body = 'kind = "stop_state"\n[rule.stops.hardship]\nevent = "plan_agreed"\n[rule.stops.dispute]\nevent = "answered"'
    stops = [stop("hardship"), stop("dispute")]
    assert answer(tmp_path, rule(body, "Nothing then."), case(TENTH, stops=stops)) == ("block", None, "plan_agreed")


def test_a_stop_with_a_grace_binds_when_it_is_over(tmp_path: Path) -> None:
    text = rule('kind = "stop_state"\n[rule.stops.hardship]\nevent = "over"\ngrace_hours = 24', "After 24 hours.")
    for at, expected in (
        ("2026-12-09T10:00:01-05:00", ALLOW),
        ("2026-12-09T10:00:00-05:00", ("block", None, "over")),
    ):
        assert answer(tmp_path, text, case(TENTH, stops=[stop("hardship", at)])) == expected


def test_a_stop_without_an_end_binds_from_the_moment_it_is_known(tmp_path: Path) -> None:
    text = rule('kind = "stop_state"\n[rule.stops.hardship]\nevent = "over"\ntimed = true', "Nothing in hardship.")
    ahead = "2026-12-12T10:00:00-05:00"
    assert answer(tmp_path, text, case(TENTH, stops=[stop("hardship", ahead)])) == ("block", None, "over")
    ending = stop("hardship", ahead, until="2026-12-20T10:00:00-05:00")
    assert answer(tmp_path, text, case(TENTH, stops=[ending])) == ALLOW


def test_a_new_consent_is_read_from_the_consents_and_never_from_an_event(tmp_path: Path) -> None:
    text = rule('kind = "stop_state"\n[rule.stops.hardship]\nevent = "new_consent"', "Nothing in hardship.")
    bare = (Event("new_consent", datetime(2026, 12, 5, tzinfo=UTC)),)
    permit = told(tmp_path, text, case(TENTH, stops=[stop("hardship")]), events=bare)
    assert (permit.verdict, permit.event) == ("block", "new_consent")


def test_an_end_between_two_seconds_is_the_next_full_one(tmp_path: Path) -> None:
    text = rule('kind = "stop_state"\n[rule.stops.hardship]\nevent = "over"\ntimed = true', "Nothing in hardship.")
    ends = datetime(2026, 12, 12, 10, 0, 0, 500_000, tzinfo=UTC)
    permit = told(tmp_path, text, case(TENTH), stops=(Stop("hardship", LONG_AGO, until=ends),))
    assert permit.until == ends + timedelta(microseconds=500_000)
    whole = (Stop("hardship", LONG_AGO, until=ends.replace(microsecond=0)),)
    assert until(told(tmp_path, text, case(TENTH), stops=whole)) == "2026-12-12T10:00:00Z"


def test_a_call_of_this_very_instant_is_one_that_was_missed(tmp_path: Path) -> None:
    text = rule(
        'kind = "third_party"\nthird_persons = ["contact"]\nfailed_calls = 2\nevent = "unreachable"', "After 2 calls."
    )
    history = (on(9, RANG), past(TENTH, RANG))
    assert answer(tmp_path, text, case(TENTH, CALL | {"party": "contact"}, history=history)) == ALLOW


def test_of_two_calls_of_one_instant_the_one_told_last_is_the_later(tmp_path: Path) -> None:
    text = rule(
        'kind = "third_party"\nthird_persons = ["contact"]\nfailed_calls = 1\nevent = "unreachable"', "After 1 call."
    )
    history = (on(9, RANG), on(9, TALKED))
    given = case(TENTH, CALL | {"party": "contact"}, history=history)
    assert answer(tmp_path, text, given) == ("block", None, "unreachable")
    given["history"].reverse()
    assert answer(tmp_path, text, given) == ALLOW


def test_whose_an_attempt_was_where_one_side_does_not_say() -> None:
    at = datetime(2026, 12, 1, tzinfo=UTC)
    made = PastAttempt(at, "call", "debtor", "no_answer", to="m1", person="per_1")
    attempt = Attempt("call", "debtor", "m1", ("A",))
    assert same_person(made, attempt)
    assert same_person(replace(made, person=None), replace(attempt, person="per_2"))
    assert not same_person(made, replace(attempt, person="per_2"))
