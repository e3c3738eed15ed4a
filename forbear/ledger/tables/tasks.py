"""What people are asked to do: a call, a visit, a reply that no machine understood. Ids and codes."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from forbear.ledger.tables.base import Base, Id, Instant, OfLender


class Task(OfLender, Base):
    """One piece of work for one person. At most one is open for a step of an account and a person."""

    __tablename__ = "task"
    id: Mapped[Id]
    account: Mapped[str | None] = mapped_column(ForeignKey("account.id"))
    person: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    contact_point: Mapped[str | None] = mapped_column(ForeignKey("contact_point.id"))
    kind: Mapped[str]
    role: Mapped[str]
    """Who may do it: caller, officer, supervisor, operator or legal."""
    step: Mapped[str | None]
    template: Mapped[str | None]
    language: Mapped[str | None]
    state: Mapped[str]
    reason: Mapped[str]
    """Why it is there, as a code of `forbear.ledger.task_reasons`."""
    reason_values: Mapped[dict[str, str]] = mapped_column(JSONB, server_default="{}")
    """What its sentence needs besides: nothing personal."""
    priority: Mapped[int]
    assignee: Mapped[str | None]
    opened_at: Mapped[Instant]
    due_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    taken_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    cause: Mapped[str | None]
    """Why the debtor is late, as a code."""
    touch: Mapped[str | None]
    reply: Mapped[str | None]
    version: Mapped[int] = mapped_column(default=0, server_default="0")
    __table_args__ = (
        Index(
            "uq_task_open_step",
            "account",
            "step",
            "person",
            unique=True,
            postgresql_where="state in ('open', 'taken') and step is not null",
        ),
        Index("uq_task_reply", "reply", unique=True, postgresql_where="reply is not null"),
        Index("uq_task_touch", "touch", "kind", unique=True, postgresql_where="touch is not null"),
        Index(None, "account"),
        Index("ix_task_open", "tenant", "role", "due_at", postgresql_where="state in ('open', 'taken')"),
        CheckConstraint(
            "kind in ('call', 'visit', 'reply', 'unknown_touch', 'unmapped_code', 'route', 'number', 'account', "
            "'clock')",
            name="kind",
        ),
        CheckConstraint(
            "state in ('open', 'taken', 'done', 'declined', 'expired', 'withdrawn')",
            name="state",
        ),
    )
