"""A touch's state is a fold over its receipts: order and repetition cannot matter, and it never goes back."""

from datetime import timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from forbear.contracts.words import TouchState
from forbear.errors import NotFound
from forbear.ledger.receipts import STANDING, Source, add_receipt, fold, refolded
from forbear.ledger.tables.contacts import Receipt
from tests.conftest import Hands
from tests.ledger.house import A_DAY, House

RANK: dict[TouchState, int] = {
    "claimed": 0,
    "dispatching": 1,
    "unknown": 2,
    "failed": 3,
    "sent": 4,
    "undelivered": 5,
    "delivered": 6,
}
"""How states follow each other while nobody cancels at the provider."""
STATUSES = st.lists(st.sampled_from([*STANDING, "partially_delivered", "receiving"]), max_size=8)


@pytest.mark.parametrize(
    ("statuses", "state"),
    [
        ([], "claimed"),
        (["dispatching"], "dispatching"),
        (["dispatching", "lost"], "unknown"),
        (["withheld"], "failed"),
        (["expired"], "failed"),
        (["dispatching", "not_written"], "failed"),
        (["dispatching", "refused"], "failed"),
        (["dispatching", "lost", "absent"], "failed"),
        (["dispatching", "accepted"], "sent"),
        (["dispatching", "accepted", "queued"], "sent"),
        (["dispatching", "accepted", "sending"], "sent"),
        (["dispatching", "accepted", "sent"], "sent"),
        (["dispatching", "accepted", "sent", "delivered"], "delivered"),
        (["dispatching", "accepted", "delivered", "read"], "delivered"),
        (["dispatching", "accepted", "sent", "undelivered"], "undelivered"),
        (["dispatching", "accepted", "failed"], "undelivered"),
        (["dispatching", "accepted", "canceled"], "failed"),
        # The answer was lost, and a callback or the list shows the message after all.
        (["dispatching", "lost", "queued"], "sent"),
        (["dispatching", "lost", "delivered"], "delivered"),
        # It was thought absent, and turned up: it counts again.
        (["dispatching", "lost", "absent", "sent"], "sent"),
        # The callback was faster than our own record; `sent` after `delivered` is an everyday thing.
        (["dispatching", "delivered", "accepted", "sent"], "delivered"),
        (["dispatching", "accepted", "delivered", "undelivered"], "delivered"),
        # Letters: taken back, printed all the same, on the way, and what becomes of them.
        (["dispatching", "accepted", "rendered"], "sent"),
        (["dispatching", "accepted", "cancelled"], "failed"),
        (["dispatching", "accepted", "cancelled", "handed_over"], "sent"),
        (["dispatching", "accepted", "printed", "handed_over", "in_transit"], "sent"),
        (["dispatching", "accepted", "in_transit", "delivered"], "delivered"),
        (["dispatching", "accepted", "in_transit", "signed"], "delivered"),
        (["dispatching", "accepted", "in_transit", "lost_in_post"], "undelivered"),
        # It was thought lost, and arrived.
        (["dispatching", "accepted", "lost_in_post", "signed"], "delivered"),
        (["dispatching", "accepted", "delivered", "returned"], "undelivered"),
        (["dispatching", "accepted", "returned", "signed"], "undelivered"),
        # A word nobody knows changes nothing.
        (["dispatching", "accepted", "partially_delivered"], "sent"),
        (["receiving"], "claimed"),
    ],
)
def test_fold(statuses: list[str], state: TouchState) -> None:
    assert fold(statuses) == state
    assert fold(reversed(statuses)) == state


@given(statuses=STATUSES, data=st.data())
def test_order_and_repetition_do_not_matter(statuses: list[str], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(statuses))
    doubled = [*shuffled, *data.draw(st.lists(st.sampled_from(statuses), max_size=4))] if statuses else []
    assert fold(doubled) == fold(statuses)


GOES_BACK = {"canceled", "cancelled", "returned"}
"""Cancelled at the provider, or come back by post."""


@given(statuses=STATUSES.map(lambda each: [status for status in each if status not in GOES_BACK]))
def test_a_state_never_goes_back(statuses: list[str]) -> None:
    states: list[TouchState] = [fold(statuses[:count]) for count in range(len(statuses) + 1)]
    ranks = [RANK[state] for state in states]
    assert ranks == sorted(ranks)


@given(statuses=STATUSES)
def test_what_the_provider_had_is_not_certainly_unsent(statuses: list[str]) -> None:
    had = {"queued", "accepted", "sending", "sent", "undelivered", "failed", "delivered", "read"} & set(statuses)
    if had and not {"canceled", "cancelled"} & set(statuses):
        assert fold(statuses) in {"sent", "delivered", "undelivered"}


def test_every_state_is_reached() -> None:
    assert {state for _, state in STANDING.values()} | {"claimed"} == set(get_args(TouchState))


def hear(house: House, touch: str, status: str, *, source: Source = "callback", code: str | None = None) -> TouchState:
    with house.api() as session:
        return add_receipt(
            session,
            touch_id=touch,
            source=source,
            status=status,
            provider_id="SM" + touch[-16:],
            code=code,
            at=house.now,
        )


