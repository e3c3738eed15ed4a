"""What comes in the middle, at every stage: payment, part payment, dispute, insolvency, settlement, corrections."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from forbear.court.decision import Close, Rest
from forbear.court.facts import FACT_KINDS
from forbear.court.life import CaseLife
from tests.court.book import Book
from tests.court.walks import WALKS, walk

EVERYWHERE = [(name, steps) for name, (_, every) in WALKS.items() for steps in range(1, len(every) + 1)]
at_every_stage = pytest.mark.parametrize(("name", "steps"), EVERYWHERE)
CALLED_OFF = {"CN": "cn.withdrawal", "US": "us.dismissal", "GB": "gb.discontinuance"}
PENDING = {
    "order_asked", "order_served", "filed", "accepted", "served", "hearing", "appeal", "issued", "default", "defended",
    "default_preparing", "answered",
}  # fmt: skip


def pending(case: Book) -> bool:
    """Whether something lies at a court; enforcement is called off with a paper in China alone."""
    stages = {*PENDING, "enforcing"} if case.path.id == "CN" else PENDING
    return case.stage in stages


def reached(name: str, steps: int) -> Book:
    case = walk(name, steps)
    case.today += timedelta(days=1)
    case.run()
    return case


@at_every_stage
def test_payment_ends_the_case_once_what_is_pending_is_called_off(name: str, steps: int) -> None:
    case = reached(name, steps)
    case.pay()
    waits = pending(case)
    answer = case.run()
    assert all(each.state in {"void", "met"} for each in case.clocks)
    if waits:
        profile = CALLED_OFF[case.path.id[:2]]
        assert isinstance(answer, Rest)
        assert case.asked[-1] == profile
        case.packet(profile, "approved")
        assert [each.item for each in case.rest().lacking] == [f"packet:{profile}"]
        case.packet(profile, "filed")
        case.tell("withdrawn", what="enforcement" if case.stage == "enforcing" else "claim")
        answer = case.run()
    assert isinstance(answer, Close)
    assert answer.outcome in {"paid", "enforced"}


@at_every_stage
def test_payment_that_is_reversed_puts_everything_back(name: str, steps: int) -> None:
    case = reached(name, steps)
    before, owed = case.stage, case.life.owed
    case.pay()
    case.step()
    case.life, case.closed = replace(case.life, owed=owed), ""
    case.run()
    assert case.stage == before
    assert not case.closed
    assert any(each.state in {"running", "met"} for each in case.clocks if each.kind == "limitation")


@at_every_stage
def test_a_part_payment_changes_no_stage_and_may_start_the_limitation_anew(name: str, steps: int) -> None:
    case = reached(name, steps)
    before, clock = case.stage, case.clock("limitation")
    case.pay(1000)
    case.run()
    assert case.stage == before
    if clock.state == "running" and case.path.id in {"CN", "US-CA"}:
        assert case.clock("limitation").first == case.today
    if case.path.id in {"US-NY", "US"}:
        assert case.clock("limitation").last == clock.last  # neither New York nor Texas lets a payment revive it


@at_every_stage
def test_insolvency_holds_every_stage_and_no_clock(name: str, steps: int) -> None:
    case = reached(name, steps)
    before = [(each.kind, each.subject, each.last) for each in case.clocks]
    case.stop("insolvency")
    answer = case.rest()
    assert answer.rule == "STOP.INSOLVENCY"
    assert "cannot" not in answer.reason
    assert [(each.kind, each.subject, each.last) for each in case.clocks] == before
    asked = list(case.asked)
    case.run()
    assert case.asked == asked


@at_every_stage
def test_a_dispute_holds_what_is_not_filed_and_leaves_the_court_its_own(name: str, steps: int) -> None:
    case = reached(name, steps)
    case.stop("dispute")
    answer = case.rest()
    before_court = case.path.place(case.stage) < case.path.place("filed")
    assert (answer.rule == "STOP.DISPUTE") == before_court
    case.stop()
    assert case.rest().rule != "STOP.DISPUTE"


@at_every_stage
def test_alarms_are_raised_while_a_stop_holds_the_matter(name: str, steps: int) -> None:
    case = reached(name, steps)
    running = [each for each in case.clocks if each.state == "running" and each.ladder]
    case.stop("insolvency")
    for clock in running:
        case.today = clock.last + timedelta(days=1)
        case.run()
        mine = [
            rung
            for kind, subject, last, rung in case.alarms
            if (kind, subject, last) == (clock.kind, clock.subject, clock.last)
        ]
        assert -1 in mine


@at_every_stage
def test_a_settlement_stops_the_walk_until_it_is_broken(name: str, steps: int) -> None:
    case = reached(name, steps)
    before, asked = case.stage, list(case.asked)
    case.tell("settled", claim="stay", amount="5000.00", until="2027-12-31")
    answer = case.rest()
    assert (case.stage, case.asked) == (before, asked)
    assert [each.item for each in answer.lacking] == ["fact:settlement_breached"]
    case.tell("settlement_breached")
    case.run()
    assert case.stage == before


@at_every_stage
def test_a_settlement_that_ends_the_claim_has_it_withdrawn_and_is_then_kept(name: str, steps: int) -> None:
    case = reached(name, steps)
    case.tell("settled", claim="withdraw", amount="5000.00")
    waits = pending(case)
    case.rest()
    if not waits:
        return
    profile = CALLED_OFF[case.path.id[:2]]
    assert case.asked[-1] == profile
    case.packet(profile, "filed")
    case.tell("withdrawn", what="enforcement" if case.stage == "enforcing" else "claim")
    answer = case.rest()
    assert [each.item for each in answer.lacking] == ["fact:settlement_breached"]
    case.pay()
    assert isinstance(case.run(), Close)


@at_every_stage
def test_a_person_may_close_the_case_and_open_it_again(name: str, steps: int) -> None:
    case = reached(name, steps)
    before = case.stage
    case.tell("closed_by_staff", outcome="written_off", reason="Not worth it.")
    assert case.run() == Close("written_off", "A person closed the case.")
    case.tell("reopened", reason="Property was found.")
    case.run()
    assert case.stage == before


@at_every_stage
def test_every_fact_taken_back_leads_back_and_told_again_leads_there_again(name: str, steps: int) -> None:
    case = reached(name, steps)
    before, facts = case.stage, case.life.facts
    for fact in facts:
        case.life = replace(case.life, facts=tuple(each for each in facts if each is not fact))
        case.run()
        case.life = replace(case.life, facts=facts)
        case.run()
        assert case.stage == before


@at_every_stage
def test_facts_told_all_at_once_and_late_lead_to_the_same_stage(name: str, steps: int) -> None:
    case = reached(name, steps)
    late = replace(case, life=replace(case.life, stage="", stage_since=None), stages=[], closed="")
    late.run()
    assert late.stage == case.stage


@at_every_stage
def test_reasons_are_sentences_without_personal_data(name: str, steps: int) -> None:
    answer = reached(name, steps).rest()
    assert answer.reason.endswith(".")
    assert answer.reason[0].isupper() or answer.reason[0] == "'"
    assert "per_" not in answer.reason
    assert answer.lacking or "until" in answer.reason


def test_paid_in_the_stage_of_a_lost_proof() -> None:
    case = walk("CN suit", 4)
    case.life = replace(case.life, services=())
    lacks = case.rest()
    assert (case.stage, lacks.lacking[0].item) == ("suing", "notice:cn.notice.dunning:per_b")
    case.pay()
    assert case.run() == Close("paid", "Nothing is owed any more.")


def test_what_is_left_below_the_threshold_waits_for_the_lender() -> None:
    case = walk("CN suit", 4, policy={"least_amount": "2000"})
    case.pay(8000)
    assert [each.item for each in case.rest().lacking] == ["amount"]
    assert case.rest().lacking[0].supplier == "lender"


def test_a_paid_debt_with_property_frozen_waits_for_its_release() -> None:
    case = walk("CN suit", 10)
    case.tell("frozen", freeze=1, until="2027-06-30")
    case.pay()
    assert case.lacking() == ["fact:freeze_lifted"]
    case.tell("freeze_lifted", freeze=1)
    assert isinstance(case.run(), Close)


def test_a_withdrawn_claim_closes_and_may_be_opened_again() -> None:
    case = walk("CN suit", 6)
    case.tell("withdrawn", what="claim")
    assert case.run() == Close("withdrawn", "The claim was withdrawn.")
    case.tell("reopened", reason="Withdrawn at the wrong court.")
    case.run()
    assert case.stage == "suing"
    assert case.clock("limitation").state == "running"


def test_an_account_that_was_closed_with_money_owed_ends_the_case() -> None:
    case = walk("CN suit", 2)
    case.life = replace(case.life, account_open=False)
    assert case.run() == Close("account_closed", "The account was closed.")


def test_a_corrected_day_moves_the_clock_and_its_alarms() -> None:
    case = walk("CN agreement", 3)
    case.tell("mediation_agreed", perform_by="2027-01-01")
    case.run()
    first = case.clock("judicial_confirmation").last
    case.go(first - timedelta(days=7))
    wrong = next(each for each in case.life.facts if each.kind == "mediation_agreed")
    case.take_back(wrong.id)
    case.tell("mediation_agreed", wrong.on + timedelta(days=3), perform_by="2027-01-01")
    case.go(first + timedelta(days=7))
    last = case.clock("judicial_confirmation").last
    assert last > first
    mine = [(day, rung) for kind, _, day, rung in case.alarms if kind == "judicial_confirmation"]
    assert mine == [(first, 14), (first, 7), (last, 14), (last, 7), (last, 3), (last, 1), (last, -1)]


def test_a_case_life_may_hold_every_kind_of_fact() -> None:
    case = walk("CN suit", 4)
    for kind in FACT_KINDS:
        life: CaseLife = case.life
        one = replace(case, life=replace(life, facts=(*life.facts, replace(life.facts[0], id="fct_x", kind=kind))))
        assert one.step() is not None
    assert case.life.balance == Decimal(9500)


def test_preservation_that_was_asked_for_once_is_not_asked_for_at_the_next_stage() -> None:
    case = walk("CN suit", 4)
    case.tell("taken_up", way="preservation")
    case.run()
    case.packet("cn.preservation", "filed")
    case.tell("preservation_applied", stage="before_suit")
    case.today += timedelta(days=3)
    case.packet("cn.suit", "filed")
    case.tell("filed")
    case.run()
    assert (case.stage, case.asked.count("cn.preservation")) == ("filed", 1)


def test_a_person_may_call_a_claim_off_and_file_it_anew() -> None:
    case = walk("CN suit", 6)
    case.tell("taken_up", way="withdrawal")
    assert case.lacking() == ["packet:cn.withdrawal"]
    case.today += timedelta(days=2)
    case.packet("cn.withdrawal", "filed")
    case.tell("withdrawn", what="claim")
    assert case.run() == Close("withdrawn", "The claim was withdrawn.")
    case.today += timedelta(days=2)
    case.tell("filed")
    case.run()
    assert case.stage == "filed"
    assert case.asked.count("cn.withdrawal") == 1


def test_a_packet_goes_through_the_hands_of_people() -> None:
    case = walk("CN suit", 4)
    said = {
        "incomplete": ("lacks 0", "legal"),
        "prepared": ("approved by somebody", "lawyer"),
        "returned": ("put it right", "legal"),
        "approved": ("hand it in, then tell filed", "legal"),
        "void": ("changed since", "legal"),
        "failed": ("could not be made", "operator"),
        "filed": ("tell filed", "legal"),
    }
    for state, (what, supplier) in said.items():
        case.packet("cn.suit", state)  # pyright: ignore[reportArgumentType]  each is a state
        first = case.rest().lacking[0]
        assert what in first.what
        assert first.supplier == supplier
    assert case.asked.count("cn.suit") == 1
    draft = replace(case.life.packets[-1], state="prepared", draft=True)
    case.life = replace(case.life, packets=(draft,))
    assert "draft" in case.rest().lacking[0].what


def test_without_a_borrower_nobody_was_served() -> None:
    case = walk("CN suit", 1)
    case.life = replace(case.life, parties=())
    assert "notice:cn.notice.dunning" in case.lacking()


def test_a_closed_case_rests() -> None:
    case = walk("CN suit", 6)
    case.life = replace(case.life, state="closed")
    assert case.rest().reason == "The case is closed."
