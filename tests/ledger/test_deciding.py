"""One decision: stored before anybody acts on it, the same when asked again, and what it claims."""

import json
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import undefer

from forbear.cadence import decision as cadence
from forbear.cadence.decide import decide as decide_by_playbook
from forbear.cadence.life import Life
from forbear.clock import Clock
from forbear.contracts.decision import Asked, Close, Contact, Decision, Escalate, Rest
from forbear.ledger.deciding import DecidingBook
from forbear.ledger.lives import load_life
from forbear.ledger.locking import lock_account
from forbear.ledger.tables.accounts import LegalCase
from forbear.ledger.tables.contacts import Decision as Stored
from forbear.ledger.tables.contacts import Touch
from forbear.ports.sms import Refused
from forbear.settings import Settings
from tests.conftest import Hands
from tests.ledger.house import A_DAY, AN_HOUR, NOON, House, eager


def test_a_question_asked_again_gets_the_stored_answer_whatever_the_clock_says(house: House, hands: Hands) -> None:
    _, account = house.borrower()
    asked = house.asked(account)
    first = house.deciding().decide(asked)
    hands.advance(5 * A_DAY)
    house.pay(account)
    assert isinstance(first, Contact)
    assert house.deciding().decide(asked) == first
    assert house.ask(account) == Close(reason="paid in full")


def test_another_run_or_number_is_another_question(house: House) -> None:
    _, account = house.borrower()
    first = house.deciding().decide(house.asked(account, 0, "run-1"))
    second = house.deciding().decide(house.asked(account, 0, "run-2"))
    assert isinstance(first, Contact)
    assert isinstance(second, Rest)
    assert second.rule == "TOUCH.UNSETTLED"


def test_a_claim_holds_what_the_sender_needs(house: House) -> None:
    person, account = house.borrower()
    decision = house.ask(account)
    assert isinstance(decision, Contact)
    touch = house.touch(decision.touch)
    assert (touch.state, touch.account, touch.person, touch.channel) == ("claimed", account, person, "sms")
    assert touch.address_key == house.key("+13125550101")
    assert touch.accounts == [account]
    assert touch.claimed_at == NOON
    assert touch.lease_until == NOON + timedelta(seconds=house.settings.lease_seconds)
    assert touch.dispatch_by == touch.lease_until
    standing = house.standing(account)
    assert standing.next_at == touch.dispatch_by
    assert standing.next_reason == "sending: a reminder"


def test_dispatch_ends_a_minute_before_the_window_does(house: House, hands: Hands) -> None:
    _, account = house.borrower()
    hands.set(NOON.replace(hour=2) + A_DAY - timedelta(seconds=150))
    decision = house.ask(account)
    assert isinstance(decision, Contact)
    touch = house.touch(decision.touch)
    assert touch.window_closes is not None
    assert hands.at < touch.dispatch_by <= touch.window_closes - timedelta(seconds=60)


def test_a_window_about_to_close_is_left_alone(house: House, hands: Hands) -> None:
    _, account = house.borrower()
    closes = NOON.replace(hour=3) + A_DAY  # 21:00 in Chicago

    def closing(*given: Any) -> cadence.Decision:
        decided = eager(*given)
        assert isinstance(decided, cadence.Contact)
        return replace(decided, window_closes=closes)

    hands.set(closes - timedelta(seconds=60) - 2 * AN_HOUR)
    assert isinstance(house.ask(account, closing), Contact)
    other = house.borrower("+13125550102")[1]
    hands.set(NOON.replace(hour=2) + A_DAY + timedelta(minutes=57))
    early = Clock.starting(hands.at, 7_200, hands)  # two world hours a second: the slack is longer than the window
    house.ledger.clock = early
    decision = house.ask(other, closing)
    assert isinstance(decision, Rest)
    assert decision.rule == "WINDOW.CLOSING"
    assert decision.until == closes + timedelta(seconds=1)


def test_a_rest_tells_until_when_and_why_and_never_wakes_in_the_past(house: House, hands: Hands) -> None:
    _, account = house.borrower()

    def late(*_: Any) -> cadence.Decision:
        return cadence.Rest(hands.at - AN_HOUR, "it should have been an hour ago", "SOME.RULE", stage="M2")

    decision = house.ask(account, late)
    assert isinstance(decision, Rest)
    assert decision.wake_at == hands.at
    standing = house.standing(account)
    assert (standing.next_at, standing.next_rule, standing.stage) == (hands.at - AN_HOUR, "SOME.RULE", "M2")
    assert standing.next_reason == "it should have been an hour ago"
    assert standing.next_permit is not None


