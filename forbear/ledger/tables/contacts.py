"""What was said: decisions, touches, receipts, links, replies, opt-outs and contacts from before enrolment.

Decisions and receipts are append-only; a touch's state is a fold over its receipts and is written only by that fold.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from forbear.ledger.tables.base import Base, Id, Instant, Json, OfLender, OfTenant


class Decision(OfLender, Base):
    """One answer of `decide`, with its permit. Asked again under (run, number) it is returned as it stands."""

    __tablename__ = "decision"
    id: Mapped[Id]
    account: Mapped[str] = mapped_column(ForeignKey("account.id"))
    run: Mapped[str]
    number: Mapped[int]
    at: Mapped[Instant]
    kind: Mapped[str]
    until: Mapped[datetime | None]
    rule: Mapped[str]
    reason: Mapped[str]
    step: Mapped[str | None]
    touch: Mapped[str | None]
    answer: Mapped[Json]
    """What the workflow was told, as the contract's JSON."""
    own: Mapped[bool | None]
    """Whether the lender's own facts alone give this answer; if not, its reason is 'a limit of this person' to it."""
    permit: Mapped[dict[str, Any] | None] = mapped_column(deferred=True)
    """Names touches of other lenders; the API's role may not read it, so it is loaded only when asked for."""
    asked: Mapped[dict[str, Any] | None] = mapped_column(deferred=True)
    """What the permit answers: the `case` in the published form, and the digests of its `calendars`. Likewise."""
    __table_args__ = (
        UniqueConstraint("account", "run", "number"),
        Index(None, "account", "at"),
        Index(None, "tenant", "at"),
    )


class Touch(OfLender, Base):
    """One attempt to reach one party by one channel. Claimed before it is sent, sent once."""

    __tablename__ = "touch"
    id: Mapped[Id]
    account: Mapped[str] = mapped_column(ForeignKey("account.id"))
    person: Mapped[str] = mapped_column(ForeignKey("person.id"))
    contact_point: Mapped[str] = mapped_column(ForeignKey("contact_point.id"))
    address_key: Mapped[bytes]
    decision: Mapped[str] = mapped_column(ForeignKey("decision.id", deferrable=True, initially="DEFERRED"))
    channel: Mapped[str]
    role: Mapped[str]
    place: Mapped[str]
    purpose: Mapped[str]
    accounts: Mapped[list[str]] = mapped_column(ARRAY(Text))
    """Every account the touch speaks of and counts for, this one first."""
    step: Mapped[str]
    template: Mapped[str]
    language: Mapped[str]
    provider: Mapped[str]
    sender: Mapped[str]
    state: Mapped[str]
    claimed_at: Mapped[Instant]
    lease_until: Mapped[Instant]
    """Machine instant after which an undispatched claim is given back."""
    dispatch_by: Mapped[Instant]
    window_closes: Mapped[datetime | None]
    dispatched_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    provider_id: Mapped[str | None]
    code: Mapped[str | None]
    body_sha256: Mapped[str | None]
    segments: Mapped[int | None]
    result: Mapped[str | None]
    """How a call or a visit ended, in the words of the rules; null where the state says all."""
    task: Mapped[str | None]
    """The task in which a person made it; null where a machine did."""
    __table_args__ = (
        UniqueConstraint("decision"),
        UniqueConstraint("provider", "provider_id"),
        Index(None, "person", "claimed_at"),
        Index(None, "tenant", "address_key", "claimed_at"),
        Index(None, "account"),
        Index("ix_touch_sent", "tenant", "claimed_at", "id", postgresql_where="state = 'sent'"),
        Index("ix_touch_open", "tenant", "state", postgresql_where="state in ('claimed', 'dispatching', 'unknown')"),
        CheckConstraint(
            "state in ('claimed', 'dispatching', 'sent', 'delivered', 'undelivered', 'failed', 'unknown')",
            name="state",
        ),
    )


