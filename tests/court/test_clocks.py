"""Every clock agrees with the published dates and with a second way that walks the calendar day by day."""

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forbear.calendars import calendar
from forbear.contracts.case_words import ClockKind, FactKind
from forbear.court.clocks import RECKONERS, reckon
from forbear.court.decision import Clock
from forbear.court.ground import Ground, shipped
from forbear.court.life import Answering, CaseLife, ClockKnown, Guaranteed, Happened, Served, Stopped
from forbear.court.paths import load_all
from forbear.rules.facts import Calendar
from forbear.rules.periods import last_day
from tests.court.book import DUE, life
from tests.oracle import days as oracle
from tests.rules.timing import FEW

VECTORS = [json.loads(line) for line in Path("tests/vectors/money.jsonl").read_text("utf-8").splitlines()]
START = date(2026, 3, 2)


def vector(kind: str) -> tuple[dict[str, Any], dict[str, date]]:
    found = next(each for each in VECTORS if each["given"]["kind"] == kind)
    return found["given"], {key: date.fromisoformat(value) for key, value in found["expect"].items()}


def clocks(case: CaseLife, today: date) -> tuple[Clock, ...]:
    return reckon(Ground(case, load_all()[case.path], today))


def clock(case: CaseLife, kind: ClockKind, today: date = START, subject: str = "") -> Clock:
    return next(each for each in clocks(case, today) if (each.kind, each.subject) == (kind, subject))


def fact(kind: FactKind, on: date, person: str = "", **details: Any) -> Happened:
    return Happened(f"fct_{kind}_{on}", kind, on, person, details)


def served(paper: str, day: date, person: str = "per_b", *, proven: bool = True, reached: bool = True) -> Served:
    result = "signed" if reached else "sent"
    return Served(paper, person, "ems", result, day, day if reached else None, "", proven)


def closed(given_: dict[str, Any], name: str = "CN") -> Calendar:
    """A calendar that reaches everywhere and has the days of a vector alone."""
    rest, work = (frozenset(map(date.fromisoformat, given_.get(key, []))) for key in ("rest_days", "work_days"))
    holidays = frozenset(map(date.fromisoformat, given_.get("holidays", [])))
    return Calendar(name, "vector", date(2000, 1, 1), date(2060, 12, 31), rest | holidays, work)


def test_vector_limitation_in_china() -> None:
    given_, expect = vector("limitation_date_cn")
    case = life("CN", due_since=date.fromisoformat(given_["event_date"]), calendars=(closed(given_),))
    found = clock(case, "limitation")
    assert found.last == expect["last_day"]
    assert [line.day for line in found.lines] == [case.due_since, date(2027, 2, 28), date(2027, 3, 1)]


def test_vector_thirty_days_for_judicial_confirmation() -> None:
    given_, expect = vector("period_end_cn")
    agreed = fact("mediation_agreed", date.fromisoformat(given_["event_date"]))
    found = clock(life("CN", facts=(agreed,), calendars=(closed(given_),)), "judicial_confirmation", agreed.on)
    assert found.last == expect["last_day"]


def test_vector_validation_period() -> None:
    given_, expect = vector("reg_f_period_end")
    sent = date.fromisoformat(given_["sent_on"])
    case = life("US-NY", lender_role="third_party_collector", calendars=(closed(given_, "US-federal"),))
    case = replace(case, services=(served("us.notice.validation", sent, reached=False),))
    found = clock(case, "validation", sent)
    assert (found.last, found.lines[1].day) == (expect["period_end"], expect["assumed_receipt"])
    told = replace(case, services=(), events=(("validation_notice_sent", sent),))
    assert clock(told, "validation", sent).last == found.last


def test_vector_default_notice() -> None:
    given_, expect = vector("default_notice_date_gb")
    posted = date.fromisoformat(given_["posted_on"])
    case = life("GB-EAW", calendars=(closed(given_, "GB-EAW"),))
    case = replace(case, services=(served("gb.notice.default", posted, reached=False),))
    found = clock(case, "default_notice", posted)
    assert found.lines[1].day == expect["deemed_service"]
    assert found.last == expect["earliest_date"]
    assert clock(case, "default_notice", found.last).state == "running"
    assert clock(case, "default_notice", expect["recommended_date"]).state == "over"


