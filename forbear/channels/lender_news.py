"""Tells lenders the news of their cases, message by message, until it is stopped; an outage only delays."""

import asyncio
from concurrent.futures import Executor
from typing import Final

import structlog

from forbear.ports.lender_news import News, NewsBook, NewsSender

BATCH: Final = 20
POLL_SECONDS: Final = 1.0
"""Machine time between two looks at what is due."""
TAKEN: Final = range(200, 300)
log = structlog.get_logger("forbear.webhooks")


class LenderNews:
    """One loop of a worker; several workers share the messages."""

    def __init__(self, book: NewsBook, sender: NewsSender, pool: Executor | None = None) -> None:
        self._book = book
        self._sender = sender
        self._pool = pool

    async def run(self) -> None:
        """Tell until cancelled."""
        while True:
            try:
                told = await self.drain()
            except asyncio.CancelledError:
                raise
            except Exception as error:  # noqa: BLE001  must outlive any outage of the ledger; the rows are still there
                log.warning("webhooks_delayed", error=type(error).__name__)
                told = 0
            if not told:
                await asyncio.sleep(POLL_SECONDS)

    async def drain(self) -> int:
        """Try what is due, one batch; how many messages that were."""
        loop = asyncio.get_running_loop()
        due = await loop.run_in_executor(self._pool, self._book.due, BATCH)
        await asyncio.gather(*(loop.run_in_executor(self._pool, self._tell, news) for news in due))
        return len(due)

    def _tell(self, news: News) -> None:
        status = self._sender.send(news)
        if status in TAKEN:
            self._book.told(news, status)
        else:
            self._book.refused(news, status)
