"""China: hours by one legal time, calls, dials, visits and third persons, each on the days on which it began."""

from itertools import starmap
from typing import Any

import pytest

from forbear.rules.facts import Permit
from tests.rules.asking import PRODUCT, Json, ask, consent, past, stop, until

CALL: Json = {"channel": "call", "party": "debtor", "to": "m1", "place": "mobile", "debts": ["A"]}
SMS = CALL | {"channel": "sms"}
EMAIL: Json = {"channel": "email", "party": "debtor", "to": "e1", "debts": ["A"]}
LETTER: Json = {"channel": "letter", "party": "debtor", "to": "a1", "debts": ["A"]}
VISIT: Json = {"channel": "visit", "party": "debtor", "to": "a1", "place": "residence", "debts": ["A"], "staff": 2}
RELAY: Json = {"channel": "call", "party": "contact", "to": "c1", "debts": ["A"], "purpose": "relay"}
NOON = "2026-12-01T12:00:00+08:00"
GBT, CBA = "CN.HOURS.GBT", "CN.HOURS.CBA"
SHANGHAI = ("Asia/Shanghai",)


def permit(now: str = NOON, attempt: Json = CALL, **changes: Any) -> Permit:
    usual: dict[str, Any] = {"jurisdictions": ("CN",), "zones": SHANGHAI}
    return ask(now, attempt, **(usual | changes))


def unanswered(*hours: int, result: str = "no_answer", **changes: Any) -> tuple[Json, ...]:
    return tuple(past(f"2026-12-01T{hour:02}:15:00+08:00", result, CALL, **changes) for hour in hours)


def talked(*instants: str, **changes: Any) -> tuple[Json, ...]:
    return tuple(past(at, "connected", CALL, **changes) for at in instants)


# ── Hours ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("clock", "open_"),
    [("07:59:59", False), ("08:00:00", True), ("21:59:59", True), ("22:00:00", False), ("00:00:00", False)],
)
@pytest.mark.parametrize("attempt", [CALL, SMS, EMAIL, VISIT])
def test_the_window_is_half_open_by_beijing_time(attempt: Json, clock: str, *, open_: bool) -> None:
    found = permit(f"2026-12-01T{clock}+08:00", attempt)
    assert (found.verdict == "allow") is open_
    if not open_:
        assert until(found) == ("2026-12-02T00:00:00Z" if clock == "22:00:00" else "2026-12-01T00:00:00Z")
        assert set(found.rules) == ({GBT} if attempt is SMS else {GBT, CBA})


def test_letters_have_no_hours_and_messages_to_the_lawyer_neither() -> None:
    assert permit("2026-12-01T03:00:00+08:00", LETTER).verdict == "allow"
    assert permit("2026-12-01T03:00:00+08:00", EMAIL | {"party": "attorney"}).verdict == "allow"


@pytest.mark.parametrize("zone", ["Asia/Urumqi", "Asia/Shanghai", "Asia/Singapore", "America/Los_Angeles"])
def test_the_law_has_one_time_wherever_the_person_is(zone: str) -> None:
    assert permit("2026-12-01T08:05:00+08:00", zones=(zone,)).verdict == "allow"
    assert permit("2026-12-01T22:05:00+08:00", zones=(zone,)).verdict == "hold"


def test_it_needs_no_zone_at_all() -> None:
    assert permit(zones=()).verdict == "allow"
    assert permit("2026-12-01T22:05:00+08:00", zones=()).verdict == "hold"


@pytest.mark.parametrize(
    ("clock", "expected"),
    [
        ("07:59:59", "2026-12-01T00:01:00Z"),
        ("08:00:59", "2026-12-01T00:01:00Z"),
        ("08:01:00", None),
        ("21:58:59", None),
        ("21:59:00", "2026-12-02T00:01:00Z"),
    ],
)
def test_a_guard_shortens_both_ends(clock: str, expected: str | None) -> None:
    assert until(permit(f"2026-12-01T{clock}+08:00", policy={"guard_seconds": 60})) == expected


