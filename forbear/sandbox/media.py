"""What a message carries beside its text, as the provider shows it. Nothing is fetched: a name tells the type.

The file itself is answered with the address it came from.
"""

from dataclasses import dataclass
from mimetypes import guess_type
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from forbear.sandbox.messages import API_VERSION
from forbear.sandbox.store import Store
from forbear.sandbox.wire import rfc2822

_SCHEMA = """
CREATE TABLE IF NOT EXISTS media (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, sid TEXT NOT NULL UNIQUE, message TEXT NOT NULL, url TEXT NOT NULL,
  type TEXT NOT NULL, created TEXT NOT NULL, deleted INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS media_message ON media (message);
"""
_COLUMNS = "seq, sid, message, url, type, created"


@dataclass(frozen=True, slots=True)
class Medium:
    """One file of one message."""

    seq: int
    sid: str
    message: str
    url: str
    type: str
    created: str


class Media:
    """The table of files."""

    def __init__(self, store: Store) -> None:
        self._store = store
        store.define(_SCHEMA)

    def add(self, message: str, url: str, created: str) -> None:
        kind = guess_type(urlsplit(url).path)[0] or "image/jpeg"
        values = f"ME{uuid4().hex}", message, url, kind, created
        self._store.run("INSERT INTO media (sid, message, url, type, created) VALUES (?, ?, ?, ?, ?)", *values)

    def count(self, message: str) -> int:
        """How many files a message came with, also those that were deleted since."""
        row = self._store.row("SELECT count(*) AS n FROM media WHERE message = ?", message)
        return 0 if row is None else row["n"]

    def get(self, sid: str, message: str) -> Medium | None:
        query = f"SELECT {_COLUMNS} FROM media WHERE sid = ? AND message = ? AND NOT deleted"  # noqa: S608  our names
        row = self._store.row(query, sid, message)
        return None if row is None else Medium(**row)

    def find(self, sid: str) -> Medium | None:
        row = self._store.row(f"SELECT {_COLUMNS} FROM media WHERE sid = ?", sid)  # noqa: S608  our names
        return None if row is None else Medium(**row)

    def delete(self, sid: str) -> None:
        self._store.run("UPDATE media SET deleted = 1 WHERE sid = ?", sid)

    def page(self, message: str, size: int, below: int | None = None, above: int | None = None) -> list[Medium]:
        """Newest first."""
        conditions = {"seq < ?": below, "seq > ?": above}
        given = {condition: value for condition, value in conditions.items() if value is not None}
        where, order = " AND ".join(["message = ?", "NOT deleted", *given]), "ASC" if above is not None else "DESC"
        query = f"SELECT {_COLUMNS} FROM media WHERE {where} ORDER BY seq {order} LIMIT ?"  # noqa: S608  fixed texts
        rows = self._store.rows(query, message, *given.values(), size)
        return sorted((Medium(**row) for row in rows), key=lambda medium: -medium.seq)


def resource(medium: Medium, account: str) -> dict[str, Any]:
    """A file's JSON form."""
    uri = f"/{API_VERSION}/Accounts/{account}/Messages/{medium.message}/Media/{medium.sid}.json"
    return {
        "sid": medium.sid,
        "account_sid": account,
        "parent_sid": medium.message,
        "content_type": medium.type,
        "date_created": rfc2822(medium.created),
        "date_updated": rfc2822(medium.created),
        "uri": uri,
    }
