"""Visits: what was asked for and decided, who goes when, who stood where, what was seen, handed over and reported.

A visit's own row is the only one that changes. Coordinates are somebody's home and are sealed under that person's key,
as are the keys of the files; distances and digests are not personal. Officers appear by their ids alone.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from forbear.ledger.tables.base import Base, Id, Instant, OfLender, OfTenant, Sealed


class Visit(OfLender, Base):
    """One visit to one person, asked for by a task. Nobody goes before a named person approved it."""

    __tablename__ = "visit"
    id: Mapped[Id]
    task: Mapped[str] = mapped_column(ForeignKey("task.id"))
    account: Mapped[str] = mapped_column(ForeignKey("account.id"))
    person: Mapped[str] = mapped_column(ForeignKey("person.id"))
    contact_point: Mapped[str | None] = mapped_column(ForeignKey("contact_point.id"))
    number: Mapped[int]
    """By which it is called aloud and in calendars."""
    state: Mapped[str]
    requested_by: Mapped[str | None]
    """Null where the cadence asked for it."""
    requested_at: Mapped[Instant]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    decision_reason: Mapped[str | None]
    touch: Mapped[str | None]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    version: Mapped[int] = mapped_column(default=0, server_default="0")
    __table_args__ = (
        UniqueConstraint("task"),
        UniqueConstraint("tenant", "number"),
        Index(None, "account"),
        Index(None, "tenant", "state"),
        CheckConstraint(
            "state in ('requested', 'approved', 'declined', 'assigned', 'under_way', 'reported', 'aborted', "
            "'withdrawn')",
            name="state",
        ),
    )


class VisitPlan(OfLender, Base):
    """Two officers and a slot; the one with the highest sequence counts. Append-only."""

    __tablename__ = "visit_plan"
    id: Mapped[Id]
    visit: Mapped[str] = mapped_column(ForeignKey("visit.id"))
    sequence: Mapped[int]
    first_officer: Mapped[str]
    second_officer: Mapped[str]
    starts_at: Mapped[Instant]
    ends_at: Mapped[Instant]
    zone: Mapped[str]
    planned_by: Mapped[str]
    at: Mapped[Instant]
    __table_args__ = (
        UniqueConstraint("visit", "sequence"),
        Index(None, "tenant", "starts_at"),
        CheckConstraint("first_officer <> second_officer", name="two"),
    )


class VisitPlace(OfLender, Base):
    """Where the address of a contact point is on the globe, as somebody told it; the latest counts. Append-only."""

    __tablename__ = "visit_place"
    id: Mapped[Id]
    contact_point: Mapped[str] = mapped_column(ForeignKey("contact_point.id"))
    person: Mapped[str] = mapped_column(ForeignKey("person.id"))
    place: Mapped[Sealed]
    system: Mapped[str]
    told_by: Mapped[str]
    at: Mapped[Instant]
    __table_args__ = (Index(None, "contact_point"),)


class VisitCheckIn(OfLender, Base):
    """One officer saying 'I am here': by which clocks, where, how exactly, how far from the door. Append-only."""

    __tablename__ = "visit_check_in"
    id: Mapped[Id]
    visit: Mapped[str] = mapped_column(ForeignKey("visit.id"))
    officer: Mapped[str]
    key: Mapped[str]
    """Made by the phone: the same again changes nothing."""
    at: Mapped[Instant]
    device_at: Mapped[datetime | None]
    place: Mapped[bytes | None]
    system: Mapped[str | None]
    """In which the phone told it: wgs84 or gcj02."""
    accuracy: Mapped[int | None]
    """Metres, rounded up."""
    mocked: Mapped[bool | None]
    """Whether the phone said that the place is made up; null where it cannot say."""
    typed: Mapped[bool]
    """Written by hand instead of read from the receiver."""
    metres: Mapped[int | None]
    """To the door; null where the address has no coordinates or the phone gave none."""
    nearness: Mapped[str]
    __table_args__ = (
        UniqueConstraint("visit", "officer", "key"),
        CheckConstraint("nearness in ('near', 'unsure', 'far', 'no_coordinates', 'no_place')", name="nearness"),
    )


class VisitReport(OfLender, Base):
    """How it ended, once. What was written or photographed is evidence. Append-only."""

    __tablename__ = "visit_report"
    id: Mapped[Id]
    visit: Mapped[str] = mapped_column(ForeignKey("visit.id"))
    officer: Mapped[str]
    key: Mapped[str]
    outcome: Mapped[str]
    met: Mapped[str]
    cause: Mapped[str | None]
    ticks: Mapped[list[str]] = mapped_column(ARRAY(Text))
    at: Mapped[Instant]
    device_at: Mapped[datetime | None]
    """When it was submitted on the phone, which may have had no connection."""
    __table_args__ = (UniqueConstraint("visit"),)


class VisitSignature(OfLender, Base):
    """An officer who was there stands by the report. Append-only."""

    __tablename__ = "visit_signature"
    id: Mapped[Id]
    visit: Mapped[str] = mapped_column(ForeignKey("visit.id"))
    officer: Mapped[str]
    at: Mapped[Instant]
    __table_args__ = (UniqueConstraint("visit", "officer"),)


class HandedOver(OfLender, Base):
    """Proof of service by hand: which paper, to whom, when. Append-only."""

    __tablename__ = "handed_over"
    id: Mapped[Id]
    visit: Mapped[str] = mapped_column(ForeignKey("visit.id"))
    account: Mapped[str] = mapped_column(ForeignKey("account.id"))
    person: Mapped[str] = mapped_column(ForeignKey("person.id"))
    paper: Mapped[str]
    taken_by: Mapped[str]
    """borrower, or refused: a paper about a debt is offered to nobody else."""
    at: Mapped[Instant]
    officer: Mapped[str]
    __table_args__ = (
        UniqueConstraint("visit", "paper"),
        Index(None, "account"),
        CheckConstraint("taken_by in ('borrower', 'refused')", name="taken_by"),
    )


class VisitEvidence(OfLender, Base):
    """A photo, a note or a paper of a visit, as its digest at capture and its place in the store. Append-only."""

    __tablename__ = "visit_evidence"
    id: Mapped[Id]
    visit: Mapped[str] = mapped_column(ForeignKey("visit.id"))
    person: Mapped[str] = mapped_column(ForeignKey("person.id"))
    officer: Mapped[str]
    key: Mapped[str]
    kind: Mapped[str]
    media_type: Mapped[str]
    sha256: Mapped[str]
    """Of the file as it was captured."""
    size: Mapped[int]
    hashed_by: Mapped[str]
    """phone, or server where the phone could not."""
    stored_sha256: Mapped[str]
    """Of what lies in the store, sealed; its address there."""
    file_key: Mapped[Sealed]
    """Opens the file; sealed under the person's key, so that erasing the person erases it."""
    captured_at: Mapped[datetime | None]
    at: Mapped[Instant]
    __table_args__ = (
        UniqueConstraint("visit", "officer", "key"),
        CheckConstraint("kind in ('photo', 'note', 'paper')", name="kind"),
        CheckConstraint("hashed_by in ('phone', 'server')", name="hashed_by"),
    )


class Custody(OfLender, Base):
    """Who had a piece of evidence in hand, and what its digest was then. Append-only."""

    __tablename__ = "custody"
    id: Mapped[Id]
    evidence: Mapped[str] = mapped_column(ForeignKey("visit_evidence.id"))
    staff: Mapped[str]
    act: Mapped[str]
    sha256: Mapped[str]
    at: Mapped[Instant]
    __table_args__ = (
        Index(None, "evidence"),
        CheckConstraint("act in ('received', 'opened', 'exported', 'found_changed')", name="act"),
    )


class OfficerFeed(OfTenant, Base):
    """The secret address of an officer's calendar. Only the token's digest is kept."""

    __tablename__ = "officer_feed"
    id: Mapped[Id]
    staff: Mapped[str]
    token_sha256: Mapped[str]
    made_at: Mapped[Instant]
    revoked_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("token_sha256"),
        Index("uq_officer_feed_living", "staff", unique=True, postgresql_where="revoked_at is null"),
    )
