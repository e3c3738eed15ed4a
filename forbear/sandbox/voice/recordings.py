"""Recordings of calls: kept, shown, deleted, and heard as silence of the right length."""

import io
import wave
from dataclasses import dataclass, replace
from typing import Any

from forbear.sandbox.messages import API_VERSION
from forbear.sandbox.store import Store
from forbear.sandbox.wire import rfc2822

_SAMPLES = 8_000
_SCHEMA = """
CREATE TABLE IF NOT EXISTS recordings (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, sid TEXT NOT NULL UNIQUE, call TEXT NOT NULL, source TEXT NOT NULL,
  status TEXT NOT NULL, seconds INTEGER NOT NULL, text TEXT NOT NULL, created TEXT NOT NULL, url TEXT NOT NULL,
  deleted INTEGER NOT NULL DEFAULT 0);
"""
_COLUMNS = ("sid", "call", "source", "status", "seconds", "text", "created", "url")


@dataclass(frozen=True, slots=True)
class Recording:
    """One recording. `text` is what was said in it, for whoever judges; no API shows it."""

    sid: str
    call: str
    source: str
    status: str
    seconds: int
    text: str
    created: str
    url: str
    seq: int = 0


class Recordings:
    """The table of recordings."""

    def __init__(self, store: Store) -> None:
        self._store = store
        store.define(_SCHEMA)

    def add(self, recording: Recording) -> None:
        names, marks = ", ".join(_COLUMNS), ", ".join("?" for _ in _COLUMNS)
        values = [getattr(recording, name) for name in _COLUMNS]
        self._store.run(f"INSERT INTO recordings ({names}) VALUES ({marks})", *values)  # noqa: S608  our names

    def get(self, sid: str) -> Recording | None:
        row = self._store.row("SELECT * FROM recordings WHERE sid = ? AND NOT deleted", sid)
        return None if row is None else _recording(row)

    def find(self, sid: str) -> Recording | None:
        """A recording, also a deleted one: its place in a list outlives it."""
        row = self._store.row("SELECT * FROM recordings WHERE sid = ?", sid)
        return None if row is None else _recording(row)

    def set_status(self, recording: Recording, status: str) -> Recording:
        self._store.run("UPDATE recordings SET status = ? WHERE sid = ?", status, recording.sid)
        return replace(recording, status=status)

    def complete(self, recording: Recording, seconds: int) -> Recording:
        values = seconds, recording.sid
        self._store.run("UPDATE recordings SET status = 'completed', seconds = ? WHERE sid = ?", *values)
        return replace(recording, status="completed", seconds=seconds)

    def delete(self, sid: str) -> None:
        self._store.run("UPDATE recordings SET deleted = 1, text = '' WHERE sid = ?", sid)

    def running(self, call: str) -> list[Recording]:
        """The recordings of a call that nobody has ended."""
        query = "SELECT * FROM recordings WHERE call = ? AND NOT deleted AND status IN ('in-progress', 'paused')"
        return [_recording(row) for row in self._store.rows(query, call)]

    def page(self, call: str | None, size: int, below: int | None = None, above: int | None = None) -> list[Recording]:
        """Newest first, of one call or of all."""
        conditions = {"call = ?": call, "seq < ?": below, "seq > ?": above}
        given = {condition: value for condition, value in conditions.items() if value is not None}
        where, order = " AND ".join(["NOT deleted", *given]), "ASC" if above is not None else "DESC"
        query = f"SELECT * FROM recordings WHERE {where} ORDER BY seq {order} LIMIT ?"  # noqa: S608  fixed texts
        rows = self._store.rows(query, *given.values(), size)
        return sorted((_recording(row) for row in rows), key=lambda recording: -recording.seq)


def _recording(row: dict[str, Any]) -> Recording:
    return Recording(**{name: row[name] for name in (*_COLUMNS, "seq")})


def resource(recording: Recording, account: str) -> dict[str, Any]:
    """A recording's JSON form."""
    uri = f"/{API_VERSION}/Accounts/{account}/Recordings/{recording.sid}"
    return {
        "sid": recording.sid,
        "account_sid": account,
        "api_version": API_VERSION,
        "call_sid": recording.call,
        "conference_sid": None,
        "channels": 1,
        "date_created": rfc2822(recording.created),
        "date_updated": rfc2822(recording.created),
        "start_time": rfc2822(recording.created),
        "duration": str(recording.seconds),
        "encryption_details": None,
        "error_code": None,
        "media_url": recording.url,
        "price": "-0.00250",
        "price_unit": "USD",
        "source": recording.source,
        "status": recording.status,
        "subresource_uris": {
            "add_on_results": f"{uri}/AddOnResults.json",
            "transcriptions": f"{uri}/Transcriptions.json",
        },
        "track": "both",
        "uri": f"{uri}.json",
    }


def sound(recording: Recording) -> bytes:
    """As long as what was said, and silent: the box records no voices."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(_SAMPLES)
        file.writeframes(b"\x80" * (_SAMPLES * min(recording.seconds, 600)))
    return buffer.getvalue()
