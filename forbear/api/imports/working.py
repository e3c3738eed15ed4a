"""The work on one imported file under a lease: a first pass that checks it whole, then a pass that settles its records.

A real import settles each record in a transaction of its own, together with the progress, so that whoever goes on after
a kill begins with the next record. A dry run looks at the ledger for a batch of records at once and writes no account.
"""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Final

import structlog
from sqlalchemy import select
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from forbear.api.imports.flaws import Flaw, Unreadable
from forbear.api.imports.judging import Judged, Names, judge, of_refusal
from forbear.api.imports.records import Format, Reading, Record
from forbear.api.imports.source import Encoding
from forbear.errors import BadInput, Erased, ForbearError, NotFound
from forbear.ledger import import_files
from forbear.ledger.engine import Ledger
from forbear.ledger.enrol import AlreadyEnrolled, enrol, refuse_twice
from forbear.ledger.forms.checks import Refused
from forbear.ledger.import_files import Held, Settled
from forbear.ledger.import_spool import pieces
from forbear.ledger.tables.accounts import Account
from forbear.ledger.tables.people import Lender

BATCH: Final = 250
"""Records of a dry run settled in one transaction."""
RENEW_EVERY: Final = 5_000
"""Records that are only read, between two renewals of the lease."""
TRIES: Final = 3
log = structlog.get_logger()


class Paused(Exception):
    """The process ends; the file is for later."""


