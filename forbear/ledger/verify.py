"""Whether the record still stands as it was written: chain, published heads, and the rows and files they speak of.

A link is checked against the stored link before it, so that one change is reported where it is and not everywhere
behind it. Nothing here repairs anything.
"""

import hmac
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from forbear.ledger import chain, routes, visits_verified
from forbear.ledger.audit import PLAN
from forbear.ledger.digests import FIXED, columns, row_digest
from forbear.ledger.engine import Ledger, key_bytes
from forbear.ledger.tables.record import AuditRow, AuditSeal

BATCH = 1_000
Kind = Literal["changed", "deleted", "inserted", "head", "unsealed"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding. `unsealed` is no fault: the tail that the next round of sealing will take."""

    tenant: str
    kind: Kind
    what: str

    @property
    def grave(self) -> bool:
        return self.kind != "unsealed"


Link = tuple[AuditSeal, AuditRow | None]


def verify(ledger: Ledger, folder: Path) -> list[Problem]:
    """Check every tenant the database or the folder of published heads knows."""
    key = key_bytes(ledger.settings, "audit_key")
    with ledger.worker() as session:
        known = routes.tenants(session)
    found: list[Problem] = []
    for tenant in sorted({*known, *chain.tenants_published(folder)}):
        found += _verify_tenant(ledger, folder, key, tenant)
        found += [Problem(tenant, kind, what) for kind, what in visits_verified.faults(ledger, tenant)]
    return found


def verify_command(ledger: Ledger, folder: Path, say: Callable[[str], None] = print) -> int:
    """Verify and say so in lines a person can read; returns the exit status."""
    problems = verify(ledger, folder)
    for problem in problems:
        say(f"{problem.tenant}: {problem.kind}: {problem.what}")
    grave = sum(problem.grave for problem in problems)
    with ledger.worker() as session:
        count = len(routes.tenants(session))
    say(f"{count} tenants verified: " + (f"{grave} faults" if grave else "the record stands as it was written"))
    return 1 if grave else 0


def _verify_tenant(ledger: Ledger, folder: Path, key: bytes, tenant: str) -> list[Problem]:
    try:
        # Read before the chain: a sealer at work may lengthen the chain meanwhile, but cannot shorten it.
        heads = chain.published(folder, tenant)
    except ValueError:
        return [Problem(tenant, "head", f"the file of published heads of {tenant} cannot be read")]
    walk = _Walk(tenant, key, {head.position: head.link for head in heads})
    with ledger.worker(tenant) as session:
        session.execute(PLAN)
        for batch in _links(session, tenant):
            walk.through(batch)
            walk.found += _subjects(session, tenant, [row for _, row in batch if row is not None])
        walk.finish(heads)
        walk.found += _tail(session, tenant)
    return walk.found


class _Walk:
    """One pass along a tenant's chain."""

    def __init__(self, tenant: str, key: bytes, heads: dict[int, bytes]) -> None:
        self.tenant, self.key, self.heads = tenant, key, heads
        self.position, self.link = 0, chain.start(key, tenant)
        self.found: list[Problem] = []

    def through(self, batch: Sequence[Link]) -> None:
        for seal, row in batch:
            missing = seal.position - self.position - 1
            if missing:
                self._add("deleted", f"{missing} seals are gone before position {seal.position}")
            if row is None:
                self._add("deleted", f"audit row {seal.row} at position {seal.position} is gone")
            elif not missing and not self._fits(seal, row):
                self._add("changed", f"audit row {row.id} at position {seal.position} was changed or put in")
            head = self.heads.get(seal.position)
            if head is not None and not hmac.compare_digest(head, bytes(seal.link)):
                self._add("head", f"position {seal.position} is not what was published")
            self.position, self.link = seal.position, bytes(seal.link)

    def _fits(self, seal: AuditSeal, row: AuditRow) -> bool:
        return hmac.compare_digest(chain.link(self.key, self.link, seal.position, row), bytes(seal.link))

    def finish(self, heads: Sequence[chain.Head]) -> None:
        last = max((head.position for head in heads), default=0)
        if last > self.position:
            self._add("deleted", f"the chain ends at {self.position}, but {last} was published")
        if self.position and not heads:
            self._add("head", f"the chain has {self.position} seals, but no head was published")

    def _add(self, kind: Kind, what: str) -> None:
        self.found.append(Problem(self.tenant, kind, what))


def _links(session: Session, tenant: str) -> Iterator[Sequence[Link]]:
    """Seals with their rows in the order of the chain, a batch at a time."""
    seals = select(AuditSeal).where(AuditSeal.tenant == tenant).order_by(AuditSeal.position).limit(BATCH)
    position = 0
    while batch := session.scalars(seals.where(AuditSeal.position > position)).all():
        # Fetched by id and not by a join, for which the planner would read both tables whole, each time.
        rows = session.scalars(select(AuditRow).where(AuditRow.id.in_([seal.row for seal in batch])))
        there = {row.id: row for row in rows}
        yield [(seal, there.get(seal.row)) for seal in batch]
        position = batch[-1].position
        session.expunge_all()


def _subjects(session: Session, tenant: str, rows: Sequence[AuditRow]) -> list[Problem]:
    """Digest the rows anew that the audit rows speak of."""
    found: list[Problem] = []
    for table, model in FIXED.items():
        noted = {row.subject: row for row in rows if row.of_table == table}
        if not noted:
            continue
        of = model.__table__
        chosen = select(*(of.c[name] for name in columns(table))).where(of.c.id.in_(noted))
        there = {row.id: dict(row._mapping) for row in session.execute(chosen)}  # noqa: SLF001  SQLAlchemy's public name
        for subject, row in noted.items():
            if subject not in there:
                found.append(Problem(tenant, "deleted", f"{table} {subject} is gone"))
            elif not hmac.compare_digest(row_digest(table, there[subject]), bytes(row.digest)):
                found.append(Problem(tenant, "changed", f"{table} {subject} is not as audit row {row.id} has it"))
    return found


def _tail(session: Session, tenant: str) -> list[Problem]:
    has_seal = exists().where(AuditSeal.row == AuditRow.id)
    rows = select(AuditRow.id, AuditRow.kind, AuditRow.subject).where(AuditRow.tenant == tenant, ~has_seal)
    return [
        Problem(tenant, "unsealed", f"audit row {row.id}: {row.kind} {row.subject}")
        for row in session.execute(rows.order_by(AuditRow.id))
    ]
