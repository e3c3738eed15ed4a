"""Ledgers of tests: what one opened, its connections and compiled statements, serves the next on the same database.

Statements are compiled once in a test process, whatever the database: half of what a small test costs else.
"""

from threading import Lock

from sqlalchemy import Engine

from forbear.ledger.engine import Ledger, make_engine
from forbear.settings import Role

_engines: dict[str, Engine] = {}
_room = Lock()
_first: list[Engine] = []
"""The engine whose dialect and compiled statements all others share."""


class KeptLedger(Ledger):
    """Closing it closes nothing: that is done when its database goes."""

    def engine(self, role: Role) -> Engine:
        url = self.settings.database_url_for(role)
        with _room:
            if url not in _engines:
                _engines[url] = _sharing(make_engine(url, pool=self._pool))
            return _engines[url]


def _sharing(engine: Engine) -> Engine:
    if not _first:
        engine.connect().close()  # by which its dialect learns of the server
        _first.append(engine)
    engine.dialect = _first[0].dialect
    engine._compiled_cache = _first[0]._compiled_cache
    return engine


def let_go(database: str) -> None:
    """Close what is still open to a database."""
    with _room:
        for url, engine in list(_engines.items()):
            if engine.url.database == database:
                engine.dispose()
                del _engines[url]
