"""US.REGF.FREQ7 and US.REGF.COOL7: what counts, for whom, in which days, and what a consent to calls lifts."""

import pytest

from tests.rules.asking import CALL, EMAIL, SMS, Json, ask, calls, past, until

ON_THE_FOURTH = "2026-12-04T10:00:00-05:00"
SEVEN = calls(1, 1, 1, 2, 2, 3, 3)


def call_consent(start: str, end: str) -> Json:
    return {"kind": "call_consent", "from": start, "to": end}


def test_the_eighth_call_waits_until_the_first_date_leaves_the_window() -> None:
    permit = ask(ON_THE_FOURTH, history=SEVEN)
    assert (permit.rules, until(permit)) == (("US.REGF.FREQ7",), "2026-12-08T13:00:00Z")
    assert ask(ON_THE_FOURTH, history=SEVEN[1:]).verdict == "allow"


def test_the_window_is_of_dates_not_of_hours() -> None:
    history = (past("2026-12-01T20:59:00-05:00"), *calls(2, 2, 3, 3, 4, 4))
    assert ask("2026-12-07T20:00:00-05:00", history=history).verdict == "hold"
    assert ask("2026-12-08T08:00:00-05:00", history=history).verdict == "allow"


@pytest.mark.parametrize("result", ["no_answer", "voicemail_left", "machine_no_message", "wrong_party"])
def test_calls_that_connect_to_the_number_count(result: str) -> None:
    assert ask(ON_THE_FOURTH, history=calls(1, 1, 1, 2, 2, 3, 3, result=result)).rules == ("US.REGF.FREQ7",)


@pytest.mark.parametrize("result", ["busy", "not_in_service"])
def test_calls_that_do_not_connect_do_not_count(result: str) -> None:
    assert ask(ON_THE_FOURTH, history=(*SEVEN[1:], past("2026-12-03T12:00:00-05:00", result))).verdict == "allow"


def test_a_voicemail_left_without_ringing_counts_and_is_bound() -> None:
    left = past("2026-12-03T12:00:00-05:00", "voicemail_left", CALL | {"channel": "voicemail"})
    assert ask(ON_THE_FOURTH, history=(*SEVEN[1:], left)).rules == ("US.REGF.FREQ7",)
    assert ask(ON_THE_FOURTH, CALL | {"channel": "voicemail"}, history=SEVEN).rules == ("US.REGF.FREQ7",)


@pytest.mark.parametrize("attempt", [SMS, EMAIL])
def test_messages_are_not_calls(attempt: Json) -> None:
    assert ask(ON_THE_FOURTH, attempt, history=SEVEN).verdict == "allow"
    texts = tuple(past(f"2026-12-03T{hour}:00:00-05:00", "delivered", SMS) for hour in range(10, 18))
    assert ask(ON_THE_FOURTH, history=texts).verdict == "allow"


def test_each_debt_has_its_own_count() -> None:
    about_b = CALL | {"debts": ["B"]}
    assert ask(ON_THE_FOURTH, about_b, history=SEVEN).verdict == "allow"
    assert ask(ON_THE_FOURTH, CALL | {"debts": ["B", "A"]}, history=SEVEN).verdict == "hold"
    both = calls(1, 1, 1, 2, 2, 3, 3, debts=["A", "B"])
    assert ask(ON_THE_FOURTH, about_b, history=both).rules == ("US.REGF.FREQ7",)


def test_an_attempt_about_no_debt_is_weighed_as_about_all() -> None:
    assert ask(ON_THE_FOURTH, CALL | {"debts": []}, history=SEVEN).verdict == "hold"


def test_each_person_has_its_own_count() -> None:
    spouse = CALL | {"party": "spouse", "to": "m9"}
    assert ask(ON_THE_FOURTH, spouse, history=SEVEN).verdict == "allow"
    assert ask(ON_THE_FOURTH, history=calls(1, 1, 1, 2, 2, 3, 3, party="spouse")).verdict == "allow"
    assert ask(ON_THE_FOURTH, CALL | {"to": "m2"}, history=SEVEN).verdict == "hold"


def test_two_contacts_are_two_persons_unless_an_id_says_otherwise() -> None:
    first = calls(1, 1, 1, 2, 2, 3, 3, party="contact", to="c1")
    other = CALL | {"party": "contact", "to": "c2", "purpose": "relay"}
    assert ask(ON_THE_FOURTH, other, history=first).verdict == "allow"
    known = tuple(each | {"person": "p7"} for each in first)
    assert ask(ON_THE_FOURTH, other | {"person": "p7"}, history=known).verdict == "hold"
    assert ask(ON_THE_FOURTH, other | {"person": "p8"}, history=known).verdict == "allow"


def test_calls_to_the_lawyer_neither_count_nor_are_bound() -> None:
    lawyer = {"party": "attorney", "to": "l1"}
    assert ask(ON_THE_FOURTH, CALL | lawyer, history=calls(1, 1, 1, 2, 2, 3, 3, **lawyer)).verdict == "allow"


def test_a_cap_must_be_met_in_every_zone() -> None:
    """A call after midnight in New York is still of the day before in Los Angeles."""
    history = (past("2026-12-01T00:30:00-05:00"), *SEVEN[1:])
    coast_to_coast = ("America/New_York", "America/Los_Angeles")
    assert ask("2026-12-07T12:00:00-05:00", history=history, zones=coast_to_coast).verdict == "hold"
    assert until(ask("2026-12-07T12:00:00-05:00", history=history)) == "2026-12-08T13:00:00Z"
    # In Los Angeles alone the early call is of 30 November, and one date sooner out of the window.
    assert ask("2026-12-07T12:00:00-05:00", history=history, zones=coast_to_coast[1:]).verdict == "allow"