def test_vector_letter_of_claim() -> None:
    given_, expect = vector("letter_of_claim_dates_gb")
    sent = date.fromisoformat(given_["letter_date"])
    case = life("GB-EAW", services=(served("gb.letter.claim", sent, reached=False),))
    assert clock(case, "letter_of_claim", sent).last == expect["reply_by"]
    assert clock(case, "letter_of_claim", expect["earliest_issue"]).state == "over"


RESTARTS = st.lists(
    st.tuples(st.integers(1, 2600), st.booleans(), st.sampled_from(["notice", "paid", "agreed"])), max_size=6
)
TODAY = date(2036, 1, 1)


@FEW
@given(st.dates(date(2020, 1, 1), date(2026, 1, 1)), RESTARTS)
def test_the_limitation_in_china_is_lived_through_day_by_day(due: date, drawn: list[tuple[int, bool, str]]) -> None:
    whole = closed({})
    days = [(due + timedelta(days=after), proven or how != "notice", how) for after, proven, how in drawn]
    case = life(
        "CN",
        due_since=due,
        calendars=(whole,),
        services=tuple(served("cn.notice.dunning", day, proven=ok) for day, ok, how in days if how == "notice"),
        paid_on=tuple(day for day, _, how in days if how == "paid"),
        facts=tuple(fact("acknowledged", day, how="agreed") for day, _, how in days if how == "agreed"),
    )
    counted = [day for day, ok, _ in days if ok]
    end, day = oracle.years(due, 3), due
    while day <= TODAY:  # one day after another: a restart counts while the period, moved off a weekend, still runs
        if day > due and day in counted and day <= oracle.rolled(end, lambda each: not whole.is_business_day(each)):
            end = oracle.years(day, 3)
        day += timedelta(days=1)
    expected = oracle.rolled(end, lambda each: not whole.is_business_day(each))
    found = clock(case, "limitation", TODAY)
    assert found.last == expected
    assert found.lines[-1].day == expected
    assert found.state == ("lapsed" if expected < TODAY else "running")


@FEW
@given(
    st.sampled_from(["CN", "US", "US-NY", "US-CA", "GB-EAW"]),
    st.dates(date(2022, 5, 1), date(2026, 1, 1)),
    st.lists(st.integers(1, 1400), max_size=4),
)
def test_the_limitation_agrees_with_the_rules_wherever_the_case_is(place: str, due: date, after: list[int]) -> None:
    today, paid = date(2026, 3, 2), tuple(sorted({due + timedelta(days=each) for each in after}))
    case = life(place, due_since=due, paid_on=paid)
    ground = Ground(case, load_all()[place], today)
    events = [("harm_known", due), ("cause_of_action_accrued", due)]
    events += [("part_payment", day) for day in paid if day <= today]
    assert clock(case, "limitation", today).last == last_day("sue", ground.matter(events), shipped()).day


def test_new_york_is_not_revived_by_a_payment_and_california_is() -> None:
    ny = life("US-NY", due_since=date(2024, 1, 10), paid_on=(date(2025, 6, 1),))
    assert clock(ny, "limitation").last == date(2027, 1, 10)
    ca = life("US-CA", due_since=date(2024, 1, 10), paid_on=(date(2025, 6, 1),))
    assert clock(ca, "limitation").last == date(2029, 6, 1)
    oral = replace(ca, circumstances=frozenset({"oral_contract"}))
    assert clock(oral, "limitation").last == date(2027, 6, 1)


def test_england_counts_an_acknowledgment_in_writing_and_before_the_end_alone() -> None:
    case = life("GB-EAW", due_since=date(2020, 3, 10))
    spoken = replace(case, facts=(fact("acknowledged", date(2025, 1, 1), how="agreed"),))
    assert clock(spoken, "limitation").last == date(2026, 3, 10)
    signed = replace(case, facts=(fact("acknowledged", date(2025, 1, 1), how="agreed", in_writing="yes"),))
    assert clock(signed, "limitation").last == date(2031, 1, 1)
    late = replace(case, paid_on=(date(2026, 3, 11),))
    found = clock(late, "limitation", date(2026, 4, 1))
    assert (found.last, found.state) == (date(2026, 3, 10), "lapsed")
    assert "begins nothing" in found.lines[-2].what


