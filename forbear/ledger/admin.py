"""Tenants, lenders and API keys, made by the operator as the migrator.

A key is `fbk_<id>_<secret>`. It is shown once; the database keeps the digest of its secret part.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, insert, select, update

from forbear.clock import Clock
from forbear.errors import Conflict, NotFound
from forbear.ledger.engine import make_engine, must_answer
from forbear.ledger.ids import base62, new_id
from forbear.ledger.tables.people import ApiKey, Lender, Tenant
from forbear.ledger.tables.record import ClockRow

PREFIX = "fbk"
ID_LENGTH = 8
SECRET_LENGTH = 43
"""Base62 digits: 256 bits, so that a plain digest is enough."""


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key just made. `shown` is the only copy of its secret."""

    id: str
    shown: str = field(repr=False)


def split_key(shown: str) -> tuple[str, bytes] | None:
    """Id and secret's digest of a key as its holder shows it; None where it cannot be one."""
    parts = shown.split("_")
    if len(parts) != 3 or parts[0] != PREFIX or len(parts[1]) != ID_LENGTH or len(parts[2]) != SECRET_LENGTH:  # noqa: PLR2004  prefix, id, secret
        return None
    return parts[1], sha256(parts[2].encode()).digest()


def add_tenant(database_url: str, name: str, *, id: str | None = None) -> str:  # noqa: A002  the column's name
    """Add the organisation that runs the outreach; returns its id."""
    tenant = id or new_id("ten")
    with must_answer(database_url), make_engine(database_url).begin() as connection:
        connection.execute(insert(Tenant).values(id=tenant, name=name, created_at=_now(connection)))
    return tenant


def add_lender(
    database_url: str,
    *,
    tenant: str,
    name: str,
    role: str,
    kind: str,
    country: str,
    phone: str,
    sender: str,
    policy: Mapping[str, Any] | None = None,
    id: str | None = None,  # noqa: A002  the column's name
) -> str:
    """Add a creditor the tenant works for; returns its id.

    Raises:
        Conflict: another lender already texts from this number, and replies could not be told apart.
    """
    lender = id or new_id("len")
    with must_answer(database_url), make_engine(database_url).begin() as connection:
        if connection.execute(select(Tenant.id).where(Tenant.id == tenant)).first() is None:
            raise NotFound(f"No tenant {tenant}: add it first")
        if connection.execute(select(Lender.id).where(Lender.sender == sender)).first() is not None:
            raise Conflict("This sender number belongs to another lender: give each lender its own")
        connection.execute(
            insert(Lender).values(
                id=lender,
                tenant=tenant,
                name=name,
                role=role,
                kind=kind,
                country=country,
                phone=phone,
                sender=sender,
                policy=dict(policy or {}),
                created_at=_now(connection),
            )
        )
    return lender


def add_key(
    database_url: str,
    *,
    lender: str,
    scopes: Iterable[str],
    label: str,
    expires_at: datetime | None = None,
) -> NewKey:
    """Make a key for a lender."""
    key_id, secret = base62(ID_LENGTH), base62(SECRET_LENGTH)
    with must_answer(database_url), make_engine(database_url).begin() as connection:
        tenant = connection.execute(select(Lender.tenant).where(Lender.id == lender)).scalar_one_or_none()
        if tenant is None:
            raise NotFound(f"No lender {lender}: add it first")
        connection.execute(
            insert(ApiKey).values(
                id=key_id,
                tenant=tenant,
                lender=lender,
                digest=sha256(secret.encode()).digest(),
                scopes=sorted(set(scopes)),
                label=label,
                created_at=_now(connection),
                expires_at=expires_at,
            )
        )
    return NewKey(key_id, f"{PREFIX}_{key_id}_{secret}")


def revoke_key(database_url: str, key_id: str) -> None:
    """End a key at once; revoking it twice changes nothing."""
    with must_answer(database_url), make_engine(database_url).begin() as connection:
        if connection.execute(select(ApiKey.id).where(ApiKey.id == key_id)).first() is None:
            raise NotFound(f"No key {key_id}")
        connection.execute(
            update(ApiKey).where(ApiKey.id == key_id, ApiKey.revoked_at.is_(None)).values(revoked_at=_now(connection))
        )


def _now(connection: Connection) -> datetime:
    row = connection.execute(select(ClockRow.origin, ClockRow.anchor, ClockRow.speed)).one_or_none()
    clock = Clock.real() if row is None else Clock(origin=row.origin, anchor=row.anchor, speed=row.speed)
    return clock.now()
