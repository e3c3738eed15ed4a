"""Audit rows: for every fact one row with ids and the digest of what was written, in the fact's own transaction.

`forbear.ledger.seals` chains them afterwards. Where the fact is a row whose columns do not change, the digest is that
of the row, and can be made again from the table to show that nobody touched it.
"""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from forbear.ledger.tables.accounts import Entry, Payment
from forbear.ledger.tables.base import Base
from forbear.ledger.tables.contacts import Decision, PastContact, Receipt, Touch
from forbear.ledger.tables.record import AuditRow

CHANGING = {"touch": {"state", "dispatched_at", "settled_at", "provider_id", "code", "body_sha256", "segments"}}
"""Columns that are written later, by table; a touch's claim is all the others."""
FIXED: dict[str, type[Base]] = {
    model.__tablename__: model for model in (Entry, Payment, Decision, Receipt, PastContact, Touch)
}
"""Tables whose rows can be digested again."""
NOTE = insert(AuditRow).inline()


def columns(table: str) -> list[str]:
    """The columns a row's digest is made over."""
    changing = CHANGING.get(table, set())
    return sorted(column.name for column in FIXED[table].__table__.columns if column.name not in changing)


def digest(written: Mapping[str, object]) -> bytes:
    """SHA-256 of the canonical JSON: sorted keys, amounts without trailing zeros, instants in UTC, bytes in hex."""
    text = json.dumps(written, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain)
    return sha256(text.encode()).digest()


def _plain(value: object) -> Any:
    if isinstance(value, Decimal):
        return format((value + 0).normalize(), "f")
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    if isinstance(value, Mapping):
        return dict(value)  # pyright: ignore[reportUnknownArgumentType]  any mapping serves
    raise TypeError(f"An audit row cannot hold a {type(value).__name__}")


def row_digest(table: str, row: Mapping[str, object]) -> bytes:
    """The digest of a row of one of the `FIXED` tables; a column not given counts as null."""
    return digest({name: row.get(name) for name in columns(table)})


def _row(model: Base, table: str) -> dict[str, object]:
    return {name: getattr(model, name) for name in columns(table)}


def note(
    session: Session,
    *,
    tenant: str,
    kind: str,
    subject: str,
    at: datetime,
    written: Mapping[str, object] | Base,
    table: str | None = None,
    lender: str | None = None,
    account: str | None = None,
    person: str | None = None,
) -> None:
    """Write one audit row.

    Args:
        session: the fact's own transaction.
        tenant: whose chain it goes into.
        kind: what happened, e.g. `payment_posted`.
        subject: the id of the row it is about.
        at: world instant of the fact.
        written: ids, numbers and instants, never anything personal. A model instance of a `FIXED` table stands for
            its row and sets `table`.
        table: says that `written` is the whole row under the subject's id in this table, as it was inserted.
        lender: where the fact belongs to one.
        account: likewise.
        person: likewise.
    """
    if isinstance(written, Base):
        table = written.__tablename__
        written = _row(written, table)
    session.execute(
        NOTE,
        {
            "tenant": tenant,
            "lender": lender,
            "account": account,
            "person": person,
            "kind": kind,
            "subject": subject,
            "of_table": table,
            "at": at,
            "digest": row_digest(table, written) if table else digest(written),
        },
    )
