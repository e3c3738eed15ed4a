"""When a key was last used, for whoever wonders whether it may be revoked: known to the minute, and no closer."""

from datetime import datetime
from threading import Lock

import structlog
from sqlalchemy import update

from forbear.ledger.engine import Ledger
from forbear.ledger.tables.people import ApiKey

EVERY_SECONDS = 60
"""Machine time between two writes of one key by one process: a write for each call would cost more than the call."""
log = structlog.get_logger()


class KeyUse:
    """Remembers which keys were written down lately. Threads may share it."""

    def __init__(self) -> None:
        self._written: dict[str, datetime] = {}
        self._lock = Lock()

    def note(self, ledger: Ledger, tenant: str, lender: str, key: str) -> None:
        """Write it down if it is time to; a call does not fail because this did."""
        if not self._due(key, ledger.clock.machine_now()):
            return
        try:
            with ledger.api(tenant, lender) as session:
                session.execute(update(ApiKey).where(ApiKey.id == key).values(last_used_at=ledger.clock.now()))
        except Exception as error:  # noqa: BLE001  knowing when a key was used is worth no failed call
            log.warning("key_use_not_written", error=type(error).__name__, key=key)

    def _due(self, key: str, now: datetime) -> bool:
        with self._lock:
            before = self._written.get(key)
            due = before is None or (now - before).total_seconds() >= EVERY_SECONDS
            if due:
                self._written[key] = now
        return due
