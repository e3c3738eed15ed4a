"""Imports at work: who works on which file, how far it is, what became of each row.

A lease is taken in machine time and renewed with every step, in the step's own transaction: a process that lost it
cannot commit. What a step did and that it was done are one transaction, so that nothing is done twice or half.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import CursorResult, or_, select, text, update
from sqlalchemy.orm import Session

from forbear.errors import Erased, ForbearError, NotFound
from forbear.ledger import audit
from forbear.ledger.engine import Ledger
from forbear.ledger.ids import new_id
from forbear.ledger.tables.imports import ImportFile, ImportRow
from forbear.ledger.vault import FileKey

LEASE: Final = timedelta(seconds=30)
"""Machine time after which a file whose process says nothing is another's."""
KEPT: Final = timedelta(days=30)
"""World time for which the results of an ended import can be read."""
BATCH: Final = 1_000
WAITING = text("select id, tenant, lender from imports_waiting(:at)")
PAST = text("select id, tenant, lender from imports_past(:before)")
END = text("select end_import(:file)")
PURGE = text("select purge_import(:file)")
WRITE = text(
    "insert into import_row (id, tenant, lender, file, number, line, status, account, external_id, mark, problems) "
    "select id, :tenant, :lender, :file, number, line, status, account, external_id, mark, cast(problems as jsonb) "
    "from unnest(cast(:ids as text[]), cast(:numbers as int[]), cast(:lines as int[]), cast(:statuses as text[]), "
    "cast(:accounts as text[]), cast(:names as bytea[]), cast(:marks as bytea[]), cast(:problems as text[])) "
    "as settled (id, number, line, status, account, external_id, mark, problems)"
)
STATUSES: Final = ("enrolled", "already", "would_enrol", "refused")


class LeaseLost(ForbearError):
    """Another process works on this import now."""


class Job(NamedTuple):
    """An import somebody may work on."""

    id: str
    tenant: str
    lender: str


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of one record: its ordinal, its first line, and the problems it has."""

    number: int
    line: int
    status: str
    account: str | None = None
    external_id: str | None = None
    problems: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Held:
    """A file under our lease, as it was when it was taken; `opened` is None where its key does not open any more."""

    job: Job
    holder: str
    file: ImportFile
    opened: FileKey | None

    @property
    def key(self) -> FileKey:
        """What the file's pieces and results are sealed with.

        Raises:
            Erased: it does not open, so that nobody can bring this import on.
        """
        if self.opened is None:
            raise Erased(f"The key of {self.job.id} does not open")
        return self.opened


def waiting(ledger: Ledger) -> list[Job]:
    """Imports that nobody works on, the lender that was served least recently first."""
    with ledger.anyone() as session:
        return [Job(*row) for row in session.execute(WAITING, {"at": ledger.clock.machine_now()})]


def take(ledger: Ledger, job: Job, holder: str) -> Held | None:
    """Take the lease of an import; None where another was first."""
    now = ledger.clock.machine_now()
    with ledger.api(job.tenant, job.lender) as session:
        taken = session.execute(
            update(ImportFile)
            .where(
                ImportFile.id == job.id,
                ImportFile.finished_at.is_(None),
                or_(ImportFile.lease_until.is_(None), ImportFile.lease_until <= now),
            )
            .values(lease_holder=holder, lease_until=now + LEASE, served_at=now)
            .returning(ImportFile)
        ).scalar_one_or_none()
    if taken is None or taken.wrapped is None:
        return None
    try:
        key = ledger.vault.file_key(job.tenant, job.lender, job.id, taken.wrapped)
    except Erased:
        # Held all the same, for whoever took it must end it.
        key = None
    return Held(job, holder, taken, key)


def advance(session: Session, ledger: Ledger, held: Held, **changes: Any) -> None:
    """Write progress and renew the lease, in the transaction of the step.

    Raises:
        LeaseLost: the step must not be committed.
    """
    until = ledger.clock.machine_now() + LEASE
    done = session.execute(
        update(ImportFile)
        .where(ImportFile.id == held.job.id, ImportFile.lease_holder == held.holder, ImportFile.finished_at.is_(None))
        .values(lease_until=until, **changes)
        .execution_options(synchronize_session=False)
    )
    if not isinstance(done, CursorResult) or done.rowcount != 1:
        raise LeaseLost(held.job.id)


def renew(ledger: Ledger, held: Held, **changes: Any) -> None:
    """`advance` in a transaction of its own."""
    with ledger.api(held.job.tenant, held.job.lender) as session:
        advance(session, ledger, held, **changes)


def release(ledger: Ledger, held: Held) -> None:
    """Give the lease back, so that whoever is next need not wait for its end."""
    with ledger.api(held.job.tenant, held.job.lender) as session:
        session.execute(
            update(ImportFile)
            .where(ImportFile.id == held.job.id, ImportFile.lease_holder == held.holder)
            .values(lease_holder=None, lease_until=None)
            .execution_options(synchronize_session=False)
        )


def settle(session: Session, ledger: Ledger, held: Held, rows: Sequence[Settled]) -> None:
    """Write what became of these records, and that the file is that far.

    Raises:
        LeaseLost: nothing of it may be committed.
    """
    counts = {status: sum(row.status == status for row in rows) for status in STATUSES}
    changes = {status: ImportFile.__table__.c[status] + count for status, count in counts.items() if count}
    # First, because it takes the row's lock: two processes cannot both write the same records.
    advance(session, ledger, held, row=rows[-1].number, line=rows[-1].line, **changes)
    session.execute(WRITE, _columns(ledger, held, rows))


def mark(ledger: Ledger, held: Held, external_id: str) -> bytes:
    """The digest by which a reference is found again within its file."""
    return ledger.vault.match_digest(held.job.tenant, f"import:{held.job.id}", external_id)


def first_lines(session: Session, held: Held, marks: Sequence[bytes]) -> dict[bytes, int]:
    """Marks that settled records of the file have, with the first line of each."""
    found = session.execute(
        select(ImportRow.mark, ImportRow.line)
        .where(ImportRow.file == held.job.id, ImportRow.mark.in_(list(marks)))
        .order_by(ImportRow.number.desc())
    )
    return {bytes(each.mark): each.line for each in found if each.mark is not None}


def finish(ledger: Ledger, held: Held, state: str, *, problem: Mapping[str, Any] | None = None) -> None:
    """End the import and delete the file's pieces.

    Raises:
        LeaseLost: another process works on it.
    """
    job, now = held.job, ledger.clock.now()
    with ledger.api(job.tenant, job.lender) as session:
        changes = {"state": state, "finished_at": now, "problem": None if problem is None else dict(problem)}
        advance(session, ledger, held, **changes)
        row = session.get_one(ImportFile, job.id, populate_existing=True)
        counts = {status: getattr(row, status) for status in STATUSES}
        audit.note(
            session, tenant=job.tenant, lender=job.lender, kind=f"import_{state}", subject=job.id, at=now,
            written={"sha256": row.sha256, "dry_run": row.dry_run, "rows": row.row, **counts},
        )  # fmt: skip
        session.execute(END, {"file": job.id})


def purge(ledger: Ledger) -> int:
    """Delete the results of imports that ended long ago, with the keys they were sealed under; returns how many."""
    with ledger.anyone() as session:
        past = [Job(*row) for row in session.execute(PAST, {"before": ledger.clock.now() - KEPT})]
    for job in past:
        with ledger.api(job.tenant, job.lender) as session:
            session.execute(PURGE, {"file": job.id})
    return len(past)


def found(session: Session, file: str) -> ImportFile:
    """The import, of the session's lender."""
    row = session.get(ImportFile, file)
    if row is None:
        raise NotFound("No import has this id")
    return row


