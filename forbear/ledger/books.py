"""Money on an account: payments and their reversal, each allocated as what is owed then stands.

Entries are never changed: a reversal is a counter-entry. Nothing here closes an account: `decide` does, when it next
reads the ledger. Every function takes the persons' locks first, so that a claim sees the money or waits for it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from forbear.errors import BadInput, Conflict, NotFound
from forbear.ledger import audit, outbox, promises
from forbear.ledger.ids import new_id
from forbear.ledger.locking import lock_account
from forbear.ledger.owed import owed_on, payment_shares
from forbear.ledger.tables.accounts import Account, Entry, Payment
from forbear.money.components import NAMED, Component

log = structlog.get_logger(__name__)
CLOCK_SLACK = timedelta(minutes=5)
"""World time by which a lender's or provider's clock may be ahead of ours."""


class PaymentDiffers(Conflict):
    """An external id came back with other facts; `payment` is the id of the payment that has it."""

    def __init__(self, payment: str) -> None:
        super().__init__(f"This external_id was posted before as payment {payment}, with other facts")
        self.payment = payment


def post_payment(
    session: Session,
    *,
    tenant: str,
    lender: str,
    account: str,
    external_id: str,
    source: str,
    amount: Decimal,
    currency: str,
    received_at: datetime,
    now: datetime,
) -> str:
    """Post a payment once and allocate it; posted again with the same facts, it is the same payment.

    A payment received before the instant of the last confirmed balance is taken off too, although the lender's books
    may have known it: what is owed is rather understated until the next confirmation than demanded twice.

    Raises:
        PaymentDiffers: the external id belongs to another payment.
    """
    debt = _locked(session, tenant, lender, account)
    if currency != debt.currency:
        raise BadInput("amount.currency", "is not the account's currency", f"The account is kept in {debt.currency}.")
    if amount <= 0:
        raise BadInput("amount.amount", "must be more than zero", "To undo a payment, reverse it.")
    if received_at > now + CLOCK_SLACK:
        raise BadInput("received_at", "lies in the future", "Post a payment when it has arrived.")
    facts = {"account": account, "amount": amount, "currency": currency, "received_at": received_at}
    before = _posted(session, lender, source, external_id)
    if before is not None:
        if any(getattr(before, name) != value for name, value in facts.items()):
            raise PaymentDiffers(before.id)
        return before.id
    payment = Payment(
        id=new_id("pay"), tenant=tenant, lender=lender, external_id=external_id, source=source, recorded_at=now,
        reverses=None, **facts,
    )  # fmt: skip
    _write_payment(session, payment, "payment_posted")
    taken = payment_shares(session, debt, payment, now)
    _write_entries(session, debt, "payment", {component: -part for component, part in taken.items()}, payment)
    promises.settle(session, account, now)
    debt.version += 1
    outbox.tell(session, tenant=tenant, account=account, fact="payment_received", at=now)
    return payment.id


def reverse_payment(
    session: Session, *, tenant: str, lender: str, payment: str, external_id: str, received_at: datetime, now: datetime
) -> str:
    """Undo a payment by counter-entries; a closed account on which something is owed again is opened.

    Returns:
        The id of the reversal, which is a payment below zero. Reversing twice gives the first reversal.
    """
    original = session.get(Payment, payment)
    if original is None or original.lender != lender:
        raise NotFound(f"No payment {payment}")
    if original.reverses is not None:
        raise Conflict("A reversal cannot be reversed: post the payment again under a new external_id")
    debt = _locked(session, tenant, lender, original.account)
    before = _reversal(session, payment)
    if before is not None:
        if before.external_id != external_id:
            raise PaymentDiffers(before.id)
        return before.id
    if _posted(session, lender, original.source, external_id) is not None:
        raise Conflict("This external_id belongs to a payment: give the reversal its own")
    reversal = Payment(
        id=new_id("pay"), tenant=tenant, lender=lender, account=debt.id, external_id=external_id,
        source=original.source, amount=-original.amount, currency=original.currency, received_at=received_at,
        recorded_at=now, reverses=payment,
    )  # fmt: skip
    _write_payment(session, reversal, "payment_reversed")
    entries = session.scalars(select(Entry).where(Entry.payment == payment).order_by(Entry.id))
    _write_entries(session, debt, "reversal", {NAMED[entry.component]: -entry.amount for entry in entries}, reversal)
    promises.settle(session, debt.id, now)
    reopen_if_owed(session, debt, "A payment was reversed; the next decision is pending", now)
    debt.version += 1
    outbox.tell(session, tenant=tenant, account=debt.id, fact="payment_reversed", at=now)
    return reversal.id


def reopen_if_owed(session: Session, debt: Account, reason: str, now: datetime) -> bool:
    """Open a closed account on which something is owed again, with an instant and a reason; says whether it did."""
    if debt.state != "closed" or owed_on(session, debt, now).total <= 0:
        return False
    log.info("account.reopened", account=debt.id)
    debt.state, debt.close_reason, debt.closed_at = "open", None, None
    debt.next_at, debt.next_reason, debt.next_rule = now, reason, ""
    audit.note(
        session, tenant=debt.tenant, lender=debt.lender, account=debt.id, kind="account_reopened", subject=debt.id,
        at=now, written={"account": debt.id, "at": now},
    )  # fmt: skip
    return True


def payment_of(session: Session, lender: str, source: str, external_id: str) -> str | None:
    """The id of the payment posted under an external id."""
    before = _posted(session, lender, source, external_id)
    return None if before is None else before.id


def reversal_of(session: Session, payment: str) -> str | None:
    """The id of the payment's reversal, if it was reversed."""
    before = _reversal(session, payment)
    return None if before is None else before.id


