"""Guarantees of an account: who answers for its debt, how, and up to when. Told again for a person, the later holds."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from forbear.contracts.case_words import GuaranteeKind
from forbear.court.facts import is_sound
from forbear.errors import BadInput, NotFound
from forbear.ledger import audit, outbox, staff_acts
from forbear.ledger.engine import Ledger
from forbear.ledger.ids import new_id
from forbear.ledger.locking import lock_account
from forbear.ledger.tables.accounts import Account, LegalCase, Party
from forbear.ledger.tables.cases import Guarantee

ROLES: Final = {False: "guarantor", True: "counter_guarantor"}
MOST_MONTHS: Final = 600
MOST_NUMBER: Final = 60


@dataclass(frozen=True, slots=True)
class GuaranteeTold:
    """A guarantee as its contract says it. Neither an agreed end nor months: the period of law holds."""

    person: str
    kind: GuaranteeKind
    signed_on: date
    main_due_on: date
    contract_no: str = field(default="", repr=False)
    agreed_end: date | None = None
    agreed_months: int | None = None
    counter: bool = False
    most: Decimal | None = None


def tell_guarantee(
    ledger: Ledger, session: Session, account_id: str, told: GuaranteeTold, *, staff: str | None = None, now: datetime
) -> Guarantee:
    """Keep a guarantee, or its correction. Every open case of the account reckons its clocks anew.

    Raises:
        BadInput: it contradicts itself.
        NotFound: there is no such account, or the person is no guarantor on it.
    """
    _accept(told)
    seen = session.get(Account, account_id)
    if seen is None:
        raise NotFound(f"No account {account_id}")
    lock_account(session, seen.tenant, account_id)
    account = session.get_one(Account, account_id, populate_existing=True)
    parties = select(Party.id).where(
        Party.account == account.id, Party.person == told.person, Party.role == ROLES[told.counter]
    )
    if session.scalars(parties).first() is None:
        raise NotFound(f"That person is no {ROLES[told.counter]} of account {account.id}")
    last = session.scalars(
        select(func.max(Guarantee.number)).where(Guarantee.account == account.id, Guarantee.person == told.person)
    ).one()
    row = Guarantee(
        id=new_id("gua"),
        tenant=account.tenant,
        lender=account.lender,
        account=account.id,
        person=told.person,
        number=(last or 0) + 1,
        kind=told.kind,
        counter=told.counter,
        contract_no=ledger.vault.seal(
            session, tenant=account.tenant, lender=account.lender, person=account.borrower, text=told.contract_no
        ),
        signed_on=told.signed_on,
        main_due_on=told.main_due_on,
        agreed_end=told.agreed_end,
        agreed_months=told.agreed_months,
        most=told.most,
        at=now,
    )
    session.add(row)
    session.flush()
    of = {"lender": account.lender, "account": account.id, "person": told.person}
    audit.note(
        session, tenant=account.tenant, kind="guarantee_told", subject=row.id, at=now, written=row, **of
    )  # fmt: skip
    if staff is not None:
        staff_acts.note(
            session, tenant=account.tenant, staff=staff, kind="guarantee_told", subject=row.id, at=now, **of
        )
    session.execute(
        update(LegalCase)
        .where(LegalCase.account == account.id, LegalCase.state == "open")
        .values(version=LegalCase.version + 1)
    )
    outbox.tell(session, tenant=account.tenant, account=account.id, fact="case_fact_told", at=now)
    return row


def _accept(told: GuaranteeTold) -> None:
    if told.kind not in {"general", "joint"}:
        raise BadInput("kind", "is neither general nor joint", "Say which one the contract agrees on.")
    for name in ("signed_on", "main_due_on", "agreed_end"):
        day = getattr(told, name)
        if day is not None and not is_sound(day):
            raise BadInput(name, "is no day of ours", "Look the year up in the contract.")
    if told.agreed_end is not None and told.agreed_months is not None:
        raise BadInput("agreed_end", "and agreed_months are both given", "Give the one that the contract names.")
    if told.agreed_end is not None and told.agreed_end < told.signed_on:
        raise BadInput("agreed_end", "is before the contract was signed", "Look it up in the contract.")
    if told.agreed_months is not None and not 0 < told.agreed_months <= MOST_MONTHS:
        raise BadInput("agreed_months", "is no number of months", f"Give 1 to {MOST_MONTHS}.")
    if told.most is not None and told.most <= 0:
        raise BadInput("most", "must be more than zero", "Leave it out where the guarantee is without limit.")
    if len(told.contract_no) > MOST_NUMBER:
        raise BadInput("contract_no", "is too long", f"Give at most {MOST_NUMBER} signs.")
