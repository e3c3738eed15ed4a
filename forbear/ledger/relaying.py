"""The record's side of the relay: which facts wait, and a connection that hears of new ones. Implements `ports.relay`.

Of several workers one relays at a time, by an advisory lock that ends with its connection: two would do no harm, but
each would wake every account twice.
"""

from contextlib import suppress
from threading import Lock

import psycopg
import structlog
from sqlalchemy import text
from sqlalchemy.engine import make_url

from forbear.ledger import outbox, sweeping
from forbear.ledger.engine import Ledger
from forbear.ports.book import OpenAccount
from forbear.ports.cases import OpenCase
from forbear.ports.relay import Telling

LEADER = 7_261_001
"""The advisory lock's number; any constant that nothing else in this database uses."""
CONNECT_SECONDS = 5
OPEN_CASES = text("select tenant, id from open_cases(:after, :many)")
log = structlog.get_logger("forbear.relay")


class RelayingBook:
    """Implements `forbear.ports.relay.RelayBook`; one per process, used by one thread at a time."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._ears: psycopg.Connection | None = None
        self._leads = False
        self._lock = Lock()

    def waiting(self, limit: int) -> list[Telling]:
        if not self._lead():
            return []
        with self._ledger.relay() as session:
            return [Telling(*told) for told in outbox.waiting(session, limit)]

    def delivered(self, ids: list[int]) -> None:
        with self._ledger.relay() as session:
            outbox.delivered(session, ids, self._ledger.clock.now())

    def wait(self, seconds: float) -> None:
        with self._lock:
            try:
                for _ in self._listening().notifies(timeout=seconds, stop_after=1):
                    pass
            except psycopg.Error:
                self._forget()
                raise

    def close(self) -> None:
        """Give up the lead and the connection."""
        with self._lock:
            if self._leads and self._ears is not None:
                # Unlocked aloud: the server may take a moment to notice that a connection has gone.
                with suppress(psycopg.Error):
                    self._ears.execute("select pg_advisory_unlock(%s)", (LEADER,))
            self._forget()

    def _lead(self) -> bool:
        with self._lock:
            try:
                connection = self._listening()
                if not self._leads:
                    row = connection.execute("select pg_try_advisory_lock(%s)", (LEADER,)).fetchone()
                    self._leads = bool(row and row[0])
                    if self._leads:
                        log.info("relay_leads")
                else:
                    connection.execute("select 1")  # the lead is only as alive as its connection
            except psycopg.Error:
                self._forget()
                raise
            return self._leads

    def _listening(self) -> psycopg.Connection:
        if self._ears is None or self._ears.closed:
            self._leads = False
            url = make_url(self._ledger.settings.database_url_for("relay")).set(drivername="postgresql")
            self._ears = psycopg.connect(
                url.render_as_string(hide_password=False), autocommit=True, connect_timeout=CONNECT_SECONDS
            )
            self._ears.execute(f"listen {outbox.CHANNEL}".encode())
        return self._ears

    def _forget(self) -> None:
        if self._ears is not None:
            self._ears.close()
        self._ears, self._leads = None, False


class OpenAccountsBook:
    """Implements `forbear.ports.relay.OpenBook`: ids only, as all that the relay's role sees."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def open_accounts(self, after: str, many: int) -> list[OpenAccount]:
        with self._ledger.relay() as session:
            return sweeping.open_accounts(session, after, many)

    def open_cases(self, after: str, many: int) -> list[OpenCase]:
        with self._ledger.relay() as session:
            return [OpenCase(*row) for row in session.execute(OPEN_CASES, {"after": after, "many": many})]
