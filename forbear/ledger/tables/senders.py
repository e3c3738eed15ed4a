"""What texts come from, at what pace, and what stopped a way out until a person has looked."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from forbear.ledger.tables.base import Base, Id, Instant, OfLender


class Sender(OfLender, Base):
    """One number, Messaging Service or signature of a lender, with its place in time. A claim moves it on.

    A lender's pool are all its rows of a route that were not retired.
    """

    __tablename__ = "sender"
    id: Mapped[Id]
    address: Mapped[str]
    provider: Mapped[str]
    segments_per_second: Mapped[Decimal] = mapped_column(Numeric(12, 4))
    free_at: Mapped[Instant]
    """World instant at which the provider will have sent all that was claimed."""
    line_at: Mapped[Instant]
    """World instant of the last place in the line of those who found it busy."""
    held_until: Mapped[datetime | None]
    """World instant until which the provider asked for silence."""
    held_code: Mapped[str | None]
    strikes: Mapped[int] = mapped_column(default=0, server_default="0")
    """How often in a row it did; each time it is left alone for longer."""
    created_at: Mapped[Instant]
    retired_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("address"),
        Index(None, "lender"),
        CheckConstraint("segments_per_second > 0::numeric", name="pace"),
    )


class Incident(OfLender, Base):
    """A code that a person must look at, once: while it is open the same one opens nothing more.

    `template` and `route` hold what they name until they are released; `call` and `unmapped` hold nothing, nor does
    `clock`: a legal period that lapsed, whose id stands as the code.
    """

    __tablename__ = "incident"
    id: Mapped[Id]
    provider: Mapped[str]
    kind: Mapped[str]
    template: Mapped[str] = mapped_column(default="", server_default="")
    """Empty where it is not about one."""
    code: Mapped[str]
    touch: Mapped[str | None] = mapped_column(ForeignKey("touch.id"))
    """The first that met it."""
    task: Mapped[str | None] = mapped_column(ForeignKey("task.id"))
    opened_at: Mapped[Instant]
    released_at: Mapped[datetime | None]
    released_by: Mapped[str | None]
    """The member of staff, or 'operator' at the command line."""
    __table_args__ = (
        Index(
            "uq_incident_open",
            "lender",
            "provider",
            "code",
            "template",
            unique=True,
            postgresql_where="released_at is null",
        ),
        Index(None, "task"),
        CheckConstraint("kind in ('template', 'route', 'call', 'unmapped', 'clock')", name="kind"),
    )
