"""How often a key may call, by class of call: reading, acting, importing; and how often one address may guess.

Counted in this process, in moving windows of machine time: several processes each allow as much. It keeps a program
that loops from crowding out the others, and secures nothing: where counting itself fails, the call goes through.
"""

import math
from collections.abc import Mapping
from threading import Lock
from typing import Final, Literal

import structlog
from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from forbear.clock import machine_time
from forbear.errors import CannotStart
from forbear.settings import Settings

Class = Literal["reading", "acting", "importing", "identity"]
CLASSES: Final[tuple[Class, ...]] = ("reading", "acting", "importing", "identity")
log = structlog.get_logger()


class Refused(Exception):
    """Too often; `retry_after` is in whole seconds of machine time."""

    def __init__(self, name: Class, retry_after: int) -> None:
        super().__init__(name)
        self.name, self.retry_after = name, retry_after


class Pace:
    """The counters of one process. Threads may share it."""

    def __init__(self, settings: Settings) -> None:
        self._limits: dict[Class, RateLimitItem] = {}
        for name in CLASSES:
            written: str = getattr(settings, f"rate_{name}")
            try:
                self._limits |= {name: parse(written)} if written else {}
            except ValueError:
                raise CannotStart(f"FORBEAR_RATE_{name.upper()} is no rate: write it as 600/minute") from None
        self._windows: MovingWindowRateLimiter | None = None
        self._lock = Lock()

    def count(self, name: Class, who: str) -> Mapping[str, str]:
        """Count a call; returns the headers that tell how many are left.

        Raises:
            Refused: there are none left.
        """
        limit = self._limits.get(name)
        if limit is None:
            return {}
        try:
            passed, left, seconds = self._hit(limit, name, who)
        except Exception as error:  # noqa: BLE001  whatever fails in counting must not fail the call
            log.warning("pace_not_counted", error=type(error).__name__, limit=name)
            return {}
        if not passed:
            raise Refused(name, seconds)
        return headers(name, limit, left, seconds)

    def _hit(self, limit: RateLimitItem, name: Class, who: str) -> tuple[bool, int, int]:
        """Whether the call passes, how many are left, and the seconds until the oldest one is forgotten."""
        with self._lock:
            # Made with the first call: an application that is only described starts no thread.
            self._windows = self._windows or MovingWindowRateLimiter(MemoryStorage())
            passed = self._windows.hit(limit, name, who)
            stands = self._windows.get_window_stats(limit, name, who)
        ahead = stands.reset_time - machine_time().timestamp()
        return passed, stands.remaining, max(1, math.ceil(ahead))


def headers(name: str, limit: RateLimitItem, left: int, seconds: int) -> dict[str, str]:
    """As the IETF's draft of RateLimit header fields writes them."""
    return {
        "RateLimit-Policy": f'"{name}";q={limit.amount};w={limit.get_expiry()}',
        "RateLimit": f'"{name}";r={left};t={seconds}',
    }