def test_a_demand_that_nothing_proves_begins_nothing_and_is_told() -> None:
    case = life("CN", services=(served("cn.notice.dunning", date(2026, 2, 2), proven=False),))
    found = clock(case, "limitation")
    assert found.first == DUE
    assert any("nothing proves" in line.what for line in found.lines)
    proven = replace(case, services=(served("cn.notice.dunning", date(2026, 2, 2)),))
    assert clock(proven, "limitation").first == date(2026, 2, 2)
    told = replace(case, facts=(fact("notice_served", date(2026, 2, 20), "per_b", paper="cn.notice.dunning"),))
    assert clock(told, "limitation").first == date(2026, 2, 20)
    other = replace(case, services=(served("cn.notice.dunning", date(2026, 2, 2), "per_x"),))
    assert clock(other, "limitation").first == DUE


def test_procedures_begin_it_anew_when_they_begin_and_when_they_end() -> None:
    applied, failed = fact("mediation_applied", date(2026, 2, 1)), fact("mediation_failed", date(2026, 2, 20))
    assert clock(life("CN", facts=(applied,)), "limitation").first == applied.on
    assert clock(life("CN", facts=(applied, failed)), "limitation").first == failed.on
    filed = fact("filed", date(2026, 2, 25))
    found = clock(life("CN", facts=(applied, failed, filed)), "limitation")
    assert (found.state, found.met) == ("met", filed.on)
    back = fact("filing_refused", date(2026, 2, 27))
    assert clock(life("CN", facts=(filed, back)), "limitation").state == "running"


def test_a_debt_in_instalments_is_limited_from_its_last_one_or_from_when_the_whole_was_called() -> None:
    case = life("CN", instalment_due=date(2027, 6, 30))
    found = clock(case, "limitation")
    assert (found.first, found.last, found.lines[0].rule) == (date(2027, 6, 30), date(2030, 6, 30), "CN.SOL.INSTAL")
    called = replace(case, services=(served("cn.notice.acceleration", date(2026, 2, 10)),))
    assert clock(called, "limitation").first == date(2026, 2, 10)


@pytest.mark.parametrize(
    ("first", "until", "last"),
    [
        ("2028-03-01", "2028-06-01", "2029-01-05"),  # before the last six months: nothing
        ("2028-08-01", "2028-09-01", "2029-03-01"),
        ("2028-12-01", "2029-02-01", "2029-08-01"),
        ("2029-01-06", "2029-02-01", "2029-01-05"),  # begun after the end
    ],
)
def test_a_suspension_in_the_last_six_months_leaves_six_months_after_it(first: str, until: str, last: str) -> None:
    stopped = fact("limitation_suspended", date.fromisoformat(first), because="force_majeure", until=until)
    found = clock(life("CN", facts=(stopped,)), "limitation", date(2030, 1, 1))
    assert found.last == date.fromisoformat(last)


def test_nothing_outlasts_twenty_years() -> None:
    due = date(2010, 1, 4)
    paid = tuple(date(year, 1, 4) for year in range(2012, 2031, 2))
    assert clock(life("CN", due_since=due, paid_on=paid), "limitation", date(2030, 1, 5)).last == date(2030, 1, 4)


def test_a_breathing_space_extends_the_limitation_in_england_by_eight_weeks() -> None:
    until = date(2026, 3, 20)
    case = life("GB-EAW", due_since=date(2020, 3, 10))
    told = fact("limitation_suspended", date(2026, 1, 20), because="breathing_space", until=str(until))
    assert clock(replace(case, facts=(told,)), "limitation").last == until + timedelta(weeks=8)
    bound = replace(case, stops=(Stopped("breathing_space"),))
    assert clock(bound, "limitation").last == START + timedelta(weeks=8)


def test_where_no_rule_is_known_a_lawyer_tells_the_last_day() -> None:
    case = life("US", jurisdictions=("US",))
    assert not [each for each in clocks(case, START) if each.kind == "limitation"]
    told = fact("taken_up", START, way="go_on", limitation_ends="2027-01-31")
    assert clock(replace(case, facts=(told,)), "limitation").last == date(2027, 1, 31)


def guaranteed(**told: Any) -> CaseLife:
    held = Guaranteed("per_g", told.pop("kind", "joint"), DUE, **told)
    return life("CN", guarantees=(held,), parties=(Answering("per_b", "borrower"), Answering("per_g", "guarantor")))


