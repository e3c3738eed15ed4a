"""Pools of senders and their pace: it holds over workers and threads, and nobody waits longer than there is a line."""

import itertools
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from forbear.contracts.decision import Contact, Decision, Rest
from forbear.errors import BadInput, Conflict, NotFound
from forbear.ledger import pooling, senders
from forbear.ledger.deciding import DecidingBook
from forbear.ledger.routes import sender_owner
from forbear.ledger.tables.accounts import Account
from forbear.ledger.tables.people import Lender
from forbear.ledger.tables.senders import Sender
from forbear.ledger.tables.tasks import Task
from forbear.ports.sms import Refused
from tests.conftest import Hands
from tests.ledger.house import NOON, PACKS, PLAYBOOKS, House, eager

TWO = {"reminder-friendly": 2}
_services = itertools.count(1)


@pytest.fixture
def service() -> str:
    """A Messaging Service that no other test has: a sender is one lender's alone."""
    return f"MG{next(_services):032x}"


def paced(house: House) -> DecidingBook:
    return DecidingBook(house.ledger, PLAYBOOKS, PACKS, decide=eager, costs=TWO)


def people(house: House, count: int) -> list[str]:
    return [house.borrower(f"+131255501{number:02}")[1] for number in range(1, count + 1)]


def ask(house: House, account: str) -> Decision:
    return paced(house).decide(house.asked(account))


def pool(house: House) -> list[Sender]:
    with house.worker() as session:
        return list(session.scalars(select(Sender).order_by(Sender.address)))


@contextmanager
def at_work(house: House) -> Generator[tuple[Session, Lender]]:
    with house.worker() as session:
        yield session, session.get_one(Lender, house.lender)


@pytest.mark.parametrize(
    ("address", "pace"),
    [("+12125550199", "1"), ("+18885550100", "3"), ("28444", "10"), ("MG" + "0" * 32, "1"), ("示例储蓄", "100")],
)
def test_a_sender_begins_at_the_pace_of_its_form(address: str, pace: str) -> None:
    assert senders.pace_of(address) == Decimal(pace)


def test_claims_of_a_sender_are_counted_in_segments_and_the_rest_stand_in_a_line(house: House) -> None:
    answers = [ask(house, account) for account in people(house, 20)]
    claimed = [answer for answer in answers if isinstance(answer, Contact)]
    resting = [answer for answer in answers if isinstance(answer, Rest)]
    # Two segments each at one a second: sixteen begin within the thirty seconds that may wait at the provider.
    assert len(claimed) == 16
    assert {answer.rule for answer in resting} == {senders.BUSY}
    assert [answer.until - NOON for answer in resting] == [timedelta(seconds=4 + 2 * place) for place in range(4)]
    [sender] = pool(house)
    assert sender.free_at == NOON + timedelta(seconds=32)


def test_who_stood_in_the_line_goes_when_his_place_comes(house: House, hands: Hands) -> None:
    accounts = people(house, 17)
    last = [ask(house, account) for account in accounts][-1]
    assert isinstance(last, Rest)
    hands.set(last.until)
    assert isinstance(ask(house, accounts[-1]), Contact)


def test_the_pace_holds_over_workers_that_ask_at_once(house: House) -> None:
    accounts = people(house, 24)

    def decide(account: str) -> Decision:
        return paced(house).decide(house.asked(account, 0))

    with ThreadPoolExecutor(6) as workers:
        answers = list(workers.map(decide, accounts))
    assert sum(isinstance(answer, Contact) for answer in answers) == 16
    waiting = sorted(answer.until for answer in answers if isinstance(answer, Rest))
    assert len(set(waiting)) == len(waiting) == 8, "everybody has a place of his own"


def test_nothing_is_claimed_that_would_be_sent_after_the_window(house: House, hands: Hands) -> None:
    hands.set(datetime.fromisoformat("2026-03-03T02:57:30+00:00"))  # 20:57:30 in Chicago
    account = people(house, 1)[0]
    with at_work(house) as (session, lender):
        senders.enlist(session, lender, lender.sender, "twilio", hands.at)
        session.execute(update(Sender).values(segments_per_second=Decimal("0.01")))
    answer = ask(house, account)
    assert isinstance(answer, Rest)
    assert answer.rule in {senders.BUSY, "WINDOW.CLOSING"}


def test_a_pool_takes_turns_and_everybody_keeps_the_number_he_knows(house: House, hands: Hands, service: str) -> None:
    with at_work(house) as (session, lender):
        senders.enlist(session, lender, "+12125550150", "twilio", NOON)
        senders.enlist(session, lender, service, "twilio", NOON)
        own = lender.sender
    first = {account: ask(house, account) for account in people(house, 3)}
    used = {house.touch(answer.touch).sender for answer in first.values() if isinstance(answer, Contact)}
    assert used == {own, "+12125550150", service}
    account, answer = next((each, answer) for each, answer in first.items() if isinstance(answer, Contact))
    known = house.touch(answer.touch).sender
    order = house.order(account, answer.touch)
    house.touching().prepare(order)
    house.record(order)
    hands.advance(timedelta(days=4))
    with house.worker() as session:
        session.execute(update(Account).values(balance_as_of=hands.at))
    again = ask(house, account)
    assert isinstance(again, Contact), again
    assert house.touch(again.touch).sender == known


