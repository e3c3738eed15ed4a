"""What the shipped packs do not use yet: every other option of a rule kind, in the packs of an invented country.

Another jurisdiction must be another file: no rule here has a line of its own in the engine.
"""

from pathlib import Path

import pytest

from tests.rules.asking import CALL, EMAIL, LETTER, SMS, VISIT, Json, ask, case, packs_from, past, stop, until, weigh

HEAD = '[pack]\njurisdiction = "XX"\n'
VERSION = """
[[rule.version]]
statement = "{statement}"
cite = {{ instrument = "Invented Act", section = "1" }}
force = "law"
evidence = "S"
verified_on = 2026-11-21
added = 2026-11-21
"""
TENTH = "2026-12-10T10:00:00-05:00"


def rule(body: str, statement: str, head: str = HEAD) -> str:
    return f'{head}\n[[rule]]\nid = "XX.RULE"\n{body}\n{VERSION.format(statement=statement)}'


def cap(body: str, statement: str) -> str:
    return rule(f'kind = "frequency_cap"\n{body}', statement)


def answer(folder: Path, text: str, given: Json) -> tuple[str, str | None, str | None]:
    given["person"]["jurisdictions"] = ["XX"]
    permit = weigh(given, packs_from(folder, text))
    assert permit.rules == (() if permit.verdict == "allow" else ("XX.RULE",))
    return permit.verdict, until(permit), permit.event


ALLOW = ("allow", None, None)
MIDNIGHT = "T05:00:00Z"
AT_HOME = cap(
    'channels = ["call", "sms"]\nplaces = ["mobile", "residence"]\nunit = "communication"\nsubject = "debt"\n'
    'limit = 2\nwindow = "local_days_rolling(7)"',
    "2 communications in 7 days at home.",
)
TOGETHER = cap(
    'parties = ["debtor", "spouse"]\nunit = "contact"\nsubject = "debtor"\nlimit = 3\nwindow = "local_days_rolling(7)"',
    "3 contacts in 7 days with debtor and spouse together.",
)
ONE_NUMBER = cap(
    'channels = ["call"]\nunit = "unanswered"\nsubject = "contact_method"\nlimit = 2\nwindow = "local_day"',
    "2 unanswered calls a day to one number.",
)
MONTHLY = cap(
    'channels = ["call"]\nunit = "conversation"\nsubject = "debt"\nlimit = 1\nwindow = "local_month"',
    "1 conversation in a calendar month.",
)
TALKED, LEFT, RANG, HUNG_UP = "connected", "voicemail_left", "no_answer", "machine_no_message"
SPOUSE: Json = {"party": "spouse", "to": "m9"}


def on(day: int, result: str, like: Json = CALL, **changes: object) -> Json:
    return past(f"2026-12-{day:02}T09:00:00-05:00", result, like, **changes)


