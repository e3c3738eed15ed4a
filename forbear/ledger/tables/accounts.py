"""What is owed: accounts, parties, loan terms, the entries of the ledger, payments, promises and stops.

Terms and entries are append-only. A balance is the sum of the entries by component and, where terms were told, what has
grown by them since the last confirmed balance. A promise is kept or broken by what is owed and nothing else.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from forbear.ledger.tables.base import Base, Id, Instant, Json, Money, OfLender


class Account(OfLender, Base):
    """One overdue debt of one borrower. The only mutable part is where it stands now."""

    __tablename__ = "account"
    id: Mapped[Id]
    borrower: Mapped[str] = mapped_column(ForeignKey("person.id"))
    external_id: Mapped[str]
    """The lender's own reference; never leaves the ledger and the lender's API."""
    product: Mapped[str]
    debt_kind: Mapped[str]
    currency: Mapped[str]
    due_since: Mapped[date]
    """The day after which the oldest unpaid instalment was late."""
    playbook: Mapped[str]
    playbook_version: Mapped[str]
    balance_as_of: Mapped[datetime | None]
    circumstances: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    """Of the debt, in the rules' words, as its lender told them."""
    enrolled_at: Mapped[Instant]
    state: Mapped[str]
    """`open` or `closed`; a payment reversed opens it again."""
    stage: Mapped[str]
    close_reason: Mapped[str | None]
    closed_at: Mapped[datetime | None]
    next_at: Mapped[datetime | None]
    """World instant of the next decision; every open account has one, with its reason."""
    next_reason: Mapped[str | None]
    next_rule: Mapped[str | None]
    next_permit: Mapped[str | None]
    """The decision that set `next_at`."""
    version: Mapped[int]
    __table_args__ = (
        UniqueConstraint("lender", "external_id"),
        Index(None, "borrower"),
        Index(None, "tenant", "state", "next_at"),
        Index(None, "lender", "enrolled_at", "id"),
        CheckConstraint("state in ('open', 'closed')", name="state"),
    )


class Party(OfLender, Base):
    """A person in a role on an account."""

    __tablename__ = "party"
    id: Mapped[Id]
    account: Mapped[str] = mapped_column(ForeignKey("account.id"))
    person: Mapped[str] = mapped_column(ForeignKey("person.id"))
    role: Mapped[str]
    __table_args__ = (UniqueConstraint("account", "person", "role"), Index(None, "person"))


class Event(OfLender, Base):
    """Something that happened to an account: a notice sent, for one. Append-only.

    Its lender told it, or the letter of `touch` did by being posted.
    """

    __tablename__ = "event"
    id: Mapped[Id]
    account: Mapped[str] = mapped_column(ForeignKey("account.id"))
    kind: Mapped[str]
    at: Mapped[Instant]
    told_at: Mapped[Instant]
    touch: Mapped[str | None]
    __table_args__ = (UniqueConstraint("account", "kind", "at"), UniqueConstraint("touch", "kind"))


class LoanTerms(OfLender, Base):
    """What an account grows by from a day on, as its lender told it; empty where nothing does. Append-only.

    Terms hold until those of a later day. Told again for the same day, the later number is the correction.
    """

    __tablename__ = "loan_terms"
    id: Mapped[Id]
    account: Mapped[str] = mapped_column(ForeignKey("account.id"))
    number: Mapped[int]
    since: Mapped[date]
    terms: Mapped[Json]
    recorded_at: Mapped[Instant]
    __table_args__ = (UniqueConstraint("account", "number"),)


class Entry(OfLender, Base):
    """One row of the account's ledger, by component. Positive is owed, negative is paid. Append-only."""

    __tablename__ = "entry"
    id: Mapped[Id]
    account: Mapped[str] = mapped_column(ForeignKey("account.id"))
    payment: Mapped[str | None] = mapped_column(ForeignKey("payment.id"))
    kind: Mapped[str]
    component: Mapped[str]
    amount: Mapped[Money]
    currency: Mapped[str]
    effective_at: Mapped[Instant]
    recorded_at: Mapped[Instant]
    reckoned: Mapped[dict[str, Any] | None]
    """How interest was reckoned: from when to when, on what, at which rate; of what fell due by the terms: when."""
    __table_args__ = (
        Index(None, "account"),
        CheckConstraint(
            "component in ('principal', 'interest', 'penalty_interest', 'compound_interest', 'fee', 'cost')",
            name="component",
        ),
        CheckConstraint(
            "kind in ('opening', 'interest', 'charge', 'adjustment', 'payment', 'reversal')",
            name="kind",
        ),
    )


