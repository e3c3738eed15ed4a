"""The federal stops: how far each reaches, whom it binds, and what lifts it."""

import pytest

from tests.rules.asking import CALL, EMAIL, EVERY_CHANNEL, LETTER, SMS, TUESDAY_TEN, Json, ask, consent, past, stop

RECORDED = CALL | {"prerecorded": True}
CONFIRM = SMS | {"purpose": "opt_out_confirmation"}
BEFORE, STOPPED, AFTER = "2026-11-20T10:00:00-05:00", "2026-11-25T10:00:00-05:00", "2026-11-28T10:00:00-05:00"
IN_2027 = "2027-02-02T10:00:00-05:00"

# ── Opt-outs ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("channel", EVERY_CHANNEL)
def test_an_opt_out_names_the_rule_of_its_channel(channel: str) -> None:
    permit = ask(attempt=CALL | {"channel": channel}, stops=[stop("opt_out", channel=channel, to="m1")])
    rule = "US.REGF.OPTOUT" if channel in {"sms", "email"} else "US.REGF.MEDIA"
    assert (permit.verdict, permit.event, permit.rules) == ("block", "new_consent", (rule,))


def test_an_opt_out_reaches_its_address_or_its_whole_channel() -> None:
    named, whole = [stop("opt_out", channel="sms", to="m1")], [stop("opt_out", channel="sms")]
    other = SMS | {"to": "m2"}
    assert ask(attempt=other, stops=named).verdict == "allow"
    assert ask(attempt=other, stops=whole).verdict == "block"
    assert ask(attempt=EMAIL, stops=whole).verdict == "allow"
    assert ask(attempt=CALL, stops=whole).verdict == "allow"


@pytest.mark.parametrize("role", ["third_party_collector", "debt_buyer", "licensed_agency"])
def test_federal_opt_outs_bind_every_kind_of_collector(role: str) -> None:
    assert ask(attempt=SMS, stops=[stop("opt_out", channel="sms")], role=role).verdict == "block"


def test_federal_opt_outs_do_not_bind_an_original_creditor() -> None:
    assert ask(attempt=SMS, stops=[stop("opt_out", channel="sms")], role="original_creditor").verdict == "allow"


@pytest.mark.parametrize(
    ("agreed", "verdict"),
    [
        (consent(at=AFTER), "allow"),
        (consent(at=AFTER, to="m1"), "allow"),
        (consent(at=AFTER, to="m2"), "block"),
        (consent("email", at=AFTER), "block"),
        (consent(at=BEFORE), "block"),
        (consent(at=STOPPED), "block"),
    ],
)
def test_a_later_consent_for_the_channel_lifts_an_opt_out(agreed: Json, verdict: str) -> None:
    stops = [stop("opt_out", STOPPED, channel="sms", to="m1")]
    assert ask(attempt=SMS, stops=stops, agreements=[agreed]).verdict == verdict


def test_the_newest_opt_out_needs_a_newer_consent() -> None:
    stops = [stop("opt_out", BEFORE, channel="sms"), stop("opt_out", "2026-11-29T10:00:00-05:00", channel="sms")]
    assert ask(attempt=SMS, stops=stops, agreements=[consent(at=AFTER)]).verdict == "block"


def test_a_consent_for_calls_lifts_an_opt_out_of_calls() -> None:
    stops = [stop("opt_out", STOPPED, channel="call")]
    assert ask(stops=stops, agreements=[consent("call", at=AFTER)]).verdict == "allow"
    assert ask(stops=stops, agreements=[consent("sms", at=AFTER)]).verdict == "block"


def test_exactly_one_confirmation_is_allowed() -> None:
    stops = [stop("opt_out", STOPPED, channel="sms", to="m1")]
    assert ask(attempt=CONFIRM, stops=stops).verdict == "allow"
    for at in (STOPPED, AFTER):
        confirmed = past(at, "delivered", CONFIRM)
        assert ask(attempt=CONFIRM, stops=stops, history=(confirmed,)).rules == ("US.REGF.OPTOUT",)


