"""Texts are followed to their end: only a question that was answered counts, and the walk is over an index."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from forbear.contracts.decision import ContactOrder
from forbear.ledger.following import FollowingBook
from forbear.ports.book import Dispatch
from forbear.ports.sms import Found
from forbear.settings import Settings
from tests.conftest import Hands
from tests.ledger.chinese import ChineseHouse

MORNING = datetime(2026, 3, 4, 2, 0, tzinfo=UTC)
"""10:00 in Beijing, a Wednesday."""
A_MINUTE = timedelta(minutes=1)


@pytest.fixture
def house(database: Settings, hands: Hands) -> Iterator[ChineseHouse]:
    hands.set(MORNING)
    house = ChineseHouse(database, hands)
    yield house
    house.close()


def sent(house: ChineseHouse, hands: Hands) -> ContactOrder:
    order = house.claim_text(house.chinese()[2], hands)
    assert isinstance(house.touching().prepare(order), Dispatch)
    house.record(order)
    assert house.touch(order.touch).state == "sent"
    hands.advance(A_MINUTE)
    return order


def test_a_text_is_asked_about_until_a_question_was_answered_also_after_two_days(
    house: ChineseHouse, hands: Hands
) -> None:
    order, book = sent(house, hands), FollowingBook(house.ledger)
    for _ in range(48):
        assert [one.touch for one in book.unreported()] == [order.touch], "the provider is away: nothing was answered"
        hands.advance(timedelta(hours=1))
    [touch] = book.unreported()
    assert book.learn(touch, Found(None, "delivered"))
    assert house.touch(order.touch).state == "delivered"
    assert book.unreported() == []


@pytest.mark.parametrize("found", [None, Found(None, "sent")])
def test_an_answer_without_news_lets_a_text_rest_for_a_share_of_its_age(
    house: ChineseHouse, hands: Hands, found: Found | None
) -> None:
    sent(house, hands)
    book = FollowingBook(house.ledger)
    hands.advance(timedelta(hours=3))
    [touch] = book.unreported()
    assert not book.learn(touch, found)
    hands.advance(timedelta(minutes=55))
    assert book.unreported() == []
    hands.advance(timedelta(minutes=10))
    assert book.unreported() == [touch]


def test_the_walk_is_over_an_index(house: ChineseHouse) -> None:
    with house.worker() as session:
        session.execute(text("set local enable_seqscan = off"))
        plan = session.execute(
            text(
                "explain select id from touch where state = 'sent' and claimed_at > now() - interval '3 days'"
                " and (claimed_at, id) > (now() - interval '2 days', 'tch') order by claimed_at, id limit 500"
            )
        )
        shown = "\n".join(plan.scalars())
    assert "ix_touch_sent" in shown
    assert "Sort" not in shown