class Work:
    """One file in hand. `row` is the last record settled, `skipped` how many were read again to come there."""

    def __init__(self, ledger: Ledger, held: Held, stopping: Callable[[], bool] = lambda: False) -> None:
        self._ledger, self.held, self._stopping = ledger, held, stopping
        self.row, self.skipped = held.file.row, 0
        self._reading: Reading | None = None
        self._records: Iterator[Record] = iter(())

    def check(self) -> bool:
        """Read the whole file once; False where it was refused, and so ended.

        Nothing is enrolled before this is through: a file that breaks in its middle is refused whole.
        """
        try:
            reading = self._open()
            count = 0
            for count, _ in enumerate(reading, 1):
                self._breathe(count)
            if not count:
                raise Unreadable("no_rows", "holds no account", line=1)  # noqa: TRY301  answered as all others
        except Erased:
            return self._break_off()
        except Unreadable as error:
            return self._refuse(error)
        found = {"format": reading.format, "encoding": reading.encoding, "compressed": reading.compressed}
        import_files.renew(self._ledger, self.held, state="enrolling", rows=count, **found)
        return True

    def _refuse(self, why: Unreadable) -> bool:
        import_files.finish(self._ledger, self.held, "refused", problem=why.told)
        log.info("import_refused", file=self.held.job.id, code=why.told["code"])
        return False

    def _break_off(self) -> bool:
        """End an import that no further try could bring on; what was settled stays."""
        return self._refuse(Unreadable("internal", "the kept file does not open any more"))

    def step(self) -> bool:
        """Settle the next record, or the next batch of a dry run; False when there was none, and the import ended."""
        try:
            if self._reading is None:
                self._resume()
            batch = list(islice(self._records, BATCH if self.held.file.dry_run else 1))
        except (Erased, Unreadable):
            # The check found it whole, so it was spoilt since then.
            return self._break_off()
        if not batch:
            import_files.finish(self._ledger, self.held, "done")
            log.info("import_done", file=self.held.job.id, rows=self.row)
            return False
        if self.held.file.dry_run:
            self._try(batch)
        else:
            self._enrol(batch[0])
        self.row = batch[-1].number
        return True

    def _open(self) -> Reading:
        file, job = self.held.file, self.held.job
        parts = pieces(
            self._ledger, tenant=job.tenant, lender=job.lender, file=job.id, count=file.pieces, key=self.held.key
        )
        return Reading(
            parts, format=_format(file.format), encoding=_encoding(file.encoding), compressed=file.compressed
        )

    def _resume(self) -> None:
        if self.row:
            log.info("import.resumed", file=self.held.job.id, row=self.row)
        self._reading = self._open()
        self._records = iter(self._reading)
        for record in islice(self._records, self.row):
            self.skipped = record.number
            self._breathe(record.number)

    def _breathe(self, count: int) -> None:
        """Between records that are only read: keep the lease, and end when the process does."""
        if count % RENEW_EVERY == 0:
            if self._stopping():
                raise Paused
            import_files.renew(self._ledger, self.held)

    @property
    def _headers(self) -> dict[str, str]:
        return {} if self._reading is None else self._reading.headers

    def _enrol(self, record: Record) -> None:
        job = self.held.job
        for left in reversed(range(TRIES)):
            try:
                with self._ledger.api(job.tenant, job.lender) as session:
                    import_files.settle(session, self._ledger, self.held, [self._enrolled(session, record)])
            except (OperationalError, InterfaceError) as error:
                # A deadlock is an OperationalError too: nothing was written, so this record starts again.
                if left == 0 or getattr(error.orig, "sqlstate", None) is None:
                    raise
            except (PoolTimeout, ForbearError, AssertionError):
                raise
            except Exception as error:  # noqa: BLE001  one bad record must not keep all others waiting
                if left == 0:
                    self._give_up(record, error)
            else:
                return

    def _enrolled(self, session: Session, record: Record) -> Settled:
        """Enrol a record in the session's transaction; where it is refused, nothing of it stays."""
        job, now = self.held.job, self._ledger.clock.now()
        judged = judge(record, self._headers, _lender(session, job.lender), now)
        flaws = [*judged.flaws, *self._twice(session, judged)]
        if flaws or judged.form is None:
            return _refused(judged, flaws)
        try:
            with session.begin_nested():
                account = enrol(
                    session, self._ledger, tenant=job.tenant, lender=job.lender, enrolment=judged.form, now=now
                )
        except AlreadyEnrolled as error:
            return Settled(record.number, record.line, "already", error.account, judged.external_id)
        except (Refused, BadInput, Erased) as error:
            return _refused(judged, _flaws(error, Names(record, self._headers)))
        return Settled(record.number, record.line, "enrolled", account, judged.external_id)

    def _twice(self, session: Session, judged: Judged) -> list[Flaw]:
        if judged.external_id is None:
            return []
        mark = import_files.mark(self._ledger, self.held, judged.external_id)
        first = import_files.first_lines(session, self.held, [mark]).get(mark)
        return [] if first is None else [self._duplicate(judged, first)]

    def _duplicate(self, judged: Judged, first: int) -> Flaw:
        return Flaw("duplicate", Names(judged.record, self._headers).column("/external_id"), f"is also on line {first}")

    def _give_up(self, record: Record, error: Exception) -> None:
        log.error("import_row_failed", file=self.held.job.id, line=record.line, error=type(error).__name__)
        flaw = Flaw("internal", None, "could not be enrolled")
        job, refused = self.held.job, Settled(record.number, record.line, "refused", problems=(flaw.told(record.line),))
        with self._ledger.api(job.tenant, job.lender) as session:
            import_files.settle(session, self._ledger, self.held, [refused])

    def _try(self, records: list[Record]) -> None:
        """Try a batch at once, or each for itself where one of them breaks us."""
        try:
            self._try_batch(records)
        except (OperationalError, InterfaceError, PoolTimeout, ForbearError, AssertionError):
            raise
        except Exception as error:  # noqa: BLE001  one bad record must not keep all others waiting
            if len(records) == 1:
                self._give_up(records[0], error)
                return
            for record in records:
                self._try([record])

    def _try_batch(self, records: list[Record]) -> None:
        """What would become of these records; leaves nothing but the answer."""
        job, now = self.held.job, self._ledger.clock.now()
        with self._ledger.api(job.tenant, job.lender) as session:
            lender = _lender(session, job.lender)
            judged = [judge(record, self._headers, lender, now) for record in records]
            named = [each.external_id for each in judged if each.external_id is not None]
            marks = {name: import_files.mark(self._ledger, self.held, name) for name in named}
            lines = import_files.first_lines(session, self.held, list(marks.values()))
            known = _accounts(session, job.lender, named)
            settled: list[Settled] = []
            for each in judged:
                mark = marks.get(each.external_id or "")
                first = None if mark is None else lines.get(mark)
                flaws = [*each.flaws, *([] if first is None else [self._duplicate(each, first)])]
                if mark is not None:
                    lines.setdefault(mark, each.record.line)
                settled.append(self._tried(each, flaws, known))
            import_files.settle(session, self._ledger, self.held, settled)

    def _tried(self, judged: Judged, flaws: list[Flaw], known: dict[str, str]) -> Settled:
        record = judged.record
        if flaws or judged.form is None:
            return _refused(judged, flaws)
        if (account := known.get(judged.form.external_id)) is not None:
            return Settled(record.number, record.line, "already", account, judged.external_id)
        try:
            refuse_twice(judged.form)
        except BadInput as error:
            return _refused(judged, _flaws(error, Names(record, self._headers)))
        return Settled(record.number, record.line, "would_enrol", None, judged.external_id)


def _refused(judged: Judged, flaws: list[Flaw]) -> Settled:
    record = judged.record
    told = tuple(flaw.told(record.line) for flaw in flaws)
    return Settled(record.number, record.line, "refused", None, judged.external_id, told)


def _flaws(error: BadInput | Erased, names: Names) -> list[Flaw]:
    if isinstance(error, Erased):
        return [Flaw("erased", None, "names a person whose data was erased")]
    return [of_refusal(each, names) for each in (error.found if isinstance(error, Refused) else [error])]


def _lender(session: Session, lender: str) -> Lender:
    found = session.get(Lender, lender)
    if found is None:
        raise NotFound("The lender of this import does not exist any more")
    return found


def _accounts(session: Session, lender: str, external_ids: list[str]) -> dict[str, str]:
    """Accounts of the lender that have one of these references."""
    chosen = select(Account.external_id, Account.id).where(
        Account.lender == lender, Account.external_id.in_(external_ids)
    )
    return {row.external_id: row.id for row in session.execute(chosen)}


def _format(value: str | None) -> Format | None:
    return "csv" if value == "csv" else "ndjson" if value == "ndjson" else None


def _encoding(value: str | None) -> Encoding | None:
    return "utf-8" if value == "utf-8" else "gb18030" if value == "gb18030" else None