@pytest.mark.parametrize(
    ("told", "last"),
    [
        ({}, "2026-07-06"),  # six months end on a Sunday
        ({"agreed_months": 24}, "2028-01-05"),
        ({"agreed_end": date(2027, 3, 6)}, "2027-03-06"),
        ({"agreed_end": DUE}, "2026-07-06"),  # not later than the debt is due: none agreed
    ],
)
def test_the_period_of_a_guarantee(told: dict[str, Any], last: str) -> None:
    assert clock(guaranteed(**told), "guarantee", START, "per_g").last == date.fromisoformat(last)


def test_a_guarantee_is_kept_by_notice_or_by_suit_and_nothing_else() -> None:
    joint, general = guaranteed(), guaranteed(kind="general")
    end, asked = date(2026, 7, 6), date(2026, 7, 7)
    in_time, late = served("cn.notice.guarantor", end, "per_g"), served("cn.notice.guarantor", asked, "per_g")
    assert clock(replace(joint, services=(in_time,)), "guarantee", asked, "per_g").state == "met"
    assert clock(replace(joint, services=(late,)), "guarantee", asked, "per_g").state == "lapsed"
    assert clock(replace(general, services=(in_time,)), "guarantee", asked, "per_g").state == "lapsed"
    unproven = replace(joint, services=(replace(in_time, proven=False),))
    assert clock(unproven, "guarantee", asked, "per_g").state == "lapsed"
    suit = fact("filed", end)
    assert clock(replace(general, facts=(suit,)), "guarantee", asked, "per_g").state == "met"
    assert clock(replace(joint, facts=(suit,)), "guarantee", asked, "per_g").state == "lapsed"
    against = fact("filed", end, against="everyone")
    assert clock(replace(joint, facts=(against,)), "guarantee", asked, "per_g").state == "met"
    back = replace(joint, facts=(against, fact("filing_refused", end)))
    assert clock(back, "guarantee", asked, "per_g").state == "lapsed"
    paused = fact("limitation_suspended", date(2026, 6, 1), because="force_majeure", until="2026-12-31")
    assert clock(replace(joint, facts=(paused,), paid_on=(date(2026, 6, 1),)), "guarantee", asked, "per_g").last == end


def test_a_counter_guarantee_belongs_to_the_recourse_alone() -> None:
    counter = Guaranteed("per_c", "joint", DUE, counter=True)
    case = life("CN", guarantees=(counter,))
    assert not [each for each in clocks(case, START) if each.kind == "guarantee"]
    recourse = replace(case, kind="recourse", facts=(fact("paid_on_behalf", DUE, "per_g", amount="1"),))
    assert clock(recourse, "guarantee", START, "per_c").state == "running"


def test_the_letter_of_claim_waits_for_documents_and_for_the_last_notice() -> None:
    letter = served("gb.letter.claim", START, reached=False)
    reply = fact("answered", START + timedelta(days=10), to="letter_of_claim", documents="asked")
    case = life("GB-EAW", services=(letter,), facts=(reply,))
    late = START + timedelta(days=90)
    assert clock(case, "letter_of_claim", late).last == START + timedelta(days=40)
    sent = fact(
        "answered", START + timedelta(days=10), to="letter_of_claim", documents="asked", documents_sent_on="2026-04-20"
    )
    assert clock(replace(case, facts=(sent,)), "letter_of_claim", late).last == date(2026, 5, 20)
    notice = fact("notice_served", date(2026, 5, 10), "per_b", paper="gb.notice.before_issue")
    assert clock(replace(case, facts=(sent, notice)), "letter_of_claim", late).last == date(2026, 5, 24)


def test_without_its_calendar_a_wait_is_never_too_short() -> None:
    sent = served("us.notice.validation", START, reached=False)
    case = life("US-NY", lender_role="debt_buyer", services=(sent,))
    known, bare = clock(case, "validation"), clock(replace(case, calendars=()), "validation")
    assert bare.last >= known.last
    posted = served("gb.notice.default", START, reached=False)
    england = life("GB-EAW", services=(posted,))
    assert clock(replace(england, calendars=()), "default_notice").last >= clock(england, "default_notice").last


def test_a_year_whose_holidays_nobody_named_moves_no_last_day() -> None:
    case = life("CN", calendars=(calendar("CN", DUE),))
    assert "not known yet" in clock(case, "limitation").lines[-1].what


