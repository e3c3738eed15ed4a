"""Faults with the clock that other products have, each shown not to be ours.

That a held step is tried again and not passed over is the cadence's matter, shown in `tests/cadence/test_decide.py` by
`test_the_weekly_cap_over_all_accounts_holds` and `test_a_rest_is_bounded_and_deciding_again_at_its_end_gets_somewhere`.
"""

from typing import Any

import pytest

from forbear.rules.cases import answer
from tests.rules.asking import CALL, PRODUCT, SMS, ask, calls, case, consent, until, weigh

Json = dict[str, Any]
NEW_YORK, LOS_ANGELES, SYDNEY = "America/New_York", "America/Los_Angeles", "Australia/Sydney"


def in_sydney(now: str) -> Json:
    return answer(ask(now, jurisdictions=("AU",), zones=(SYDNEY,)))


def at_places(now: str, *places: Json, **changes: Any) -> Json:
    given = case(now, **changes)
    given["person"]["places"] = list(places)
    return answer(weigh(given))


def hint(zone: str) -> Json:
    return {"kind": "area_code_mobile", "zone": zone, "source": "area code of the number", "derived": True}


def home(zone: str) -> Json:
    return {"kind": "address", "zone": zone}


def test_the_weekday_is_the_persons_and_not_utcs() -> None:
    """Friday 21:00 UTC is Saturday 08:00 in Sydney, and Sunday 20:45 UTC is Monday 07:45."""
    saturday = in_sydney("2026-12-04T21:00:00Z")
    assert (saturday["rules"], saturday["until"]) == (["AU.HOURS.TEL.WE"], "2026-12-04T22:00:00Z")
    assert in_sydney("2026-12-06T20:45:00Z")["verdict"] == "allow"


@pytest.mark.parametrize(
    ("asked", "opens"),
    [
        ("2027-03-13T22:00:00-05:00", "2027-03-14T12:00:00Z"),  # the clocks go forward in the night
        ("2026-10-31T22:00:00-04:00", "2026-11-01T13:00:00Z"),  # and back
    ],
)
def test_eight_o_clock_is_eight_o_clock_over_a_clock_change(asked: str, opens: str) -> None:
    assert until(ask(asked)) == opens


@pytest.mark.parametrize("policy", [{"guard_seconds": 0}, PRODUCT])
def test_an_unknown_zone_is_not_utc_and_sends_nothing(policy: Json) -> None:
    noon_everywhere_in_america = ask("2026-12-01T18:00:00Z", zones=(), policy=policy)
    assert (noon_everywhere_in_america.verdict, noon_everywhere_in_america.event) == ("block", "zone_known")


@pytest.mark.parametrize(
    ("asked", "opens"),
    [
        ("2026-12-01T09:00:00-05:00", "2026-12-01T16:00:00Z"),
        ("2027-06-01T09:00:00-04:00", "2027-06-01T15:00:00Z"),
    ],
)
def test_the_clock_is_the_persons_and_not_the_companys(asked: str, opens: str) -> None:
    """Nine in the lender's New York is six in Los Angeles, in winter and in summer."""
    assert until(ask(asked, zones=(LOS_ANGELES,))) == opens


def test_a_ported_mobile_is_asked_by_both_clocks() -> None:
    """A New York number whose owner lives in Los Angeles: both must be open."""
    places = (hint(NEW_YORK), home(LOS_ANGELES))
    assert at_places("2026-12-01T08:30:00-05:00", *places)["until"] == "2026-12-01T16:00:00Z"
    assert at_places("2026-12-01T18:30:00-08:00", *places)["until"] == "2026-12-02T16:00:00Z"
    assert at_places("2026-12-01T12:00:00-05:00", *places)["verdict"] == "allow"


def test_the_area_code_of_a_mobile_alone_is_no_clock() -> None:
    consents = {"agreements": [consent()]}
    alone = at_places("2026-12-01T12:00:00-05:00", hint(NEW_YORK), attempt=SMS, policy=PRODUCT, **consents)
    assert (alone["verdict"], alone["event"], alone["rules"]) == ("block", "zone_known", ["POLICY.ZONE"])
    both = at_places(
        "2026-12-01T12:00:00-05:00", hint(NEW_YORK), home(NEW_YORK), attempt=SMS, policy=PRODUCT, **consents
    )
    assert both["verdict"] == "allow"
    told = hint(NEW_YORK) | {"derived": False}
    assert at_places("2026-12-01T12:00:00-05:00", told, attempt=SMS, policy=PRODUCT, **consents)["verdict"] == "allow"
    by_law = at_places("2026-12-01T12:00:00-05:00", hint(NEW_YORK))
    assert by_law["verdict"] == "allow"


def test_seven_days_roll_over_the_turn_of_the_week() -> None:
    """Seven calls from Wednesday to Saturday: a new week on Sunday or Monday brings no new seven."""
    made = calls(2, 2, 3, 3, 4, 4, 5)
    for day in (6, 7, 8):
        assert until(ask(f"2026-12-{day:02}T10:00:00-05:00", history=made)) == "2026-12-09T13:00:00Z"
    assert ask("2026-12-09T10:00:00-05:00", history=made).verdict == "allow"


def test_a_day_of_waiting_for_a_weekday_keeps_no_old_clock_time() -> None:
    """Held late on a Friday whose hours began at 07:30, it is Saturday's 09:00 that opens."""
    assert in_sydney("2026-12-04T21:30:00+11:00")["until"] == "2026-12-04T22:00:00Z"


@pytest.mark.parametrize(
    "given",
    [
        case("2026-12-01T06:00:00-05:00"),
        case("2026-12-06T23:30:00-05:00", history=calls(2, 2, 3, 3, 4, 4, 5)),
        case("2027-03-13T22:00:00-05:00", zones=(NEW_YORK, LOS_ANGELES)),
        case("2027-01-26T10:00:00+11:00", jurisdictions=("AU",), zones=(SYDNEY,)),
        case("2026-12-01T22:30:00+08:00", CALL, jurisdictions=("TW",), zones=("Asia/Taipei",)),
    ],
)
def test_what_is_held_is_allowed_at_the_very_instant_it_names(given: Json) -> None:
    """Nothing falls between: neither refused for ever nor sent a second early."""
    held = weigh(given)
    assert held.verdict == "hold"
    assert held.until is not None
    assert weigh(given | {"now": held.until.isoformat()}).verdict == "allow"
    before = held.until.timestamp() - 1
    assert (
        weigh(given | {"now": type(held.until).fromtimestamp(before, held.until.tzinfo).isoformat()}).verdict == "hold"
    )
