"""Books the money that facts of a case tell of, and opens the recourse that a payment on behalf gives rise to.

It is done with the case's next decision, whoever told the fact: staff and lenders tell what happened, and only the
worker posts. The fact's id is the payment's, so that it is posted once; a fact that was taken back is reversed.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from forbear.ledger import books
from forbear.ledger.cases.opening import open_recourse
from forbear.ledger.cases.rows import all_facts
from forbear.ledger.days import begins, local
from forbear.ledger.tables.accounts import Account, LegalCase, Payment
from forbear.ledger.tables.cases import CaseFact
from forbear.money.currency import minor_unit

ON_BEHALF: Final = "paid_on_behalf"
SOURCES: Final[Mapping[str, str]] = {ON_BEHALF: "guarantor", "booked_back": "court"}
"""Facts that tell of money, and the source of the payment that they are booked as."""
RECOURSE: Final = "recourse"


def book(session: Session, case: LegalCase, account: Account, zone: str | None, now: datetime) -> None:
    """Post what was told and not posted yet, and reverse what was taken back. The caller holds the account's persons.

    Money of a recourse is the guarantor's: it is counted by `recourse_owed` and is no payment on the account.
    """
    rows = all_facts(session, case.id)
    taken = {row.takes_back for row in rows if row.takes_back}
    for row in rows:
        if row.takes_back is not None or row.kind not in SOURCES:
            continue
        source = SOURCES[row.kind]
        posted = books.payment_of(session, case.lender, source, row.id)
        if row.id in taken:
            if posted is not None and books.reversal_of(session, posted) is None:
                _reverse(session, case, posted, row, now)
            continue
        amount = Decimal(str(row.details.get("amount", "0"))).quantize(minor_unit(account.currency))
        if posted is None and amount > 0 and case.kind != RECOURSE:
            _post(session, case, account, row, amount, min(begins(row.on_day, zone), now), now)
        if row.kind == ON_BEHALF and case.kind != RECOURSE and row.person is not None:
            open_recourse(session, case, row.person, now)


def recourse_owed(session: Session, case: LegalCase) -> Decimal:
    """What a guarantor paid on behalf in the case that this one arose from, less what came back in this one."""
    paid = _sum(session, case.arose_from, ON_BEHALF, case.creditor)
    return max(paid - _sum(session, case.id, "booked_back", None), Decimal(0))


def paid_days(session: Session, account: str, zone: str | None) -> tuple[date, ...]:
    """The days of all payments by the debtor that were not reversed, oldest first."""
    reversed_ones = select(Payment.reverses).where(Payment.account == account, Payment.reverses.is_not(None))
    paid = session.scalars(
        select(Payment.received_at)
        .where(
            Payment.account == account,
            Payment.amount > 0,
            Payment.source.not_in(list(SOURCES.values())),
            Payment.id.not_in(reversed_ones),
        )
        .order_by(Payment.received_at, Payment.id)
    )
    return tuple(dict.fromkeys(local(at, zone) for at in paid))


def _sum(session: Session, case: str | None, kind: str, person: str | None) -> Decimal:
    if case is None:
        return Decimal(0)
    rows: Sequence[CaseFact] = all_facts(session, case)
    taken = {row.takes_back for row in rows if row.takes_back}
    mine = [
        row for row in rows
        if row.kind == kind and row.id not in taken and row.takes_back is None and person in {None, row.person}
    ]  # fmt: skip
    return sum((Decimal(str(row.details.get("amount", "0"))) for row in mine), Decimal(0))


def _post(  # noqa: PLR0917  a payment is all of these
    session: Session,
    case: LegalCase,
    account: Account,
    fact: CaseFact,
    amount: Decimal,
    received_at: datetime,
    now: datetime,
) -> None:
    books.post_payment(
        session,
        tenant=case.tenant,
        lender=case.lender,
        account=account.id,
        external_id=fact.id,
        source=SOURCES[fact.kind],
        amount=amount,
        currency=account.currency,
        received_at=received_at,
        now=now,
    )


def _reverse(session: Session, case: LegalCase, payment: str, fact: CaseFact, now: datetime) -> None:
    books.reverse_payment(
        session,
        tenant=case.tenant,
        lender=case.lender,
        payment=payment,
        external_id=f"{fact.id}/taken-back",
        received_at=now,
        now=now,
    )
