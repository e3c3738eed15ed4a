"""Where a lender wants to be told of its cases, and what waits to be told there: ids and words, nothing personal."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from forbear.ledger.tables.base import Base, Id, Instant, Json, OfLender, Sealed


class Webhook(OfLender, Base):
    """One address of a lender. Address and secret are sealed: an address may hold a password."""

    __tablename__ = "webhook"
    id: Mapped[Id]
    address: Mapped[Sealed]
    secret: Mapped[Sealed]
    events: Mapped[list[str]] = mapped_column(ARRAY(Text))
    created_at: Mapped[Instant]
    disabled_at: Mapped[datetime | None]


class WebhookMessage(OfLender, Base):
    """One piece of news for one address. Times of trying are machine time: a receiver is as patient as its clock."""

    __tablename__ = "webhook_message"
    id: Mapped[Id]
    webhook: Mapped[str] = mapped_column(ForeignKey("webhook.id"))
    kind: Mapped[str]
    body: Mapped[Json]
    at: Mapped[Instant]
    tries: Mapped[int] = mapped_column(server_default="0")
    next_at: Mapped[datetime | None]
    """When it is tried again, machine time; null before the first try, and once it is over."""
    status: Mapped[int | None]
    """What the receiver answered last; 0 where nothing came back."""
    told_at: Mapped[datetime | None]
    given_up_at: Mapped[datetime | None]
    __table_args__ = (
        Index(None, "webhook", "at"),
        Index(
            "ix_webhook_message_waiting",
            "next_at",
            postgresql_where="told_at is null and given_up_at is null",
        ),
        CheckConstraint("told_at is null or given_up_at is null", name="over"),
    )
