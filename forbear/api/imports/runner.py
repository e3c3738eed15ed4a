"""Works on imports inside the API's process: one thread, one file at a time, lenders in turn.

Several processes share the work by leases; when one dies, another goes on where it was. Ending the process in the
middle is a pause.
"""

import threading
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from forbear.api.imports.working import BATCH, Paused, Work
from forbear.errors import ForbearError
from forbear.ledger import import_files
from forbear.ledger.engine import Ledger
from forbear.ledger.ids import base62
from forbear.ledger.import_files import Job, LeaseLost

TURN: Final = 300
"""Steps after which another lender's import comes first; a batch of a dry run counts as several."""
SKIPPED_A_STEP: Final = 100
"""Records read again for one more step of the turn: a file that is put down often is not read ever anew for little."""
BATCH_STEPS: Final = BATCH // 25
IDLE_SECONDS: Final = 2.0
"""Machine seconds between two looks, where nobody woke us: another process may have taken a file and died."""
PURGE_EVERY: Final = timedelta(hours=1)
LONGEST_STEP_SECONDS: Final = 20.0
log = structlog.get_logger()


class Runner:
    """The thread that works on imports. Tests call `serve` instead of `start`."""

    def __init__(self, ledger: Ledger, *, name: str = "") -> None:
        self._ledger = ledger
        self._holder = name or base62(16)
        self._stopping, self._woken = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="imports", daemon=True)
        self._purged: datetime | None = None

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        """A file has come in."""
        self._woken.set()

    def stop(self) -> None:
        """Finish the record in hand and leave the rest for later."""
        self._stopping.set()
        self._woken.set()
        if self._thread.is_alive():
            self._thread.join(LONGEST_STEP_SECONDS)

    def serve(self) -> bool:
        """Give the import that waited longest its turn; False where none waits."""
        for job in import_files.waiting(self._ledger):
            held = import_files.take(self._ledger, job, self._holder)
            if held is not None:
                self._turn(Work(self._ledger, held, self._stopping.is_set))
                return True
        return False

    def _turn(self, work: Work) -> None:
        job = work.held.job
        try:
            if work.held.file.state == "received" and not work.check():
                return
            steps = 0
            while work.step():
                steps += BATCH_STEPS if work.held.file.dry_run else 1
                turn = TURN + work.skipped // SKIPPED_A_STEP
                if self._stopping.is_set() or (steps >= turn and self._others(job)):
                    break
                if steps >= turn:
                    steps = 0
            else:
                return
        except LeaseLost:
            log.info("import_lease_lost", file=job.id)
            return
        except Paused:
            log.info("import_paused", file=job.id)
        except Exception:
            # So that the next try need not wait for the end of our own lease.
            with suppress(Exception):
                import_files.release(self._ledger, work.held)
            raise
        import_files.release(self._ledger, work.held)

    def _others(self, job: Job) -> bool:
        return any(each.lender != job.lender for each in import_files.waiting(self._ledger))

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._woken.clear()
            try:
                self._purge()
                if self.serve():
                    continue
            except (DBAPIError, PoolTimeout, ForbearError) as error:
                log.warning("imports_wait", error=type(error).__name__)
            except Exception as error:  # noqa: BLE001  the thread must outlive what nobody expected; its message may quote
                log.error("imports_failed", error=type(error).__name__)  # noqa: TRY400  likewise
            self._woken.wait(IDLE_SECONDS)

    def _purge(self) -> None:
        now = self._ledger.clock.machine_now()
        if self._purged is None or now - self._purged >= PURGE_EVERY:
            self._purged = now
            if count := import_files.purge(self._ledger):
                log.info("import_results_purged", files=count)
