"""Writes a decision: in one statement its row, the audit rows and where its account stands, in another its touch.

Both are built once: while they are written the account's persons are locked. Together they would have more than the
fifty parameters up to which psycopg keeps a parsed statement.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Update, bindparam, insert, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from forbear.ledger import audit
from forbear.ledger.tables.accounts import Account
from forbear.ledger.tables.base import Base

STANDS = (
    "state",
    "stage",
    "close_reason",
    "closed_at",
    "next_at",
    "next_reason",
    "next_rule",
    "next_permit",
    "version",
)
"""The columns of an account that decisions change."""
CLAIM = insert(Base.metadata.tables["touch"]).inline()
Row = Mapping[str, Any]


def write(session: Session, account: Account, decision: Row, touch: Row | None, notes: Sequence[audit.Line]) -> None:
    """Write what was decided.

    Args:
        session: the transaction that decided; what it added besides must be flushed.
        account: as it stands from now on, see `stand`.
        decision: its row.
        touch: the row of the touch that it claims.
        notes: audit rows, in their order.
    """
    stands = {f"stands_{name}": getattr(account, name) for name in STANDS}
    decided = {f"decision_{name}": value for name, value in decision.items()}
    session.execute(_decided(), {"account_id": account.id, **stands, **decided, **audit.as_lists(notes)})
    if touch is not None:
        session.execute(CLAIM, touch)


def stand(account: Account, **changed: object) -> None:
    """Change where an account stands; `write` stores it, and the session is not to store it again."""
    for name, value in {**changed, "version": account.version + 1}.items():
        set_committed_value(account, name, value)


@cache
def _decided() -> Update:
    account, decision = (Base.metadata.tables[name] for name in ("account", "decision"))
    row = {column.name: bindparam(f"decision_{column.name}", type_=column.type) for column in decision.columns}
    changed = {name: bindparam(f"stands_{name}", type_=account.c[name].type) for name in STANDS}
    stands = update(account).where(account.c.id == bindparam("account_id")).values(changed)
    return stands.add_cte(insert(decision).values(row).cte("decided"), audit.NOTES.cte("noted"))
