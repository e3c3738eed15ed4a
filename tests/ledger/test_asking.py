"""A payment whose webhook never came is found by asking the provider, posted once, and heard of by the account."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from forbear.contracts.decision import Close
from forbear.ledger import asking, checkouts
from forbear.ledger.asking import CheckoutsBook
from forbear.ledger.ids import new_id
from forbear.ledger.tables.accounts import Payment
from forbear.ledger.tables.contacts import Checkout, Link
from forbear.ports.payments import OpenCheckout, PaymentState, ProviderPayment
from forbear.settings import Settings
from tests.conftest import Hands
from tests.ledger.house import NOON, House

A_WHILE = timedelta(seconds=61)


@pytest.fixture
def house(database: Settings, hands: Hands) -> Iterator[House]:
    hands.set(NOON)
    house = House(database, hands)
    yield house
    house.close()


def begun(house: House, number: str = "+13125550101", state: str = "begun") -> tuple[str, OpenCheckout]:
    """An account whose borrower pressed pay and went to the provider's page."""
    order, _ = house.prepared(house.borrower(number)[1])
    house.record(order)
    checkout = OpenCheckout(house.tenant, house.lender, new_id("chk"), new_id("pay"))
    with house.api() as session:
        link = session.scalars(select(Link.id).where(Link.touch == order.touch)).one()
        session.add(
            Checkout(
                id=checkout.checkout,
                tenant=house.tenant,
                lender=house.lender,
                account=order.account,
                link=link,
                provider="stripe",
                provider_id=checkout.provider_id,
                amount="100.00",
                currency="USD",
                state=state,
                begun_at=house.now,
            )
        )
    return order.account, checkout


def payment(checkout: OpenCheckout, state: PaymentState = "paid") -> ProviderPayment:
    return ProviderPayment(
        provider_id=checkout.provider_id,
        checkout=checkout.checkout,
        state=state,
        amount=Decimal("100.00"),
        currency="USD",
        created_at=None,
    )


def payments(house: House, account: str) -> list[str]:
    with house.worker() as session:
        return list(session.scalars(select(Payment.external_id).where(Payment.account == account)))


def test_the_provider_is_asked_after_a_minute_and_the_same_payment_again_after_five(house: House, hands: Hands) -> None:
    _, checkout = begun(house)
    book = CheckoutsBook(house.ledger)
    assert book.begun() == []
    hands.advance(A_WHILE)
    assert book.begun() == [checkout]
    assert book.begun() == []
    hands.advance(asking.ASK_AGAIN)
    assert book.begun() == [checkout]
    hands.advance(asking.NO_LONGER)
    assert book.begun() == []


@pytest.mark.parametrize("state", ["beginning", "paid", "expired"])
def test_what_has_ended_or_has_no_page_is_not_asked_about(house: House, hands: Hands, state: str) -> None:
    begun(house, state=state)
    hands.advance(A_WHILE)
    assert CheckoutsBook(house.ledger).begun() == []


def test_a_payment_that_no_webhook_told_of_is_posted_once_and_closes_the_account(house: House) -> None:
    account, checkout = begun(house)
    book = CheckoutsBook(house.ledger)
    assert book.settle(checkout, payment(checkout)) == 1
    assert book.settle(checkout, payment(checkout)) == 1
    assert not checkouts.settle(house.ledger, payment(checkout)).fresh, "the webhook comes after all"
    assert payments(house, account) == [checkout.provider_id]
    assert house.told(account)[-1] == "payment_received"
    assert isinstance(house.ask(account), Close)


@pytest.mark.parametrize(("state", "ended"), [("open", 0), ("processing", 0), ("expired", 1)])
def test_a_payment_that_is_not_made_posts_nothing(house: House, state: PaymentState, ended: int) -> None:
    account, checkout = begun(house)
    assert CheckoutsBook(house.ledger).settle(checkout, payment(checkout, state)) == ended
    assert payments(house, account) == []


def test_an_answer_about_another_payment_is_not_believed(house: House) -> None:
    account, checkout = begun(house)
    _, other = begun(house, "+13125550102")
    answer = replace(payment(checkout), checkout=other.checkout)
    assert CheckoutsBook(house.ledger).settle(checkout, answer) == 0
    assert payments(house, account) == []
