"""Periods of guarantees, of formal notices and of courts: from when, until when, and what ends them."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from forbear.calendars import calendar
from forbear.contracts.case_words import ClockKind
from forbear.court.clocks import RECKONERS
from forbear.court.life import Answering, CaseLife, ClockKnown, Guaranteed, Happened
from forbear.court.paths import load_all
from tests.court.book import DUE, life
from tests.court.dated import START, clock, clocks, fact, served


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
    ("enforcement", "GB-EAW", [fact("judgment_final", START, perform_by="2026-03-16")], "2032-03-02", ""),
    (
        "enforcement",
        "US-CA",
        [fact("judged", date(2026, 2, 3), result="granted"), fact("judgment_final", START, perform_by="2026-03-16")],
        "2036-02-03",
        "",
    ),
    ("appeal", "CN", [fact("dismissed", START)], "2026-03-12", ""),
    ("appeal", "CN", [fact("dismissed", START, form="judgment")], "2026-03-17", ""),
    ("appeal", "GB-EAW", [fact("dismissed", START)], "2026-03-23", ""),
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


def test_an_appeal_of_the_other_side_keeps_nothing_of_ours() -> None:
    half, theirs = fact("judged", START, result="granted_in_part"), fact("appealed", date(2026, 3, 10), by="respondent")
    case = life("CN", facts=(half, theirs))
    assert clock(case, "appeal", date(2026, 3, 12)).state == "running"
    assert clock(case, "appeal", date(2026, 3, 18)).state == "lapsed"
    ours = fact("appealed", date(2026, 3, 11), by="us")
    assert clock(replace(case, facts=(half, theirs, ours)), "appeal", date(2026, 3, 18)).met == ours.on


def test_an_appeal_in_a_suit_that_is_over_silences_no_later_one() -> None:
    first = [fact("filed", date(2026, 1, 5)), fact("dismissed", date(2026, 1, 20)),
             fact("appealed", date(2026, 1, 25), by="us"), fact("dismissed", date(2026, 2, 5))]  # fmt: skip
    assert not [each for each in clocks(life("CN", facts=tuple(first)), START) if each.kind == "appeal"]
    anew = [*first, fact("filed", date(2026, 2, 10)), fact("judged", START, result="refused")]
    assert clock(life("CN", facts=tuple(anew)), "appeal", START).state == "running"
    back = [*first[:3], fact("judged", START, result="refused")]  # the dismissal was set aside: the court below judged
    assert clock(life("CN", facts=tuple(back)), "appeal", START).state == "running"


def test_a_judgment_that_nobody_told_to_be_final_is_enforced_in_time_all_the_same() -> None:
    won = life("CN", facts=(fact("judged", START, result="granted"),))
    appeal = clock(won, "appeal")
    assert not [each for each in clocks(won, appeal.last) if each.kind == "enforcement"]
    found = clock(won, "enforcement", appeal.last + timedelta(days=1))
    assert (found.first, found.last, found.state) == (appeal.last, date(2028, 3, 17), "running")
    told = fact("judgment_final", date(2026, 3, 20), perform_by="2026-04-20")
    assert clock(replace(won, facts=(*won.facts, told)), "enforcement", told.on).last == date(2028, 4, 20)
    lost = life("CN", facts=(fact("judged", START, result="refused"),))
    assert not [each for each in clocks(lost, date(2026, 6, 1)) if each.kind == "enforcement"]
    against = replace(won, facts=(*won.facts, fact("appealed", date(2026, 3, 5), by="respondent")))
    assert not [each for each in clocks(against, date(2026, 6, 1)) if each.kind == "enforcement"]


def test_the_time_to_enforce_begins_anew_by_what_is_proven_and_comes_in_time() -> None:
    final = fact("judgment_final", START, perform_by="2026-03-12")
    case, later = life("CN", facts=(final,)), date(2030, 1, 7)
    demand = served("cn.notice.dunning", date(2027, 5, 10))
    assert clock(replace(case, services=(demand,)), "enforcement", later).last == date(2029, 5, 10)
    unproven = replace(case, services=(replace(demand, proven=False),))
    found = clock(unproven, "enforcement", later)
    assert (found.last, found.state) == (date(2028, 3, 12), "lapsed")
    assert any("nothing proves" in line.what for line in found.lines)
    late = replace(case, paid_on=(date(2028, 3, 14),))
    assert clock(late, "enforcement", later).last == date(2028, 3, 12)
    paid = replace(case, paid_on=(date(2028, 3, 10),))
    assert clock(paid, "enforcement", later).last == date(2030, 3, 10)


def test_a_guarantee_runs_from_when_the_debt_was_called_due() -> None:
    held = Guaranteed("per_g", "joint", date(2027, 6, 30))
    called = served("cn.notice.acceleration", date(2026, 2, 10))
    case = life("CN", guarantees=(held,), services=(called,))
    assert clock(case, "guarantee", START, "per_g").last == date(2026, 8, 10)
    unproven = replace(case, services=(replace(called, proven=False),))
    assert clock(unproven, "guarantee", START, "per_g").last == date(2027, 12, 30)
    asked = served("cn.notice.guarantor", date(2026, 2, 20), "per_g")
    assert clock(replace(case, services=(called, asked)), "guarantee", START, "per_g").state == "met"
    assert clock(replace(case, services=(asked,)), "guarantee", START, "per_g").state == "running"  # before it was due
    none = replace(case, guarantees=(replace(held, agreed_end=date(2027, 6, 30)),))
    assert clock(none, "guarantee", START, "per_g").last == date(2026, 8, 10)


def test_a_counter_guarantee_runs_from_when_the_guarantor_paid() -> None:
    counter = Guaranteed("per_c", "joint", date(2025, 1, 6), counter=True)
    paid = fact("paid_on_behalf", date(2026, 2, 10), "per_g", amount="10.00")
    case = life("CN", kind="recourse", guarantees=(counter,), facts=(paid,))
    assert clock(case, "guarantee", START, "per_c").last == date(2026, 8, 10)


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


@pytest.mark.parametrize("place", ["CN", "US", "GB-EAW"])
def test_the_rungs_of_a_freeze_count_down_to_the_day_by_which_its_renewal_is_asked_for(place: str) -> None:
    rule = load_all()[place].clocks["freeze"]
    assert {rule.lead + each for each in (30, 7, 3, 1, 0)} <= set(rule.ladder)


def test_what_nothing_starts_any_more_is_void() -> None:
    case = life("CN", facts=(fact("mediation_agreed", START),))
    running = clock(case, "judicial_confirmation")
    known = ClockKnown(running.kind, running.subject, running.nature, running.state, running.last)
    assert clock(replace(case, facts=(), clocks=(known,)), "judicial_confirmation").state == "void"


def test_every_clock_has_its_reckoner_and_every_path_names_clocks_that_have_one() -> None:
    named = {kind for path in load_all().values() for kind in path.clocks}
    assert named == set(RECKONERS)


def test_a_second_letter_of_claim_begins_the_thirty_days_again() -> None:
    again = START + timedelta(days=20)
    letters = (served("gb.letter.claim", START, reached=False), served("gb.letter.claim", again, reached=False))
    found = clock(life("GB-EAW", services=letters), "letter_of_claim", again)
    assert (found.first, found.last) == (again, again + timedelta(days=30))


def test_a_letter_to_a_second_debtor_does_not_forget_what_the_first_one_asked() -> None:
    two, late = START + timedelta(days=19), START + timedelta(days=60)
    letters = (
        served("gb.letter.claim", START, reached=False),
        served("gb.letter.claim", two, "per_c", reached=False),
    )
    asked = fact("answered", START + timedelta(days=9), to="letter_of_claim", documents="asked",
                 documents_sent_on=str(START + timedelta(days=24)))  # fmt: skip
    parties = (Answering("per_b", "borrower"), Answering("per_c", "co_borrower"))
    case = life("GB-EAW", services=letters, facts=(asked,), parties=parties)
    assert clock(case, "letter_of_claim", late).last == START + timedelta(days=54)


def test_a_suit_that_was_dismissed_keeps_no_guarantee_unless_it_is_appealed() -> None:
    filed, gone = fact("filed", date(2026, 2, 2), against="everyone"), fact("dismissed", date(2026, 2, 20))
    for kind in ("general", "joint"):
        case = replace(guaranteed(kind=kind), facts=(filed, gone))
        assert clock(case, "guarantee", START, "per_g").state == "running"
        up = replace(case, facts=(filed, gone, fact("appealed", date(2026, 2, 22), by="us")))
        assert clock(up, "guarantee", START, "per_g").met == filed.on


def test_service_of_a_claim_that_was_filed_anew_counts_and_the_old_one_does_not() -> None:
    old, anew = fact("served", START, "per_b"), fact("filed", START + timedelta(days=30))
    later = START + timedelta(days=40)
    assert not [each for each in clocks(life("CN", facts=(old, anew)), later) if each.kind == "answer"]
    served_again = fact("served", later, "per_b")
    assert clock(life("CN", facts=(old, anew, served_again)), "answer", later, "per_b").first == later
