"""Messages that no webhook brought: upkeep takes each once, in their order, for the lender that was written to."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from forbear.channels.inbound_words import read
from forbear.contracts.decision import Rest
from forbear.ledger import replies
from forbear.ledger.listening import LISTING_LAG, LOOK_BACK, WEBHOOKS_FIRST, ListeningBook
from forbear.ledger.replies import Inbound
from forbear.ledger.tables.contacts import Reply, Suppression
from forbear.ledger.writers import find_writer
from forbear.ports.replies import Ear, Written
from forbear.settings import Settings
from tests.conftest import Hands
from tests.ledger.house import NOON, House

NUMBER = "+13125550101"


@pytest.fixture
def house(database: Settings, hands: Hands) -> Iterator[House]:
    """Listening looks at all tenants, so each test has a database to itself."""
    hands.set(NOON)
    house = House(database, hands)
    yield house
    house.close()


@pytest.fixture
def listening(house: House) -> ListeningBook:
    return ListeningBook(house.ledger, read)


def ear(listening: ListeningBook, house: House, lender: str = "") -> Ear:
    return next(each for each in listening.ears() if each.lender == (lender or house.lender))


def said(house: House, text: str, sid: str, minutes_ago: int = 5) -> Written:
    return Written(sender=NUMBER, text=text, provider_id=sid, at=house.now - timedelta(minutes=minutes_ago))


def held(house: House, lender: str = "") -> list[str]:
    with house.api(lender) as session:
        return list(session.scalars(select(Reply.provider_id).order_by(Reply.provider_id)))


def test_a_request_to_stop_that_nobody_heard_binds_when_it_is_caught_up_on(
    house: House, listening: ListeningBook
) -> None:
    _, account = house.borrower(NUMBER)
    order = house.claim(account)
    assert listening.take_missed(ear(listening, house), [said(house, "please stop texting me", "SM1")]) == 1
    assert "opted_out" in house.told(account)
    outcome = house.touching().prepare(order)
    assert getattr(outcome, "state", "") == "failed"
    assert isinstance(house.ask(account), Rest)


def test_what_a_webhook_brought_is_not_taken_again(house: House, listening: ListeningBook) -> None:
    house.borrower(NUMBER)
    with house.api() as session:
        writer = find_writer(session, house.ledger.vault, house.tenant, house.lender, NUMBER)
        inbound = Inbound(sender=NUMBER, text="who is this", provider_id="SM1")
        replies.take_reply(house.ledger, session, writer, inbound, read(inbound.text, "en"))
    listed = [said(house, "who is this", "SM1")]
    assert listening.take_missed(ear(listening, house), listed) == 0
    assert listening.take_missed(ear(listening, house), [said(house, "hello?", "SM2"), *listed]) == 1
    assert listening.take_missed(ear(listening, house), [said(house, "hello?", "SM2"), *listed]) == 0
    assert held(house) == ["SM1", "SM2"]


def test_the_last_word_stays_the_last(house: House, listening: ListeningBook) -> None:
    house.borrower(NUMBER)
    newest_first = [said(house, "START", "SM2", 1), said(house, "STOP", "SM1", 9)]
    assert listening.take_missed(ear(listening, house), newest_first) == 2
    with house.api() as session:
        standing = select(func.count()).select_from(Suppression).where(Suppression.lifted_at.is_(None))
        assert session.scalar(standing) == 0


def test_a_start_from_before_a_stop_that_was_heard_does_not_undo_it(house: House, listening: ListeningBook) -> None:
    house.borrower(NUMBER)
    start, stop = said(house, "START", "SM1", minutes_ago=30), said(house, "STOP", "SM2", minutes_ago=5)
    listening.take_missed(ear(listening, house), [stop])
    listening.take_missed(ear(listening, house), [stop, start])
    with house.api() as session:
        in_force = select(func.count()).select_from(Suppression).where(Suppression.lifted_at.is_(None))
        assert session.scalars(in_force).one() == 1
    assert held(house) == ["SM1", "SM2"]


def test_one_message_that_cannot_be_taken_keeps_no_other_and_is_tried_again(
    house: House,
) -> None:
    house.borrower(NUMBER)
    broken = ListeningBook(house.ledger, lambda text, language, today: read(_unless_bad(text), language, today))
    asked = ear(broken, house)
    told = [said(house, "STOP", "SM2", minutes_ago=5), said(house, "bad", "SM1", minutes_ago=30)]
    assert broken.take_missed(asked, told) == 1
    assert held(house) == ["SM2"]
    assert ear(broken, house).since == asked.since


def _unless_bad(text: str) -> str:
    if text == "bad":
        raise ValueError("words that break the reader")
    return text


def test_promises_disputes_and_words_from_strangers_are_taken(house: House, listening: ListeningBook) -> None:
    _, account = house.borrower(NUMBER)
    stranger = Written("+13125550177", "STOP", "SM3", house.now)
    listed = [
        stranger,
        said(house, "I dispute this debt", "SM2", 2),
        said(house, "I will pay $20 on Friday", "SM1", 8),
    ]
    assert listening.take_missed(ear(listening, house), listed) == 3
    assert {"promise_made", "dispute_opened"} <= set(house.told(account))
    assert held(house) == ["SM1", "SM2", "SM3"]


def test_a_message_belongs_to_the_lender_that_was_written_to(house: House, listening: ListeningBook) -> None:
    other = house.add_lender()
    person, _ = house.borrower(NUMBER)
    house.phone(person, NUMBER, lender=other)
    theirs = house.account(person, lender=other)
    house.claim(theirs)
    assert listening.take_missed(ear(listening, house, other), [said(house, "who is this", "SM1")]) == 1
    assert held(house, other) == ["SM1"]
    assert held(house) == []


def test_the_carrier_is_asked_from_where_it_was_last_heard(
    house: House, listening: ListeningBook, hands: Hands
) -> None:
    first = ear(listening, house)
    assert (first.since, first.until) == (NOON - LOOK_BACK, NOON - WEBHOOKS_FIRST)
    hands.advance(timedelta(hours=1))
    assert ear(listening, house).since == NOON + timedelta(hours=1) - LOOK_BACK, "a listing that failed is not heard"
    listening.take_missed(first, [])
    assert ear(listening, house).since == first.until - LISTING_LAG
