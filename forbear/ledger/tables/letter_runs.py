"""Runs of letters: one kind of paper for many accounts of a lender, and what became of each.

They hold references, states and codes; what is printed lies in files that are named by their digests.
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from forbear.ledger.tables.base import Base, Id, Instant, OfLender


class LetterRun(OfLender, Base):
    """One run. `hands_since` is when somebody said that its letters may be handed over; null until then."""

    __tablename__ = "letter_run"
    id: Mapped[Id]
    kind: Mapped[str]
    day: Mapped[date]
    """That its papers bear, so that one made again is the same."""
    created_at: Mapped[Instant]
    hands_since: Mapped[datetime | None]
    __table_args__ = (Index(None, "lender", "created_at"),)


class LetterRunItem(OfLender, Base):
    """One paper of a run: for one reader of one account. Its letter, where one was let go, is its touch's."""

    __tablename__ = "letter_run_item"
    id: Mapped[Id]
    run: Mapped[str] = mapped_column(ForeignKey("letter_run.id"))
    number: Mapped[int]
    account: Mapped[str] = mapped_column(ForeignKey("account.id"))
    person: Mapped[str] = mapped_column(ForeignKey("person.id"))
    state: Mapped[str]
    code: Mapped[str | None]
    """Why it was refused or is held: a check's code, or the rule."""
    until: Mapped[datetime | None]
    """When what holds it ends, where that is known."""
    sha256: Mapped[str | None]
    """Of the paper as it was made for looking at."""
    pages: Mapped[int | None]
    touch: Mapped[str | None] = mapped_column(ForeignKey("touch.id"))
    changed_at: Mapped[Instant]
    __table_args__ = (
        UniqueConstraint("run", "number"),
        UniqueConstraint("run", "account", "person"),
        UniqueConstraint("touch"),
        CheckConstraint("state in ('waiting', 'made', 'refused', 'held', 'handed')", name="state"),
        CheckConstraint("(state in ('refused', 'held')) = (code is not null)", name="reason"),
    )