def test_wake_at_is_machine_time(module_database: Settings, hands: Hands) -> None:
    fast = House(module_database, hands, speed=3_600)
    _, account = fast.borrower()

    def rest(*_: Any) -> cadence.Decision:
        return cadence.Rest(fast.now + AN_HOUR, "an hour of the world")

    decision = fast.ask(account, rest)
    assert isinstance(decision, Rest)
    assert decision.wake_at == hands.at + timedelta(seconds=1)
    fast.close()


def test_a_paid_account_is_closed_with_its_reason(house: House) -> None:
    _, account = house.borrower()
    house.pay(account)
    assert house.ask(account) == Close(reason="paid in full")
    standing = house.standing(account)
    assert (standing.state, standing.close_reason, standing.closed_at) == ("closed", "paid in full", NOON)
    assert standing.next_at is None


def test_a_reversed_payment_opens_the_account_again(house: House) -> None:
    _, account = house.borrower()
    payment = house.pay(account)
    house.ask(account)
    house.reverse(payment)
    assert isinstance(house.ask(account), Contact)
    assert house.standing(account).state == "open"


def test_a_stored_close_is_void_once_the_account_is_open_again(house: House) -> None:
    """A run that asks again because a chargeback came while it closed must not close on the old answer."""
    _, account = house.borrower()
    payment = house.pay(account)
    asked = house.asked(account)
    assert house.deciding().decide(asked) == Close(reason="paid in full")
    house.reverse(payment)
    again = house.deciding().decide(asked)
    assert isinstance(again, Rest)
    assert again.reason == "the account was opened again"


def test_an_escalation_opens_one_case(house: House) -> None:
    _, account = house.borrower(due_since=(NOON - 130 * A_DAY).date())
    decision = house.ask(account, decide_by_playbook)
    assert isinstance(decision, Escalate)
    with house.worker() as session:
        case = session.scalars(select(LegalCase).where(LegalCase.account == account)).one()
    assert (case.id, case.state) == (decision.case, "open")
    standing = house.standing(account)
    assert (standing.stage, standing.next_at) == ("legal", NOON + 7 * A_DAY)
    after = house.ask(account, decide_by_playbook)
    assert isinstance(after, Rest)
    assert "legal staff" in after.reason


def test_an_account_nobody_knows_is_closed(house: House) -> None:
    asked = Asked(tenant=house.tenant, account="acc_unknown", run="run-1", number=0)
    assert house.deciding().decide(asked) == Close(reason="no such account")


def test_another_tenants_account_is_one_nobody_knows(house: House, module_database: Settings, hands: Hands) -> None:
    other = House(module_database, hands)
    _, account = other.borrower()
    asked = Asked(tenant=house.tenant, account=account, run="run-1", number=0)
    assert house.deciding().decide(asked) == Close(reason="no such account")
    other.close()


def test_a_missing_playbook_rests_with_its_reason(house: House) -> None:
    _, account = house.borrower(playbook="of-another-house")
    decision = house.ask(account)
    assert isinstance(decision, Rest)
    assert decision.rule == "PLAYBOOK.MISSING"


def test_the_permit_is_stored_with_rules_zones_and_pack_versions(house: House) -> None:
    _, account = house.borrower()
    house.ask(account)
    stored = _stored(house, account)
    permit = stored.permit
    assert permit is not None
    assert (permit["verdict"], permit["zones"]) == ("allow", ["America/Chicago"])
    assert set(permit["packs"]) == {"US", "POLICY"}
    text = json.dumps([stored.permit, stored.answer, stored.reason])
    assert "555" not in text
    assert "Borrower" not in text


def _stored(house: House, account: str) -> Stored:
    with house.worker() as session:
        everything = select(Stored).options(undefer(Stored.permit))
        return session.scalars(everything.where(Stored.account == account)).one()


def test_a_hold_is_stored_with_the_rule_that_holds(house: House, hands: Hands) -> None:
    _, account = house.borrower()
    hands.set(NOON.replace(hour=9))  # 03:00 in Chicago
    decision = house.ask(account)
    assert isinstance(decision, Rest)
    assert decision.rule
    stored = _stored(house, account)
    assert stored.permit is not None
    assert stored.rule in {finding["rule"] for finding in stored.permit["findings"]}
    assert (stored.kind, stored.until) == ("rest", decision.until)


def test_a_persons_limits_are_common_to_accounts_and_lenders(house: House) -> None:
    person, first = house.borrower()
    other = house.add_lender()
    house.phone(person, "+13125550177", lender=other)
    second = house.account(person, lender=other)
    third = house.account(person)
    assert isinstance(house.ask(first), Contact)
    assert isinstance(house.ask(second), Rest)
    assert isinstance(house.ask(third), Rest)


