"""Payment webhooks: signed, doubled, early, late; money is what the provider says when asked, posted once."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import stripe
from httpx import Response
from sqlalchemy import select

from forbear.ledger.tables.accounts import Payment
from forbear.ports.payments import ProviderPayment
from tests.api.pages.site import Borrower, Site

COMPLETED = "checkout.session.completed"


def event(session: str, kind: str = COMPLETED, **changes: Any) -> str:
    body = {
        "id": "evt_1",
        "object": "event",
        "type": kind,
        "data": {"object": {"id": session, "object": "checkout.session"}},
    }
    return json.dumps({**body, **changes})


def tell(site: Site, body: str, *, secret: str = "", header: str | None = "", ago: int = 0) -> Response:
    secret = secret or site.settings.stripe_webhook_secret.get_secret_value()
    if header == "":
        at = int(time.time()) - ago
        header = stripe.WebhookSignature.generate_signature_header(body, secret, timestamp=at)
    headers = {"Content-Type": "application/json", **({"Stripe-Signature": header} if header else {})}
    return site.browser().post("/hooks/stripe", content=body, headers=headers)


@pytest.fixture
def begun(site: Site, borrower: Borrower) -> str:
    """A payment of 60 dollars, begun through the link."""
    answer = borrower.inside().post("/pay", choice="part", amount="60")
    return answer.headers["location"].rsplit("/", 1)[-1]


def test_a_paid_payment_is_posted_once(site: Site, borrower: Borrower, begun: str) -> None:
    site.provider.turn(begun, "paid")
    for number in range(3):
        assert tell(site, event(begun, id=f"evt_{number}")).status_code == 200
    assert borrower.payments() == [(begun, Decimal(60))]
    assert borrower.told() == ["payment_received"]


def test_events_at_the_same_moment_post_once(site: Site, borrower: Borrower, begun: str) -> None:
    site.provider.turn(begun, "paid")

    def once(_: int) -> int:
        return tell(site, event(begun)).status_code

    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(once, range(6))) == {200}
    assert borrower.payments() == [(begun, Decimal(60))]


def test_an_event_alone_is_not_money(site: Site, borrower: Borrower, begun: str) -> None:
    assert tell(site, event(begun)).status_code == 200
    site.provider.turn(begun, "processing")
    assert tell(site, event(begun)).status_code == 200
    assert borrower.payments() == []
    site.provider.turn(begun, "paid")
    assert tell(site, event(begun, "checkout.session.async_payment_succeeded")).status_code == 200
    assert borrower.payments() == [(begun, Decimal(60))]


def test_an_expiry_told_after_the_payment_undoes_nothing(site: Site, borrower: Borrower, begun: str) -> None:
    site.provider.turn(begun, "paid")
    tell(site, event(begun))
    tell(site, event(begun, "checkout.session.expired"))
    assert borrower.payments() == [(begun, Decimal(60))]
    assert borrower.inside().visit("/paid").text.count("$60.00") == 1


def test_a_provider_that_cannot_be_asked_is_asked_again_later(site: Site, borrower: Borrower, begun: str) -> None:
    site.provider.turn(begun, "paid")
    site.provider.down = True
    assert tell(site, event(begun)).status_code == 503
    site.provider.down = False
    assert tell(site, event(begun)).status_code == 200
    assert borrower.payments() == [(begun, Decimal(60))]


def test_a_payment_through_a_closed_account_is_still_posted(site: Site, borrower: Borrower, begun: str) -> None:
    site.house.pay(borrower.account)
    site.provider.turn(begun, "paid")
    tell(site, event(begun))
    assert (begun, Decimal(60)) in borrower.payments()


def test_a_payment_that_is_not_ours_is_left_alone(site: Site, borrower: Borrower) -> None:
    for checkout in (None, "chk_of_somebody_else"):
        session = f"cs_test_{checkout}"
        site.provider.standing[session] = ProviderPayment(session, checkout, "paid", Decimal(60), "USD", None)
        assert tell(site, event(session)).status_code == 200
    assert borrower.payments() == []


def test_other_events_are_acknowledged(site: Site) -> None:
    assert tell(site, event("cus_1", "customer.created")).status_code == 200


@pytest.mark.parametrize(
    ("created", "received"),
    [
        (timedelta(minutes=5), timedelta(minutes=5)),
        (timedelta(seconds=-1), timedelta(0)),
        (timedelta(days=-200), timedelta(hours=1)),
        (timedelta(days=200), timedelta(hours=1)),
        (None, timedelta(hours=1)),
    ],
)
def test_money_is_received_when_the_provider_says_if_that_can_be(
    site: Site, borrower: Borrower, begun: str, created: timedelta | None, received: timedelta
) -> None:
    start = site.house.now
    site.provider.turn(begun, "paid")
    standing = site.provider.standing[begun]
    at = None if created is None else start + created
    site.provider.standing[begun] = ProviderPayment(
        begun, standing.checkout, "paid", standing.amount, standing.currency, at
    )
    site.hands.advance(timedelta(hours=1))
    tell(site, event(begun))
    with site.house.ledger.worker(site.house.tenant) as session:
        posted = session.scalars(select(Payment.received_at).where(Payment.external_id == begun)).one()
    assert posted == start + received


@pytest.mark.parametrize("header", [None, "t=1,v1=00", "nonsense", "v1=00", "t=x,v1=00"])
def test_a_forgery_is_refused(site: Site, borrower: Borrower, begun: str, header: str | None) -> None:
    site.provider.turn(begun, "paid")
    assert tell(site, event(begun), header=header).status_code == 403
    assert tell(site, event(begun), secret="whsec_other").status_code == 403
    assert borrower.payments() == []


def test_an_old_signature_is_refused(site: Site, begun: str) -> None:
    assert tell(site, event(begun), ago=600).status_code == 403


def test_without_a_secret_nobody_can_sign(site: Site, begun: str) -> None:
    site.app.state.settings = site.settings.model_copy(update={"stripe_webhook_secret": _none()})
    body = event(begun)
    header = stripe.WebhookSignature.generate_signature_header(body, "")
    assert tell(site, body, header=header).status_code == 403


@pytest.mark.parametrize("body", ["", "{", "[]", "null", "1", '{"type": 1}', '{"id": "evt_1", "object": "event"}'])
def test_a_signed_body_that_is_no_event_is_refused(site: Site, body: str) -> None:
    assert tell(site, body).status_code == 403


def _none() -> object:
    from pydantic import SecretStr

    return SecretStr("")
