"""Dangers on a touch's way out and back, each made to happen once."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from activities.contact import ContactActivities
from activities.texts import Texts
from forbear.contracts.decision import ContactOrder, Rest
from forbear.ledger.receipts import add_receipt
from forbear.ports.book import Dispatch, Unsettled
from forbear.ports.sms import Accepted, Found, Refused, Sending, SmsText, Unknown, Worded
from forbear.settings import Settings
from tests.conftest import Hands
from tests.covering import covers
from tests.ledger.house import NOON, House

NUMBER = "+13125550101"


@pytest.fixture
def house(database: Settings, hands: Hands) -> Iterator[House]:
    hands.set(NOON)
    house = House(database, hands)
    yield house
    house.close()


class NeverSends:
    """A carrier that must not be reached."""

    def send(self, text: SmsText) -> Sending:
        raise AssertionError(f"{text.touch} was sent")

    def find(self, **_: object) -> Found | None:
        return None


class SlowWords:
    """Wording during which the worker sleeps."""

    def __init__(self, hands: Hands) -> None:
        self._hands = hands

    def sms(self, template: str, language: str, values: dict[str, str]) -> Worded:
        del language, values
        self._hands.advance(timedelta(hours=3))
        return Worded(template, 1, "00" * 32)


def receipt(house: House, order: ContactOrder, status: str, provider_id: str) -> str:
    with house.api() as session:
        return add_receipt(
            session, touch_id=order.touch, source="callback", status=status, provider_id=provider_id, at=house.now
        )


def unknown(house: House) -> ContactOrder:
    """A touch whose answer was lost."""
    _, account = house.borrower(NUMBER)
    order, _ = house.prepared(account)
    house.record(order, Unknown("timeout"))
    return order


def the_unsettled(house: House) -> Unsettled:
    [touch] = house.upkeeping().unsettled()
    return touch


def test_a_zombie_does_not_send(house: House, hands: Hands) -> None:
    _, account = house.borrower(NUMBER)
    sender = ContactActivities(house.touching(), {"sms": Texts(NeverSends(), SlowWords(hands))}, house.ledger.clock)
    order = house.claim(account)
    with covers("touch.zombie_refused"):
        assert sender.contact(order).state == "failed"


def test_a_second_sender_does_not_send(house: House) -> None:
    _, account = house.borrower(NUMBER)
    order, _ = house.prepared(account)
    with covers("touch.asked_twice"):
        again = house.touching().prepare(order)
    assert not isinstance(again, Dispatch)
    assert again.state == "unknown"


@pytest.mark.parametrize("what", ["stop", "payment"])
def test_what_is_committed_after_the_claim_withholds_it(house: House, what: str) -> None:
    person, account = house.borrower(NUMBER)
    order = house.claim(account)
    if what == "stop":
        house.opt_out(NUMBER, person)
    else:
        house.pay(account)
    with covers("touch.withheld"):
        withheld = house.touching().prepare(order)
    assert not isinstance(withheld, Dispatch)
    assert withheld.state == "failed"


def test_a_claim_beyond_its_lease_is_given_back(house: House, hands: Hands) -> None:
    _, account = house.borrower(NUMBER)
    order = house.claim(account)
    hands.advance(timedelta(seconds=house.settings.lease_seconds + 1))
    with covers("touch.lease_over"):
        house.upkeeping().expire_claims()
    assert house.touch(order.touch).state == "failed"


def test_a_lost_answer_is_found(house: House) -> None:
    order = unknown(house)
    with covers("touch.found"):
        house.upkeeping().settle(the_unsettled(house), Found("SM1", "sent"))
    assert house.touch(order.touch).state == "sent"


def test_a_lost_answer_is_certainly_absent(house: House, hands: Hands) -> None:
    order = unknown(house)
    hands.advance(timedelta(minutes=20))
    with covers("touch.absent"):
        house.upkeeping().settle(the_unsettled(house), None)
    assert house.touch(order.touch).state == "failed"


def test_a_second_provider_id_is_no_small_matter(house: House) -> None:
    _, account = house.borrower(NUMBER)
    order, _ = house.prepared(account)
    house.record(order, Accepted("SM1", "queued"))
    with covers("touch.second_provider_id"):
        receipt(house, order, "sent", "SM2")


def test_a_status_nobody_knows_changes_nothing(house: House) -> None:
    _, account = house.borrower(NUMBER)
    order, _ = house.prepared(account)
    house.record(order, Accepted("SM1", "queued"))
    with covers("touch.unmapped_status"):
        assert receipt(house, order, "teleported", "SM1") == "sent"


def test_a_refusal_that_is_our_own_fault_is_told(house: House) -> None:
    _, account = house.borrower(NUMBER)
    order, _ = house.prepared(account)
    with covers("touch.refused_for_our_setup"):
        house.record(order, Refused("20003", ours=True))


def test_a_receipt_told_twice_is_one(house: House) -> None:
    _, account = house.borrower(NUMBER)
    order, _ = house.prepared(account)
    house.record(order, Accepted("SM1", "queued"))
    receipt(house, order, "delivered", "SM1")
    with covers("receipt.doubled"):
        receipt(house, order, "delivered", "SM1")
    assert house.receipts(order.touch).count("delivered") == 1


def test_a_late_receipt_takes_nothing_back(house: House) -> None:
    _, account = house.borrower(NUMBER)
    order, _ = house.prepared(account)
    house.record(order, Accepted("SM1", "queued"))
    receipt(house, order, "delivered", "SM1")
    with covers("receipt.late"):
        assert receipt(house, order, "sent", "SM1") == "delivered"


def closed_and_charged_back(house: House) -> tuple[Any, str]:
    _, account = house.borrower(NUMBER)
    payment = house.pay(account)
    asked = house.asked(account)
    assert house.deciding().decide(asked).kind == "close"
    return asked, payment


def test_a_chargeback_opens_a_closed_account(house: House) -> None:
    asked, payment = closed_and_charged_back(house)
    with covers("account.reopened"):
        house.reverse(payment)
    assert house.standing(asked.account).state == "open"


def test_an_old_close_is_void_after_a_chargeback(house: House) -> None:
    asked, payment = closed_and_charged_back(house)
    house.reverse(payment)
    with covers("decision.close_void"):
        assert isinstance(house.deciding().decide(asked), Rest)


def test_an_idle_account_is_swept(house: House, hands: Hands) -> None:
    _, account = house.borrower(NUMBER)
    hands.advance(timedelta(hours=1))
    with covers("account.swept"):
        house.upkeeping().wake_idle()
    assert "account_swept" in house.told(account)
