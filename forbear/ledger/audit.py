"""Audit: for every fact one row with ids and the digest of what was written, chained per tenant soon after.

`note` runs in the fact's own transaction. `seal` runs in upkeep, so that no claim ever waits for the chain.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple, NotRequired, TypedDict, Unpack

from sqlalchemy import CTE, bindparam, column, exists, func, insert, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from forbear.ledger import chain, routes
from forbear.ledger.digests import digest, model_digest, row_digest
from forbear.ledger.engine import Ledger, key_bytes
from forbear.ledger.tables.base import Base
from forbear.ledger.tables.record import AuditRow, AuditSeal

# Without RETURNING: the API may write a row that belongs to no lender, and may not read it.
NOTE = insert(Base.metadata.tables["audit_row"]).inline()
_TABLE = Base.metadata.tables["audit_row"]
_COLUMNS = tuple(each for each in _TABLE.columns if each.name != "id")
_LISTS = func.unnest(*(bindparam(f"notes_{each.name}", type_=ARRAY(each.type)) for each in _COLUMNS))
_LINES = _LISTS.table_valued(
    *(column(each.name, each.type) for each in _COLUMNS), with_ordinality="place"
).render_derived("line")
NOTES = insert(_TABLE).from_select(
    [each.name for each in _COLUMNS], select(*_LINES.columns[:-1]).order_by(_LINES.c.place), include_defaults=False
)
"""Any number of them by one statement, from `as_lists`, in their order."""
TURN = text("select pg_advisory_xact_lock(hashtextextended('forbear.seal:' || :tenant, 0))")
PLAN = text("select set_config('plan_cache_mode', 'force_custom_plan', true)")
"""A plan kept from when the tables were small makes a long chain a hundred times slower."""
BATCH = 2_000
"""Rows sealed in one transaction."""
LOOKBACK = 20_000
"""How many ids before the last sealed row an ordinary round looks for late ones; all are looked at once in as many."""


Line = dict[str, Any]
"""The values of one audit row."""


class Noted(TypedDict):
    """What an audit row tells.

    Attributes:
        tenant: whose chain it goes into.
        kind: what happened, e.g. `payment_posted`.
        subject: the id of the row it is about.
        at: world instant of the fact.
        written: ids, numbers and instants, never anything personal. A model instance of an append-only table, or of a
            touch, stands for its row: that it still stands there as it was written can then be shown.
        table: says that `written` holds the columns of the subject's whole row in such a table.
        lender: where the fact belongs to one.
        account: likewise.
        person: likewise.
    """

    tenant: str
    kind: str
    subject: str
    at: datetime
    written: Mapping[str, object] | Base
    table: NotRequired[str | None]
    lender: NotRequired[str | None]
    account: NotRequired[str | None]
    person: NotRequired[str | None]


def note(session: Session, **fields: Unpack[Noted]) -> None:
    """Write one audit row, in the fact's own transaction."""
    session.execute(NOTE, line(**fields))


def as_lists(lines: Sequence[Line]) -> dict[str, list[Any]]:
    """The values of `NOTES`: for each column those of all lines."""
    return {f"notes_{each.name}": [line[each.name] for line in lines] for each in _COLUMNS}


def noted_with(written: CTE) -> CTE:
    """One audit row for each row that a part of the same statement wrote; the values are those of `as_values`."""
    given = (bindparam(f"note_{each.name}", type_=each.type) for each in _COLUMNS)
    names = [each.name for each in _COLUMNS]
    return insert(_TABLE).from_select(names, select(*given).select_from(written), include_defaults=False).cte("noted")


def as_values(line: Line) -> Line:
    """The values of one line for `noted_with`."""
    return {f"note_{name}": value for name, value in line.items()}


