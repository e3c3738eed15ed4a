"""Every clock agrees with the published dates and with a second way that walks the calendar day by day."""

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forbear.court.ground import Ground, shipped
from forbear.court.life import Stopped
from forbear.court.paths import load_all
from forbear.rules.facts import Calendar
from forbear.rules.periods import last_day
from tests.court.book import DUE, JOINT, life
from tests.court.dated import START, clock, clocks, closed, fact, served
from tests.oracle import days as oracle
from tests.rules.timing import FEW

VECTORS = [
    json.loads(line) for line in (Path(__file__).parents[1] / "vectors" / "money.jsonl").read_text("utf-8").splitlines()
]


def vector(kind: str) -> tuple[dict[str, Any], dict[str, date]]:
    found = next(each for each in VECTORS if each["given"]["kind"] == kind)
    return found["given"], {key: date.fromisoformat(value) for key, value in found["expect"].items()}


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
    assert clock(told, "limitation").first == DUE
    filed = replace(told, slots_filled=frozenset({"notice_proof"}))
    assert clock(filed, "limitation").first == date(2026, 2, 20)
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


def test_a_breathing_space_that_was_told_extends_the_limitation_in_england_by_eight_weeks() -> None:
    until = date(2026, 3, 20)
    case = life("GB-EAW", due_since=date(2020, 3, 10))
    told = fact("limitation_suspended", date(2026, 1, 20), because="breathing_space", until=str(until))
    assert clock(replace(case, facts=(told,)), "limitation").last == until + timedelta(weeks=8)


def test_no_stop_of_the_account_moves_the_last_day_to_let_it_fall_back_when_it_ends() -> None:
    case = life("GB-EAW", due_since=date(2020, 3, 10))
    bound = replace(case, stops=(Stopped("breathing_space"),))
    assert clock(bound, "limitation") == clock(case, "limitation")
    assert clock(bound, "limitation").last == date(2026, 3, 10)


def test_outside_china_the_oldest_unpaid_instalment_is_limited_by_itself() -> None:
    for place, last in (("GB-EAW", "2032-01-05"), ("US-NY", "2029-01-05"), ("US-CA", "2030-01-05")):
        case = life(place, instalment_due=date(2028, 6, 30))
        assert clock(case, "limitation").last == date.fromisoformat(last)


def test_a_settlement_is_no_signed_acknowledgment_in_england() -> None:
    case = life("GB-EAW", due_since=date(2020, 3, 10))
    settled = fact("settled", date(2025, 6, 1), claim="nothing_pending")
    mediated = fact("mediation_agreed", date(2025, 7, 1), perform_by="2025-12-01")
    assert clock(replace(case, facts=(settled, mediated)), "limitation").last == date(2026, 3, 10)
    written = fact("acknowledged", date(2025, 6, 1), how="plan", in_writing="yes")
    assert clock(replace(case, facts=(settled, written)), "limitation").last == date(2031, 6, 1)
    assert clock(life("CN", facts=(replace(settled, on=START),)), "limitation").first == START


def test_what_a_guarantor_claims_back_runs_from_the_first_payment_and_no_payment_to_the_lender_moves_it() -> None:
    paid = fact("paid_on_behalf", date(2026, 1, 10), "per_g", amount="10.00")
    again = fact("paid_on_behalf", date(2026, 2, 10), "per_g", amount="10.00")
    case = life("CN", kind="recourse", facts=(paid, again), paid_on=(date(2026, 2, 20),))
    found = clock(case, "limitation")
    assert (found.first, found.last) == (paid.on, date(2029, 1, 10))


def test_a_suit_against_the_borrower_alone_does_not_keep_the_limitation_against_a_guarantor() -> None:
    asked = served("cn.notice.guarantor", date(2026, 2, 2), "per_g")
    case = life("CN", guarantees=(JOINT,), services=(asked,))
    alone = replace(case, facts=(fact("filed", date(2026, 2, 20), against="borrower"),))
    assert clock(alone, "limitation").state == "met"
    assert clock(alone, "limitation", START, "per_g").state == "running"
    everyone = replace(case, facts=(fact("filed", date(2026, 2, 20), against="everyone"),))
    assert clock(everyone, "limitation", START, "per_g").state == "met"
    confirmed = replace(case, facts=(fact("confirmed", date(2026, 2, 20), perform_by="2026-06-01"),))
    assert clock(confirmed, "limitation", START, "per_g").state == "running"


def test_where_no_rule_is_known_a_lawyer_tells_the_last_day() -> None:
    case = life("US", jurisdictions=("US",))
    assert not [each for each in clocks(case, START) if each.kind == "limitation"]
    told = fact("taken_up", START, way="go_on", limitation_ends="2027-01-31")
    assert clock(replace(case, facts=(told,)), "limitation").last == date(2027, 1, 31)


def test_a_payment_on_the_day_to_which_the_end_moved_is_in_time() -> None:
    due, moved = date(2023, 1, 7), date(2026, 1, 9)
    holidays = frozenset({date(2026, 1, 7), date(2026, 1, 8)})
    whole = Calendar("CN", "drawn", date(2000, 1, 1), date(2060, 12, 31), holidays)
    case = life("CN", due_since=due, calendars=(whole,), paid_on=(moved,))
    assert clock(case, "limitation").first == moved
    late = replace(case, paid_on=(moved + timedelta(days=1),))
    assert clock(late, "limitation").last == moved


def test_an_appeal_against_a_dismissal_keeps_the_claim_pending() -> None:
    facts = [fact("filed", date(2026, 1, 20)), fact("dismissed", date(2026, 2, 20))]
    assert clock(life("CN", facts=tuple(facts)), "limitation").state == "running"
    facts.append(fact("appealed", date(2026, 2, 25), by="us"))
    found = clock(life("CN", facts=tuple(facts)), "limitation")
    assert (found.state, found.met) == ("met", date(2026, 1, 20))
