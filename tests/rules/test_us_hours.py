"""US.REGF.HOURS at its edges: seconds, guards, several clocks, gaps, folds, agreements."""

import pytest

from tests.rules.asking import EMAIL, LAW_ALONE, LETTER, VISIT, Json, ask, instant, until

EAST, WEST, HAWAII = "America/New_York", "America/Los_Angeles", "Pacific/Honolulu"


def hours(opening: str, closing: str) -> Json:
    return {"kind": "hours", "open": opening, "close": closing}


@pytest.mark.parametrize(
    ("now", "verdict", "expected"),
    [
        ("2026-12-01T07:59:59-05:00", "hold", "2026-12-01T13:00:00Z"),
        ("2026-12-01T07:59:59.999999-05:00", "hold", "2026-12-01T13:00:00Z"),
        ("2026-12-01T08:00:00-05:00", "allow", None),
        ("2026-12-01T20:59:59-05:00", "allow", None),
        ("2026-12-01T20:59:59.999999-05:00", "allow", None),
        ("2026-12-01T21:00:00-05:00", "hold", "2026-12-02T13:00:00Z"),
        ("2026-12-01T00:00:00-05:00", "hold", "2026-12-01T13:00:00Z"),
    ],
)
def test_the_window_is_half_open(now: str, verdict: str, expected: str | None) -> None:
    permit = ask(now)
    assert (permit.verdict, until(permit)) == (verdict, expected)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-12-01T08:00:59-05:00", "2026-12-01T13:01:00Z"),
        ("2026-12-01T08:01:00-05:00", None),
        ("2026-12-01T20:58:59-05:00", None),
        ("2026-12-01T20:59:00-05:00", "2026-12-02T13:01:00Z"),
    ],
)
def test_the_guard_shortens_both_ends(now: str, expected: str | None) -> None:
    assert until(ask(now, policy={"guard_seconds": 60})) == expected


def test_a_guard_longer_than_the_window_leaves_no_instant() -> None:
    permit = ask(policy={"guard_seconds": 12 * 3600})
    assert (permit.verdict, permit.event, permit.rules) == ("block", None, ("US.REGF.HOURS",))


@pytest.mark.parametrize("attempt", [EMAIL, VISIT])
def test_every_channel_but_letters_has_hours(attempt: Json) -> None:
    assert ask("2026-12-01T22:00:00-05:00", attempt).verdict == "hold"
    assert ask("2026-12-01T22:00:00-05:00", LETTER).verdict == "allow"


def test_the_lawyer_has_no_hours() -> None:
    assert ask("2026-12-01T22:00:00-05:00", EMAIL | {"party": "attorney", "to": "l1"}).verdict == "allow"


@pytest.mark.parametrize(
    ("role", "verdict"),
    [
        ("original_creditor", "allow"),
        ("third_party_collector", "hold"),
        ("debt_buyer", "hold"),
        ("licensed_agency", "hold"),
    ],
)
def test_only_collectors_are_bound(role: str, verdict: str) -> None:
    assert ask("2026-12-01T22:00:00-05:00", role=role).verdict == verdict


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-12-01T12:59:59-05:00", "2026-12-01T18:00:00Z"),
        ("2026-12-01T13:00:00-05:00", None),
        ("2026-12-01T20:59:59-05:00", None),
        ("2026-12-01T21:00:00-05:00", "2026-12-02T18:00:00Z"),
    ],
)
def test_three_zones_leave_what_they_share(now: str, expected: str | None) -> None:
    assert until(ask(now, zones=(EAST, WEST, HAWAII))) == expected


def test_zones_that_share_nothing_leave_no_instant() -> None:
    permit = ask(zones=(EAST, "Asia/Shanghai"), policy={"guard_seconds": 3600})
    assert (permit.verdict, permit.until, permit.event) == ("block", None, None)