@pytest.mark.parametrize("attempt", [CALL, SMS])
def test_agreed_hours_widen_and_never_narrow(attempt: Json) -> None:
    late = [{"kind": "hours", "open": "20:00", "close": "23:00"}]
    for clock, verdict in (("09:00", "allow"), ("22:59", "allow"), ("23:00", "hold"), ("07:59", "hold")):
        assert permit(f"2026-12-01T{clock}:00+08:00", attempt, agreements=late).verdict == verdict, clock
    through = [{"kind": "hours", "open": "22:00", "close": "02:00"}]
    for clock, verdict in (("23:30", "allow"), ("01:59", "allow"), ("02:00", "hold")):
        assert permit(f"2026-12-01T{clock}:00+08:00", attempt, agreements=through).verdict == verdict, clock


@pytest.mark.parametrize(
    ("now", "attempt", "rules"),
    [
        ("2025-02-27T23:59:59+08:00", SMS, set[str]()),
        ("2025-02-28T00:00:00+08:00", SMS, {GBT}),
        ("2026-01-29T23:59:59+08:00", CALL, {GBT}),
        ("2026-01-30T00:00:00+08:00", CALL, {GBT, CBA}),
        ("2026-01-30T00:00:00+08:00", SMS, {GBT}),
        ("2025-02-27T16:00:00+00:00", SMS, {GBT}),  # it is the 28th in Beijing
    ],
)
def test_hours_hold_from_the_day_on_which_they_began(now: str, attempt: Json, rules: set[str]) -> None:
    assert set(permit(now, attempt).rules) == rules


def test_on_the_eve_of_the_standard_the_night_closes_at_midnight() -> None:
    eve = permit("2025-02-27T22:30:00+08:00")
    assert eve.verdict == "allow"
    assert eve.closes_at is not None
    assert eve.closes_at.isoformat() == "2025-02-27T16:00:00+00:00"


# ── Calls ───────────────────────────────────────────────────────────────────────────────────────────────────────

THREE = ("2026-12-01T09:00:00+08:00", "2026-12-01T10:00:00+08:00", "2026-12-01T11:00:00+08:00")


def test_three_conversations_a_day_over_all_debts_and_numbers() -> None:
    mixed = (*talked(*THREE[:2]), *talked(THREE[2], to="m2", debts=["B"]))
    found = permit(history=mixed)
    assert (found.rules, until(found)) == (("CN.FREQ.GBT.CALL3",), "2026-12-02T00:00:00Z")
    assert permit(history=mixed[:2]).verdict == "allow"
    assert permit(attempt=SMS, history=mixed).verdict == "allow"


def test_only_conversations_by_call_with_the_debtor_count_and_only_today() -> None:
    for other in (
        talked(THREE[0], party="guarantor", to="g1"),
        talked("2026-11-30T23:59:59+08:00"),
        unanswered(9),
        (past(THREE[0], "voicemail_left", CALL),),
        (past(THREE[0], "visited", VISIT),),
    ):
        assert permit(history=(*talked(*THREE[1:]), *other)).verdict == "allow"
    assert permit(history=(*talked(*THREE[1:]), *talked("2026-12-01T00:00:00+08:00"))).verdict == "hold"


def test_a_guarantor_may_be_called_after_three_conversations_with_the_debtor() -> None:
    guarantor = CALL | {"party": "guarantor", "to": "g1"}
    assert permit(attempt=guarantor, history=talked(*THREE)).verdict == "allow"


def test_six_unanswered_dials_a_day_to_one_number_whoever_it_was_for() -> None:
    six = unanswered(8, 9, 10, 11, 11, 11)
    found = permit(history=six)
    assert (found.rules, until(found)) == (("CN.FREQ.CBA.DIAL6",), "2026-12-02T00:00:00Z")
    assert permit(history=six[:5]).verdict == "allow"
    assert permit(attempt=CALL | {"to": "m2"}, history=six).verdict == "allow"
    assert permit(attempt=SMS, history=six).verdict == "allow"
    with_another = (*six[:5], *unanswered(11, party="spouse"))
    assert permit(history=with_another).verdict == "hold"


