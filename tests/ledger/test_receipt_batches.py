"""News of many touches in one transaction: as if each had been stored by itself, and nobody waits for anybody."""

import itertools
import random
from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from forbear.contracts.decision import ContactOrder
from forbear.ledger.digests import model_digest
from forbear.ledger.receipt_batches import PLAIN, News, store
from forbear.ledger.receipts import add_receipt, refolded
from forbear.ledger.tables.contacts import Receipt
from forbear.ledger.tables.record import AuditRow
from forbear.ports.sms import Unknown
from tests.ledger.house import House

ORDERS = [("queued", "sending", "sent", "delivered"), ("delivered", "sent", "delivered", "queued", "sent", "read")]


_numbers = itertools.count()


def prepared(house: House, *, lender: str = "") -> ContactOrder:
    """Somebody with a number of their own is about to be sent a text."""
    person, number = house.person(), next(_numbers)
    house.phone(person, f"+1{312 + number // 100}55501{number % 100:02}", lender=lender)
    return house.prepared(house.account(person, lender=lender))[0]


def sent(house: House, *, lender: str = "") -> ContactOrder:
    order = prepared(house, lender=lender)
    house.record(order)
    return order


def news(house: House, touch: str, *statuses: str) -> list[News]:
    return [News(touch, status, f"SM{touch[-16:]}", None, house.now) for status in statuses]


def standing(house: House, touch: str) -> tuple[object, ...]:
    now = house.touch(touch)
    with house.worker() as session:
        assert now.state == refolded(session, touch)
    return now.state, now.code, now.settled_at, (now.provider_id or "").removeprefix(f"SM{touch[-16:]}")


@pytest.mark.parametrize("statuses", ORDERS)
def test_doubled_and_reordered_news_of_one_touch_in_one_batch(house: House, statuses: Sequence[str]) -> None:
    touch = sent(house).touch
    assert store(house.ledger, news(house, touch, *statuses)) == [True] * len(statuses)
    assert house.touch(touch).state == "delivered"
    assert sorted(house.receipts(touch)) == sorted({"dispatching", "accepted", *statuses})
    assert store(house.ledger, news(house, touch, *statuses)) == [True] * len(statuses)
    assert sorted(house.receipts(touch)) == sorted({"dispatching", "accepted", *statuses})


@pytest.mark.parametrize("seed", range(4))
def test_batches_leave_what_one_by_one_would(house: House, seed: int) -> None:
    """Two touches each way hear the same in the same order, cut into batches anywhere."""
    chance = random.Random(seed)
    together, alone = ([sent(house).touch for _ in range(2)] for _ in range(2))
    told = [(chance.randrange(2), chance.choice(sorted(PLAIN))) for _ in range(12)]
    for which, status in told:
        [each] = news(house, alone[which], status)
        with house.api() as session:
            add_receipt(
                session,
                touch_id=each.touch,
                source="callback",
                status=status,
                provider_id=each.provider_id,
                at=each.at,
            )
    left = [each for which, status in told for each in news(house, together[which], status)]
    while left:
        size = chance.randint(1, 7)
        assert all(store(house.ledger, left[:size]))
        left = left[size:]
    for mine, other in zip(together, alone, strict=True):
        assert standing(house, mine) == standing(house, other)
        assert sorted(house.receipts(mine)) == sorted(house.receipts(other))


def test_each_new_receipt_has_its_audit_row_in_the_order_of_coming(house: House) -> None:
    first, second = (sent(house) for _ in range(2))
    told = [each for status in ("delivered", "sent", "sent") for order in (first, second)
            for each in news(house, order.touch, status)]  # fmt: skip
    assert all(store(house.ledger, told))
    with house.worker() as session:
        rows = session.execute(
            select(AuditRow, Receipt)
            .join(Receipt, Receipt.id == AuditRow.subject)
            .where(Receipt.touch.in_([first.touch, second.touch]), Receipt.source == "callback")
            .order_by(AuditRow.id)
        ).all()
        told_of = [(receipt.touch, receipt.status) for _, receipt in rows]
        assert told_of == [(order.touch, status) for status in ("delivered", "sent") for order in (first, second)]
        for row, receipt in rows:
            account = next(order.account for order in (first, second) if order.touch == receipt.touch)
            assert (row.of_table, bytes(row.digest)) == model_digest(receipt)
            assert (row.kind, row.account, row.lender, row.tenant) == (
                "touch_receipt", account, house.lender, house.tenant,
            )  # fmt: skip


def test_a_touch_that_somebody_holds_is_left_and_holds_up_nobody(house: House) -> None:
    held, free = (sent(house).touch for _ in range(2))
    with house.worker() as session:
        session.execute(text("select 1 from touch where id = :id for update"), {"id": held})
        assert store(house.ledger, news(house, held, "sent") + news(house, free, "sent")) == [False, True]
    assert "sent" not in house.receipts(held)
    assert "sent" in house.receipts(free)
    assert store(house.ledger, news(house, held, "sent")) == [True]


def test_what_nobody_knows_of_a_touch_yet_is_left_to_a_transaction_of_its_own(house: House) -> None:
    order = prepared(house)
    house.record(order, Unknown("no answer"))
    known = sent(house).touch
    assert store(house.ledger, news(house, order.touch, "delivered") + news(house, known, "sent")) == [False, True]
    assert (house.touch(order.touch).state, house.touch(known).state) == ("unknown", "sent")


def test_nobodys_touch_is_left_and_holds_up_nobody(house: House) -> None:
    touch = sent(house).touch
    assert store(house.ledger, news(house, "tch_of_nobody", "sent")) == [False]
    assert store(house.ledger, news(house, "tch_of_nobody", "sent") + news(house, touch, "sent")) == [False, True]


def test_touches_of_several_lenders_are_each_stored_under_their_own(house: House) -> None:
    second, other = house.add_lender(), House(house.settings, lambda: house.now)
    touches = [sent(house).touch, sent(house, lender=second).touch, sent(other).touch]
    told = [each for status in ("sent", "delivered") for touch in touches for each in news(house, touch, status)]
    assert all(store(house.ledger, told))
    owners = [(house, house.lender), (house, second), (other, other.lender)]
    for touch, (owner, lender) in zip(touches, owners, strict=True):
        with owner.api(lender) as session:
            rows = session.scalars(select(Receipt).where(Receipt.touch == touch, Receipt.source == "callback")).all()
            assert {(row.status, row.lender, row.tenant) for row in rows} == {
                (status, lender, owner.tenant) for status in ("sent", "delivered")
            }
        assert owner.touch(touch).state == "delivered"
    other.close()


def test_a_batch_that_fails_leaves_nothing(house: House) -> None:
    good, bad = sent(house).touch, sent(house).touch
    broken = News(bad, "sent", "SM\x00", None, house.now)
    with pytest.raises(Exception, match="NUL"):
        store(house.ledger, [*news(house, good, "sent"), broken])
    assert "sent" not in house.receipts(good) + house.receipts(bad)
    assert house.touch(good).state == "sent", "as it was accepted"


def test_a_touch_is_settled_when_the_first_of_its_news_came(house: House) -> None:
    order = prepared(house)
    later = house.now + timedelta(seconds=5)
    first, second = news(house, order.touch, "delivered", "sent")
    moved = News(second.touch, second.status, second.provider_id, None, later)
    assert store(house.ledger, [first, moved]) == [True, True]
    touch = house.touch(order.touch)
    assert (touch.state, touch.settled_at, touch.provider_id) == ("delivered", first.at, first.provider_id)