@pytest.mark.parametrize(
    ("text", "attempt", "history", "expected"),
    [
        (AT_HOME, CALL, (on(8, "delivered", SMS), on(9, HUNG_UP)), ("hold", "2026-12-15" + MIDNIGHT, None)),
        (AT_HOME, CALL, (on(8, "delivered", SMS), on(9, RANG)), ALLOW),
        (AT_HOME, CALL, (on(8, LEFT, place="workplace"), on(9, HUNG_UP)), ALLOW),
        (AT_HOME, CALL | {"place": "workplace"}, (on(8, LEFT), on(9, LEFT)), ALLOW),
        (AT_HOME, EMAIL, (on(8, LEFT), on(9, LEFT)), ALLOW),
        (AT_HOME, CALL, (on(8, LEFT, party="attorney"), on(9, LEFT)), ALLOW),
        (AT_HOME, CALL, (on(8, LEFT, **SPOUSE), on(9, LEFT)), ("hold", "2026-12-15" + MIDNIGHT, None)),
        (
            TOGETHER,
            CALL | SPOUSE,
            (on(7, "delivered", LETTER, debts=["B"]), on(8, TALKED, **SPOUSE), on(9, LEFT)),
            ("hold", "2026-12-14" + MIDNIGHT, None),
        ),
        (TOGETHER, CALL | {"party": "guarantor"}, (on(7, LEFT), on(8, LEFT), on(9, LEFT)), ALLOW),
        (TOGETHER, CALL, (on(7, LEFT, party="guarantor"), on(8, LEFT), on(9, LEFT)), ALLOW),
        (ONE_NUMBER, CALL, (on(10, RANG), on(10, "busy")), ("hold", "2026-12-11" + MIDNIGHT, None)),
        (ONE_NUMBER, CALL | {"to": "m2"}, (on(10, RANG), on(10, "busy")), ALLOW),
        (ONE_NUMBER, CALL, (on(9, RANG), on(10, TALKED)), ALLOW),
        (MONTHLY, CALL, (on(1, TALKED),), ("hold", "2027-01-01" + MIDNIGHT, None)),
        (MONTHLY, CALL, (past("2026-11-30T20:00:00-05:00", TALKED),), ALLOW),
        (MONTHLY, CALL, (on(1, TALKED, debts=["B"]), on(2, LEFT)), ALLOW),
    ],
)
def test_caps(
    tmp_path: Path, text: str, attempt: Json, history: tuple[Json, ...], expected: tuple[str, str | None, str | None]
) -> None:
    assert answer(tmp_path, text, case(TENTH, attempt, history=history)) == expected


def test_a_cap_of_none_is_never_lifted(tmp_path: Path) -> None:
    text = cap('unit = "attempt"\nsubject = "person"\nlimit = 0\nwindow = "local_day"', "0 a day.")
    assert answer(tmp_path, text, case(TENTH)) == ("block", None, None)


def test_a_cap_that_ends_is_lifted_at_its_end(tmp_path: Path) -> None:
    text = cap('unit = "attempt"\nsubject = "person"\nlimit = 0\nwindow = "local_day"', "0 a day.")
    ending = text.replace("[[rule.version]]", "[[rule.version]]\nto = 2027-01-01")
    assert answer(tmp_path, ending, case(TENTH)) == ("hold", "2027-01-01" + MIDNIGHT, None)


def test_a_cap_may_fall_on_some_debts_only(tmp_path: Path) -> None:
    text = cap(
        'debt_kinds = ["medical"]\nunit = "attempt"\nsubject = "debt"\nlimit = 1\nwindow = "local_day"', "1 a day."
    )
    given = case(TENTH, CALL | {"debts": ["A", "B"]}, history=(on(10, RANG),))
    assert answer(tmp_path, text, given) == ALLOW
    given["debts"][1]["kind"] = "medical"
    assert answer(tmp_path, text, given) == ALLOW
    given["debts"][0]["kind"] = "medical"
    assert answer(tmp_path, text, given) == ("hold", "2026-12-11" + MIDNIGHT, None)


COOLED = rule(
    'kind = "cooldown"\nsubject = "person"\ndays = 3\ntrigger_unit = "contact"\ntrigger_channels = ["visit"]',
    "3 days of rest after a visit.",
)


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        ((on(9, "visited", VISIT),), ("hold", "2026-12-12" + MIDNIGHT, None)),
        ((on(7, "visited", VISIT),), ALLOW),
        ((on(9, TALKED),), ALLOW),
        ((on(9, "visited", VISIT, **SPOUSE),), ALLOW),
    ],
)
def test_a_cooldown_after_anything(
    tmp_path: Path, history: tuple[Json, ...], expected: tuple[str, str | None, str | None]
) -> None:
    assert answer(tmp_path, COOLED, case(TENTH, SMS, history=history)) == expected


