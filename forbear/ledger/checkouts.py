"""Payments begun through a link, and the money that came of them.

A press of the pay button is written down before the provider is asked, and the provider is asked outside any
transaction. Money is posted once, under the provider's own id, and only for what the provider itself says is paid.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

import structlog
from sqlalchemy.orm import Session

from forbear.ledger import audit, books, idempotency, routes
from forbear.ledger.engine import Ledger
from forbear.ledger.ids import new_id
from forbear.ledger.links import Journey
from forbear.ledger.locking import lock_account
from forbear.ledger.page_acts import SEE_OTHER, Act
from forbear.ledger.tables.contacts import Checkout
from forbear.money.currency import write_amount
from forbear.ports.payments import ProviderPayment

PROVIDER = "stripe"
SOURCE = "link"
SLACK = timedelta(minutes=1)
"""World time by which the provider's whole seconds may lie before our microseconds."""
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Pressed:
    """A payment that begins, with the amount of the first press."""

    checkout: str
    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Posted:
    """What became of a provider's word: `payment` is None where nothing was to be posted."""

    payment: str | None
    fresh: bool


def begin(ledger: Ledger, journey: Journey, act: Act, *, amount: Decimal, currency: str) -> Pressed:
    """Write down that a payment begins; the same press gives the same checkout, even if less is owed by now."""
    place, fingerprint = journey.place, act.fingerprint(journey)
    key = f"page:{fingerprint.hex()}"
    with ledger.api(place.tenant, place.lender) as session:
        known = idempotency.lookup(session, place.lender, key)
        if known is not None:
            before = session.get_one(Checkout, known.body["checkout"])
            return Pressed(before.id, Decimal(before.amount), before.currency)
        checkout = Checkout(
            id=new_id("chk"),
            tenant=place.tenant,
            lender=place.lender,
            account=journey.account,
            link=place.link,
            provider=PROVIDER,
            provider_id=None,
            amount=write_amount(amount, currency),
            currency=currency,
            state="beginning",
            begun_at=ledger.clock.now(),
        )
        session.add(checkout)
        session.flush()
        idempotency.store(
            session,
            tenant=place.tenant,
            lender=place.lender,
            key=key,
            fingerprint=fingerprint,
            status=SEE_OTHER,
            body={"checkout": checkout.id},
            at=checkout.begun_at,
        )
        _note(session, checkout, journey.person, "checkout_begun", checkout.begun_at)
        return Pressed(checkout.id, Decimal(checkout.amount), currency)


def attach(ledger: Ledger, journey: Journey, checkout: str, provider_id: str) -> None:
    """Put down the provider's id, unless its webhook was faster."""
    place = journey.place
    with ledger.api(place.tenant, place.lender) as session:
        begun = session.get_one(Checkout, checkout, with_for_update=True, populate_existing=True)
        if begun.provider_id is None:
            begun.provider_id = provider_id
        if begun.state == "beginning":
            begun.state = "begun"


def settle(ledger: Ledger, payment: ProviderPayment) -> Posted:
    """Draw the consequences of how a payment stands at the provider. Any number of times: money is posted once."""
    owner = _owner(ledger, payment.checkout)
    if owner is None or payment.checkout is None:
        log.warning("payment_without_checkout", provider_id=payment.provider_id)
        return Posted(None, fresh=False)
    with ledger.api(*owner) as session:
        return settle_in(ledger, session, payment.checkout, payment)


def settle_in(ledger: Ledger, session: Session, checkout_id: str, payment: ProviderPayment) -> Posted:
    """The same in a transaction that may see the checkout, be it the API's or the worker's."""
    seen = session.get_one(Checkout, checkout_id)
    lock_account(session, seen.tenant, seen.account)
    checkout = session.get_one(Checkout, checkout_id, with_for_update=True, populate_existing=True)
    if payment.state != "paid":
        _follow(checkout, payment)
        return Posted(None, fresh=False)
    known = books.payment_of(session, checkout.lender, SOURCE, payment.provider_id)
    if known is not None:
        return Posted(known, fresh=False)
    return Posted(_post(ledger, session, checkout, payment), fresh=True)


def _owner(ledger: Ledger, checkout: str | None) -> tuple[str, str] | None:
    if checkout is None:
        return None
    with ledger.anyone() as session:
        return routes.checkout_owner(session, checkout)


def _follow(checkout: Checkout, payment: ProviderPayment) -> None:
    """A page that ran out, or a method that settles later; never back from `paid`."""
    if checkout.state != "paid" and checkout.provider_id in {None, payment.provider_id}:
        checkout.provider_id = payment.provider_id
        checkout.state = {"expired": "expired", "processing": "processing"}.get(payment.state, "begun")


def _post(ledger: Ledger, session: Session, checkout: Checkout, payment: ProviderPayment) -> str:
    now = ledger.clock.now()
    if (write_amount(payment.amount, payment.currency), payment.currency) != (checkout.amount, checkout.currency):
        log.error("payment_differs_from_checkout", checkout=checkout.id, provider_id=payment.provider_id)
    posted = books.post_payment(
        session,
        tenant=checkout.tenant,
        lender=checkout.lender,
        account=checkout.account,
        external_id=payment.provider_id,
        source=SOURCE,
        amount=payment.amount,
        currency=payment.currency,
        received_at=_received_at(checkout, payment, now),
        now=now,
    )
    checkout.state = "paid"
    checkout.provider_id = checkout.provider_id or payment.provider_id
    return posted


def _received_at(checkout: Checkout, payment: ProviderPayment, now: datetime) -> datetime:
    """The provider's instant where it can be true in the world's time, else now."""
    created = payment.created_at
    if created is None or not checkout.begun_at - SLACK <= created <= now:
        return now
    return max(created, checkout.begun_at)


def _note(session: Session, checkout: Checkout, person: str, kind: str, at: datetime) -> None:
    audit.note(
        session,
        tenant=checkout.tenant,
        lender=checkout.lender,
        account=checkout.account,
        person=person,
        kind=kind,
        subject=checkout.id,
        at=at,
        written={"amount": checkout.amount, "currency": checkout.currency, "link": checkout.link},
    )
