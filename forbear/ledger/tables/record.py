"""The record's own machinery: clock, outbox, idempotency, audit rows and their seals, and the rules permits rest on.

Audit rows hold ids and hashes, no personal data. The outbox is what the relay reads: ids and the name of a fact.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Identity, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from forbear.ledger.tables.base import Base, Id, Instant, Json, OfLender, OfTenant


class ClockRow(Base):
    """The one clock that every process reads; a restart keeps it."""

    __tablename__ = "clock"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    origin: Mapped[Instant]
    anchor: Mapped[Instant]
    speed: Mapped[int]
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)


class Outbox(OfTenant, Base):
    """A fact for an account's workflow, written in the fact's own transaction; for a case's where one is named.

    A fact about an account is told to its open cases too: the database adds their rows (revision 0022).
    """

    __tablename__ = "outbox"
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    account: Mapped[str]
    legal_case: Mapped[str | None]
    fact: Mapped[str]
    at: Mapped[Instant]
    delivered_at: Mapped[datetime | None]
    __table_args__ = (
        Index("ix_outbox_waiting", "id", postgresql_where="delivered_at is null"),
        Index("ix_outbox_swept", "account", "at", postgresql_where="fact = 'account_swept'"),
        Index("ix_outbox_case_swept", "legal_case", "at", postgresql_where="fact = 'case_swept'"),
        Index(None, "delivered_at", postgresql_where="delivered_at is not null"),
    )


class Idempotency(OfLender, Base):
    """The stored answer of a creating call, under the caller's key."""

    __tablename__ = "idempotency"
    id: Mapped[Id]
    key: Mapped[str]
    fingerprint: Mapped[bytes]
    status: Mapped[int]
    body: Mapped[dict[str, Any]]
    at: Mapped[Instant]
    __table_args__ = (UniqueConstraint("lender", "key"), Index(None, "at"))


class AuditRow(OfTenant, Base):
    """One fact of the record: what kind, about which rows, and the digest of what was written. Append-only."""

    __tablename__ = "audit_row"
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    lender: Mapped[str | None]
    account: Mapped[str | None]
    person: Mapped[str | None]
    kind: Mapped[str]
    subject: Mapped[str]
    of_table: Mapped[str | None]
    """Set where the digest is that of the subject's own row in this table, so that it can be made again."""
    at: Mapped[Instant]
    digest: Mapped[bytes]
    __table_args__ = (Index(None, "account", "id"), Index(None, "tenant", "id"))


class AuditSeal(OfTenant, Base):
    """One link of a tenant's chain over one audit row. Append-only."""

    __tablename__ = "audit_seal"
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    position: Mapped[int]
    row: Mapped[int] = mapped_column(BigInteger)
    link: Mapped[bytes]
    sealed_at: Mapped[Instant]
    __table_args__ = (UniqueConstraint("tenant", "position"), UniqueConstraint("row"))


class RulePack(Base):
    """The file of a pack as it was when a permit was first given under it. Append-only, and everybody's."""

    __tablename__ = "rule_pack"
    jurisdiction: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(primary_key=True)
    """The digest that permits name; it is made anew of `text` when that is read."""
    ruleset: Mapped[date | None]
    """The day on whose belief the worker went, where it was told one."""
    text: Mapped[str]
    first_seen_at: Mapped[Instant]


class RuleCalendar(Base):
    """Public holidays as a permit was given them. Append-only, and everybody's."""

    __tablename__ = "rule_calendar"
    digest: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    version: Mapped[str]
    told: Mapped[Json]
    """Name, version, reach and days: what the digest is of."""
    first_seen_at: Mapped[Instant]