WAIT = rule(
    'kind = "wait_period"\ndebt_kinds = ["medical"]\nroles = ["licensed_agency"]\nafter = "notice_sent"\ndays = 60\n'
    'event = "notice_sent"',
    "60 days after the notice.",
)


def medical(*sent: str, role: str = "licensed_agency", kind: str = "medical") -> Json:
    given = case("2027-01-15T10:00:00-05:00", role=role, events=[{"kind": "notice_sent", "at": at} for at in sent])
    given["debts"][0]["kind"] = kind
    return given


def test_a_period_after_a_notice(tmp_path: Path) -> None:
    first, second = "2026-12-01T09:00:00-05:00", "2026-12-03T09:00:00-05:00"
    assert answer(tmp_path, WAIT, medical(first)) == ("hold", "2027-01-30" + MIDNIGHT, None)
    assert answer(tmp_path, WAIT, medical(first, second)) == ("hold", "2027-02-01" + MIDNIGHT, None)
    assert answer(tmp_path, WAIT, medical("2026-11-10T09:00:00-05:00")) == ALLOW
    assert answer(tmp_path, WAIT, medical()) == ("block", None, "notice_sent")
    assert answer(tmp_path, WAIT, medical(kind="credit_card")) == ALLOW
    assert answer(tmp_path, WAIT, medical(role="third_party_collector")) == ALLOW


def test_visits(tmp_path: Path) -> None:
    two = rule('kind = "visit"\nchannels = ["visit"]\nmin_staff = 2\nevent = "two_people"', "2 people make a visit.")
    assert answer(tmp_path, two, case(TENTH, VISIT | {"staff": 1})) == ("block", None, "two_people")
    assert answer(tmp_path, two, case(TENTH, VISIT)) == ALLOW
    assert answer(tmp_path, two, case(TENTH, CALL)) == ALLOW
    never = rule('kind = "visit"\nchannels = ["visit"]', "No visits.")
    assert answer(tmp_path, never, case(TENTH, VISIT)) == ("block", None, None)


WEEKEND = rule(
    'kind = "quiet_hours"\nweekdays = ["sat", "sun"]\nopen = "12:00"\nclose = "14:00"', "Weekends 12:00 to 14:00."
)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-12-04T23:59:59-05:00", ALLOW),  # Friday
        ("2026-12-05T00:00:00-05:00", ("hold", "2026-12-05T17:00:00Z", None)),
        ("2026-12-05T14:00:00-05:00", ("hold", "2026-12-06T17:00:00Z", None)),
        ("2026-12-06T14:00:00-05:00", ("hold", "2026-12-07T05:00:00Z", None)),
    ],
)
def test_hours_of_some_weekdays(tmp_path: Path, now: str, expected: tuple[str, str | None, str | None]) -> None:
    assert answer(tmp_path, WEEKEND, case(now)) == expected


def test_one_legal_time_whatever_the_place(tmp_path: Path) -> None:
    legal = HEAD + 'legal_zone = "Asia/Shanghai"\n'
    text = rule('kind = "quiet_hours"\nopen = "08:00"\nclose = "22:00"', "08:00 to 22:00.", legal)
    given = case("2026-12-01T08:05:00+08:00", zones=("Asia/Urumqi",))
    assert answer(tmp_path, text, given) == ALLOW
    given["person"]["places"] = []
    assert answer(tmp_path, text, given) == ALLOW
    assert answer(tmp_path, text, case("2026-12-01T22:00:00+08:00", zones=("Asia/Urumqi",))) == (
        "hold",
        "2026-12-02T00:00:00Z",
        None,
    )


LATE_PAYER = 'kind = "quiet_hours"\nopen = "12:00"\nclose = "13:00"\n'


