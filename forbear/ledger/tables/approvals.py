"""What people approved of papers, and what was told of an account for its papers. Both append-only."""

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from forbear.ledger.tables.base import Base, Id, Instant, OfLender, OfTenant, Sealed


class PaperApproval(OfTenant, Base):
    """That a named person accepted one finished file, in the role that its kind asks for."""

    __tablename__ = "paper_approval"
    id: Mapped[Id]
    staff: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    role: Mapped[str]
    kind: Mapped[str]
    version: Mapped[int]
    digest: Mapped[str]
    """Over every file that the paper is made from, as the registry reckons it."""
    language: Mapped[str]
    sha256: Mapped[str]
    """Of the file that they looked at."""
    account: Mapped[str | None] = mapped_column(ForeignKey("account.id"))
    """Null where the file was the sample of its kind: then the kind's words are approved and no single paper."""
    at: Mapped[Instant]
    __table_args__ = (
        Index(None, "tenant", "kind"),
        Index(None, "account"),
        CheckConstraint("role in ('operator', 'supervisor', 'lawyer')", name="role"),
        CheckConstraint("account is not null or role <> 'lawyer'", name="lawyer"),
    )


class PaperFields(OfLender, Base):
    """Values for fields of papers about one account, for one kind or, where `kind` is empty, for every kind. Sealed."""

    __tablename__ = "paper_fields"
    id: Mapped[Id]
    account: Mapped[str] = mapped_column(ForeignKey("account.id"))
    kind: Mapped[str]
    told: Mapped[Sealed]
    told_at: Mapped[Instant]
    __table_args__ = (Index(None, "account"),)