def page(session: Session, *, after: tuple[datetime, str] | None, limit: int) -> list[ImportFile]:
    """The lender's imports, newest first."""
    chosen = select(ImportFile).order_by(ImportFile.created_at.desc(), ImportFile.id.desc()).limit(limit)
    if after is not None:
        at, last = after
        older = (ImportFile.created_at < at) | ((ImportFile.created_at == at) & (ImportFile.id < last))
        chosen = chosen.where(older)
    return list(session.scalars(chosen))


def results(ledger: Ledger, tenant: str, lender: str, file: str) -> Iterator[Settled]:
    """What became of the records so far, in the order of the file, read a batch at a time.

    Raises:
        NotFound: the lender has no such import.
        Erased: its results were purged.
    """
    with ledger.api(tenant, lender) as session:
        row = found(session, file)
        if row.wrapped is None:
            raise Erased(f"The results of this import were deleted {KEPT.days} days after its end")
        key = ledger.vault.file_key(tenant, lender, file, row.wrapped)
    return _rows(ledger, Job(file, tenant, lender), key)


def _rows(ledger: Ledger, job: Job, key: FileKey) -> Iterator[Settled]:
    last = 0
    while True:
        chosen = select(ImportRow).where(ImportRow.file == job.id, ImportRow.number > last)
        with ledger.api(job.tenant, job.lender) as session:
            batch = session.scalars(chosen.order_by(ImportRow.number).limit(BATCH)).all()
        for row in batch:
            name = (
                None if row.external_id is None else key.open(bytes(row.external_id), "row", str(row.number)).decode()
            )
            yield Settled(row.number, row.line, row.status, row.account, name, tuple(row.problems))
        if len(batch) < BATCH:
            return
        last = batch[-1].number


def _columns(ledger: Ledger, held: Held, rows: Sequence[Settled]) -> dict[str, Any]:
    """The rows as columns, for one statement: thousands of single ones would take most of a dry run's time."""
    names = [(str(row.number), row.external_id) for row in rows]
    return {
        "tenant": held.job.tenant,
        "lender": held.job.lender,
        "file": held.job.id,
        "ids": [new_id("irw") for _ in rows],
        "numbers": [row.number for row in rows],
        "lines": [row.line for row in rows],
        "statuses": [row.status for row in rows],
        "accounts": [row.account for row in rows],
        "names": [None if name is None else held.key.seal(name.encode(), "row", at) for at, name in names],
        "marks": [None if name is None else mark(ledger, held, name) for _, name in names],
        "problems": [json.dumps(row.problems) for row in rows],
    }