@pytest.mark.parametrize(
    ("result", "counts"),
    [
        ("busy", True),
        ("no_answer", True),
        ("not_in_service", False),
        ("machine_no_message", False),
        ("connected", False),
    ],
)
def test_what_an_unanswered_dial_is(result: str, *, counts: bool) -> None:
    history = (*unanswered(8, 9, 10, 11, 11), past("2026-12-01T11:30:00+08:00", result, CALL))
    assert (permit(history=history).verdict == "hold") is counts


@pytest.mark.parametrize(
    ("day", "before", "verdict"),
    [
        ("2025-02-27", talked, "allow"),
        ("2025-02-28", talked, "hold"),
        ("2026-01-29", unanswered, "allow"),
        ("2026-01-30", unanswered, "hold"),
    ],
)
def test_caps_hold_from_the_day_on_which_they_began(day: str, before: object, verdict: str) -> None:
    result, number = ("connected", 3) if before is talked else ("no_answer", 6)
    history = tuple(past(f"{day}T09:00:00+08:00", result, CALL) for _ in range(number))
    assert permit(f"{day}T12:00:00+08:00", history=history).verdict == verdict


# ── Visits ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_visit_takes_two() -> None:
    alone = permit(attempt=VISIT | {"staff": 1})
    assert (alone.verdict, alone.event, alone.rules) == ("block", "two_collectors", ("CN.VISIT.CBA.22",))
    assert permit(attempt={key: value for key, value in VISIT.items() if key != "staff"}).event == "two_collectors"
    for staff in (2, 3):
        assert permit(attempt=VISIT | {"staff": staff}).verdict == "allow"
    assert permit("2026-01-29T12:00:00+08:00", VISIT | {"staff": 1}).verdict == "allow"
    night = permit("2026-12-01T23:00:00+08:00", VISIT | {"staff": 1})
    assert (night.verdict, night.event, set(night.rules)) == ("block", "two_collectors", {GBT, CBA, "CN.VISIT.CBA.22"})


# ── Third persons ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_contact_is_asked_only_after_three_calls_in_a_row() -> None:
    found = permit(attempt=RELAY, history=unanswered(8, 9))
    assert (found.verdict, found.event, found.rules) == ("block", "debtor_unreachable", ("CN.THIRD.CBA.3",))
    assert permit(attempt=RELAY, history=unanswered(8, 9, 10)).verdict == "allow"


@pytest.mark.parametrize(
    ("history", "verdict"),
    [
        ((*talked(THREE[0]), *unanswered(10, 11, 11)), "allow"),
        ((*unanswered(8, 8, 8), *talked(THREE[2])), "block"),
        ((*unanswered(8, 10, 11), *talked(THREE[0])), "block"),
        ((*unanswered(8, 9), past("2026-12-01T11:30:00+08:00", "delivered", SMS)), "block"),
        ((*unanswered(8, 9), *unanswered(10, party="spouse", to="m9")), "block"),
        ((*unanswered(8, 9, 10), *talked("2026-12-01T11:00:00+08:00", party="spouse", to="m9")), "allow"),
        ((*unanswered(8, to="m2"), *unanswered(9, debts=["A", "B"]), *unanswered(10, result="busy")), "allow"),
        ((*unanswered(8, 9), *unanswered(10, debts=["B"])), "block"),
        ((*unanswered(8, 9), *unanswered(10, debts=[])), "block"),
        ((*unanswered(8, 9), *unanswered(13)), "block"),
        ((*unanswered(8, 9, 10), *talked("2026-12-01T11:00:00+08:00", debts=["B"])), "allow"),
        (tuple(starmap(past, [("2026-11-02T09:00:00+08:00", "not_in_service", CALL)] * 3)), "allow"),
    ],
)
def test_what_three_calls_in_a_row_are(history: tuple[Json, ...], verdict: str) -> None:
    assert permit(attempt=RELAY, history=history).verdict == verdict


