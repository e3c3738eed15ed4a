"""The common ground of all tables: metadata with named constraints, and the columns every row carries.

Every row of a tenant names its tenant and, where a lender gave it, its lender: row-level security in the first
migration reads these two columns. Ids are opaque text, made by `forbear.ledger.ids`.
"""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, ClassVar

from sqlalchemy import DateTime, LargeBinary, MetaData, Numeric, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Id = Annotated[str, mapped_column(Text, primary_key=True)]
Instant = Annotated[datetime, mapped_column(DateTime(timezone=True))]
Money = Annotated[Decimal, mapped_column(Numeric(20, 4))]
Sealed = Annotated[bytes, mapped_column(LargeBinary)]
"""Personal data, encrypted under its person's own key."""
Json = Annotated[dict[str, Any], mapped_column(JSONB)]


class Base(DeclarativeBase):
    """Constraint names are fixed so that migrations and error mapping can rely on them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Text,
        datetime: DateTime(timezone=True),
        Decimal: Numeric(20, 4),
        dict[str, Any]: JSONB(none_as_null=True),
    }


class OfTenant:
    """A row that belongs to a tenant and to no single lender: match keys and limits."""

    tenant: Mapped[str] = mapped_column(Text, index=False)


class OfLender(OfTenant):
    """A row that a lender gave or that concerns one of its accounts."""

    lender: Mapped[str] = mapped_column(Text)
