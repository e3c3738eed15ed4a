"""Calls by the machine and calls to it: each once, and each step of its menu as it was taken.

A step keeps what was answered, sealed, so that the carrier gets the same words when it asks for them again. Keys of an
identity check are never kept.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from forbear.ledger.tables.base import Base, Id, Instant, Json, OfLender


class Call(OfLender, Base):
    """One call at the provider: of a touch, or from somebody who called us. Without a person it is only a number."""

    __tablename__ = "call"
    id: Mapped[Id]
    touch: Mapped[str | None] = mapped_column(ForeignKey("touch.id"))
    direction: Mapped[str]
    provider_id: Mapped[str]
    account: Mapped[str | None] = mapped_column(ForeignKey("account.id"))
    person: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    contact_point: Mapped[str | None] = mapped_column(ForeignKey("contact_point.id"))
    address_key: Mapped[bytes]
    script: Mapped[str]
    language: Mapped[str]
    disclosures: Mapped[list[str]] = mapped_column(ARRAY(Text))
    """What the permit says must be told in it."""
    answered_by: Mapped[str | None]
    """As the provider's detection has it; null where nothing was detected."""
    reached: Mapped[str]
    """How far it came: nobody, silent, message, greeted, wrong_party or verified."""
    began_at: Mapped[Instant]
    __table_args__ = (
        UniqueConstraint("provider_id"),
        Index(None, "touch"),
        Index(None, "account"),
        Index(None, "person", "began_at"),
        CheckConstraint("direction in ('outbound', 'inbound')", name="direction"),
        CheckConstraint(
            "reached in ('nobody', 'silent', 'message', 'greeted', 'wrong_party', 'verified')", name="reached"
        ),
    )


class CallStep(OfLender, Base):
    """One turn of a call: what was heard, what it did, where the menu then stood, and what was said. Append-only."""

    __tablename__ = "call_step"
    id: Mapped[Id]
    call: Mapped[str] = mapped_column(ForeignKey("call.id"))
    number: Mapped[int]
    heard: Mapped[str]
    """The key, or only what kind of thing: digits, silence, a recording, the end of a connection."""
    did: Mapped[list[str]] = mapped_column(ARRAY(Text))
    standing: Mapped[Json]
    answer: Mapped[bytes | None]
    """The document that the carrier was given, sealed; null where it was told to hang up, or belongs to nobody."""
    at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("call", "number"),)
