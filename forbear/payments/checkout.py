"""Stripe Checkout behind the port: the provider's page is made when the borrower presses pay, not earlier.

The real SDK, pointed at the sandbox by its own base address. It fails closed: a sandbox installation pays nowhere but
on loopback, a production installation nowhere but at Stripe. The SDK's own retries are off, because whoever presses
again comes with the same key.
"""

from datetime import UTC, datetime
from decimal import Decimal
from ipaddress import ip_address
from typing import Any, Self
from urllib.parse import urlsplit

import requests
import stripe
import structlog
from stripe import StripeClient

from forbear.errors import BadInput, CannotStart
from forbear.money.currency import minor_digits
from forbear.ports.payments import Begun, PaymentOrder, PaymentState, ProviderPayment
from forbear.settings import Settings

TIMEOUT_SECONDS = 10
PRODUCTION_ORIGIN = "https://checkout.stripe.com"
log = structlog.get_logger()

WHOLE_ONLY = frozenset({"ISK", "UGX"})
"""Have no minor unit, yet Stripe counts them in hundredths."""


class StripeCheckout:
    """Begins and looks at payments. Threads may share it."""

    def __init__(self, client: StripeClient) -> None:
        self._client = client

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """Build the client.

        Raises:
            CannotStart: the address fits neither a sandbox nor production.
        """
        base = settings.stripe_base.rstrip("/")
        _must_fit(settings.sandbox, base)
        if not settings.stripe_key.get_secret_value():
            raise CannotStart("No payment provider's key: set FORBEAR_STRIPE_KEY")
        http = requests.Session()
        http.trust_env = not settings.sandbox  # a proxy of the machine must not carry loopback traffic away
        client = StripeClient(
            settings.stripe_key.get_secret_value(),
            base_addresses={"api": base} if base else None,
            max_network_retries=0,
            http_client=stripe.RequestsClient(timeout=TIMEOUT_SECONDS, session=http),
        )
        return cls(client)

    def begin(self, order: PaymentOrder) -> Begun:
        """Make the provider's page; the same order made twice gives the same page."""
        try:
            session = self._client.v1.checkout.sessions.create(
                {
                    "mode": "payment",
                    "line_items": [
                        {
                            "quantity": 1,
                            "price_data": {
                                "currency": order.currency.lower(),
                                "unit_amount": to_minor(order.amount, order.currency),
                                "product_data": {"name": order.label},
                            },
                        }
                    ],
                    "client_reference_id": order.checkout,
                    "metadata": {"checkout": order.checkout},
                    "payment_intent_data": {"metadata": {"checkout": order.checkout}},
                    "success_url": order.success_url,
                    "cancel_url": order.cancel_url,
                },
                {"idempotency_key": order.idempotency_key},
            )
        except stripe.StripeError as error:
            if error.code == "amount_too_small":
                raise BadInput("amount", "is less than the provider takes", "Choose a larger one.") from None
            raise _not_asked("begin", error) from None
        if not session.url:
            raise ConnectionError("The payment provider made no page for this payment")
        return Begun(provider_id=session.id, url=session.url)

    def fetch(self, provider_id: str) -> ProviderPayment:
        """Ask how a payment stands now."""
        try:
            session = self._client.v1.checkout.sessions.retrieve(provider_id)
        except stripe.StripeError as error:
            raise _not_asked("fetch", error) from None
        currency = (session.currency or "").upper()
        created: Any = getattr(session, "created", None)
        return ProviderPayment(
            provider_id=session.id,
            checkout=session.client_reference_id,
            state=_state(session.status, session.payment_status),
            amount=from_minor(session.amount_total or 0, currency),
            currency=currency,
            created_at=datetime.fromtimestamp(created, UTC) if isinstance(created, int) else None,
        )


def page_origin(settings: Settings) -> str:
    """Where the provider's page is: our own pages let their forms lead there and nowhere else."""
    if not settings.stripe_base:
        return PRODUCTION_ORIGIN
    parts = urlsplit(settings.stripe_base)
    return f"{parts.scheme}://{parts.netloc}"


def to_minor(amount: Decimal, currency: str) -> int:
    """The amount as the provider counts it; refuses one that would have to be rounded."""
    counted = amount.scaleb(_digits(currency))
    if counted != counted.to_integral_value():
        raise ValueError(f"{currency} amounts have at most {minor_digits(currency)} digits after the point")
    return int(counted)


def from_minor(counted: int, currency: str) -> Decimal:
    """The amount as we count it."""
    return Decimal(counted).scaleb(-_digits(currency))


def _digits(currency: str) -> int:
    return 2 if currency in WHOLE_ONLY else minor_digits(currency)


def _state(status: str | None, payment_status: str) -> PaymentState:
    """A finished page is not yet money: methods that settle later stay 'unpaid' for days."""
    if payment_status in {"paid", "no_payment_required"}:
        return "paid"
    if status == "expired":
        return "expired"
    return "processing" if status == "complete" else "open"


def _must_fit(sandbox: bool, base: str) -> None:
    if sandbox and not _is_loopback(base):
        raise CannotStart("A sandbox installation pays on loopback only: set FORBEAR_STRIPE_BASE to the sandbox")
    if not sandbox and base:
        raise CannotStart("FORBEAR_STRIPE_BASE is for the sandbox only: remove it, or set FORBEAR_SANDBOX")


def _is_loopback(base: str) -> bool:
    """Whether an address can only lead to this machine; names other than `localhost` could lead anywhere."""
    parts = urlsplit(base)
    if parts.scheme not in {"http", "https"} or parts.username is not None:
        return False
    if parts.hostname == "localhost":
        return True
    try:
        return ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return False


def _not_asked(what: str, error: stripe.StripeError) -> ConnectionError:
    """The provider's own sentence may quote what it was sent, so only its kind and code are kept."""
    log.warning("payment_provider_failed", what=what, kind=type(error).__name__, code=error.code)
    return ConnectionError(f"The payment provider gave no usable answer: {type(error).__name__}")