def test_an_unreachable_debtor_is_as_good_as_three_calls() -> None:
    known = [{"kind": "debtor_unreachable", "at": "2026-11-20T10:00:00+08:00"}]
    assert permit(attempt=RELAY, events=known).verdict == "allow"
    later = [{"kind": "debtor_unreachable", "at": "2026-12-01T13:00:00+08:00"}]
    assert until(permit(attempt=RELAY, events=later)) == "2026-12-01T05:00:00Z"


@pytest.mark.parametrize("purpose", ["reminder", "ask_for_consent", "opt_out_confirmation"])
def test_a_contact_is_asked_for_nothing_but_a_relay(purpose: str) -> None:
    found = permit(attempt=RELAY | {"purpose": purpose}, history=unanswered(8, 9, 10))
    assert (found.verdict, found.event, found.rules) == ("block", None, ("CN.THIRD.GBT",))
    both = permit(attempt=RELAY | {"purpose": purpose})
    assert (both.event, set(both.rules)) == (None, {"CN.THIRD.GBT", "CN.THIRD.CBA.3"})


@pytest.mark.parametrize("party", ["spouse", "guarantor", "counter_guarantor", "co_debtor", "attorney"])
def test_who_answers_for_the_debt_is_no_third_person(party: str) -> None:
    assert permit(attempt=RELAY | {"party": party, "purpose": "reminder"}).verdict == "allow"


@pytest.mark.parametrize("attempt", [RELAY, RELAY | {"channel": "sms"}, RELAY | {"channel": "letter"}])
def test_a_third_person_who_refused_is_left_alone_for_good(attempt: Json) -> None:
    refused = [stop("refused_as_third_person", at="2026-11-20T10:00:00+08:00", to="c1")]
    history = unanswered(8, 9, 10)
    found = permit(attempt=attempt, history=history, stops=refused)
    assert (found.verdict, found.event, found.rules) == ("block", None, ("CN.THIRD.GBT",))
    assert permit(attempt=attempt | {"to": "c2"}, history=history, stops=refused).verdict == "allow"
    assert permit(attempt=CALL, stops=refused).verdict == "allow"


@pytest.mark.parametrize(
    ("day", "rules"),
    [
        ("2025-02-27", set[str]()),
        ("2025-02-28", {"CN.THIRD.GBT"}),
        ("2026-01-29", {"CN.THIRD.GBT"}),
        ("2026-01-30", {"CN.THIRD.GBT", "CN.THIRD.CBA.3"}),
    ],
)
def test_third_persons_are_protected_from_the_day_on_which_it_began(day: str, rules: set[str]) -> None:
    refused = [stop("refused_as_third_person", at="2025-01-20T10:00:00+08:00", to="c1")]
    noon = f"{day}T12:00:00+08:00"
    assert set(permit(noon, RELAY, stops=refused).rules) == rules
    assert set(permit(noon, RELAY | {"purpose": "reminder"}).rules) == rules


# ── Other stops, and the product's own limits ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", ["opt_out", "dispute", "cease_all", "attorney", "deceased"])
def test_stops_of_other_laws_deny_by_policy_alone(kind: str) -> None:
    said = [stop(kind, channel="call") if kind == "opt_out" else stop(kind)]
    assert permit(stops=said).verdict == "allow"
    assert permit(stops=said, policy=PRODUCT).rules == ("POLICY.STOP",)