def test_a_place_without_zone_blocks_until_it_is_known() -> None:
    permit = ask(zones=())
    assert (permit.verdict, permit.event, permit.rules) == ("block", "zone_known", ("US.REGF.HOURS",))
    assert ask(attempt=LETTER, zones=()).verdict == "allow"


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2027-03-13T21:30:00-05:00", "2027-03-14T12:00:00Z"),  # 08:00 is an hour earlier in UTC after the change
        ("2026-10-31T21:30:00-04:00", "2026-11-01T13:00:00Z"),  # and an hour later in autumn
    ],
)
def test_windows_are_rebuilt_on_each_date(now: str, expected: str) -> None:
    assert until(ask(now)) == expected


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-12-01T06:00:00-05:00", "2026-12-01T11:30:00Z"),
        ("2026-12-01T06:30:00-05:00", None),
        ("2026-12-01T07:30:00-05:00", "2026-12-01T13:00:00Z"),
        ("2026-12-01T10:00:00-05:00", None),
    ],
)
def test_agreed_hours_only_widen(now: str, expected: str | None) -> None:
    assert until(ask(now, agreements=[hours("06:30", "07:30")])) == expected


def test_agreed_hours_may_run_through_midnight() -> None:
    agreed = [hours("20:00", "01:00")]
    assert ask("2026-12-02T00:59:59-05:00", agreements=agreed).verdict == "allow"
    assert until(ask("2026-12-02T01:00:00-05:00", agreements=agreed)) == "2026-12-02T13:00:00Z"
    assert ask("2026-12-01T23:59:59-05:00", agreements=[hours("20:00", "24:00")]).verdict == "allow"
    assert ask("2026-12-02T00:00:00-05:00", agreements=[hours("20:00", "24:00")]).verdict == "hold"


def test_agreed_hours_count_in_every_zone() -> None:
    agreed = [hours("21:00", "22:00")]
    assert ask("2026-12-01T21:30:00-05:00", zones=(EAST, WEST), agreements=agreed).verdict == "allow"
    assert ask("2026-12-01T22:30:00-05:00", zones=(EAST, WEST), agreements=agreed).verdict == "hold"


def test_a_wall_clock_time_that_comes_twice_counts_twice() -> None:
    agreed = [hours("01:00", "01:30")]
    early, late = "2026-11-01T01:15:00-04:00", "2026-11-01T01:15:00-05:00"
    assert ask(early, agreements=agreed).verdict == ask(late, agreements=agreed).verdict == "allow"
    between = ask("2026-11-01T01:45:00-04:00", agreements=agreed)
    assert until(between) == "2026-11-01T06:00:00Z"


@pytest.mark.parametrize(("guard", "expected"), [(0, "2027-03-14T07:00:00Z"), (60, "2027-03-14T07:00:00Z")])
def test_a_window_that_opens_in_a_gap_opens_at_its_end(guard: int, expected: str) -> None:
    agreed = [hours("02:30", "04:00")]
    assert until(ask("2027-03-14T01:30:00-05:00", policy=LAW_ALONE | {"guard_seconds": guard}, agreements=agreed)) == (
        expected
    )


def test_a_window_that_lies_in_a_gap_is_lost_that_day() -> None:
    assert until(ask("2027-03-14T00:00:00-05:00", agreements=[hours("02:10", "02:50")])) == "2027-03-14T12:00:00Z"


def test_a_permit_says_when_the_hours_opened_and_close() -> None:
    permit = ask(zones=(EAST, WEST), now="2026-12-01T12:00:00-05:00")
    assert permit.opens_at == instant("2026-12-01T16:00:00+00:00")
    assert permit.closes_at == instant("2026-12-02T02:00:00+00:00")
    assert permit.zones == (EAST, WEST)


def test_nothing_opens_or_closes_where_no_hours_bind() -> None:
    letter, held = ask(attempt=LETTER), ask("2026-12-01T22:00:00-05:00")
    assert (letter.opens_at, letter.closes_at) == (held.opens_at, held.closes_at) == (None, None)
