"""The small print of caps, stops and opt-outs: what a change of one word or sign would turn, where no larger test looks."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from forbear.rules.counting import same_person
from forbear.rules.facts import (
    Agreement,
    Attempt,
    Event,
    PastAttempt,
    Policy,
    Stop,
    Suppression,
)
from tests.rules.asking import (
    CALL,
    PRODUCT,
    SMS,
    VISIT,
    Json,
    ask,
    calls,
    case,
    consent,
    past,
    stop,
    until,
)
from tests.rules.small_print import AT_ITS_END, ENDS, LONG_AGO, second_rule, told
from tests.rules.test_kinds import ALLOW, MIDNIGHT, RANG, TALKED, TENTH, answer, cap, on, rule

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


OPTED_OUT = rule('kind = "suppression"\nevent = "consent_given"', "Nothing after an opt-out.")


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
    text, both = rule(body, "Nothing then."), [stop("hardship"), stop("dispute")]
    for stops in (both, both[::-1]):
        assert answer(tmp_path, text, case(TENTH, stops=stops)) == ("block", None, "plan_agreed")
    older = [stop("hardship"), stop("dispute", "2025-12-01T10:00:00-05:00")]
    for stops in (older, older[::-1]):
        assert answer(tmp_path, text, case(TENTH, stops=stops)) == ("block", None, "answered")


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