def test_a_reply_to_any_number_of_the_pool_finds_the_lender(house: House, service: str) -> None:
    with at_work(house) as (session, lender):
        senders.enlist(session, lender, service, "twilio", NOON)
    with house.ledger.anyone() as session:
        assert sender_owner(session, service) == (house.tenant, house.lender)
        assert sender_owner(session, "+12025550111") is None


@pytest.mark.parametrize(("code", "first"), [("21611", timedelta(minutes=15)), ("429", timedelta(seconds=1))])
def test_a_full_queue_leaves_the_sender_alone_each_time_for_longer(
    house: House, hands: Hands, code: str, first: timedelta
) -> None:
    account, other = people(house, 2)
    answer = ask(house, account)
    assert isinstance(answer, Contact)
    order = house.order(account, answer.touch)
    house.touching().prepare(order)
    house.record(order, Refused(code))
    held = ask(house, other)
    assert isinstance(held, Rest)
    assert (held.rule, held.until) == (senders.BACKED_OFF, NOON + first)
    hands.set(held.until)
    with house.worker() as session:
        touch = house.touch(order.touch)
        senders.back_off(session, touch, code, hands.at)
        senders.back_off(session, touch, code, hands.at)
    [sender] = pool(house)
    assert (sender.held_until, sender.held_code, sender.strikes) == (hands.at + 2 * first, code, 2)


def test_of_a_pool_only_the_sender_that_was_refused_is_left_alone(house: House) -> None:
    with at_work(house) as (session, lender):
        senders.enlist(session, lender, "+12125550151", "twilio", NOON)
    account, other = people(house, 2)
    answer = ask(house, account)
    assert isinstance(answer, Contact)
    order = house.order(account, answer.touch)
    house.touching().prepare(order)
    house.record(order, Refused("21611"))
    second = ask(house, other)
    assert isinstance(second, Contact)
    assert house.touch(second.touch).sender != house.touch(order.touch).sender


def test_without_costs_nobody_is_paced(house: House) -> None:
    assert all(isinstance(house.ask(account), Contact) for account in people(house, 20))
    assert pool(house) == []


def test_an_operator_adds_a_sender_sets_its_pace_and_retires_it(house: House, service: str) -> None:
    pooling.add(house.ledger, house.tenant, house.lender, "+12125550152", pace="2.5")
    pooling.add(house.ledger, house.tenant, house.lender, service)
    assert {each.address: each.segments_per_second for each in pool(house)}["+12125550152"] == Decimal("2.5")
    assert len(pool(house)) == 3, "its first sender joins the pool with it"
    pooling.add(house.ledger, house.tenant, house.lender, service, pace="20")
    assert {each.address: each.segments_per_second for each in pool(house)}[service] == 20
    pooling.retire(house.ledger, house.tenant, "+12125550152")
    with at_work(house) as (session, lender):
        first = lender.sender
    pooling.retire(house.ledger, house.tenant, first)
    for account in people(house, 3):
        answer = ask(house, account)
        assert isinstance(answer, Contact)
        assert house.touch(answer.touch).sender == service
    with house.ledger.anyone() as session:
        assert sender_owner(session, "+12125550152") == (house.tenant, house.lender), "who writes to it is still heard"


def test_a_lender_whose_every_sender_was_retired_sends_nothing(house: House, service: str) -> None:
    with at_work(house) as (_, lender):
        first = lender.sender
    pooling.add(house.ledger, house.tenant, house.lender, first)
    pooling.retire(house.ledger, house.tenant, first)
    [account] = people(house, 1)
    for _ in range(2):
        answer = ask(house, account)
        assert isinstance(answer, Rest)
        assert answer.rule == senders.NONE
    with house.worker() as session:
        [task] = session.scalars(select(Task)).all()
    assert (task.kind, task.role, task.state) == ("route", "operator", "open")
    pooling.add(house.ledger, house.tenant, house.lender, service)
    assert isinstance(ask(house, account), Contact)


@pytest.mark.parametrize("pace", ["0", "-1", "many", "NaN"])
def test_a_pace_is_a_number_above_zero(house: House, pace: str, service: str) -> None:
    with pytest.raises(BadInput):
        pooling.add(house.ledger, house.tenant, house.lender, service, pace=pace)


def test_a_sender_is_one_lenders_alone(house: House, service: str) -> None:
    other = house.add_lender()
    with house.worker() as session:
        theirs = session.get_one(Lender, other).sender
    with pytest.raises(Conflict):
        pooling.add(house.ledger, house.tenant, house.lender, theirs)
    pooling.add(house.ledger, house.tenant, other, service)
    with pytest.raises(Conflict):
        pooling.add(house.ledger, house.tenant, house.lender, service)
    with pytest.raises(NotFound):
        pooling.retire(house.ledger, house.tenant, "+12125550153")