@pytest.mark.parametrize(
    ("scope", "changes", "bound"),
    [
        ("days_past_due_at_most = 40", {}, True),
        ("days_past_due_at_most = 39", {}, False),
        ('lender_kinds = ["bank"]', {}, True),
        ('lender_kinds = ["microfinance"]', {}, False),
        ('purposes = ["relay"]', {}, False),
        ('purposes = ["relay"]', {"attempt": CALL | {"purpose": "relay"}}, True),
        ('except_purposes = ["relay"]', {"attempt": CALL | {"purpose": "relay"}}, False),
        ('parties = ["contact"]', {}, False),
        ('except_parties = ["debtor"]', {}, False),
        ('places = ["workplace"]', {}, False),
        ('only_jurisdictions = ["XX"]', {}, True),
        ('only_jurisdictions = ["YY"]', {}, False),
        ('except_jurisdictions = ["XX"]', {}, False),
        ('roles = ["third_party_collector"]', {"role": "licensed_agency"}, True),
        ('roles = ["licensed_agency"]', {"role": "third_party_collector"}, False),
        ('recorded_only = ["call"]', {}, False),
        ('recorded_only = ["call"]', {"attempt": CALL | {"prerecorded": True}}, True),
    ],
)
def test_whom_a_rule_binds(tmp_path: Path, scope: str, changes: Json, *, bound: bool) -> None:
    said = "12:00 to 13:00, 40 days or 39."
    given = case(TENTH, **changes)
    assert (answer(tmp_path, rule(LATE_PAYER + scope, said), given)[0] == "hold") is bound


def test_a_stop_with_other_terms_and_an_end(tmp_path: Path) -> None:
    body = 'kind = "stop_state"\n[rule.stops.breathing_space]\nevent = "ended"\ntimed = true'
    text = rule(body, "Nothing in a breathing space.")
    ends = case(TENTH, LETTER, stops=[stop("breathing_space", until="2027-01-30T00:00:00Z")])
    assert answer(tmp_path, text, ends) == ("hold", "2027-01-30T00:00:00Z", None)
    assert answer(tmp_path, text, case(TENTH, stops=[stop("breathing_space")])) == ("block", None, "ended")
    assert answer(tmp_path, text, case(TENTH, stops=[stop("hardship")])) == ALLOW


def test_dated_stops_and_waits_end_with_their_rule(tmp_path: Path) -> None:
    body = 'kind = "stop_state"\n[rule.stops.hardship]\nevent = "over"'
    text = rule(body, "Nothing in hardship.").replace(
        "[[rule.version]]", "[[rule.version]]\nfrom = 2026-12-20\nto = 2027-01-01"
    )
    stops = [stop("hardship")]
    assert answer(tmp_path, text, case("2026-12-19T23:59:59-05:00", stops=stops)) == ALLOW
    assert answer(tmp_path, text, case("2026-12-20T00:00:00-05:00", stops=stops)) == (
        "hold",
        "2027-01-01" + MIDNIGHT,
        None,
    )
    assert answer(tmp_path, text, case("2027-01-01T00:00:00-05:00", stops=stops)) == ALLOW


def test_packs_add_up_and_are_named_in_order(tmp_path: Path) -> None:
    (tmp_path / "wide.toml").write_text(
        rule('kind = "quiet_hours"\nopen = "08:00"\nclose = "20:00"', "08:00 to 20:00.")
        .replace("XX.", "WW.")
        .replace('"XX"', '"WW"'),
        encoding="utf-8",
    )
    packs = packs_from(tmp_path, rule('kind = "quiet_hours"\nopen = "10:00"\nclose = "22:00"', "10:00 to 22:00."))
    permit = ask("2026-12-01T07:00:00-05:00", packs=packs, jurisdictions=("WW", "XX"))
    assert (permit.rules, until(permit)) == (("WW.RULE", "XX.RULE"), "2026-12-01T15:00:00Z")
    assert [finding.until and finding.until.hour for finding in permit.findings] == [13, 15]
    assert ask("2026-12-01T21:00:00-05:00", packs=packs, jurisdictions=("WW", "XX")).rules == ("WW.RULE",)
