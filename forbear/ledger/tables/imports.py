"""Imports: a file on its way into the ledger, its sealed pieces, and what became of each of its rows.

Pieces and row references are sealed under the import's own key, which the installation's master key wraps. Pieces go
when the import ends, the key when its results are purged.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from forbear.ledger.tables.base import Base, Id, Instant, OfLender


class ImportFile(OfLender, Base):
    """One file a lender sent, and how far it is.

    `row` and `line` are the last record that was settled. A lease is in machine time: its holder works on the file, and
    when it is not renewed another process goes on from the last settled record.
    """

    __tablename__ = "import_file"
    id: Mapped[Id]
    state: Mapped[str]
    dry_run: Mapped[bool]
    format: Mapped[str | None]
    encoding: Mapped[str | None]
    compressed: Mapped[bool]
    sha256: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    pieces: Mapped[int]
    wrapped: Mapped[bytes | None]
    row: Mapped[int]
    line: Mapped[int]
    rows: Mapped[int | None]
    enrolled: Mapped[int]
    already: Mapped[int]
    would_enrol: Mapped[int]
    refused: Mapped[int]
    problem: Mapped[dict[str, Any] | None]
    created_at: Mapped[Instant]
    finished_at: Mapped[datetime | None]
    lease_holder: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    served_at: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint("state in ('received', 'enrolling', 'done', 'refused')", name="state"),
        Index("ix_import_file_open", "lender", "created_at", postgresql_where="finished_at is null"),
        Index(None, "lender", "created_at", "id"),
    )


class ImportPiece(OfLender, Base):
    """A part of the file as it came, sealed."""

    __tablename__ = "import_piece"
    id: Mapped[Id]
    file: Mapped[str] = mapped_column(ForeignKey("import_file.id"))
    number: Mapped[int]
    sealed: Mapped[bytes]
    __table_args__ = (UniqueConstraint("file", "number"),)


class ImportRow(OfLender, Base):
    """What became of one record of the file. `mark` is the keyed digest of its external_id."""

    __tablename__ = "import_row"
    id: Mapped[Id]
    file: Mapped[str] = mapped_column(ForeignKey("import_file.id"))
    number: Mapped[int]
    line: Mapped[int]
    status: Mapped[str]
    account: Mapped[str | None]
    external_id: Mapped[bytes | None]
    mark: Mapped[bytes | None]
    problems: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    __table_args__ = (
        CheckConstraint("status in ('enrolled', 'already', 'would_enrol', 'refused')", name="status"),
        UniqueConstraint("file", "number"),
        Index(None, "file", "mark"),
    )
