"""Stored answers of creating calls: the same key asked again, even at the same moment, gets the first answer.

Answer and facts are written in one transaction, so that neither is there without the other.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from forbear.ledger.ids import new_id
from forbear.ledger.tables.record import Idempotency

TURN = text("select pg_advisory_xact_lock(hashtextextended('forbear.call:' || :lender || ':' || :key, 0))")


class Stored(NamedTuple):
    """An answer given before. `fingerprint` is that of the body it answered."""

    fingerprint: bytes
    status: int
    body: dict[str, Any]


def lookup(session: Session, lender: str, key: str) -> Stored | None:
    """The answer stored under a lender's key. Where there is none, a second call with this key waits for our end."""
    # Two statements: the second has to see what was committed while the first waited.
    session.execute(TURN, {"lender": lender, "key": key})
    row = session.execute(
        select(Idempotency.fingerprint, Idempotency.status, Idempotency.body).where(
            Idempotency.lender == lender, Idempotency.key == key
        )
    ).one_or_none()
    return None if row is None else Stored(bytes(row.fingerprint), row.status, row.body)


def store(
    session: Session,
    *,
    tenant: str,
    lender: str,
    key: str,
    fingerprint: bytes,
    status: int,
    body: Mapping[str, Any],
    at: datetime,
) -> None:
    """Keep the answer, in the transaction of the facts it tells."""
    session.execute(
        insert(Idempotency).values(
            id=new_id("idm"),
            tenant=tenant,
            lender=lender,
            key=key,
            fingerprint=fingerprint,
            status=status,
            body=dict(body),
            at=at,
        )
    )
