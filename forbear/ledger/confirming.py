"""The lender's nightly word on what is owed: the difference to what we reckon becomes an adjustment.

What had grown by the terms until then is written down first, row by row, and from then on stands as it is: the lender's
word wins, and the difference is told apart from the interest.

A balance nobody confirmed for three days is stale and holds the account's contacts, so that a confirmation is news
even where no amount changed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final, Literal, NamedTuple

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from forbear.errors import BadInput, NotFound
from forbear.ledger import audit, outbox, owed, promises
from forbear.ledger.books import CLOCK_SLACK, reopen_if_owed, write_entries
from forbear.ledger.ids import new_id
from forbear.ledger.locking import lock_persons
from forbear.ledger.reckoning import grown_until
from forbear.ledger.tables.accounts import Account, Entry, Party
from forbear.ledger.terms import told_of, with_terms
from forbear.money.components import COMPONENTS, NAMED, Component

STALE_AFTER: Final = timedelta(days=3)
"""World time. The product's own limit; the pack `POLICY` holds a balance that is older."""
Result = Literal["confirmed", "adjusted", "outdated"]
"""`outdated`: a later balance of the account is already on file."""


@dataclass(frozen=True, slots=True)
class Confirmation:
    """One account's balance as the lender's books had it. Missing components are zero."""

    account: str
    as_of: datetime
    components: Mapping[Component, Decimal]


def accounts_named(session: Session, lender: str, *, ids: Sequence[str], external_ids: Sequence[str]) -> list[Account]:
    """The lender's accounts under these ids or references of its own."""
    named = or_(Account.id.in_(ids), Account.external_id.in_(external_ids))
    return list(session.scalars(select(Account).where(Account.lender == lender, named)))


def confirm_balances(
    session: Session, *, tenant: str, lender: str, confirmations: Sequence[Confirmation], now: datetime
) -> dict[str, Result]:
    """Confirm the balances of several accounts in one transaction; the answer is by account.

    All persons are locked at once and in order, so that two files of one lender cannot wait for each other.
    """
    by_account = {each.account: each for each in confirmations}
    parties = session.scalars(select(Party.person).where(Party.account.in_(by_account)).distinct()).all()
    lock_persons(session, tenant, parties)
    found = session.scalars(
        select(Account)
        .where(Account.id.in_(by_account), Account.lender == lender)
        .order_by(Account.id)
        .execution_options(populate_existing=True)
    )
    debts = {debt.id: debt for debt in found}
    if missing := sorted(set(by_account) - set(debts)):
        raise NotFound(f"No account {missing[0]}")
    known = _balances_as_of(session, by_account)
    growing = with_terms(session, by_account)
    answers: dict[str, Result] = {}
    for account, debt in debts.items():
        told = by_account[account]
        _refuse_future(told, now)
        grown = _grown(session, debt, told.as_of, now) if account in growing else []
        answers[account] = _confirm(session, debt, told, _Known(known[account], grown), now)
    return answers


def confirm_balance(
    session: Session,
    *,
    tenant: str,
    lender: str,
    account: str,
    components: Mapping[Component, Decimal],
    as_of: datetime,
    now: datetime,
) -> Result:
    """Confirm one account's balance."""
    confirmation = Confirmation(account, as_of, components)
    return confirm_balances(session, tenant=tenant, lender=lender, confirmations=[confirmation], now=now)[account]


def _balances_as_of(session: Session, confirmations: Mapping[str, Confirmation]) -> dict[str, dict[Component, Decimal]]:
    """What our entries say for each account at the instant of its confirmation."""
    known = {account: dict.fromkeys(COMPONENTS, Decimal(0)) for account in confirmations}
    until = sorted({each.as_of for each in confirmations.values()})
    for as_of in until:
        accounts = [each.account for each in confirmations.values() if each.as_of == as_of]
        rows = session.execute(
            select(Entry.account, Entry.component, func.sum(Entry.amount))
            .where(Entry.account.in_(accounts), Entry.effective_at <= as_of)
            .group_by(Entry.account, Entry.component)
        )
        for account, component, amount in rows:
            known[account][NAMED[component]] = amount
    return known


def _refuse_future(told: Confirmation, now: datetime) -> None:
    if told.as_of > now + CLOCK_SLACK:
        raise BadInput("as_of", "lies in the future", "Send the instant at which your books had this balance.")


def _grown(session: Session, debt: Account, as_of: datetime, now: datetime) -> list[Entry]:
    """What grew and fell due by the terms between the last confirmed balance and this one."""
    if debt.balance_as_of is None or as_of < debt.balance_as_of:
        return []
    book = owed.book_of(session, debt, told_of(session, debt.id))
    return [
        Entry(
            id=new_id("ent"), tenant=debt.tenant, lender=debt.lender, account=debt.id, payment=None, kind=kind,
            component=component, amount=amount, currency=debt.currency, effective_at=as_of, recorded_at=now,
            reckoned=how,
        )
        for kind, component, amount, how in grown_until(book, as_of)
    ]  # fmt: skip


class _Known(NamedTuple):
    """What our entries say at the instant of a confirmation, and what had grown by then and is yet to be written."""

    booked: Mapping[Component, Decimal]
    grown: Sequence[Entry]

    def parts(self) -> dict[Component, Decimal]:
        found = dict(self.booked)
        for entry in self.grown:
            found[NAMED[entry.component]] += entry.amount
        return found


def _confirm(session: Session, debt: Account, told: Confirmation, ours: _Known, now: datetime) -> Result:
    before = debt.balance_as_of
    if before is not None and told.as_of < before:
        return "outdated"
    known = ours.parts()
    changes = {
        component: told.components.get(component, Decimal(0)) - known[component]
        for component in COMPONENTS
        if told.components.get(component, Decimal(0)) != known[component]
    }
    entries = [
        Entry(
            id=new_id("ent"), tenant=debt.tenant, lender=debt.lender, account=debt.id, payment=None, kind="adjustment",
            component=component, amount=amount, currency=debt.currency, effective_at=told.as_of, recorded_at=now,
        )
        for component, amount in changes.items()
    ]  # fmt: skip
    write_entries(session, [*ours.grown, *entries])
    debt.balance_as_of = told.as_of
    debt.version += 1
    audit.note(
        session, tenant=debt.tenant, lender=debt.lender, account=debt.id, kind="balance_confirmed", subject=debt.id,
        at=now, written={"account": debt.id, "as_of": told.as_of, "changed": sorted(changes)},
    )  # fmt: skip
    if changes or ours.grown:
        promises.settle(session, debt.id, now)
        reopen_if_owed(session, debt, "The lender's books say something is owed; the next decision is pending", now)
    if changes or before is None or now - before > STALE_AFTER:
        outbox.tell(session, tenant=debt.tenant, account=debt.id, fact="balance_confirmed", at=now)
    return "adjusted" if changes else "confirmed"