def line(**fields: Unpack[Noted]) -> Line:
    """An audit row that is yet to be written."""
    table, written = fields.get("table"), fields["written"]
    if isinstance(written, Base):
        table, made = model_digest(written)
    else:
        made = row_digest(table, written) if table else digest(written)
    return {
        "tenant": fields["tenant"],
        "lender": fields.get("lender"),
        "account": fields.get("account"),
        "person": fields.get("person"),
        "kind": fields["kind"],
        "subject": fields["subject"],
        "of_table": table,
        "at": fields["at"],
        "digest": made,
    }


def seal(ledger: Ledger, folder: Path) -> int:
    """Chain what is not chained yet, for every tenant, and publish each new head.

    Args:
        ledger: open, with the worker's role.
        folder: the installation's data folder.

    Returns:
        How many rows were sealed.
    """
    with ledger.worker() as session:
        tenants = routes.tenants(session)
    return sum(seal_tenant(ledger, folder, tenant) for tenant in tenants)


def seal_tenant(ledger: Ledger, folder: Path, tenant: str) -> int:
    """Chain what is not chained yet of one tenant, and publish its new head."""
    return _seal_tenant(ledger, folder, key_bytes(ledger.settings, "audit_key"), tenant)


class _End(NamedTuple):
    """Where a chain ends, and which audit row it ends with."""

    position: int
    link: bytes
    row: int


def _seal_tenant(ledger: Ledger, folder: Path, key: bytes, tenant: str) -> int:
    heads = chain.published(folder, tenant)
    before = heads[-1].position if heads else 0
    end, sealed = _rounds(ledger, key, tenant, lookback=LOOKBACK)
    if before // LOOKBACK != end.position // LOOKBACK:
        end, late = _rounds(ledger, key, tenant, lookback=None)
        sealed += late
    # Only after the commit: a head that the database does not know would look like a deletion. What a crash kept from
    # being published is published by the next round.
    if end.position > before:
        head = chain.Head(end.position, end.link, ledger.clock.now())
        chain.publish(folder, tenant, head, end.position - before)
    return sealed


def _rounds(ledger: Ledger, key: bytes, tenant: str, *, lookback: int | None) -> tuple[_End, int]:
    """Seal a batch per transaction until one is not full; returns the chain's end and how many rows were sealed."""
    sealed, last = 0, BATCH
    end = _End(0, b"", 0)
    while last == BATCH:
        with ledger.worker(tenant) as session:
            session.execute(PLAN)
            session.execute(TURN, {"tenant": tenant})
            end = _end(session, tenant) or _End(0, chain.start(key, tenant), 0)
            rows = _unsealed(session, tenant, above=0 if lookback is None else end.row - lookback)
            end = _extend(session, key, end, rows, ledger.clock.now())
        last = len(rows)
        sealed += last
    return end, sealed


def _end(session: Session, tenant: str) -> _End | None:
    seals = select(AuditSeal.position, AuditSeal.link, AuditSeal.row).where(AuditSeal.tenant == tenant)
    row = session.execute(seals.order_by(AuditSeal.position.desc()).limit(1)).one_or_none()
    return None if row is None else _End(row.position, bytes(row.link), row.row)


def _unsealed(session: Session, tenant: str, above: int) -> Sequence[AuditRow]:
    """The oldest rows without a seal. Ids may be committed out of order: a late one takes its place at the end."""
    has_seal = exists().where(AuditSeal.row == AuditRow.id)
    rows = select(AuditRow).where(AuditRow.tenant == tenant, AuditRow.id > above, ~has_seal)
    return session.execute(rows.order_by(AuditRow.id).limit(BATCH)).scalars().all()


def _extend(session: Session, key: bytes, end: _End, rows: Sequence[AuditRow], at: datetime) -> _End:
    """Add one link for each row; returns the chain's new end."""
    seals: list[dict[str, Any]] = []
    for row in rows:
        position = end.position + 1
        end = _End(position, chain.link(key, end.link, position, row), row.id)
        seals.append({"tenant": row.tenant, "position": position, "row": row.id, "link": end.link, "sealed_at": at})
    if seals:
        session.execute(insert(Base.metadata.tables["audit_seal"]), seals)
    return end
