"""The product's own limits: they bind every role, only tighten, and can be switched off where the law cannot."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from forbear.calendars import near
from forbear.rules import cases
from forbear.rules.engine import check
from forbear.rules.facts import Facts, Stop
from tests.rules.asking import (
    CALL,
    EMAIL,
    LAW_ALONE,
    LETTER,
    PRODUCT,
    SMS,
    TUESDAY_TEN,
    VISIT,
    Json,
    ask,
    calls,
    case,
    consent,
    instant,
    past,
    stop,
    until,
    weigh,
)

ROLES = ["original_creditor", "third_party_collector", "debt_buyer", "licensed_agency"]
CONFIRM = SMS | {"purpose": "opt_out_confirmation"}
ON_THE_FOURTH = "2026-12-04T10:00:00-05:00"


def product(
    now: str = TUESDAY_TEN,
    attempt: Json = CALL,
    *,
    role: str = "original_creditor",
    agreements: list[Json] | None = None,
    policy: Json | None = None,
    **changes: Any,
) -> Json:
    """A creditor's case under the product's limits, with a consent to texts unless agreements are given."""
    agreed = [consent()] if agreements is None else agreements
    return case(now, attempt, role=role, agreements=agreed, policy=PRODUCT | (policy or {}), **changes)


def texts(*days: int, **changes: object) -> tuple[Json, ...]:
    return calls(*days, result="delivered", channel="sms", **changes)


def test_a_policy_that_holds_only_the_guard_switches_the_product_off() -> None:
    late = "2026-12-01T22:00:00-05:00"
    assert ask(late, SMS, role="original_creditor", policy=LAW_ALONE).verdict == "allow"
    assert weigh(product(late, SMS)).rules == ("POLICY.HOURS",)
    silent = {key: value for key, value in case(late, SMS, role="original_creditor").items() if key != "policy"}
    assert "POLICY.HOURS" in weigh(silent).rules


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("attempt", [CALL, SMS, EMAIL, VISIT])
def test_hours_bind_every_role_and_channel_but_letters(role: str, attempt: Json) -> None:
    permit = weigh(product("2026-12-01T21:00:00-05:00", attempt, role=role))
    assert "POLICY.HOURS" in permit.rules
    assert until(permit) == "2026-12-02T13:00:00Z"
    assert weigh(product("2026-12-01T21:00:00-05:00", LETTER, role=role)).verdict == "allow"


def test_hours_that_the_person_agreed_to_widen_the_product_s_but_not_the_lender_s() -> None:
    agreed = [consent(), {"kind": "hours", "open": "21:00", "close": "22:00"}]
    late = "2026-12-01T21:30:00-05:00"
    assert weigh(product(late, agreements=agreed)).verdict == "allow"
    permit = weigh(product(late, agreements=agreed, policy={"open": "09:00", "close": "18:00"}))
    assert (permit.rules, until(permit)) == (("POLICY.LENDER.HOURS",), "2026-12-02T14:00:00Z")


@pytest.mark.parametrize(
    ("own", "now", "expected"),
    [
        ({"open": "09:30"}, "2026-12-01T09:00:00-05:00", "2026-12-01T14:30:00Z"),
        ({"close": "18:00"}, "2026-12-01T18:00:00-05:00", "2026-12-02T13:00:00Z"),
        ({"open": "06:00", "close": "23:00"}, "2026-12-01T07:00:00-05:00", "2026-12-01T13:00:00Z"),
    ],
)
def test_a_lender_s_hours_only_tighten(own: Json, now: str, expected: str) -> None:
    assert until(weigh(product(now, policy=own))) == expected


def test_a_lender_s_limits_hold_even_without_the_product_s() -> None:
    own = {"product": False, "open": "09:00", "close": "18:00", "sms_a_day": 0}
    permit = weigh(product("2026-12-01T20:00:00-05:00", SMS, policy=own))
    assert permit.rules == ("POLICY.LENDER.HOURS", "POLICY.LENDER.SMS1")
    assert (permit.verdict, permit.event) == ("block", None)


# ── Frequency ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_one_text_a_day_and_two_in_seven_days_over_all_debts() -> None:
    once = weigh(product(ON_THE_FOURTH, SMS, history=texts(4, debts=["B"])))
    assert (once.rules, until(once)) == (("POLICY.SMS1",), "2026-12-05T13:00:00Z")
    twice = weigh(product(ON_THE_FOURTH, SMS, history=texts(1, 3, debts=["B"])))
    assert (twice.rules, until(twice)) == (("POLICY.SMS7",), "2026-12-08T13:00:00Z")
    assert weigh(product(ON_THE_FOURTH, SMS, history=texts(3))).verdict == "allow"


def test_texts_to_another_person_or_a_dead_number_do_not_count() -> None:
    spouse = texts(4, party="spouse", to="m9")
    dead = calls(4, 4, result="not_in_service", channel="sms")
    assert weigh(product(ON_THE_FOURTH, SMS, history=(*spouse, *dead))).verdict == "allow"


def test_three_contacts_in_seven_days_over_all_channels() -> None:
    history = (
        *texts(1),
        past("2026-12-02T09:00:00-05:00", "delivered", LETTER),
        past("2026-12-03T09:00:00-05:00", "connected"),
    )
    for attempt in (CALL, EMAIL, LETTER, VISIT):
        permit = weigh(product(ON_THE_FOURTH, attempt, history=history))
        assert permit.rules == ("POLICY.CONTACT7",)
    assert until(weigh(product(ON_THE_FOURTH, history=history))) == "2026-12-08T13:00:00Z"
    assert until(weigh(product(ON_THE_FOURTH, LETTER, history=history))) == "2026-12-08T05:00:00Z"


def test_attempts_that_reach_nobody_are_no_contacts() -> None:
    assert weigh(product(ON_THE_FOURTH, history=calls(1, 2, 3, 3))).verdict == "allow"


@pytest.mark.parametrize(("declared", "verdict"), [(2, "hold"), (3, "hold"), (4, "allow")])
def test_a_playbook_may_declare_another_number_of_contacts(declared: int, verdict: str) -> None:
    history = calls(1, 2, 3, result="voicemail_left")
    assert weigh(product(ON_THE_FOURTH, history=history, policy={"contacts_in_7_days": declared})).verdict == verdict


@pytest.mark.parametrize(
    ("own", "days", "rule"),
    [
        ({"sms_in_7_days": 1}, (1,), "POLICY.LENDER.SMS7"),
        ({"sms_a_day": 0}, (), "POLICY.LENDER.SMS1"),
        ({"sms_a_day": 5, "sms_in_7_days": 9}, (4,), "POLICY.SMS1"),
    ],
)
def test_a_lender_s_number_of_texts_only_tightens(own: Json, days: tuple[int, ...], rule: str) -> None:
    assert weigh(product(ON_THE_FOURTH, SMS, history=texts(*days), policy=own)).rules == (rule,)


def test_a_busy_line_counts_as_an_attempt_under_every_cap_of_the_law() -> None:
    history = (*calls(1, 1, 1, 2, 2, 3), past("2026-12-03T12:00:00-05:00", "busy"))
    permit = weigh(product(ON_THE_FOURTH, role="debt_buyer", history=history))
    assert (permit.rules, until(permit)) == (("POLICY.BUSY",), "2026-12-08T13:00:00Z")
    assert ask(ON_THE_FOURTH, role="debt_buyer", history=history).verdict == "allow"
    assert weigh(product(ON_THE_FOURTH, history=history)).verdict == "allow"  # the law caps no creditor's calls


def test_messages_to_the_lawyer_have_no_hours_and_no_caps() -> None:
    lawyer = {"party": "attorney", "to": "l1"}
    history = calls(1, 2, 3, 3, result="connected", **lawyer)
    assert weigh(product("2026-12-04T22:00:00-05:00", EMAIL | lawyer, history=history)).verdict == "allow"


# ── What must be known ──────────────────────────────────────────────────────────────────────────────────────────


def test_no_text_without_a_consent_for_the_number() -> None:
    nothing = weigh(product(attempt=SMS, agreements=[]))
    assert (nothing.verdict, nothing.event, nothing.rules) == ("block", "message_consent", ("POLICY.CONSENT",))
    assert weigh(product(attempt=SMS, agreements=[consent("email")])).verdict == "block"
    assert weigh(product(attempt=SMS, agreements=[consent(to="m2")])).verdict == "block"
    assert weigh(product(attempt=SMS, agreements=[consent(to="m1")])).verdict == "allow"
    assert weigh(product(attempt=CALL, agreements=[])).verdict == "allow"


@pytest.mark.parametrize("attempt", [CALL, SMS, EMAIL, VISIT])
def test_no_contact_while_no_zone_is_known_save_by_letter(attempt: Json) -> None:
    permit = weigh(product(attempt=attempt, zones=()))
    assert (permit.verdict, permit.event) == ("block", "zone_known")
    assert permit.rules[0] == "POLICY.ZONE"
    assert weigh(product(attempt=LETTER, zones=())).verdict == "allow"


def test_no_contact_while_no_law_is_known() -> None:
    permit = weigh(product(jurisdictions=()))
    assert (permit.event, permit.rules) == ("jurisdiction_known", ("POLICY.JURISDICTION",))


def test_a_place_without_a_pack_denies_even_without_the_product() -> None:
    attempt, facts, now = cases.read_case(case(), cases.packs_on(None), near)
    elsewhere = replace(facts, jurisdictions=("US", "US-XX"))
    permit = check(attempt, elsewhere, cases.packs_on(None), now)
    assert (permit.verdict, permit.event, permit.rules) == ("block", "pack_loaded", ("PACK.US-XX",))


@pytest.mark.parametrize(
    ("as_of", "verdict"),
    [("2026-11-28T10:00:00-05:00", "allow"), ("2026-11-28T09:59:59-05:00", "block"), (None, "block")],
)
def test_balances_older_than_three_days_are_stale(as_of: str | None, verdict: str) -> None:
    given = product()
    given["debts"][0]["balance_as_of"] = as_of
    permit = weigh(given)
    assert permit.verdict == verdict
    assert permit.event == ("balance_confirmed" if verdict == "block" else None)
    assert weigh(given | {"attempt": CALL | {"debts": ["B"]}}).verdict == "allow"
    assert weigh(given | {"attempt": CALL | {"debts": ["A", "B"]}}).verdict == verdict


def test_a_debt_that_is_not_known_has_no_known_balance() -> None:
    assert weigh(product(attempt=CALL | {"debts": ["Z"]})).rules == ("POLICY.BALANCE",)


def test_a_balance_is_judged_now_so_that_a_long_hold_stays_a_hold() -> None:
    history = calls(1, 2, 3, result="voicemail_left")
    assert until(weigh(product(ON_THE_FOURTH, history=history))) == "2026-12-08T13:00:00Z"


# ── Suppressions and stops ──────────────────────────────────────────────────────────────────────────────────────

SAID, LATER = "2026-11-25T10:00:00-05:00", "2026-11-28T10:00:00-05:00"


def suppressed(scope: str, **fields: str) -> list[Json]:
    return [{"scope": scope, "at": SAID, **fields}]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(
    ("suppressions", "attempt", "denied"),
    [
        (suppressed("number", to="m1"), SMS, True),
        (suppressed("number", to="m1"), CALL, True),
        (suppressed("number", to="m1", channel="sms"), CALL, False),
        (suppressed("number", to="m2"), SMS, False),
        (suppressed("channel", channel="sms"), SMS | {"to": "m2"}, True),
        (suppressed("channel", channel="sms"), CALL, False),
        (suppressed("all_automated"), SMS, True),
        (suppressed("all_automated"), EMAIL, True),
        (suppressed("all_automated"), CALL | {"prerecorded": True}, True),
        (suppressed("all_automated"), CALL, False),
        (suppressed("all_automated"), LETTER, False),
        (suppressed("everything"), LETTER, True),
        (suppressed("everything"), VISIT, True),
    ],
)
def test_a_suppression_binds_every_role(role: str, suppressions: list[Json], attempt: Json, *, denied: bool) -> None:
    permit = weigh(product(attempt=attempt, role=role, suppressions=suppressions))
    assert ("POLICY.SUPPRESSED" in permit.rules) is denied
    assert permit.event == ("new_consent" if denied else None)


def test_a_later_consent_for_the_channel_and_number_lifts_a_suppression() -> None:
    said = suppressed("everything")
    assert weigh(product(attempt=SMS, suppressions=said, agreements=[consent(at=LATER)])).verdict == "allow"
    assert weigh(product(attempt=CALL, suppressions=said, agreements=[consent(at=LATER)])).verdict == "block"
    assert weigh(product(attempt=SMS, suppressions=said, agreements=[consent(at=LATER, to="m2")])).verdict == "block"


def test_one_confirmation_passes_every_limit_that_speaks_of_debt() -> None:
    given = product(
        ON_THE_FOURTH,
        CONFIRM,
        role="third_party_collector",
        agreements=[],
        suppressions=suppressed("number", to="m1"),
        stops=[stop("opt_out", SAID, channel="sms", to="m1")],
        history=(*texts(2, 3, 4), *calls(3, 3, result="voicemail_left")),
    )
    given["debts"][0]["balance_as_of"] = None
    assert weigh(given).verdict == "allow"
    given["history"].append(past(ON_THE_FOURTH, "delivered", CONFIRM))
    assert weigh(given).rules == ("US.REGF.OPTOUT", "POLICY.SUPPRESSED", "POLICY.STOP")


def test_a_suppression_does_not_silence_the_lawyer_but_his_own_does() -> None:
    to_lawyer = EMAIL | {"party": "attorney", "to": "l1"}
    assert weigh(product(attempt=to_lawyer, suppressions=suppressed("everything"))).verdict == "allow"
    assert weigh(product(attempt=to_lawyer, suppressions=suppressed("number", to="l1"))).verdict == "block"


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(
    ("kind", "event", "fields"),
    [
        ("opt_out", "new_consent", {"channel": "call"}),
        ("wrong_number", None, {"to": "m1"}),
        ("refused_as_third_person", None, {"to": "m1"}),
        ("attorney", "attorney_silent_or_agrees", {}),
        ("dispute", "verification_sent", {}),
        ("cease_all", "debtor_withdraws", {}),
        ("cease", "debtor_withdraws", {}),
        ("do_not_contact", "debtor_withdraws", {}),
        ("bankruptcy", "court_order", {}),
        ("insolvency", "court_order", {}),
        ("deceased", "representative_named", {}),
        ("hardship", "hardship_resolved", {}),
        ("breathing_space", "moratorium_ended", {}),
        ("mental_health_crisis", "moratorium_ended", {}),
        ("military", "service_ended", {}),
        ("minor", "guardian_named", {}),
        ("hold", "hold_released", {}),
    ],
)
def test_every_stop_binds_every_role(role: str, kind: str, event: str | None, fields: Json) -> None:
    permit = weigh(product(role=role, stops=[stop(kind, **fields)]))
    assert permit.verdict == "block"
    assert permit.event == event
    assert permit.rules[-1] == "POLICY.STOP"


def test_one_rule_with_several_stops_is_for_good_if_one_of_them_is() -> None:
    several = [stop("dispute"), stop("wrong_number", to="m1"), stop("hold", until="2026-12-20T00:00:00Z")]
    permit = weigh(product(stops=several))
    assert (permit.verdict, permit.event, permit.rules) == ("block", None, ("POLICY.STOP",))
    assert weigh(product(stops=several[2:])).verdict == "hold"


def test_a_stop_of_an_unknown_kind_blocks_too() -> None:
    attempt, facts, now = cases.read_case(product(), cases.packs_on(None), near)
    odd: Facts = replace(facts, stops=(Stop("something_new", now - timedelta(days=1)),))
    permit = check(attempt, odd, cases.packs_on(None), now)
    assert (permit.verdict, permit.event) == ("block", "stop_lifted")


def test_a_stop_with_an_end_holds_until_then() -> None:
    ends = "2026-12-20T10:30:00.250000-05:00"
    permit = weigh(product(stops=[stop("breathing_space", until=ends)]))
    assert (permit.verdict, until(permit)) == ("hold", "2026-12-20T15:30:01Z")
    assert permit.until is not None
    assert permit.until > instant(ends)
    assert weigh(product("2026-12-20T10:31:00-05:00", stops=[stop("breathing_space", until=ends)])).verdict == "allow"
    later = weigh(product(stops=[stop("breathing_space", at="2026-12-10T00:00:00-05:00", until=ends)]))
    assert later.verdict == "allow"


def test_a_stop_with_an_end_may_be_lifted_before_it() -> None:
    stops = [stop("breathing_space", until="2026-12-20T00:00:00Z")]
    ended = [{"kind": "moratorium_ended", "at": "2026-11-30T00:00:00Z"}]
    assert weigh(product(stops=stops, events=ended)).verdict == "allow"


def test_a_stop_that_is_known_binds_even_if_its_clock_ran_ahead() -> None:
    assert weigh(product(stops=[stop("dispute", "2026-12-01T10:00:05-05:00")])).verdict == "block"


def test_an_end_more_than_400_days_away_is_no_instant() -> None:
    near, far = "2028-01-05T10:00:00-05:00", "2028-01-05T10:00:01-05:00"
    assert until(weigh(product(stops=[stop("hold", until=near)]))) == "2028-01-05T15:00:00Z"
    assert weigh(product(stops=[stop("hold", until=far)])).verdict == "block"


def test_law_and_policy_are_both_named() -> None:
    permit = weigh(product("2026-12-01T22:00:00-05:00", role="debt_buyer", stops=[stop("cease_all")]))
    assert permit.rules == ("US.REGF.HOURS", "US.REGF.CEASE", "POLICY.HOURS", "POLICY.STOP")
    assert permit.event == "debtor_withdraws"
