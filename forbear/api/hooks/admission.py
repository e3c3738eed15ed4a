"""How many webhooks are worked on at once, how many more may wait, and who is told to come again.

Let in without end they would take every thread and connection and wait for one another until their senders give up,
people's own calls and texts among them. News is repeated by the provider that is turned away; nobody repeats a word
that somebody said or wrote, so those have places that news may not take. A place is had only once a webhook was read
and found genuine: strangers and slow senders hold none. The payment provider's events take none either: each waits for
that provider's answer, and would hold up the others.
"""

from asyncio import Semaphore
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from threading import Lock
from typing import Final

import structlog
from starlette.requests import Request

from forbear.api.problems import KINDS, Problem
from forbear.tokens import CALLBACK_PATH, VOICE_PATH

NEWS: Final = frozenset({CALLBACK_PATH, f"{VOICE_PATH}/status", "/hooks/lob"})
"""Addresses of what providers repeat: the first two because we ask for it in the address, see `tokens.RETRIES`."""
WORKING: Final = 8
"""As many as the process keeps connections open. More at once only take turns, and leave fewer threads for others."""
MOST: Final = 64
"""With those that wait: at some milliseconds each, the last one waits less long than any provider does."""
KEPT: Final = 16
"""Places that news may not take."""
log = structlog.get_logger(__name__)


class Admission:
    """The places of one process.

    Attributes:
        inside: how many webhooks are worked on or wait.
        turned_away: how many were told to come again.
    """

    def __init__(self, *, working: int = WORKING, most: int = MOST, kept: int = KEPT) -> None:
        self._most, self._kept = most, kept
        self._turns = Semaphore(working)
        self._lock = Lock()
        self.inside = self.turned_away = 0

    @contextmanager
    def entered(self, path: str) -> Generator[None]:
        """Be inside to the end. Work that takes a thread and a connection of its own needs a turn as well.

        Raises:
            Problem: too many are inside already. Nothing was done.
        """
        self._enter(self._most - self._kept if path in NEWS else self._most)
        try:
            yield
        finally:
            with self._lock:
                self.inside -= 1

    @asynccontextmanager
    async def turn(self) -> AsyncGenerator[None]:
        """Wait for a turn and have it to the end."""
        async with self._turns:
            yield

    @asynccontextmanager
    async def place(self, path: str) -> AsyncGenerator[None]:
        """Enter, wait for a turn and have both to the end."""
        with self.entered(path):
            async with self.turn():
                yield

    def _enter(self, most: int) -> None:
        with self._lock:
            if self.inside < most:
                self.inside += 1
                return
            self.turned_away += 1
        log.warning("hook.turned_away", inside=most)
        raise Problem("busy", KINDS["busy"].remedy)


def admission_of(request: Request) -> Admission:
    admission: Admission = request.app.state.admission
    return admission