class Payment(OfLender, Base):
    """Money received, from the lender's own books or through a link. Append-only; undone by a reversal."""

    __tablename__ = "payment"
    id: Mapped[Id]
    account: Mapped[str] = mapped_column(ForeignKey("account.id"))
    external_id: Mapped[str]
    """The lender's or provider's id of this payment; it is posted once."""
    source: Mapped[str]
    amount: Mapped[Money]
    currency: Mapped[str]
    received_at: Mapped[Instant]
    recorded_at: Mapped[Instant]
    reverses: Mapped[str | None] = mapped_column(ForeignKey("payment.id"))
    __table_args__ = (UniqueConstraint("lender", "source", "external_id"), Index(None, "account"))


class Promise(OfLender, Base):
    """A promise to pay. `state` follows the entries: open, kept or broken; unless it was replaced or withdrawn."""

    __tablename__ = "promise"
    id: Mapped[Id]
    account: Mapped[str] = mapped_column(ForeignKey("account.id"))
    person: Mapped[str] = mapped_column(ForeignKey("person.id"))
    amount: Mapped[Decimal]
    currency: Mapped[str]
    due_on: Mapped[date]
    via: Mapped[str]
    made_at: Mapped[Instant]
    state: Mapped[str]
    settled_at: Mapped[datetime | None]
    __table_args__ = (
        Index(None, "account"),
        CheckConstraint("state in ('open', 'kept', 'broken', 'replaced', 'withdrawn')", name="state"),
    )


class Stop(OfLender, Base):
    """A state that forbids contact: of a person, or of one account where `account` is set."""

    __tablename__ = "stop"
    id: Mapped[Id]
    person: Mapped[str] = mapped_column(ForeignKey("person.id"))
    account: Mapped[str | None] = mapped_column(ForeignKey("account.id"))
    kind: Mapped[str]
    address_key: Mapped[bytes | None]
    written: Mapped[bool]
    via: Mapped[str]
    at: Mapped[Instant]
    until: Mapped[datetime | None]
    lifted_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    """Why a lender holds, as one of a few words; null for what somebody said."""
    __table_args__ = (Index(None, "person"), Index(None, "account"))


class LegalCase(OfLender, Base):
    """A legal matter of an account, opened when its cadence is over, and where it stands."""

    __tablename__ = "legal_case"
    id: Mapped[Id]
    account: Mapped[str] = mapped_column(ForeignKey("account.id"))
    kind: Mapped[str]
    reason: Mapped[str]
    state: Mapped[str]
    opened_at: Mapped[Instant]
    closed_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    """How it ended, in a word of its path."""
    path: Mapped[str | None]
    """The path it walks, as `forbear/court/paths` names it; null while a person has not taken it up."""
    path_version: Mapped[str | None]
    stage: Mapped[str] = mapped_column(server_default="")
    stage_since: Mapped[datetime | None]
    next_at: Mapped[datetime | None]
    """World instant of the next decision; every open case on a path has one, with its reason."""
    next_reason: Mapped[str | None]
    next_rule: Mapped[str | None]
    assignee: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    """Who is named for its clocks; null is everybody with the role."""
    creditor: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    """The guarantor who paid on behalf and claims it back; null where the lender is the creditor."""
    arose_from: Mapped[str | None] = mapped_column(ForeignKey("legal_case.id"))
    version: Mapped[int] = mapped_column(server_default="0")
    """Counts up with whatever is told of the case."""
    __table_args__ = (
        Index(None, "account"),
        Index("ix_legal_case_open", "account", postgresql_where="state = 'open'"),
        Index("ix_legal_case_next", "tenant", "next_at", postgresql_where="state = 'open'"),
    )
