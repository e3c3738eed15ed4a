"""The real SDK against the sandbox's payment provider: begun once, looked at again, and nowhere but where it may."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest

from forbear.errors import BadInput, CannotStart
from forbear.payments.checkout import StripeCheckout, from_minor, page_origin, to_minor
from forbear.ports.payments import PaymentOrder, PaymentProvider
from forbear.settings import Settings
from tests.sandbox.box import STRIPE_KEY, Box, Receiver

ORDER = PaymentOrder(
    checkout="chk_1",
    amount=Decimal("120.50"),
    currency="USD",
    label="Example Bank",
    success_url="http://127.0.0.1:8000/p/aaaaaaaaaaaaaaaa/paid",
    cancel_url="http://127.0.0.1:8000/p/aaaaaaaaaaaaaaaa/account",
    idempotency_key="pay:chk_1:120.50",
)


def settings(**values: Any) -> Settings:
    return Settings.model_validate({"sandbox": True, "stripe_key": STRIPE_KEY, **values})


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    receiver = Receiver()
    box = Box(tmp_path_factory.mktemp("payments"), receiver)
    yield box
    assert box.stop() == 0
    receiver.stop()


@pytest.fixture
def provider(box: Box) -> StripeCheckout:
    return StripeCheckout.from_settings(settings(stripe_base=f"{box.url}/stripe"))


def fresh(number: int, **changes: Any) -> PaymentOrder:
    return replace(ORDER, checkout=f"chk_{number}", idempotency_key=f"pay:chk_{number}", **changes)


def test_a_payment_begins_and_stands_open(box: Box, provider: StripeCheckout) -> None:
    port: PaymentProvider = provider
    begun = port.begin(fresh(1))
    assert begun.url.startswith(box.url)
    found = port.fetch(begun.provider_id)
    assert (found.state, found.checkout, found.provider_id) == ("open", "chk_1", begun.provider_id)
    assert (found.amount, found.currency) == (Decimal("120.50"), "USD")
    assert found.created_at is not None
    assert abs(found.created_at - box.clock.now()) < timedelta(days=1), "the world's time"


def test_the_same_press_gives_the_same_page(provider: StripeCheckout) -> None:
    assert provider.begin(fresh(2)) == provider.begin(fresh(2))
    assert provider.begin(fresh(3)) != provider.begin(fresh(2))


def test_the_same_key_for_another_amount_is_refused(provider: StripeCheckout) -> None:
    provider.begin(fresh(4))
    with pytest.raises(ConnectionError):
        provider.begin(fresh(4, amount=Decimal(1)))


def test_a_paid_payment_says_so(provider: StripeCheckout) -> None:
    begun = provider.begin(fresh(5))
    with httpx.Client(trust_env=False) as browser:
        paid = browser.post(f"{begun.url}/pay")
    assert paid.status_code == 303
    assert paid.headers["location"] == ORDER.success_url
    assert provider.fetch(begun.provider_id).state == "paid"


def test_an_amount_too_small_is_the_payers_to_change(provider: StripeCheckout) -> None:
    with pytest.raises(BadInput, match="amount"):
        provider.begin(fresh(6, amount=Decimal("0.10")))


def test_an_unknown_payment_and_a_wrong_key_are_no_answer(box: Box, provider: StripeCheckout) -> None:
    with pytest.raises(ConnectionError):
        provider.fetch("cs_test_nothing")
    stranger = StripeCheckout.from_settings(settings(stripe_key="sk_test_other", stripe_base=f"{box.url}/stripe"))
    with pytest.raises(ConnectionError) as refused:
        stranger.begin(fresh(7))
    assert "sk_test" not in str(refused.value)


def test_nobody_there_is_no_answer() -> None:
    nowhere = StripeCheckout.from_settings(settings(stripe_base="http://127.0.0.1:9/stripe"))
    with pytest.raises(ConnectionError):
        nowhere.begin(fresh(8))


@pytest.mark.parametrize(
    "base",
    [
        "",
        "https://api.stripe.com",
        "http://localhost.example.com",
        "http://127.0.0.1@example.com/",
        "http://user@127.0.0.1/",
        "http://10.0.0.1",
        "ftp://127.0.0.1",
        "127.0.0.1:80",
    ],
)
def test_a_sandbox_pays_on_loopback_only(base: str) -> None:
    with pytest.raises(CannotStart, match="loopback only"):
        StripeCheckout.from_settings(settings(stripe_base=base))


def test_production_pays_at_stripe_only() -> None:
    with pytest.raises(CannotStart, match="sandbox only"):
        StripeCheckout.from_settings(settings(sandbox=False, stripe_base="http://127.0.0.1:1/stripe"))
    with pytest.raises(CannotStart, match="FORBEAR_STRIPE_KEY"):
        StripeCheckout.from_settings(settings(sandbox=False, stripe_key=""))
    assert StripeCheckout.from_settings(settings(sandbox=False))


def test_forms_lead_to_the_providers_origin() -> None:
    assert page_origin(settings(sandbox=False)) == "https://checkout.stripe.com"
    assert page_origin(settings(stripe_base="http://127.0.0.1:8123/stripe")) == "http://127.0.0.1:8123"


@pytest.mark.parametrize(
    ("amount", "currency", "counted"),
    [("120.50", "USD", 12050), ("500", "JPY", 500), ("1.234", "KWD", 1234), ("0.01", "EUR", 1), ("70", "UGX", 7000)],
)
def test_amounts_are_counted_in_the_currencys_own_units(amount: str, currency: str, counted: int) -> None:
    assert to_minor(Decimal(amount), currency) == counted
    assert from_minor(counted, currency) == Decimal(amount)


def test_an_amount_is_never_rounded() -> None:
    with pytest.raises(ValueError, match="digits"):
        to_minor(Decimal("1.005"), "USD")