def _reversal(session: Session, payment: str) -> Payment | None:
    return session.scalars(select(Payment).where(Payment.reverses == payment)).one_or_none()


def _posted(session: Session, lender: str, source: str, external_id: str) -> Payment | None:
    same = (Payment.lender == lender, Payment.source == source, Payment.external_id == external_id)
    return session.scalars(select(Payment).where(*same)).one_or_none()


def _locked(session: Session, tenant: str, lender: str, account: str) -> Account:
    """The account as it stands once its persons are ours; two postings to it come one after the other."""
    lock_account(session, tenant, account)
    debt = session.get(Account, account, populate_existing=True, with_for_update=True)
    if debt is None or debt.lender != lender:
        raise NotFound(f"No account {account}")
    return debt


def _write_payment(session: Session, payment: Payment, kind: str) -> None:
    session.add(payment)
    session.flush()
    audit.note(
        session, tenant=payment.tenant, lender=payment.lender, account=payment.account, kind=kind, subject=payment.id,
        at=payment.recorded_at, written=payment,
    )  # fmt: skip


def _write_entries(
    session: Session, debt: Account, kind: str, amounts: Mapping[Component, Decimal], payment: Payment
) -> None:
    entries = [
        Entry(
            id=new_id("ent"), tenant=debt.tenant, lender=debt.lender, account=debt.id, payment=payment.id, kind=kind,
            component=component, amount=amount, currency=debt.currency, effective_at=payment.received_at,
            recorded_at=payment.recorded_at,
        )
        for component, amount in amounts.items()
    ]  # fmt: skip
    write_entries(session, entries)


def write_entry(session: Session, entry: Entry) -> None:
    """Store one entry with its audit row."""
    write_entries(session, [entry])


def write_entries(session: Session, entries: Sequence[Entry]) -> None:
    """Store entries, each with its audit row."""
    session.add_all(entries)
    session.flush()
    for entry in entries:
        audit.note(
            session, tenant=entry.tenant, lender=entry.lender, account=entry.account, kind="entry_posted",
            subject=entry.id, at=entry.recorded_at, written=entry,
        )  # fmt: skip