def test_without_a_zone_days_are_counted_at_both_ends_of_the_world() -> None:
    permit = ask("2026-12-08T10:00:00-05:00", history=SEVEN, zones=(), attempt=CALL)
    assert "US.REGF.FREQ7" in ask("2026-12-07T23:00:00-05:00", history=SEVEN, zones=()).rules
    assert permit.rules == ("US.REGF.HOURS",)


def test_an_original_creditor_is_not_capped() -> None:
    assert ask(ON_THE_FOURTH, history=SEVEN * 3, role="original_creditor").verdict == "allow"


# ── The seven days after a conversation ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("now", "verdict"),
    [
        ("2026-12-01T12:00:00-05:00", "hold"),
        ("2026-12-07T20:59:59-05:00", "hold"),
        ("2026-12-08T08:00:00-05:00", "allow"),
    ],
)
def test_the_conversation_s_own_date_is_day_one(now: str, verdict: str) -> None:
    talked = calls(1, result="connected")
    permit = ask(now, history=talked)
    assert permit.verdict == verdict
    assert verdict == "allow" or (permit.rules, until(permit)) == (("US.REGF.COOL7",), "2026-12-08T13:00:00Z")


def test_the_latest_conversation_counts() -> None:
    assert until(ask(ON_THE_FOURTH, history=calls(3, 1, 2, result="connected"))) == "2026-12-10T13:00:00Z"


def test_a_conversation_about_another_debt_or_with_another_person_does_not_count() -> None:
    assert ask(ON_THE_FOURTH, CALL | {"debts": ["B"]}, history=calls(3, result="connected")).verdict == "allow"
    assert ask(ON_THE_FOURTH, history=calls(3, result="connected", party="spouse", to="m9")).verdict == "allow"
    assert ask(ON_THE_FOURTH, CALL | {"debts": ["A", "B"]}, history=calls(3, result="connected")).verdict == "hold"


def test_only_calls_are_barred_after_a_conversation() -> None:
    talked = calls(3, result="connected")
    assert ask(ON_THE_FOURTH, SMS, history=talked).verdict == "allow"
    for channel in ("visit", "voicemail"):
        elsewhere = past("2026-12-03T12:00:00-05:00", "connected", CALL | {"channel": channel})
        assert ask(ON_THE_FOURTH, history=(elsewhere,)).verdict == "allow"


# ── A consent to further calls ──────────────────────────────────────────────────────────────────────────────────


def test_calls_in_a_consented_time_are_not_denied() -> None:
    consented = [call_consent("2026-12-04T09:00:00-05:00", "2026-12-05T00:00:00-05:00")]
    assert ask(ON_THE_FOURTH, history=(*SEVEN, *calls(3, result="connected")), agreements=consented).verdict == "allow"


def test_calls_in_a_consented_time_do_not_count() -> None:
    consented = [call_consent("2026-12-01T00:00:00-05:00", "2026-12-02T00:00:00-05:00")]
    assert ask(ON_THE_FOURTH, history=SEVEN, agreements=consented).verdict == "allow"
    talked = calls(1, result="connected")
    assert ask(ON_THE_FOURTH, history=talked, agreements=consented).verdict == "allow"


@pytest.mark.parametrize(
    ("start", "end", "verdict"),
    [
        ("2026-12-01T09:00:00-05:00", "2026-12-01T09:00:01-05:00", "allow"),  # begins in the conversation itself
        ("2026-12-01T09:00:01-05:00", "2026-12-02T00:00:00-05:00", "hold"),
        ("2026-12-01T08:00:00-05:00", "2026-12-01T09:00:00-05:00", "hold"),
    ],
)
def test_a_consent_covers_its_first_instant_and_not_its_last(start: str, end: str, verdict: str) -> None:
    consented = [call_consent(start, end)]
    assert ask(ON_THE_FOURTH, history=calls(1, result="connected"), agreements=consented).verdict == verdict


@pytest.mark.parametrize(
    ("now", "verdict"),
    [("2026-12-07T20:00:00-05:00", "allow"), ("2026-12-08T08:00:00-05:00", "hold")],
)
def test_a_consent_covers_seven_dates_at_most(now: str, verdict: str) -> None:
    consented = [call_consent("2026-12-01T12:00:00-05:00", "2026-12-20T00:00:00-05:00")]
    talked = (past("2026-12-01T11:00:00-05:00", "connected"), *calls(8, result="connected"))
    assert ask(now, history=talked, agreements=consented).verdict == verdict


def test_a_consent_that_begins_later_is_waited_for() -> None:
    consented = [call_consent("2026-12-06T14:00:00-05:00", "2026-12-06T16:00:00-05:00")]
    assert until(ask(ON_THE_FOURTH, history=SEVEN, agreements=consented)) == "2026-12-06T19:00:00Z"
    at_night = [call_consent("2026-12-06T22:00:00-05:00", "2026-12-07T09:00:00-05:00")]
    assert until(ask(ON_THE_FOURTH, history=SEVEN, agreements=at_night)) == "2026-12-07T13:00:00Z"
    missed = [call_consent("2026-12-06T22:00:00-05:00", "2026-12-07T08:00:00-05:00")]
    assert until(ask(ON_THE_FOURTH, history=SEVEN, agreements=missed)) == "2026-12-08T13:00:00Z"


def test_the_end_of_a_consent_is_not_covered() -> None:
    consented = [call_consent("2026-12-04T09:00:00-05:00", ON_THE_FOURTH)]
    assert ask(ON_THE_FOURTH, history=SEVEN, agreements=consented).verdict == "hold"
    assert ask("2026-12-04T09:59:59-05:00", history=SEVEN, agreements=consented).verdict == "allow"
