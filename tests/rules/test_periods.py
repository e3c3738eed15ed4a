"""Notices, deadlines and retention: which event and which rule count, by whose clock, and whom a rule binds."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from forbear.errors import BadInput
from forbear.rules.facts import Calendar, Lender
from forbear.rules.periods import Happened, earliest, keep_until, last_day
from forbear.rules.terms import NEVER_ENDS, Force, Length, Scope
from tests.rules.timing import CALENDAR, SENT, START, matter, packs, terms

NOTICE = terms("notice", "file_claim", 30, event="letter_sent")


# ── What counts ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_step_without_its_notice_names_the_notice() -> None:
    found = earliest("file_claim", matter(), packs(NOTICE))
    assert (found.day, found.event) == (None, "letter_sent")
    assert [each.event for each in found.rules] == ["letter_sent"]
    assert earliest("file_claim", SENT, packs(NOTICE)).day == date(2026, 4, 1)
    assert earliest("enforce", matter(), packs(NOTICE)).rules == ()


def test_one_missing_notice_outweighs_every_date() -> None:
    other = terms("notice", "file_claim", 5, rule="XX.OTHER", after=("form_sent",), event="form_sent")
    found = earliest("file_claim", SENT, packs(NOTICE, other))
    assert (found.day, found.event) == (None, "form_sent")
    assert [each.rule for each in found.rules] == ["XX.RULE", "XX.OTHER"]


def test_the_latest_event_counts_and_the_latest_rule() -> None:
    rule = terms("notice", "file_claim", 30, after=("sent", "form_received"), event="sent")
    slow = terms("notice", "file_claim", 3, "months", rule="XX.SLOW", event="sent")
    asked = matter(("form_received", date(2026, 3, 20)), ("sent", START))
    assert earliest("file_claim", asked, packs(rule)).day == date(2026, 4, 19)
    assert earliest("file_claim", asked, packs(rule, slow)).day == date(2026, 6, 2)


def test_the_earliest_deadline_counts_and_one_that_has_not_begun_does_not() -> None:
    quick, slow = (
        terms("deadline", "answer", 3, "business_days", calendar="XX"),
        terms("deadline", "answer", 8, "weeks"),
    )
    idle = terms("deadline", "answer", 1, after=("form_received",))
    assert last_day("answer", SENT, packs(quick, slow, idle)).day == date(2026, 3, 6)
    assert last_day("answer", SENT, packs(slow, idle)).day == date(2026, 4, 27)
    assert last_day("answer", SENT, packs(idle)) == last_day("answer", matter(), packs(idle))
    assert last_day("answer", SENT, packs(idle)).event == "form_received"


def test_what_happens_later_is_not_known_yet() -> None:
    asked = matter(("sent", START), ("sent", date(2026, 5, 1)))
    assert earliest("file_claim", replace(asked, as_of=date(2026, 4, 30)), packs(NOTICE)).day == date(2026, 4, 1)
    assert earliest("file_claim", replace(asked, as_of=date(2026, 5, 1)), packs(NOTICE)).day == date(2026, 5, 31)


def test_receipt_comes_first() -> None:
    rule = terms("deadline", "dispute_in_writing", 30, receipt=Length(5, "business_days"), calendar="XX")
    found = last_day("dispute_in_writing", SENT, packs(rule))
    (reason,) = found.rules
    assert (found.day, reason.counted_from, reason.calendar) == (date(2026, 4, 9), date(2026, 3, 10), "XX")


def test_business_days_without_their_calendar_are_not_counted() -> None:
    by_days = terms("deadline", "answer", 3, "business_days", calendar="XX")
    plain = terms("deadline", "answer", 1, rule="XX.PLAIN")
    for asked in (replace(SENT, calendars=()), matter(("sent", date(2040, 12, 30)), as_of=date(2041, 1, 1))):
        found = last_day("answer", asked, packs(plain, by_days))
        assert (found.day, found.event) == (None, "calendar_known")
        assert [each.calendar for each in found.rules if each.calendar_unknown] == ["XX"]
    step = terms("notice", "file_claim", 3, "business_days", calendar="YY", event="sent")
    assert earliest("file_claim", SENT, packs(step)).event == "calendar_known"


@pytest.mark.parametrize("calendars", [(), (replace(CALENDAR, last=date(2029, 3, 1)),)])
def test_a_last_day_without_its_calendar_stays_where_it_is_and_says_so(calendars: tuple[Calendar, ...]) -> None:
    rule = terms("limitation", "sue", 3, "years", roll="next_business_day", calendar="XX", restarts=("paid",))
    asked = replace(SENT, calendars=calendars)
    (reason,) = last_day("sue", asked, packs(rule)).rules
    assert (reason.day, reason.calendar, reason.calendar_unknown) == (date(2029, 3, 2), "XX", True)
    late = matter(("sent", START), ("paid", date(2029, 3, 3)), calendars=calendars)
    assert last_day("sue", late, packs(rule)).day == date(2029, 3, 2)
    (known,) = last_day("sue", SENT, packs(rule)).rules
    assert (known.day, known.calendar_unknown) == (date(2029, 3, 3), False)


def test_a_last_day_of_rest_moves_to_the_next_that_is_none() -> None:
    rule = terms("limitation", "sue", 3, "years", roll="next_business_day", calendar="XX")
    assert last_day("sue", SENT, packs(rule)).day == date(2029, 3, 3)  # a Saturday made a working day
    working = replace(CALENDAR, works=frozenset())
    assert last_day("sue", replace(SENT, calendars=(working,)), packs(rule)).day == date(2029, 3, 6)


# ── Clocks and hours ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("zone", "legal", "expected"),
    [
        ("America/New_York", None, "2026-04-01"),
        ("Asia/Shanghai", None, "2026-04-02"),
        ("America/New_York", "Asia/Shanghai", "2026-04-02"),
        ("Asia/Shanghai", "America/New_York", "2026-04-01"),
    ],
)
def test_an_instant_is_the_date_of_the_law_s_clock_or_the_matter_s(zone: str, legal: str | None, expected: str) -> None:
    late = Happened("sent", datetime(2026, 3, 2, 20, tzinfo=UTC))
    asked = matter(events=(late,), zone=zone)
    assert earliest("file_claim", asked, packs(NOTICE, legal_zone=legal)).day == date.fromisoformat(expected)


@pytest.mark.parametrize(
    ("at", "waits_until", "done_by"),
    [
        ("2026-03-02T10:00:00-05:00", "2026-03-06", "2026-03-04"),
        ("2026-03-02T00:00:00-05:00", "2026-03-05", "2026-03-04"),
        ("2026-03-06T00:30:00-05:00", "2026-03-10", "2026-03-08"),  # the clock springs forward on the 8th
        ("2026-10-30T23:30:00-04:00", "2026-11-03", "2026-11-01"),  # and falls back on 1 November
    ],
)
def test_hours_are_told_in_dates_on_the_safe_side(at: str, waits_until: str, done_by: str) -> None:
    happened = Happened("sent", datetime.fromisoformat(at))
    asked = matter(events=(happened,))
    wait = terms("notice", "file_claim", 72, "hours", event="sent")
    assert earliest("file_claim", asked, packs(wait)).day == date.fromisoformat(waits_until)
    assert last_day("answer", asked, packs(terms("deadline", "answer", 72, "hours"))).day == date.fromisoformat(done_by)


def test_the_latest_event_is_the_latest_instant_and_not_the_latest_wall_clock() -> None:
    earlier, later = (datetime.fromisoformat(f"2026-03-03T{each}:00") for each in ("05:00:00+14", "01:00:00-05"))
    asked = matter(events=(Happened("sent", later), Happened("sent", earlier)))
    assert earliest("file_claim", asked, packs(NOTICE)).day == date(2026, 4, 2)


def test_an_instant_without_an_offset_is_refused() -> None:
    """Its date would be that of the machine's own zone."""
    for ask in (earliest, last_day, keep_until):
        with pytest.raises(BadInput, match="without an offset"):
            ask("file_claim", matter(events=(Happened("sent", datetime(2026, 3, 2, 12)),)), packs(NOTICE))  # noqa: DTZ001  what is refused


