"""What is committed before a touch is claimed prevents it; what comes between claim and send prevents the send.

Two real transactions each time, interleaved by events and by the database's own locks.
"""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from forbear.cadence import decision as cadence
from forbear.contracts.decision import Close, Contact, Decision, Outcome, Rest
from forbear.ledger.tables.contacts import Touch
from forbear.ports.book import Dispatch
from tests.conftest import Hands
from tests.ledger import facts
from tests.ledger.house import A_DAY, House, eager
from tests.ledger.races import LONGEST, held_open, start, until_blocked

NUMBER = "+13125550101"
Event = Callable[[House, Session, str, str], object]


def pay(house: House, session: Session, _: str, account: str) -> None:
    facts.post_payment(house, session, account)


def stop(house: House, session: Session, person: str, _: str) -> None:
    facts.place_stop(house, session, person, "cease")


def opt_out(house: House, session: Session, person: str, _: str) -> None:
    facts.opt_out(house, session, NUMBER, person)


EVENTS: list[Event] = [pay, stop, opt_out]


def touches(house: House, account: str) -> int:
    with house.worker() as session:
        return session.scalars(select(func.count()).select_from(Touch).where(Touch.account == account)).one()


@pytest.mark.parametrize("event", EVENTS)
def test_committed_while_decide_waits_prevents_the_claim(house: House, event: Event) -> None:
    person, account = house.borrower(NUMBER)
    with house.api() as session:
        event(house, session, person, account)
        deciding = start(lambda: house.ask(account))
        assert until_blocked(house.ledger, "worker", deciding)
    decision = deciding.result()
    assert isinstance(decision, Close if event is pay else Rest)
    assert touches(house, account) == 0


@pytest.mark.parametrize("event", EVENTS)
def test_taken_back_while_decide_waits_changes_nothing(house: House, event: Event) -> None:
    person, account = house.borrower(NUMBER)
    with house.api() as session:
        event(house, session, person, account)
        deciding = start(lambda: house.ask(account))
        assert until_blocked(house.ledger, "worker", deciding)
        session.rollback()
    assert isinstance(deciding.result(), Contact)
    assert touches(house, account) == 1


def test_an_opt_out_at_another_lender_reaches_whoever_shares_the_number(house: House) -> None:
    _, account = house.borrower(NUMBER)
    other = house.add_lender()
    neighbour = house.person()
    house.phone(neighbour, NUMBER, lender=other)
    with house.api(other) as session:
        facts.opt_out(house, session, NUMBER, neighbour, lender=other)
        deciding = start(lambda: house.ask(account))
        assert until_blocked(house.ledger, "worker", deciding)
    assert isinstance(deciding.result(), Rest)


def test_the_clock_is_read_after_the_wait(house: House, hands: Hands) -> None:
    """A decision that waited for hours behind another transaction is taken for the time at which it wakes."""
    person, account = house.borrower(NUMBER)
    with house.api() as session:
        stop(house, session, person, account)
        deciding = start(lambda: house.ask(account))
        assert until_blocked(house.ledger, "worker", deciding)
        hands.advance(timedelta(hours=12))
        session.rollback()
    assert isinstance(deciding.result(), Rest), "it is midnight by now"


@pytest.mark.parametrize("event", EVENTS)
def test_what_waits_for_a_claim_prevents_its_send(house: House, event: Event) -> None:
    """The claim was first. The fact commits right after it, and the sender's last look sees it."""
    person, account = house.borrower(NUMBER)

    def write() -> None:
        with house.api() as session:
            event(house, session, person, account)

    with held_open() as (inside, go):

        def slow(*given: Any) -> cadence.Decision:
            inside.set()
            assert go.wait(LONGEST)
            return eager(*given)

        deciding = start(lambda: house.ask(account, slow))
        assert inside.wait(LONGEST)
        writing = start(write)
        assert until_blocked(house.ledger, "api", writing)
    decision = deciding.result()
    writing.result()
    assert isinstance(decision, Contact)
    outcome = house.touching().prepare(house.order(account, decision.touch))
    assert isinstance(outcome, Outcome)
    assert outcome.state == "failed"


@pytest.mark.parametrize("event", EVENTS)
def test_committed_while_the_sender_takes_its_last_look_prevents_the_send(house: House, event: Event) -> None:
    person, account = house.borrower(NUMBER)
    order = house.claim(account)
    with house.api() as session:
        event(house, session, person, account)
        preparing = start(lambda: house.touching().prepare(order))
        assert until_blocked(house.ledger, "worker", preparing)
    outcome = preparing.result()
    assert isinstance(outcome, Outcome)
    assert outcome.state == "failed"


@pytest.mark.parametrize("event", EVENTS)
def test_what_comes_after_the_last_look_is_accounted_for(house: House, hands: Hands, event: Event) -> None:
    """The message may be on the wire: it is recorded, counts, and nothing follows it."""
    person, account = house.borrower(NUMBER)
    order, ready = house.prepared(account)
    assert isinstance(ready, Dispatch)
    with house.api() as session:
        event(house, session, person, account)
    assert house.record(order).state == "sent"
    hands.advance(A_DAY)
    after = house.ask(account)
    assert isinstance(after, Close if event is pay else Rest)
    assert touches(house, account) == 1
    with house.worker() as session:
        touch = session.get_one(Touch, order.touch)
    assert touch.dispatched_at is not None
    assert touch.dispatched_at < hands.at


def test_two_debts_of_one_person_at_two_lenders_claim_one_touch(house: House) -> None:
    person, first = house.borrower(NUMBER)
    other = house.add_lender()
    house.phone(person, "+13125550102", lender=other)
    second = house.account(person, lender=other)
    deciding = [start(lambda account=account: house.ask(account)) for account in (first, second) * 2]
    answers: list[Decision] = [each.result() for each in deciding]
    assert sorted(answer.kind for answer in answers) == ["contact", "rest", "rest", "rest"]


def test_many_at_once_over_shared_numbers_neither_deadlock_nor_exceed(house: House) -> None:
    """People who share numbers crosswise, asked, paid for and stopped at once, in every order."""
    numbers = [f"+1312555015{digit}" for digit in range(3)]
    people = [house.person() for _ in numbers]
    for index, person in enumerate(people):
        house.phone(person, numbers[index])
        house.phone(person, numbers[(index + 1) % 3])
    accounts = [house.account(person, amount="1000.00") for person in people]
    work: list[Callable[[], object]] = []
    for person, account in zip(people, accounts, strict=True):
        work += [lambda account=account: house.ask(account)] * 2
        work.append(lambda account=account: house.pay(account, "10.00"))
        work.append(lambda person=person: house.stop(person, "hold", until=house.now))
    running = [start(each) for each in [*work, *reversed(work)]]
    for each in running:
        each.result()
    with house.worker() as session:
        claimed = session.scalars(select(Touch).where(Touch.account.in_(accounts))).all()
    assert claimed
    assert max(Counter(touch.person for touch in claimed).values()) == 1, "one text a day to a person"
    assert max(Counter(touch.address_key for touch in claimed).values()) == 1, "and to a number"
