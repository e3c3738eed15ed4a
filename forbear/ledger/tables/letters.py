"""What was printed for whom, and the proof of its service."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from forbear.ledger.tables.base import Base, Id, Instant, OfLender, Sealed


class Letter(OfLender, Base):
    """One paper handed over for one touch. Written in the transaction that lets the touch go."""

    __tablename__ = "letter"
    id: Mapped[Id]
    touch: Mapped[str] = mapped_column(ForeignKey("touch.id"))
    account: Mapped[str] = mapped_column(ForeignKey("account.id"))
    person: Mapped[str] = mapped_column(ForeignKey("person.id"))
    provider: Mapped[str]
    service: Mapped[str]
    address: Mapped[Sealed]
    """Name and address as they were printed, whatever becomes of the contact point."""
    sha256: Mapped[str | None]
    """Of the printed file; null until it was made."""
    pages: Mapped[int | None]
    cost: Mapped[Decimal | None]
    currency: Mapped[str | None]
    tracking_number: Mapped[str | None]
    made_at: Mapped[Instant]
    asked_at: Mapped[datetime | None]
    """When its provider was last asked how it fares."""
    recalled_at: Mapped[datetime | None]
    """When we tried to take it back, with or without success; it is tried once."""
    ended_at: Mapped[datetime | None]
    """When nothing more was to be expected of it."""
    __table_args__ = (
        UniqueConstraint("touch"),
        Index(None, "account"),
        Index("ix_letter_under_way", "tenant", "made_at", postgresql_where="ended_at is null"),
        CheckConstraint("service in ('plain', 'registered', 'certified')", name="service"),
    )


class ServiceProof(OfLender, Base):
    """One piece of evidence about a letter. Append-only: what contradicts it stands beside it."""

    __tablename__ = "service_proof"
    id: Mapped[Id]
    letter: Mapped[str] = mapped_column(ForeignKey("letter.id"))
    touch: Mapped[str] = mapped_column(ForeignKey("touch.id"))
    account: Mapped[str] = mapped_column(ForeignKey("account.id"))
    person: Mapped[str] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str]
    level: Mapped[str]
    """How it is known: a scan of the letter itself, what its provider infers, or what somebody of ours entered."""
    at: Mapped[Instant]
    """When it happened, by whoever tells it."""
    told_at: Mapped[Instant]
    source: Mapped[str]
    event: Mapped[str]
    """The teller's own id of it: told again, it is the same proof."""
    code: Mapped[str | None]
    tracking_number: Mapped[str | None]
    __table_args__ = (
        UniqueConstraint("letter", "kind", "event"),
        Index(None, "account"),
        CheckConstraint("kind in ('posted', 'tracked', 'signed', 'refused', 'returned', 'read')", name="kind"),
        CheckConstraint("level in ('scanned', 'inferred', 'reported')", name="level"),
    )