@pytest.mark.parametrize(
    "other",
    [
        past(BEFORE, "delivered", CONFIRM),  # of an earlier opt-out
        past(AFTER, "delivered", CONFIRM, to="m2"),  # of another number
        past(AFTER, "delivered", CONFIRM, channel="email"),
        past(AFTER, "delivered", SMS),  # no confirmation
        past(AFTER, "not_in_service", CONFIRM),  # never reached anyone
    ],
)
def test_other_messages_do_not_use_up_the_confirmation(other: Json) -> None:
    stops = [stop("opt_out", STOPPED, channel="sms", to="m1")]
    assert ask(attempt=CONFIRM, stops=stops, history=(other,)).verdict == "allow"


def test_a_confirmation_keeps_to_the_hours() -> None:
    permit = ask("2026-12-01T22:00:00-05:00", CONFIRM, stops=[stop("opt_out", channel="sms")])
    assert (permit.verdict, permit.rules) == ("hold", ("US.REGF.HOURS",))


def test_a_block_outranks_a_hold_and_both_are_named() -> None:
    permit = ask("2026-12-01T22:00:00-05:00", SMS, stops=[stop("opt_out", channel="sms")])
    assert (permit.verdict, permit.until, permit.rules) == ("block", None, ("US.REGF.HOURS", "US.REGF.OPTOUT"))


# ── One revocation reaches everything, from 31 January 2027 ─────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("attempt", "channel", "denied"),
    [
        (RECORDED, "sms", True),
        (SMS | {"to": "m2"}, "sms", True),
        (SMS | {"to": "m2"}, "call", True),
        (RECORDED | {"channel": "voicemail"}, "sms", True),
        (CALL, "sms", False),  # a person speaks
        (EMAIL, "sms", False),
        (LETTER, "sms", False),
        (RECORDED, "email", False),  # not an opt-out of texts or calls
    ],
)
def test_revoke_all_reaches_recorded_calls_and_texts(attempt: Json, channel: str, *, denied: bool) -> None:
    permit = ask(IN_2027, attempt, stops=[stop("opt_out", STOPPED, channel=channel, to="m7")])
    assert permit.rules == (("US.TCPA.REVOKEALL",) if denied else ())
    assert permit.human_review is denied
    assert permit.event == ("human_review" if denied else None)


@pytest.mark.parametrize(("now", "denied"), [("2027-01-30T20:00:00-05:00", False), ("2027-01-31T08:00:00-05:00", True)])
def test_revoke_all_begins_on_its_date(now: str, *, denied: bool) -> None:
    permit = ask(now, SMS | {"to": "m2"}, stops=[stop("opt_out", STOPPED, channel="sms", to="m1")])
    assert (permit.verdict == "block") is denied


def test_a_hold_that_would_end_in_a_block_is_a_block() -> None:
    """On the evening before, only the hours deny, yet no instant is known at which it may be sent."""
    permit = ask("2027-01-30T22:00:00-05:00", SMS | {"to": "m2"}, stops=[stop("opt_out", channel="sms", to="m1")])
    assert (permit.verdict, permit.until, permit.event) == ("block", None, "human_review")
    assert permit.rules == ("US.REGF.HOURS",)
    assert permit.human_review


def test_revoke_all_binds_an_original_creditor() -> None:
    stops = [stop("opt_out", STOPPED, channel="sms", to="m1")]
    assert ask(IN_2027, SMS, stops=stops, role="original_creditor").rules == ("US.TCPA.REVOKEALL",)


def test_revoke_all_knows_confirmation_and_new_consent() -> None:
    stops = [stop("opt_out", STOPPED, channel="sms", to="m1")]
    assert ask(IN_2027, CONFIRM, stops=stops).verdict == "allow"
    assert ask(IN_2027, RECORDED, stops=stops, agreements=[consent("call", at=AFTER)]).verdict == "allow"
    assert ask(IN_2027, RECORDED, stops=stops, agreements=[consent("sms", at=AFTER)]).verdict == "block"


# ── Wrong number ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("channel", ["sms", "call", "voicemail"])
def test_a_wrong_number_is_never_tried_again(channel: str) -> None:
    attempt = CALL | {"channel": channel}
    permit = ask(attempt=attempt, stops=[stop("wrong_number", STOPPED, to="m1")], agreements=[consent(at=AFTER)])
    assert (permit.verdict, permit.event, permit.rules) == ("block", None, ("US.REGF.WRONGNO",))
    assert ask(attempt=attempt | {"to": "m2"}, stops=[stop("wrong_number", STOPPED, to="m1")]).verdict == "allow"