class Receipt(OfLender, Base):
    """One thing learnt about a touch: from the sender, a callback or a listing. Append-only."""

    __tablename__ = "receipt"
    id: Mapped[Id]
    touch: Mapped[str] = mapped_column(ForeignKey("touch.id"))
    source: Mapped[str]
    status: Mapped[str]
    provider_id: Mapped[str | None]
    code: Mapped[str | None]
    at: Mapped[Instant]
    provider_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("touch", "source", "status", "provider_id", "code", postgresql_nulls_not_distinct=True),
    )


class Link(OfLender, Base):
    """The payment link of one touch. Only the token's digest is kept; a GET changes nothing."""

    __tablename__ = "link"
    id: Mapped[Id]
    touch: Mapped[str] = mapped_column(ForeignKey("touch.id"))
    account: Mapped[str] = mapped_column(ForeignKey("account.id"))
    person: Mapped[str] = mapped_column(ForeignKey("person.id"))
    token_sha256: Mapped[str]
    expires_at: Mapped[Instant]
    failures: Mapped[int]
    locked_until: Mapped[datetime | None]
    verified_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("token_sha256"), Index(None, "touch"))


class PageSession(OfLender, Base):
    """Fifteen minutes of a browser that passed the identity check of one link."""

    __tablename__ = "page_session"
    id: Mapped[Id]
    link: Mapped[str] = mapped_column(ForeignKey("link.id"))
    digest: Mapped[bytes]
    opened_at: Mapped[Instant]
    expires_at: Mapped[Instant]
    __table_args__ = (UniqueConstraint("digest"),)


class Checkout(OfLender, Base):
    """A payment begun through a link, at the payment provider."""

    __tablename__ = "checkout"
    id: Mapped[Id]
    account: Mapped[str] = mapped_column(ForeignKey("account.id"))
    link: Mapped[str] = mapped_column(ForeignKey("link.id"))
    provider: Mapped[str]
    provider_id: Mapped[str | None]
    amount: Mapped[str]
    currency: Mapped[str]
    state: Mapped[str]
    begun_at: Mapped[Instant]
    __table_args__ = (UniqueConstraint("provider", "provider_id"),)


class Reply(OfLender, Base):
    """A message a person wrote back. The text is sealed; its reading is not."""

    __tablename__ = "reply"
    id: Mapped[Id]
    account: Mapped[str | None] = mapped_column(ForeignKey("account.id"))
    person: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    contact_point: Mapped[str | None] = mapped_column(ForeignKey("contact_point.id"))
    channel: Mapped[str]
    provider_id: Mapped[str]
    reading: Mapped[str]
    """What was understood: stop, start, help, wrong_person, dispute, hardship, promise, paid, other."""
    text: Mapped[bytes | None]
    at: Mapped[Instant]
    needs_human: Mapped[bool]
    answered: Mapped[str | None]
    """What we wrote back, if anything: introduction or confirmation."""
    __table_args__ = (UniqueConstraint("provider_id"), Index(None, "account"))


class Suppression(OfTenant, Base):
    """An opt-out with its scope. It binds the whole tenant; `lender` says only to whom it was said."""

    __tablename__ = "suppression"
    id: Mapped[Id]
    lender: Mapped[str | None]
    person: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    scope: Mapped[str]
    channel: Mapped[str | None]
    address_key: Mapped[bytes | None]
    via: Mapped[str]
    at: Mapped[Instant]
    lifted_at: Mapped[datetime | None]
    __table_args__ = (
        Index(None, "tenant", "address_key"),
        Index(None, "person"),
        CheckConstraint("scope in ('number', 'channel', 'all_automated', 'everything')", name="scope"),
    )


class PastContact(OfLender, Base):
    """A contact made before enrolment, as the lender reported it, or a call that the person made to us.

    It counts like our own; what the person began is a conversation and no attempt.
    """

    __tablename__ = "past_contact"
    id: Mapped[Id]
    account: Mapped[str] = mapped_column(ForeignKey("account.id"))
    person: Mapped[str] = mapped_column(ForeignKey("person.id"))
    at: Mapped[Instant]
    channel: Mapped[str]
    role: Mapped[str]
    address_key: Mapped[bytes | None]
    place: Mapped[str | None]
    result: Mapped[str]
    __table_args__ = (Index(None, "person", "at"), Index(None, "tenant", "address_key", "at"))
