"""One thread that stores what arrived meanwhile in one transaction: many callbacks share its round trips.

Each is told after that commit what became of it, so that nothing is acknowledged before it is in the record. Nobody
waits for company: whoever comes alone is stored alone.
"""

from asyncio import AbstractEventLoop, Future, get_running_loop
from collections.abc import Sequence
from contextlib import suppress
from threading import Condition, Thread
from typing import Final

import structlog

from forbear.ledger.engine import Ledger
from forbear.ledger.receipt_batches import News, store

MOST: Final = 64
"""In one transaction: as many as may be inside at once."""
LONGEST_BATCH_SECONDS: Final = 20.0
log = structlog.get_logger(__name__)
Waiting = tuple[News, Future[bool]]


class ReceiptWriter:
    """The thread of one process; begins with the first news."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._waiting: list[Waiting] = []
        self._changed = Condition()
        self._thread: Thread | None = None
        self._stopped = False

    async def stored(self, news: News) -> bool:
        """Wait until plain news is committed; False where it must be stored by itself, see `store`."""
        told: Future[bool] = get_running_loop().create_future()
        with self._changed:
            if self._stopped:
                return False
            if self._thread is None:
                self._thread = Thread(target=self._run, name="receipts", daemon=True)
                self._thread.start()
            self._waiting.append((news, told))
            self._changed.notify()
        return await told

    def stop(self) -> None:
        """Store what waits, and end."""
        with self._changed:
            self._stopped = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join(LONGEST_BATCH_SECONDS)

    def _run(self) -> None:
        while batch := self._next():
            _tell(batch, self._store([news for news, _ in batch]))

    def _next(self) -> list[Waiting]:
        """What waits by now; nothing once there is to be no more."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._stopped)
            batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
            return batch

    def _store(self, news: Sequence[News]) -> list[bool]:
        try:
            return store(self._ledger, news)
        except Exception as error:  # noqa: BLE001  one of them may be at fault: each is tried by itself
            log.warning("receipts.batch_failed", error=type(error).__name__, news=len(news))
            return [False] * len(news)


def _tell(batch: Sequence[Waiting], stored: Sequence[bool]) -> None:
    """Tell all who wait at one go: between two, the loop would take the interpreter's lock and keep it."""
    loops: dict[AbstractEventLoop, list[tuple[Future[bool], bool]]] = {}
    for (_, told), done in zip(batch, stored, strict=True):
        loops.setdefault(told.get_loop(), []).append((told, done))
    for loop, answers in loops.items():
        with suppress(RuntimeError):  # the loop has ended, and with it whoever waited
            loop.call_soon_threadsafe(_answer, answers)


def _answer(answers: Sequence[tuple[Future[bool], bool]]) -> None:
    for told, done in answers:
        if not told.done():
            told.set_result(done)
