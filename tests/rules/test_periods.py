"""Notices, deadlines, limitations and retention: each answer against a walk through the calendar, and at its edges."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from forbear.rules.facts import Calendar, Lender
from forbear.rules.packs import Pack, Packs
from forbear.rules.periods import Happened, Matter, earliest, keep_until, last_day
from forbear.rules.terms import NEVER_ENDS, Cite, Force, Length, LengthUnit, Scope, Terms, Timing
from tests.oracle import days as oracle

FEW = settings(max_examples=150, deadline=None, derandomize=True, database=None, phases=[Phase.generate])
"""Dates are plain as they are drawn: a failure is not made smaller."""
START = date(2026, 3, 2)
CALENDAR = Calendar(
    "XX",
    "1",
    date(2020, 1, 1),
    date(2040, 12, 31),
    frozenset({date(2026, 3, 4), date(2029, 3, 2), date(2029, 3, 5)}),
    frozenset({date(2029, 3, 3)}),
)


def terms(kind: str, of: str, count: int, unit: LengthUnit = "days", rule: str = "XX.RULE", **said: Any) -> Terms:
    """A rule of time; what is no part of the timing goes to the rule itself."""
    own = {key: said.pop(key) for key in ("first", "last", "scope", "calendar", "force") if key in said}
    timing = Timing(frozenset({of}), said.pop("after", ("sent",)), Length(count, unit), **said)
    force: Force = own.pop("force", "law")
    return Terms(rule, kind, f"{count} {unit}", force, "S", Cite("Invented Act"), START, timing=timing, **own)


def packs(*rules: Terms, legal_zone: str | None = None) -> Packs:
    pack = Pack("XX", "1", legal_zone, (), "", rules, {})
    return Packs({"XX": pack})


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


def matter(*events: tuple[str, date], as_of: date = date(2039, 1, 1), **changes: Any) -> Matter:
    happened = tuple(Happened(kind, noon(day)) for kind, day in events)
    usual = Matter(
        jurisdictions=("XX",),
        lender=Lender("debt_buyer"),
        as_of=as_of,
        zone="America/New_York",
        events=happened,
        calendars=(CALENDAR,),
    )
    return replace(usual, **changes)


SENT = matter(("sent", START))
NOTICE = terms("notice", "file_claim", 30, event="letter_sent")


# ── Versions ─────────────────────────────────────────────────────────────────────────────────────────────────────

TURNS = st.dates(date(2026, 1, 1), date(2027, 6, 30))


@st.composite
def histories(draw: st.DrawFn, most: int) -> list[oracle.Version]:
    """Versions that follow each other without a gap, the first and the last maybe bounded."""
    turns = sorted(draw(st.sets(TURNS, min_size=1, max_size=4)))
    bounds = [date.min, *turns, date.max] if draw(st.booleans()) else turns
    return [(first, last, draw(st.integers(1, most))) for first, last in pairwise(bounds)]


def of_history(kind: str, of: str, unit: LengthUnit, versions: list[oracle.Version]) -> Packs:
    said: dict[str, Any] = {"event": "letter_sent"} if kind == "notice" else {}
    return packs(
        *(
            terms(kind, of, count, unit, first=first.toordinal(), last=last.toordinal(), **said)
            for first, last, count in versions
        )
    )


@FEW
@given(histories(200), st.dates(date(2025, 12, 1), date(2027, 3, 1)), st.integers(0, 200))
def test_a_step_waits_for_every_version_on_the_way(versions: list[oracle.Version], sent: date, later: int) -> None:
    as_of = sent + timedelta(days=later)
    found = earliest(
        "file_claim", matter(("sent", sent), as_of=as_of), of_history("notice", "file_claim", "days", versions)
    )
    assert found.day == oracle.first_day(versions, sent, as_of)
    assert bool(found.rules) == (found.day is not None)


@FEW
@given(histories(5), st.dates(date(2021, 1, 1), date(2025, 12, 31)), st.dates(date(2026, 1, 1), date(2027, 12, 31)))
def test_an_action_is_judged_by_the_law_of_its_day(versions: list[oracle.Version], due: date, as_of: date) -> None:
    found = last_day("sue", matter(("sent", due), as_of=as_of), of_history("limitation", "sue", "years", versions))
    assert found.day == oracle.last_action(versions, due, as_of)


def test_a_shorter_limitation_reaches_older_debts_from_its_day_on() -> None:
    shortened = date(2022, 4, 7)
    longer = terms("limitation", "sue", 6, "years", last=shortened.toordinal())
    shorter = terms("limitation", "sue", 3, "years", first=shortened.toordinal())
    known = packs(longer, shorter)

    def last(due: date, as_of: date) -> date | None:
        return last_day("sue", matter(("sent", due), as_of=as_of), known).day

    for as_of in (date(2021, 1, 1), shortened - timedelta(days=1), shortened, date(2022, 12, 31)):
        assert last(date(2020, 1, 1), as_of) == date(2023, 1, 1)
    old = date(2018, 6, 1)
    assert last(old, shortened - timedelta(days=1)) == shortened - timedelta(days=1)
    assert last(old, shortened) == date(2021, 6, 1)


@pytest.mark.parametrize(("days_off", "expected"), [(-1, 10), (0, 20), (364, 20), (365, None)])
def test_a_duty_is_judged_by_the_law_of_the_day_on_which_it_arose(days_off: int, expected: int | None) -> None:
    turn = date(2027, 1, 1)
    known = packs(
        terms("deadline", "answer", 10, last=turn.toordinal()),
        terms("deadline", "answer", 20, first=turn.toordinal(), last=date(2028, 1, 1).toordinal()),
    )
    arose = turn + timedelta(days=days_off)
    found = last_day("answer", matter(("sent", arose), as_of=date(2030, 1, 1)), known)
    assert found.day == (None if expected is None else arose + timedelta(days=expected))


@pytest.mark.parametrize(
    ("made", "as_of", "expected"),
    [
        ("2025-12-31", "2025-12-31", None),  # before the rule
        ("2025-12-31", "2026-01-01", "2027-12-31"),  # there when the rule began
        ("2026-12-31", "2027-06-01", "2031-12-31"),  # lengthened while it was kept
        ("2027-12-31", "2030-01-01", "2032-12-31"),  # the rule has ended since
        ("2028-01-01", "2030-01-01", None),
    ],
)
def test_a_record_is_kept_as_every_version_since_says(made: str, as_of: str, expected: str | None) -> None:
    known = packs(
        terms(
            "retention", "recording", 2, "years", first=date(2026, 1, 1).toordinal(), last=date(2027, 1, 1).toordinal()
        ),
        terms(
            "retention", "recording", 5, "years", first=date(2027, 1, 1).toordinal(), last=date(2028, 1, 1).toordinal()
        ),
    )
    asked = matter(("sent", date.fromisoformat(made)), as_of=date.fromisoformat(as_of))
    assert keep_until("recording", asked, known).day == (expected and date.fromisoformat(expected))


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


# ── Limitation ───────────────────────────────────────────────────────────────────────────────────────────────────


@FEW
@given(
    st.dates(date(2020, 1, 1), date(2026, 1, 1)),
    st.integers(1, 4),
    st.lists(st.integers(0, 3000), max_size=5),
    st.booleans(),
)
def test_restarts_are_lived_through_day_by_day(due: date, count: int, later: list[int], after_expiry: bool) -> None:
    restarts = [due + timedelta(days=days) for days in later]
    rule = terms("limitation", "sue", count, "years", restarts=("paid",), restarts_after_expiry=after_expiry)
    asked = matter(("sent", due), *(("paid", day) for day in restarts))
    expected = oracle.restarted(due, count, restarts, date(2039, 1, 1), after_expiry=after_expiry)
    assert last_day("sue", asked, packs(rule)).day == expected


@pytest.mark.parametrize(("paid", "expected"), [("2029-03-02", "2032-03-02"), ("2029-03-03", "2029-03-02")])
def test_a_payment_on_the_last_day_restarts_and_one_after_it_does_not(paid: str, expected: str) -> None:
    rule = terms("limitation", "sue", 3, "years", restarts=("paid",), effect="defence")
    found = last_day("sue", matter(("sent", START), ("paid", date.fromisoformat(paid))), packs(rule))
    assert (found.day, found.rules[0].effect) == (date.fromisoformat(expected), "defence")
    late = terms("limitation", "sue", 3, "years", restarts=("paid",), restarts_after_expiry=True)
    assert last_day("sue", matter(("sent", START), ("paid", date(2030, 1, 1))), packs(late)).day == date(2033, 1, 1)


def test_a_payment_on_the_day_to_which_the_end_rolled_is_in_time() -> None:
    closed = replace(CALENDAR, works=frozenset())
    rule = terms("limitation", "sue", 3, "years", roll="next_business_day", calendar="XX", restarts=("paid",))
    asked = matter(("sent", START), ("paid", date(2029, 3, 6)), calendars=(closed,))
    assert last_day("sue", asked, packs(rule)).day == date(2032, 3, 8)  # 6 March 2032 is a Saturday
    assert last_day(
        "sue", matter(("sent", START), ("paid", date(2029, 3, 7)), calendars=(closed,)), packs(rule)
    ).day == date(2029, 3, 6)


def test_no_restart_outlasts_the_long_stop() -> None:
    rule = terms("limitation", "sue", 3, "years", restarts=("paid",), long_stop=Length(5, "years"))
    asked = matter(("sent", START), ("paid", date(2028, 1, 1)), ("paid", date(2030, 6, 1)))
    assert last_day("sue", asked, packs(rule)).day == date(2031, 3, 2)
    later = terms("limitation", "sue", 3, "years", after=("sent", "due_again"), long_stop=Length(5, "years"))
    again = matter(("sent", START), ("due_again", date(2030, 1, 1)))
    assert last_day("sue", again, packs(later)).day == date(2031, 3, 2)


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
