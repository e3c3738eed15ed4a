"""Promises to pay: made by a person, kept or broken by the account's entries and never by a click.

A promise's state is worked out from the entries each time, so that money that bounces breaks again what it had kept.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Literal
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from forbear.cadence.standing import AFTER_A_PROMISE
from forbear.errors import BadInput, Conflict, NotFound
from forbear.ledger import audit, outbox, owed
from forbear.ledger.days import begins, zone_of
from forbear.ledger.ids import new_id
from forbear.ledger.locking import lock_account
from forbear.ledger.tables.accounts import Account, Entry, Payment, Promise

State = Literal["open", "kept", "broken"]
MONEY = frozenset({"payment", "reversal"})
TAKEN_BACK = ("replaced", "withdrawn")
"""States that no entry changes any more."""


@dataclass(frozen=True, slots=True)
class Booked:
    """One entry, with the payment it belongs to; a reversal's `payment` is the one it undoes."""

    kind: str
    amount: Decimal
    effective_at: datetime
    recorded_at: datetime
    payment: str | None


def standing(amount: Decimal, made_at: datetime, ends: datetime, entries: Sequence[Booked], now: datetime) -> State:
    """What the entries make of a promise.

    Kept when, of payments that were booked after it was made and received before it ended, enough still stands; or
    when nothing was owed any more. A payment counts from its booking, because lenders often book days and not hours.
    """
    in_time = {each.payment for each in entries if each.kind == "payment" and each.effective_at < ends}
    counted = {each.payment for each in entries if each.kind == "payment" and each.recorded_at >= made_at} & in_time
    money = [each for each in entries if each.kind in MONEY]
    paid = -sum((each.amount for each in money if each.payment in counted), Decimal(0))
    # A reversal takes back what its payment did, however late it comes.
    owed = sum((each.amount for each in money if each.payment in in_time), Decimal(0))
    charged = [each for each in entries if each.kind not in MONEY and each.effective_at < ends]
    owed += sum((each.amount for each in charged), Decimal(0))
    if entries and (paid >= amount or owed <= 0):
        return "kept"
    return "broken" if now >= ends else "open"


def ends_at(due_on: date, zone: str | None) -> datetime:
    """The instant from which a promise counts as missed: a day after its last day where the person lives."""
    last = datetime.combine(due_on + timedelta(days=1), time(), tzinfo=ZoneInfo(zone) if zone else UTC)
    return last.astimezone(UTC) + AFTER_A_PROMISE


def make_promise(
    session: Session,
    *,
    tenant: str,
    lender: str,
    account: str,
    person: str,
    amount: Decimal,
    currency: str,
    due_on: date,
    via: str,
    now: datetime,
    said_at: datetime | None = None,
) -> str:
    """Write down a promise; one that was still open on this account is replaced by it.

    `said_at` is when it was made, where that is told later: what was booked since then keeps it, and a promise that
    was made since then stands in its stead, however late the older one is told.

    Returns:
        The promise's id.

    Raises:
        BadInput: the amount is not positive.
    """
    if amount <= 0:
        raise BadInput("amount", "is not more than zero", "Send the amount that was promised.")
    lock_account(session, tenant, account)
    made_at = said_at or now
    stands = not _promised_since(session, account, made_at)
    if stands:
        session.execute(
            update(Promise)
            .where(Promise.account == account, Promise.state == "open")
            .values(state="replaced", settled_at=now)
        )
    promise = Promise(
        id=new_id("prm"),
        tenant=tenant,
        lender=lender,
        account=account,
        person=person,
        amount=amount,
        currency=currency,
        due_on=due_on,
        via=via,
        made_at=made_at,
        state="open" if stands else "replaced",
        settled_at=None if stands else now,
    )
    session.add(promise)
    session.flush()
    written = {"amount": amount, "currency": currency, "due_on": due_on, "via": via, "state": promise.state}
    _note(session, promise, "promise_made", now, written)
    outbox.tell(session, tenant=tenant, account=account, fact="promise_made", at=now)
    return promise.id


def _promised_since(session: Session, account: str, at: datetime) -> bool:
    later = select(Promise.id).where(Promise.account == account, Promise.made_at > at)
    return session.scalars(later.limit(1)).first() is not None


def withdraw_promise(session: Session, *, tenant: str, account: str, promise: str, reason: str, now: datetime) -> None:
    """Take back a promise that is still open; withdrawing it twice changes nothing.

    Raises:
        NotFound: no such promise of this account.
        Conflict: its time is over: entries have kept or broken it, or another promise replaced it.
    """
    lock_account(session, tenant, account)
    settle(session, account, now)
    made = session.get(Promise, promise, populate_existing=True)
    if made is None or made.account != account:
        raise NotFound(f"No promise {promise} of this account")
    if made.state == "withdrawn":
        return
    if made.state != "open":
        raise Conflict(f"The promise is {made.state}: only an open one can be withdrawn")
    made.state, made.settled_at = "withdrawn", now
    session.flush()
    _note(session, made, "promise_withdrawn", now, {"state": made.state, "reason": reason})
    outbox.tell(session, tenant=tenant, account=account, fact="promise_withdrawn", at=now)


def settle(session: Session, account: str, now: datetime, *, grows: bool | None = None) -> None:
    """Bring the promises of an account in line with its entries. The caller holds the locks of its persons.

    `grows` says whether terms were told of the account, if the caller knows.
    """
    promises = session.scalars(
        select(Promise)
        .where(Promise.account == account, Promise.state.not_in(TAKEN_BACK))
        .order_by(Promise.made_at, Promise.id)
        .execution_options(populate_existing=True)
    ).all()
    if not promises:
        return
    entries, zone = _entries(session, account), zone_of(session, account)
    if grows is not False:
        entries += _grown(session, account, zone, now)
    for promise in promises:
        state = standing(promise.amount, promise.made_at, ends_at(promise.due_on, zone), entries, now)
        if state != promise.state:
            promise.state, promise.settled_at = state, None if state == "open" else now
            session.flush()
            _note(session, promise, f"promise_{state}", now, {"state": state})


def _entries(session: Session, account: str) -> list[Booked]:
    statement = (
        select(Entry.kind, Entry.amount, Entry.effective_at, Entry.recorded_at, Entry.payment, Payment.reverses)
        .outerjoin(Payment, Payment.id == Entry.payment)
        .where(Entry.account == account)
        .order_by(Entry.recorded_at, Entry.id)
    )
    return [
        Booked(row.kind, row.amount, row.effective_at, row.recorded_at, row.reverses or row.payment)
        for row in session.execute(statement)
    ]


def _grown(session: Session, account: str, zone: str | None, now: datetime) -> list[Booked]:
    """What grew by the terms since the last confirmed balance: owed from the day on which it began to."""
    debt = session.get_one(Account, account)
    return [
        Booked("interest", row.interest, begins(row.start, zone), now, None)
        for row in owed.rows_since(session, debt, now)
    ]


def _note(session: Session, promise: Promise, kind: str, at: datetime, written: Mapping[str, object]) -> None:
    audit.note(
        session,
        tenant=promise.tenant,
        lender=promise.lender,
        account=promise.account,
        person=promise.person,
        kind=kind,
        subject=promise.id,
        at=at,
        written=written,
    )
