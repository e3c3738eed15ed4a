"""Payments whose webhook never came: upkeep asks the payment provider how they ended, and posts what is paid.

The provider tries its webhooks for days, but an API that was away longer, or an address that was wrong, must not leave
a borrower who has paid being reminded.
"""

from datetime import datetime, timedelta

import structlog
from sqlalchemy import select

from forbear.ledger import checkouts, routes
from forbear.ledger.engine import Ledger
from forbear.ledger.tables.contacts import Checkout
from forbear.ports.payments import OpenCheckout, ProviderPayment

WEBHOOKS_FIRST = timedelta(seconds=60)
"""Machine time in which the provider's webhook usually comes."""
ASK_AGAIN = timedelta(minutes=5)
"""Machine time until the same payment is asked about again."""
NO_LONGER = timedelta(days=30)
"""World time after which nothing can come of a payment any more."""
AT_ONCE = 20
"""Calls to the provider in one round for one tenant; the next round takes the rest."""
UNDER_WAY = ("begun", "processing")
log = structlog.get_logger(__name__)


class CheckoutsBook:
    """Implements `forbear.ports.payments.CheckoutBook`; one per process, used by one thread at a time."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._asked: dict[str, datetime] = {}

    def begun(self) -> list[OpenCheckout]:
        now = self._ledger.clock.machine_now()
        self._asked = {each: at for each, at in self._asked.items() if now < at + ASK_AGAIN}
        with self._ledger.worker() as session:
            tenants = routes.tenants(session)
        chosen = [checkout for tenant in tenants for checkout in self._of(tenant)]
        self._asked |= {checkout.checkout: now for checkout in chosen}
        return chosen

    def settle(self, checkout: OpenCheckout, payment: ProviderPayment) -> int:
        if payment.checkout != checkout.checkout:
            log.warning("payment_of_another_checkout", checkout=checkout.checkout, provider_id=payment.provider_id)
            return 0
        with self._ledger.worker(checkout.tenant) as session:
            posted = checkouts.settle_in(self._ledger, session, checkout.checkout, payment)
        if posted.fresh:
            log.warning("payment_caught_up", checkout=checkout.checkout, payment=posted.payment)
        return int(payment.state in {"paid", "expired"})

    def _of(self, tenant: str) -> list[OpenCheckout]:
        clock = self._ledger.clock
        now = clock.now()
        waiting = (
            select(Checkout.tenant, Checkout.lender, Checkout.id, Checkout.provider_id)
            .where(
                Checkout.state.in_(UNDER_WAY),
                Checkout.provider_id.is_not(None),
                Checkout.begun_at < now - clock.world_span(WEBHOOKS_FIRST),
                Checkout.begun_at > now - NO_LONGER,
                Checkout.id.not_in(list(self._asked)),
            )
            .order_by(Checkout.begun_at, Checkout.id)
            .limit(AT_ONCE)
        )
        with self._ledger.worker(tenant) as session:
            return [OpenCheckout(row[0], row[1], row[2], str(row[3])) for row in session.execute(waiting)]