COURT: list[tuple[ClockKind, str, list[Happened], str, str]] = [
    ("payment_order_objection", "CN", [fact("order_served", START, "per_b")], "2026-03-17", ""),
    ("answer", "CN", [fact("served", START, "per_b")], "2026-03-17", "per_b"),
    ("answer", "GB-EAW", [fact("served", START, "per_b", particulars_on="2026-03-09")], "2026-03-23", "per_b"),
    ("answer", "US-NY", [fact("served", START, "per_b")], "2026-04-01", "per_b"),
    ("appeal", "CN", [fact("judged", START, result="refused", served_on="2026-03-06")], "2026-03-23", ""),
    ("appeal", "US-CA", [fact("judged", START, result="granted_in_part")], "2026-05-01", ""),
    ("enforcement", "CN", [fact("judgment_final", START, perform_by="2026-03-12")], "2028-03-12", ""),
    ("enforcement", "CN", [fact("confirmed", START, perform_by="2026-12-31")], "2028-12-31", ""),
    ("enforcement", "GB-EAW", [fact("judgment_final", START, perform_by="2026-03-16")], "2032-03-16", ""),
    ("freeze", "CN", [fact("frozen", START, freeze=1, until="2027-03-01")], "2027-03-01", "freeze-1"),
]


@pytest.mark.parametrize(("kind", "place", "facts", "last", "subject"), COURT)
def test_periods_that_courts_open(kind: ClockKind, place: str, facts: list[Happened], last: str, subject: str) -> None:
    case = life(place, facts=tuple(facts))
    found = clock(case, kind, START, subject)
    assert found.last == date.fromisoformat(last)
    assert found.state == "running"
    assert found.lines[-1].day == found.last
    gone = replace(case, facts=(), clocks=())
    assert not [each for each in clocks(gone, START) if each.kind == kind]


def test_an_appeal_is_waited_for_where_all_was_granted() -> None:
    won = clock(life("CN", facts=(fact("judged", START, result="granted"),)), "appeal")
    assert (won.nature, won.ladder, won.state) == ("waiting", (), "running")
    final = fact("judgment_final", START, perform_by="2026-03-12")
    assert clock(life("CN", facts=(fact("judged", START, result="refused"), final)), "appeal").state == "void"
    brought = fact("appealed", START + timedelta(days=9), by="us")
    kept = life("CN", facts=(fact("judged", START, result="refused"), brought))
    assert clock(kept, "appeal", START + timedelta(days=30)).state == "met"


def test_enforcement_that_was_called_off_runs_again() -> None:
    final = fact("judgment_final", START, perform_by="2026-03-12")
    applied = fact("enforcement_applied", START + timedelta(days=20))
    off = fact("withdrawn", START + timedelta(days=40), what="enforcement")
    later = START + timedelta(days=60)
    assert clock(life("CN", facts=(final, applied)), "enforcement", later).state == "met"
    assert clock(life("CN", facts=(final, applied, off)), "enforcement", later).state == "running"


def test_a_freeze_is_renewed_lifted_and_counted_by_its_number() -> None:
    one, two = fact("frozen", START, freeze=1, until="2026-09-01"), fact("frozen", START, freeze=2, until="2026-10-01")
    renewed = fact("freeze_renewed", START + timedelta(days=1), freeze=1, until="2027-09-01")
    lifted = fact("freeze_lifted", START + timedelta(days=2), freeze=2)
    found = {
        each.subject: each.last
        for each in clocks(life("CN", facts=(one, two, renewed)), START + timedelta(days=3))
        if each.kind == "freeze"
    }
    assert found == {"freeze-1": date(2027, 9, 1), "freeze-2": date(2026, 10, 1)}
    left = clocks(life("CN", facts=(one, two, renewed, lifted)), START + timedelta(days=3))
    assert [each.subject for each in left if each.kind == "freeze"] == ["freeze-1"]


def test_what_nothing_starts_any_more_is_void() -> None:
    case = life("CN", facts=(fact("mediation_agreed", START),))
    running = clock(case, "judicial_confirmation")
    known = ClockKnown(running.kind, running.subject, running.nature, running.state, running.last)
    assert clock(replace(case, facts=(), clocks=(known,)), "judicial_confirmation").state == "void"


def test_every_clock_has_its_reckoner_and_every_path_names_clocks_that_have_one() -> None:
    named = {kind for path in load_all().values() for kind in path.clocks}
    assert named == set(RECKONERS)