def test_hours_that_end_on_their_own_day_are_due_that_day() -> None:
    asked = matter(events=(Happened("sent", datetime.fromisoformat("2026-03-02T10:00:00-05:00")),))
    assert last_day("answer", asked, packs(terms("deadline", "answer", 2, "hours"))).day == START


# ── Whom it binds ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("scope", "binds"),
    [
        (Scope(), True),
        (Scope(roles=frozenset({"debt_buyer"})), True),
        (Scope(roles=frozenset({"original_creditor"})), False),
        (Scope(lender_kinds=frozenset({"bank"})), False),
        (Scope(debt_kinds=frozenset({"medical"})), False),
        (Scope(debt_kinds=frozenset({"other"})), True),
        (Scope(circumstances=frozenset({"minor", "military"})), True),
        (Scope(circumstances=frozenset({"minor"})), False),
        (Scope(only_jurisdictions=frozenset({"XX"})), True),
        (Scope(only_jurisdictions=frozenset({"YY"})), False),
        (Scope(except_jurisdictions=frozenset({"XX"})), False),
    ],
)
def test_a_rule_binds_whom_it_names(scope: Scope, binds: bool) -> None:
    asked = replace(SENT, circumstances=frozenset({"military"}))
    found = keep_until("contact", asked, packs(terms("retention", "contact", 3, "years", scope=scope)))
    assert bool(found.rules) == binds
    assert found.day == (date(2029, 3, 2) if binds else None)


