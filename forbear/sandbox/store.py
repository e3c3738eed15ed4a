"""The sandbox's own memory: one SQLite file, so that it outlives any process, its own included.

Every change happens in a transaction; what must follow a commit (appending to the log) is called right after it.
"""

import sqlite3
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_SCHEMA = """
CREATE TABLE IF NOT EXISTS messages (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, sid TEXT NOT NULL UNIQUE, direction TEXT NOT NULL, sender TEXT,
  recipient TEXT NOT NULL, service TEXT, body TEXT NOT NULL, status TEXT NOT NULL, segments INTEGER NOT NULL,
  error_code INTEGER, callback TEXT, validity INTEGER NOT NULL, created TEXT NOT NULL, sent TEXT,
  updated TEXT NOT NULL, deleted INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS messages_recipient ON messages (recipient);
CREATE TABLE IF NOT EXISTS blocks (sender TEXT, phone TEXT, at TEXT NOT NULL, PRIMARY KEY (sender, phone));
CREATE TABLE IF NOT EXISTS agenda (id INTEGER PRIMARY KEY AUTOINCREMENT, due TEXT NOT NULL, kind TEXT NOT NULL,
  payload TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS agenda_due ON agenda (due);
CREATE TABLE IF NOT EXISTS journal (seq INTEGER PRIMARY KEY AUTOINCREMENT, line TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS domestic (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, biz_id TEXT NOT NULL UNIQUE, out_id TEXT, phone TEXT NOT NULL,
  signature TEXT NOT NULL, template TEXT NOT NULL, content TEXT NOT NULL, status INTEGER NOT NULL, code TEXT,
  sent TEXT NOT NULL, reported TEXT);
CREATE INDEX IF NOT EXISTS domestic_phone ON domestic (phone, sent);
CREATE TABLE IF NOT EXISTS pushes (id INTEGER PRIMARY KEY AUTOINCREMENT, news TEXT NOT NULL, item TEXT NOT NULL,
  due TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS handsets (phone TEXT PRIMARY KEY, outcome TEXT NOT NULL, queued_for REAL NOT NULL);
CREATE TABLE IF NOT EXISTS persons (phone TEXT PRIMARY KEY, heard INTEGER NOT NULL, link TEXT, correspondent TEXT);
CREATE TABLE IF NOT EXISTS sessions (seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
  body TEXT NOT NULL, paid_at TEXT);
CREATE TABLE IF NOT EXISTS answers (key TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, status INTEGER NOT NULL,
  body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


class Store:
    """One connection, used from the event loop's thread only."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        self._depth = 0
        self.after_commit: list[Callable[[], None]] = []
        # WAL with NORMAL loses nothing when a process is killed; only a power cut could.
        self._connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;" + _SCHEMA)

    def define(self, schema: str) -> None:
        """Add a room's own tables; it names them with IF NOT EXISTS."""
        self._connection.executescript(schema)

    @contextmanager
    def transaction(self) -> Generator[None]:
        """All or nothing. A transaction inside another joins it."""
        if self._depth:
            yield
            return
        self._connection.execute("BEGIN IMMEDIATE")
        self._depth = 1
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        else:
            self._connection.execute("COMMIT")
        finally:
            self._depth = 0
        for follow in self.after_commit:
            follow()

    def run(self, sql: str, *values: object) -> int:
        """Change something; the id of the inserted row."""
        return self._connection.execute(sql, values).lastrowid or 0

    def rows(self, sql: str, *values: object) -> list[dict[str, Any]]:
        return [dict(row) for row in self._connection.execute(sql, values)]

    def row(self, sql: str, *values: object) -> dict[str, Any] | None:
        found = self._connection.execute(sql, values).fetchone()
        return None if found is None else dict(found)

    def fact(self, name: str) -> str | None:
        """A single remembered value."""
        found = self.row("SELECT value FROM facts WHERE name = ?", name)
        return None if found is None else found["value"]

    def remember(self, name: str, value: str) -> None:
        self.run("INSERT OR REPLACE INTO facts (name, value) VALUES (?, ?)", name, value)

    def forget(self, name: str) -> None:
        self.run("DELETE FROM facts WHERE name = ?", name)

    def close(self) -> None:
        self._connection.close()
