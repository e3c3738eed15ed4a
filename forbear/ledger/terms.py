"""Loan terms in the record: told by the lender, kept as they were told, each from its day on and never changed.

What they mean is `forbear.money`'s: it read them when they were told, and reads them again whenever an account is
reckoned. Terms of a later day follow those before; told again for the same day they are a correction, and the account
is reckoned as if it had always been so, as far back as its last confirmed balance.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from forbear.ledger import audit
from forbear.ledger.days import local
from forbear.ledger.ids import new_id
from forbear.ledger.tables.accounts import Account, LoanTerms
from forbear.money.agreed import Agreed, merged, read
from forbear.money.currency import minor_unit
from forbear.money.growing import Contract

Json = dict[str, Any]
A_DAY = timedelta(days=1)


def contract_of(account: Account, told: Sequence[LoanTerms], zone: str | None) -> Contract | None:
    """All terms of an account, as its days in a zone are reckoned by them; None where none were told."""
    if not told:
        return None
    held: dict[date, Agreed] = {row.since: read(row.terms, account.currency) for row in told}
    ended = None if account.closed_at is None else local(account.closed_at, zone)
    agreed = tuple(held[since] for since in sorted(held))
    return Contract(agreed, account.due_since + A_DAY, minor_unit(account.currency), ended)


def told_of(session: Session, account: str) -> Sequence[LoanTerms]:
    """Everything that was told of an account's terms, in the order in which it was."""
    return session.scalars(select(LoanTerms).where(LoanTerms.account == account).order_by(LoanTerms.number)).all()


def with_terms(session: Session, accounts: Iterable[str]) -> set[str]:
    """Those of the accounts for which terms were told."""
    return set(session.scalars(select(LoanTerms.account).where(LoanTerms.account.in_(accounts)).distinct()))


def latest(session: Session, account: str) -> LoanTerms | None:
    """The terms of the latest day, as they were told last; None where none are, or where they were taken back."""
    rows = told_of(session, account)
    found = max(rows, key=lambda row: (row.since, row.number), default=None)
    return None if found is None or set(found.terms) == {"since"} else found


def tell(session: Session, account: Account, told: Mapping[str, Any], now: datetime) -> bool:
    """Keep terms as they were told; says whether they are news. The caller has locked the account.

    Raises:
        BadInput: they cannot be read; the field begins with `terms`.
    """
    since = read(told, account.currency).since
    rows = told_of(session, account.id)
    same_day = [row for row in rows if row.since == since]
    if same_day and same_day[-1].terms == told:
        return False
    row = LoanTerms(
        id=new_id("trm"), tenant=account.tenant, lender=account.lender, account=account.id, number=len(rows) + 1,
        since=since, terms=dict(told), recorded_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    audit.note(
        session, tenant=row.tenant, lender=row.lender, account=row.account, kind="terms_told", subject=row.id, at=now,
        written=row,
    )  # fmt: skip
    return True


def change(session: Session, account: Account, patch: Mapping[str, Any] | None, now: datetime) -> bool:
    """A merge patch over the latest terms: with another `since` new terms, with the same a correction; null ends them.

    Ended terms are taken back from their day on, as if nothing had grown by them.
    """
    before = latest(session, account.id)
    if patch is None:
        return before is not None and tell(session, account, {"since": before.since.isoformat()}, now)
    return tell(session, account, merged({} if before is None else before.terms, patch), now)


def terms_view(session: Session, account: str) -> Json | None:
    """The latest terms as they were told, for their lender."""
    found = latest(session, account)
    return None if found is None else dict(found.terms)