def test_nothing_lifts_a_block_that_is_for_good_in_part() -> None:
    stops = [stop("opt_out", channel="call"), stop("wrong_number", to="m1")]
    permit = ask(stops=stops)
    assert (permit.verdict, permit.event) == ("block", None)
    assert permit.rules == ("US.REGF.MEDIA", "US.REGF.WRONGNO")


# ── Stops of the whole person, and what lifts them ──────────────────────────────────────────────────────────────

WHOLE = [
    ("attorney", "US.REGF.ATTY", "attorney_silent_or_agrees"),
    ("cease_all", "US.REGF.CEASE", "debtor_withdraws"),
    ("bankruptcy", "US.BK.STAY", "court_order"),
    ("deceased", "US.REGF.DECEASED", "representative_named"),
]


@pytest.mark.parametrize(("kind", "rule", "event"), WHOLE)
@pytest.mark.parametrize("channel", EVERY_CHANNEL)
def test_a_stop_binds_every_channel(kind: str, rule: str, event: str, channel: str) -> None:
    permit = ask(attempt=CALL | {"channel": channel}, stops=[stop(kind)])
    assert (permit.verdict, permit.event, permit.rules) == ("block", event, (rule,))


@pytest.mark.parametrize(("kind", "rule", "event"), WHOLE)
def test_its_event_lifts_a_stop_if_it_is_later(kind: str, rule: str, event: str) -> None:
    stops = [stop(kind, STOPPED)]
    assert ask(stops=stops, events=[{"kind": event, "at": AFTER}]).verdict == "allow"
    assert ask(stops=stops, events=[{"kind": event, "at": BEFORE}]).rules == (rule,)
    assert ask(stops=stops, events=[{"kind": event, "at": STOPPED}]).rules == (rule,)
    assert ask(stops=stops, events=[{"kind": "something_else", "at": AFTER}]).rules == (rule,)


@pytest.mark.parametrize(("kind", "rule", "event"), WHOLE)
def test_a_stop_reaches_the_debts_it_names(kind: str, rule: str, event: str) -> None:
    assert ask(stops=[stop(kind, debts=["B"])]).verdict == "allow"
    both = ask(attempt=CALL | {"debts": ["A", "B"]}, stops=[stop(kind, debts=["B"])])
    assert (both.rules, both.event) == ((rule,), event)


@pytest.mark.parametrize(("kind", "rule", "event"), WHOLE)
def test_only_the_bankruptcy_stay_binds_every_role(kind: str, rule: str, event: str) -> None:
    permit = ask(stops=[stop(kind)], role="original_creditor")
    assert (permit.verdict, permit.event) == (("block", event) if rule == "US.BK.STAY" else ("allow", None))


@pytest.mark.parametrize("channel", ["email", "letter", "call"])
def test_the_lawyer_may_be_written_to(channel: str) -> None:
    to_lawyer = {"channel": channel, "party": "attorney", "to": "l1", "debts": ["A"]}
    assert ask(attempt=to_lawyer, stops=[stop("attorney")]).verdict == "allow"
    assert ask(attempt=to_lawyer | {"party": "spouse"}, stops=[stop("attorney")]).verdict == "block"


# ── Disputes ────────────────────────────────────────────────────────────────────────────────────────────────────

NOTICE = {"kind": "validation_notice_sent", "at": "2026-12-18T15:00:00-05:00"}
"""Friday before Christmas: receipt is assumed on Monday 28 December, the last day is 27 January 2027."""


def disputed(at: str, **fields: object) -> list[Json]:
    return [stop("dispute", at, written=True, **fields)]