@pytest.mark.parametrize("zones", [SHANGHAI, ("Asia/Urumqi",), ()])
def test_the_product_leaves_chinese_hours_to_china(zones: tuple[str, ...]) -> None:
    evening = permit("2026-12-01T21:30:00+08:00", policy=PRODUCT, zones=zones)
    assert evening.verdict == "allow"
    morning = permit("2026-12-01T08:05:00+08:00", policy=PRODUCT, zones=zones)
    assert morning.verdict == "allow"
    night = permit("2026-12-01T22:00:00+08:00", policy=PRODUCT, zones=zones)
    assert set(night.rules) == {GBT, CBA}


def test_who_lives_elsewhere_under_chinese_law_keeps_the_product_s_hours_there() -> None:
    """A +86 mobile in Singapore: the law ends at 22:00, the product at 21:00, and by the same clock here."""
    singapore: dict[str, Any] = {"zones": ("Asia/Singapore",), "policy": PRODUCT}
    assert permit("2026-12-01T20:59:59+08:00", **singapore).verdict == "allow"
    late = permit("2026-12-01T21:00:00+08:00", **singapore)
    assert (late.rules, until(late)) == (("POLICY.HOURS",), "2026-12-02T00:00:00Z")


# ── More than one law ───────────────────────────────────────────────────────────────────────────────────────────

LOS_ANGELES: dict[str, Any] = {"jurisdictions": ("CN", "US"), "zones": ("America/Los_Angeles",)}


@pytest.mark.parametrize(
    ("los_angeles", "rules"),
    [
        ("08:00:00", {GBT, CBA}),  # midnight in Beijing
        ("15:59:59", {GBT, CBA}),
        ("16:00:00", set[str]()),  # 08:00 in Beijing
        ("20:59:59", set[str]()),
        ("21:00:00", {"POLICY.HOURS"}),
        ("03:00:00", {"POLICY.HOURS"}),  # 19:00 in Beijing
    ],
)
def test_a_chinese_number_in_los_angeles_is_protected_by_both_clocks(los_angeles: str, rules: set[str]) -> None:
    creditor: Json = {**LOS_ANGELES, "role": "original_creditor", "policy": PRODUCT}
    assert set(permit(f"2026-12-01T{los_angeles}-08:00", **creditor).rules) == rules


def test_a_collector_keeps_the_federal_hours_too() -> None:
    late = permit("2026-12-01T21:00:00-08:00", **LOS_ANGELES)
    assert (late.rules, until(late)) == (("US.REGF.HOURS",), "2026-12-03T00:00:00Z")


def test_a_chinese_number_as_evidence_is_one_more_clock_for_the_federal_hours() -> None:
    both: Json = LOS_ANGELES | {"zones": ("America/Los_Angeles", "Asia/Shanghai")}
    assert permit("2026-12-01T20:59:59-08:00", **both).verdict == "allow"
    assert "US.REGF.HOURS" in permit("2026-12-02T21:30:00+08:00", **both).rules


def test_caps_of_the_product_are_met_on_both_calendars() -> None:
    """17:00 on 30 November in Los Angeles is 1 December in Beijing, and so is 19:00 a day later there."""
    text = past("2026-11-30T17:00:00-08:00", "delivered", SMS)
    at = permit(
        "2026-12-01T19:00:00-08:00",
        SMS,
        **LOS_ANGELES,
        policy=PRODUCT,
        role="original_creditor",
        agreements=[consent()],
        history=(text,),
    )
    assert at.verdict == "allow"
    same_day = permit(
        "2026-11-30T20:00:00-08:00",
        SMS,
        **LOS_ANGELES,
        policy=PRODUCT,
        role="original_creditor",
        agreements=[consent()],
        history=(text,),
    )
    assert same_day.rules == ("POLICY.SMS1",)


@pytest.mark.parametrize("role", ["original_creditor", "third_party_collector"])
def test_an_unknown_place_holds_what_needs_a_clock_though_china_needs_none(role: str) -> None:
    nowhere = permit(jurisdictions=("CN", "US"), zones=(), policy=PRODUCT, role=role)
    assert (nowhere.verdict, nowhere.event) == ("block", "zone_known")
    assert "POLICY.ZONE" in nowhere.rules
