"""A lender's accounts as a list: filters an operations desk needs, in the order of enrolment, page by page.

Row-level security keeps it to the lender's own rows; no filter asks about anything the account itself does not show.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from forbear.ledger.tables.accounts import Account
from forbear.ledger.views import instant


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which accounts; None means whichever. `held_by` is the rule that holds an account now."""

    state: str | None = None
    external_id: str | None = None
    stage: str | None = None
    held_by: str | None = None
    product: str | None = None
    playbook: str | None = None
    currency: str | None = None
    min_days_past_due: int | None = None
    max_days_past_due: int | None = None
    enrolled_since: datetime | None = None
    enrolled_before: datetime | None = None
    next_before: datetime | None = None


def accounts_page(
    session: Session, wanted: Wanted, *, after: tuple[datetime, str] | None, limit: int, today: date
) -> list[Account]:
    """The lender's accounts in the order of enrolment, after a position."""
    chosen = select(Account).where(*_conditions(wanted, today)).order_by(Account.enrolled_at, Account.id).limit(limit)
    if after is not None:
        at, last = after
        chosen = chosen.where(or_(Account.enrolled_at > at, (Account.enrolled_at == at) & (Account.id > last)))
    return list(session.scalars(chosen))


def row_view(account: Account) -> dict[str, Any]:
    """An account as a line of a list; the reason is shown with the account itself."""
    return {
        "id": account.id,
        "external_id": account.external_id,
        "state": account.state,
        "stage": account.stage,
        "product": account.product,
        "playbook": account.playbook,
        "currency": account.currency,
        "due_since": account.due_since.isoformat(),
        "enrolled_at": instant(account.enrolled_at),
        "held_by": account.next_rule or None,
        "next_at": None if account.next_at is None else instant(account.next_at),
    }


def _conditions(wanted: Wanted, today: date) -> Iterator[ColumnElement[bool]]:
    for name in ("state", "external_id", "stage", "product", "playbook", "currency"):
        if (value := getattr(wanted, name)) is not None:
            yield getattr(Account, name) == value
    if wanted.held_by is not None:
        yield Account.next_rule == wanted.held_by
    if wanted.min_days_past_due is not None:
        yield Account.due_since <= today - timedelta(days=wanted.min_days_past_due)
    if wanted.max_days_past_due is not None:
        yield Account.due_since >= today - timedelta(days=wanted.max_days_past_due)
    if wanted.enrolled_since is not None:
        yield Account.enrolled_at >= wanted.enrolled_since
    if wanted.enrolled_before is not None:
        yield Account.enrolled_at < wanted.enrolled_before
    if wanted.next_before is not None:
        yield Account.next_at < wanted.next_before
