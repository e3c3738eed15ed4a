"""Those who work for a tenant: their accounts, the browsers they signed in with, and what each of them did.

A password is kept as an Argon2 hash, an e-mail address as a keyed digest to look it up and sealed to show it to an
operator, a session as the digest of its cookie. Instants of sessions and lock-outs are machine time: whoever guesses
does it at the machine's pace however fast the world turns.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from forbear.ledger.tables.base import Base, Id, Instant, OfTenant, Sealed


class Staff(OfTenant, Base):
    """One person who works for a tenant. The digest of an e-mail address is unique in the installation."""

    __tablename__ = "staff"
    id: Mapped[Id]
    email_digest: Mapped[bytes]
    email: Mapped[Sealed]
    name: Mapped[Sealed]
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    language: Mapped[str]
    password_hash: Mapped[str | None]
    """Null until a first password is set: nobody can sign in."""
    failures: Mapped[int] = mapped_column(default=0, server_default="0")
    locked_until: Mapped[datetime | None]
    created_at: Mapped[Instant]
    disabled_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("email_digest"),)


class StaffSession(OfTenant, Base):
    """A browser in which somebody signed in. It ends when unused, when old, or when somebody ends it."""

    __tablename__ = "staff_session"
    id: Mapped[Id]
    staff: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    digest: Mapped[bytes]
    opened_at: Mapped[Instant]
    seen_at: Mapped[Instant]
    expires_at: Mapped[Instant]
    ended_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("digest"), Index(None, "staff"))


class StaffAct(OfTenant, Base):
    """One thing that somebody did or looked at: who, what, about which row, when (world). Never changed."""

    __tablename__ = "staff_act"
    id: Mapped[Id]
    staff: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    kind: Mapped[str]
    subject: Mapped[str]
    lender: Mapped[str | None]
    account: Mapped[str | None]
    person: Mapped[str | None]
    at: Mapped[Instant]
    __table_args__ = (
        Index(None, "staff", "at"),
        Index(None, "subject"),
        CheckConstraint("kind <> ''", name="kind"),
    )