@pytest.mark.parametrize(
    ("at", "verdict"),
    [
        ("2026-12-10T09:00:00-05:00", "block"),  # before the notice
        ("2027-01-27T23:59:59-05:00", "block"),
        ("2027-01-28T00:00:00-05:00", "allow"),
    ],
)
def test_a_dispute_counts_to_the_end_of_the_last_day(at: str, verdict: str) -> None:
    permit = ask("2027-02-01T10:00:00-05:00", stops=disputed(at), events=[NOTICE])
    assert permit.verdict == verdict
    assert permit.rules == (("US.REGF.DISPUTE",) if verdict == "block" else ())


def test_the_last_day_is_one_in_every_zone_of_the_person() -> None:
    at = "2027-01-28T01:00:00-05:00"  # still the 27th in Los Angeles
    coast_to_coast = ("America/New_York", "America/Los_Angeles")
    assert (
        ask("2027-02-01T12:00:00-05:00", stops=disputed(at), events=[NOTICE], zones=coast_to_coast).verdict == "block"
    )


def test_a_dispute_without_any_notice_is_inside_the_period() -> None:
    assert ask(stops=disputed(STOPPED)).rules == ("US.REGF.DISPUTE",)


def test_a_dispute_by_word_of_mouth_is_no_federal_stop() -> None:
    assert ask(stops=[stop("dispute", STOPPED)]).verdict == "allow"
    assert ask(stops=[stop("dispute", STOPPED, written=False)]).verdict == "allow"


def test_a_later_verification_lifts_a_dispute() -> None:
    at, now = "2027-01-20T09:00:00-05:00", "2027-02-01T10:00:00-05:00"
    sent = {"kind": "verification_sent", "at": "2027-01-25T09:00:00-05:00"}
    too_early = {"kind": "verification_sent", "at": "2027-01-19T09:00:00-05:00"}
    assert ask(now, stops=disputed(at), events=[NOTICE, sent]).verdict == "allow"
    denied = ask(now, stops=disputed(at), events=[NOTICE, too_early])
    assert (denied.verdict, denied.event) == ("block", "verification_sent")


def test_a_dispute_reaches_its_debts_and_collectors_only() -> None:
    assert ask(stops=disputed(STOPPED, debts=["B"])).verdict == "allow"
    assert ask(stops=disputed(STOPPED), role="original_creditor").verdict == "allow"


# ── What must be said ───────────────────────────────────────────────────────────────────────────────────────────


def test_the_first_communication_and_the_later_ones_say_different_things() -> None:
    assert ask(attempt=SMS).disclosures == ("mini_miranda", "opt_out_instructions")
    told = (past(BEFORE, "delivered", SMS),)
    assert ask(attempt=SMS, history=told).disclosures == ("from_debt_collector", "opt_out_instructions")
    spoken = ("from_debt_collector", "caller_identity", "announce_recording")
    assert ask(attempt=CALL, history=told).disclosures == spoken
    rang_out = (past(BEFORE, "no_answer"), past(BEFORE, "delivered", SMS, debts=["B"]))
    assert "mini_miranda" in ask(attempt=SMS, history=rang_out).disclosures


def test_no_debt_is_disclosed_to_a_third_person_or_a_machine() -> None:
    relay = CALL | {"party": "contact", "to": "c1", "purpose": "relay"}
    assert ask(attempt=relay).disclosures == ("caller_identity", "location_inquiry", "announce_recording")
    assert ask(attempt=CALL | {"channel": "voicemail"}).disclosures == ("limited_content",)


def test_nothing_is_said_where_nothing_may_be_sent_and_nothing_by_law_by_a_creditor() -> None:
    assert ask("2026-12-01T22:00:00-05:00", SMS).disclosures == ()
    assert ask(attempt=SMS, role="original_creditor").disclosures == ()


def test_findings_explain_themselves() -> None:
    permit = ask("2026-12-01T22:00:00-05:00", stops=[stop("cease_all")])
    assert [finding.rule for finding in permit.findings] == ["US.REGF.HOURS", "US.REGF.CEASE"]
    hours, cease = permit.findings
    assert hours.until is not None
    assert hours.until.isoformat() == "2026-12-02T13:00:00+00:00"
    assert (hours.event, cease.until, cease.event) == (None, None, "debtor_withdraws")
    assert "21:00" in hours.why
    assert permit.packs[0][0] == "US"
    assert len(permit.packs[0][1]) == 12
    assert ask(TUESDAY_TEN).findings == ()
