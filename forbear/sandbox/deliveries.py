"""What the box sent to the application, attempt by attempt, and what it was answered: for whoever asks why."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from forbear.sandbox.agenda import LiveClock
from forbear.sandbox.store import Store
from forbear.sandbox.wire import iso, rfc2822

_KEPT = 20_000
_EVENT = "EV"
_LONGEST_BODY = 4_000
_SCHEMA = """
CREATE TABLE IF NOT EXISTS deliveries (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, sid TEXT, news TEXT NOT NULL, method TEXT NOT NULL,
  url TEXT NOT NULL, params TEXT NOT NULL, tries INTEGER NOT NULL, status INTEGER, failure TEXT,
  millis INTEGER NOT NULL, type TEXT NOT NULL, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS deliveries_sid ON deliveries (sid);
"""


@dataclass(frozen=True, slots=True)
class Sent:
    """One attempt to tell or ask the application something.

    Args:
        sid: of the message or call it is about.
        news: `callback`, `inbound` or `twiml`.
        url: without its fragment.
        tries: how many attempts there were before.
    """

    sid: str | None
    news: str
    method: str
    url: str
    params: Mapping[str, str]
    tries: int


class Deliveries:
    """The latest attempts."""

    def __init__(self, store: Store, clock: LiveClock) -> None:
        self._store, self._clock = store, clock
        store.define(_SCHEMA)

    def began(self) -> float:
        """A machine instant to hand back when the attempt is over."""
        return self._clock.value.machine_now().timestamp()

    def note(self, sent: Sent, began: float, answer: httpx.Response | None, failure: str | None) -> None:
        """Write an attempt down; without an answer it says why there is none."""
        millis = round((self.began() - began) * 1_000)
        status, kind, body = None, "", ""
        if answer is not None:
            status, kind, body = answer.status_code, answer.headers.get("Content-Type", ""), answer.text[:_LONGEST_BODY]
        names = "at, sid, news, method, url, params, tries, status, failure, millis, type, body"
        params = json.dumps(dict(sent.params), ensure_ascii=False)
        values = iso(self._clock.now()), sent.sid, sent.news, sent.method, sent.url, params, sent.tries
        query = f"INSERT INTO deliveries ({names}) VALUES ({', '.join('?' * 12)})"  # noqa: S608  our names
        seq = self._store.run(query, *values, status, failure, millis, kind, body)
        self._store.run("DELETE FROM deliveries WHERE seq <= ?", seq - _KEPT)

    def page(self, about: str | None, size: int, below: int | None = None, above: int | None = None) -> list["Attempt"]:
        """Newest first, of one message or call or of all."""
        conditions = {"sid = ?": about, "seq < ?": below, "seq > ?": above}
        given = {condition: value for condition, value in conditions.items() if value is not None}
        where, order = " AND ".join(["1", *given]), "ASC" if above is not None else "DESC"
        query = f"SELECT * FROM deliveries WHERE {where} ORDER BY seq {order} LIMIT ?"  # noqa: S608  fixed texts
        rows = self._store.rows(query, *given.values(), size)
        return sorted((Attempt(row["seq"], row) for row in rows), key=lambda attempt: -attempt.seq)

    def find(self, sid: str) -> "Attempt | None":
        row = self._store.row("SELECT * FROM deliveries WHERE seq = ?", sid.removeprefix(_EVENT))
        return None if row is None else Attempt(row["seq"], row)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One row."""

    seq: int
    row: Mapping[str, Any]

    @property
    def sid(self) -> str:
        """A name for lists; the provider's events have none."""
        return f"{_EVENT}{self.seq}"

    def shown(self) -> dict[str, Any]:
        """As the control plane tells it."""
        return {**self.row, "params": json.loads(self.row["params"])}

    def event(self) -> dict[str, Any]:
        """An attempt about a call, as the provider lists the call's events."""
        row = self.row
        return {
            "request": {"method": row["method"], "url": row["url"], "parameters": json.loads(row["params"])},
            "response": {
                "date_created": rfc2822(row["at"]),
                "response_code": row["status"],
                "request_duration": row["millis"],
                "content_type": row["type"] or None,
                "response_body": row["body"] or None,
            },
        }