def test_receipts_are_stored_once_and_the_state_follows(house: House) -> None:
    order, _ = house.prepared(house.borrower()[1])
    house.record(order)
    assert [hear(house, order.touch, status) for status in ("delivered", "sent", "delivered")] == ["delivered"] * 3
    assert sorted(house.receipts(order.touch)) == ["accepted", "delivered", "dispatching", "sent"]
    touch = house.touch(order.touch)
    assert (touch.state, touch.provider_id) == ("delivered", "SM" + order.touch[-16:])
    assert touch.settled_at == house.now


def test_a_callback_may_be_faster_than_our_own_record(house: House) -> None:
    order, _ = house.prepared(house.borrower()[1])
    assert hear(house, order.touch, "delivered") == "delivered"
    assert house.record(order).state == "delivered"
    assert house.touch(order.touch).body_sha256 is not None


@pytest.mark.parametrize("turn", range(4))
def test_stored_and_refolded_agree_in_any_order(house: House, turn: int) -> None:
    order, _ = house.prepared(house.borrower()[1])
    house.record(order)
    heard = ["queued", "sent", "undelivered", "sent"]
    for status in heard[turn:] + heard[:turn]:
        state = hear(house, order.touch, status)
        with house.worker() as session:
            assert refolded(session, order.touch) == state == house.touch(order.touch).state
    assert house.touch(order.touch).state == "undelivered"


def test_an_unknown_word_is_kept_and_changes_nothing(house: House) -> None:
    order, _ = house.prepared(house.borrower()[1])
    house.record(order)
    assert hear(house, order.touch, "partially_delivered") == "sent"
    assert "partially_delivered" in house.receipts(order.touch)


def test_only_news_wakes_the_account(house: House) -> None:
    _, account = house.borrower()
    order, _ = house.prepared(account)
    house.record(order)
    hear(house, order.touch, "sent")
    assert "touch_undelivered" not in house.told(account)
    hear(house, order.touch, "undelivered", code="30008")
    hear(house, order.touch, "undelivered", code="30008")
    assert house.told(account).count("touch_undelivered") == 1


@pytest.mark.parametrize(
    ("code", "state"),
    [
        ("30003", "valid"),
        ("30004", "unreachable"),
        ("30005", "invalid"),
        ("30006", "unreachable"),
        ("30007", "valid"),
        ("30008", "valid"),
        (None, "valid"),
    ],
)
def test_codes_about_the_number_change_the_contact_point(house: House, code: str | None, state: str) -> None:
    person, account = house.borrower()
    order, _ = house.prepared(account)
    house.record(order)
    hear(house, order.touch, "undelivered", code=code)
    assert house.point(person).state == state
    assert house.touch(order.touch).code == code


def test_a_handset_that_is_off_gets_three_tries(house: House, hands: Hands) -> None:
    person, account = house.borrower()
    states: list[str] = []
    for _ in range(3):
        order, _ = house.prepared(account)
        house.record(order)
        hear(house, order.touch, "undelivered", code="30003")
        states.append(house.point(person).state)
        hands.advance(8 * A_DAY)
        account = house.account(person)  # with a fresh balance
    assert states == ["valid", "valid", "unreachable"]


def test_a_late_failure_does_not_make_a_wrong_partys_number_better(house: House) -> None:
    person, account = house.borrower()
    order, _ = house.prepared(account)
    house.record(order)
    house.stop(person, "wrong_number", address_key=house.key("+13125550101"))
    hear(house, order.touch, "undelivered", code="30005")
    assert house.point(person).state == "wrong_party"


def test_a_receipt_for_a_touch_nobody_sees_is_refused(house: House) -> None:
    other = house.add_lender()
    order, _ = house.prepared(house.borrower()[1])
    with pytest.raises(NotFound), house.api(other) as session:
        add_receipt(session, touch_id=order.touch, source="callback", status="sent", at=house.now)


def test_a_lost_answer_found_later_wakes_the_account_once(house: House) -> None:
    _, account = house.borrower()
    order, _ = house.prepared(account)
    with house.worker() as session:
        add_receipt(session, touch_id=order.touch, source="sender", status="lost", at=house.now)
    assert house.touch(order.touch).settled_at is None
    hear(house, order.touch, "sent")
    hear(house, order.touch, "delivered")
    assert house.told(account).count("touch_reconciled") == 1
    assert house.touch(order.touch).settled_at == house.now


def test_provider_time_is_kept_beside_ours(house: House) -> None:
    order, _ = house.prepared(house.borrower()[1])
    house.record(order)
    early = house.now - timedelta(minutes=3)
    with house.worker() as session:
        add_receipt(session, touch_id=order.touch, source="callback", status="sent", at=house.now, provider_at=early)
        stored = session.scalars(select(Receipt).where(Receipt.touch == order.touch, Receipt.status == "sent")).one()
    assert (stored.at, stored.provider_at) == (house.now, early)