def test_a_debt_that_cannot_be_spoken_of_does_not_silence_the_others(house: House) -> None:
    person, account = house.borrower()
    other = house.account(person)

    def without_a_point(life: Life, *_: object) -> cadence.Decision:
        return cadence.Rest(life.enrolled_at + A_DAY, "no valid contact point", "POINT.NONE")

    def speaks() -> list[bool]:
        with house.worker() as session:
            life = load_life(session, account, now=house.now)
        assert life is not None
        return [rival.speaks for rival in life.rivals]

    assert speaks() == [True]
    house.ask(other, without_a_point)
    assert speaks() == [False]


def test_a_shared_number_makes_limits_common_and_nothing_else(house: House) -> None:
    _, first = house.borrower("+13125550111")
    other = house.add_lender()
    neighbour = house.person()
    house.phone(neighbour, "+13125550111", lender=other)
    second = house.account(neighbour, lender=other)
    assert isinstance(house.ask(first), Contact)
    held = house.ask(second)
    assert isinstance(held, Rest)
    with house.worker() as session:
        life = load_life(session, second, now=house.now)
    assert life is not None
    assert len(life.borrower.history) == 1
    assert len(life.borrower.points) == 1, "the other lender's points are not its own"


def test_other_people_are_not_held(house: House) -> None:
    _, first = house.borrower("+13125550121")
    _, second = house.borrower("+13125550122")
    assert isinstance(house.ask(first), Contact)
    assert isinstance(house.ask(second), Contact)


def test_touches_that_cannot_be_sent_pause_longer_each_time(house: House, hands: Hands) -> None:
    _, account = house.borrower()
    waits: list[timedelta] = []
    for _ in range(4):
        order, _ = house.prepared(account)
        house.record(order, Refused(code="20003", ours=True))
        rest = house.ask(account)
        assert isinstance(rest, Rest)
        assert rest.rule == "TOUCH.FAILED"
        waits.append(rest.until - hands.at)
        hands.set(rest.until)
    minute = timedelta(minutes=1)
    assert waits == [5 * minute, 10 * minute, 20 * minute, 40 * minute]


def test_the_same_question_at_once_gets_one_answer(house: House) -> None:
    _, account = house.borrower()
    asked = house.asked(account)
    assert len({answer.model_dump_json() for answer in _at_once(house.deciding(), [asked] * 4)}) == 1
    assert _touches(house, account) == 1


def test_different_questions_at_once_claim_once(house: House) -> None:
    _, account = house.borrower()
    answers = _at_once(house.deciding(), [house.asked(account, 0, f"run-{run}") for run in range(4)])
    assert sorted(answer.kind for answer in answers) == ["contact", "rest", "rest", "rest"]
    assert _touches(house, account) == 1


def _at_once(book: DecidingBook, questions: list[Asked]) -> list[Decision]:
    start, answers = threading.Barrier(len(questions)), list[Decision]()

    def ask(asked: Asked) -> None:
        start.wait(10)
        answers.append(book.decide(asked))

    threads = [threading.Thread(target=ask, args=[asked]) for asked in questions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(answers) == len(questions)
    return answers


def _touches(house: House, account: str) -> int:
    with house.worker() as session:
        return session.scalars(select(func.count()).select_from(Touch).where(Touch.account == account)).one()


def test_a_life_is_read_in_eight_round_trips(house: House) -> None:
    person, account = house.borrower()
    house.account(person)
    house.ask(account)
    house.opt_out("+13125550101", person)
    with house.worker() as session:
        lock_account(session, house.tenant, account)
        with _counted(house) as seen:
            life = load_life(session, account, now=house.now)
    assert life is not None
    assert (len(life.borrower.history), len(life.borrower.suppressions), len(life.rivals)) == (1, 1, 1)
    assert len(seen) <= 8


def test_a_claim_costs_sixteen_round_trips_at_most(house: House) -> None:
    """Its scope, the locks, whether it was answered, promises, eight for the life, three rows and their audit."""
    house.ask(house.borrower()[1])  # which also keeps the rules
    _, account = house.borrower("+13125550188")
    with _counted(house) as seen:
        assert isinstance(house.ask(account), Contact)
    assert len(seen) <= 16


@contextmanager
def _counted(house: House) -> Generator[list[str]]:
    seen: list[str] = []

    def note(*given: Any) -> None:
        seen.append(given[2])

    engine = house.ledger.engine("worker")
    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize("kind", ["rest", "contact", "close"])
def test_each_decision_leaves_an_open_account_with_an_instant_and_a_reason(house: House, kind: str) -> None:
    person, account = house.borrower()
    if kind == "rest":
        house.stop(person, "cease", written=True)
    if kind == "close":
        house.pay(account)
    assert house.ask(account).kind == kind
    standing = house.standing(account)
    assert (standing.next_at is not None and bool(standing.next_reason)) or standing.state == "closed"
