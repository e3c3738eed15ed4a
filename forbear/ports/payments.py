"""What the borrower's pages and the hooks ask of a payment provider: begin a payment, and look at one again.

The provider hosts the page on which a card is typed; no card data ever reaches us. A payment counts when the
provider, asked by us, says that it is paid: never because a browser came back, nor because a webhook said so.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal, Protocol

PaymentState = Literal["open", "paid", "processing", "expired"]


@dataclass(frozen=True, slots=True)
class PaymentOrder:
    """One press of the pay button. `label` is what the provider's page shows; it names the lender only.

    `idempotency_key` repeats when the same press arrives twice, so that the provider answers with the same page.
    """

    checkout: str
    amount: Decimal
    currency: str
    label: str
    success_url: str
    cancel_url: str
    idempotency_key: str


@dataclass(frozen=True, slots=True)
class Begun:
    """The provider's page for one payment."""

    provider_id: str
    url: str


@dataclass(frozen=True, slots=True)
class ProviderPayment:
    """How a payment stands at the provider. `amount` is what was asked for, in the currency's own units."""

    provider_id: str
    checkout: str | None
    state: PaymentState
    amount: Decimal
    currency: str
    created_at: datetime | None


class PaymentProvider(Protocol):
    def begin(self, order: PaymentOrder) -> Begun:
        """Make the provider's page for a payment.

        Raises:
            BadInput: the amount is less than the provider takes.
            ConnectionError: the provider could not be asked, or refused; nothing was paid.
        """
        ...

    def fetch(self, provider_id: str) -> ProviderPayment:
        """Look at a payment again.

        Raises:
            ConnectionError: the provider could not be asked; ask again later.
        """
        ...


@dataclass(frozen=True, slots=True)
class OpenCheckout:
    """A payment that was begun and has not ended, by ids."""

    tenant: str
    lender: str
    checkout: str
    provider_id: str


class CheckoutBook(Protocol):
    def begun(self) -> list[OpenCheckout]:
        """Payments begun some time ago whose end no webhook told, each again only after a while."""
        ...

    def settle(self, checkout: OpenCheckout, payment: ProviderPayment) -> int:
        """Draw the consequences of how the payment stands; returns 1 if that ended it, else 0."""
        ...