def test_a_licensed_agency_is_a_third_party_collector() -> None:
    scope = Scope(roles=frozenset({"third_party_collector"}))
    agency = replace(SENT, lender=Lender("licensed_agency"))
    assert earliest("file_claim", agency, packs(replace(NOTICE, scope=scope))).day == date(2026, 4, 1)
    assert earliest("file_claim", SENT, packs(replace(NOTICE, scope=scope))).day is None


def test_records_of_every_kind_and_the_latest_rule() -> None:
    every, own = terms("retention", "all", 1, "years", rule="XX.ALL"), terms("retention", "recording", 6, "months")
    assert keep_until("recording", SENT, packs(every, own)).day == date(2027, 3, 2)
    assert keep_until("notice", SENT, packs(own)).rules == ()
    idle = terms("retention", "all", 3, "years", rule="XX.IDLE", after=("last_collection_activity",))
    kept = keep_until("recording", SENT, packs(own, idle))
    assert (kept.day, kept.event, len(kept.rules)) == (None, "last_collection_activity", 2)


@pytest.mark.parametrize("force", ["draft", "proposal"])
def test_a_draft_warns_and_never_decides(force: Force) -> None:
    for kind, of, ask in (
        ("notice", "file_claim", earliest),
        ("deadline", "answer", last_day),
        ("limitation", "sue", last_day),
        ("retention", "contact", keep_until),
    ):
        said: dict[str, Any] = {"event": "sent"} if kind == "notice" else {}
        found = ask(of, SENT, packs(terms(kind, of, 30, force=force, **said)))
        assert (found.day, found.event, found.rules) == (None, None, ())
        assert [(each.rule, each.day) for each in found.warnings] == [("XX.RULE", date(2026, 4, 1))]
        gone = terms(kind, of, 30, force=force, last=START.toordinal(), **said)
        assert ask(of, SENT, packs(gone)).warnings == ()


def test_a_place_without_a_pack_answers_nothing_as_settled() -> None:
    elsewhere = replace(SENT, jurisdictions=("XX", "YY"))
    for found in (
        earliest("file_claim", elsewhere, packs(NOTICE)),
        last_day("answer", elsewhere, packs(terms("deadline", "answer", 3))),
        keep_until("contact", elsewhere, packs(terms("retention", "contact", 3))),
    ):
        assert (found.day, found.event) == (None, "pack_loaded")
        assert found.rules[0].rule == "PACK.YY"


def test_the_rule_that_never_ends_is_read_to_the_end_of_time() -> None:
    assert NOTICE.last == NEVER_ENDS
    assert earliest("file_claim", replace(SENT, as_of=date(9000, 1, 1)), packs(NOTICE)).day == date(2026, 4, 1)
