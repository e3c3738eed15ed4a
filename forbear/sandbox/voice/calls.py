"""Calls as the carrier remembers them, and as it shows them over its API."""

import json
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from forbear.sandbox.messages import API_VERSION
from forbear.sandbox.store import Store
from forbear.sandbox.voice.intake import CallOrder
from forbear.sandbox.voice.scripts import CallScript
from forbear.sandbox.wire import rfc2822

FINAL = frozenset({"completed", "busy", "no-answer", "failed", "canceled"})
_PRICE_PER_MINUTE = 0.014
_SCHEMA = """
CREATE TABLE IF NOT EXISTS calls (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, sid TEXT NOT NULL UNIQUE, direction TEXT NOT NULL, sender TEXT NOT NULL,
  recipient TEXT NOT NULL, status TEXT NOT NULL, created TEXT NOT NULL, updated TEXT NOT NULL, started TEXT,
  ended TEXT, deleted INTEGER NOT NULL DEFAULT 0, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS calls_recipient ON calls (recipient);
CREATE TABLE IF NOT EXISTS call_scripts (phone TEXT PRIMARY KEY, script TEXT NOT NULL);
"""
_COLUMNS = ("sid", "direction", "sender", "recipient", "status", "created", "updated", "started", "ended")

Entry = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Call:
    """One call. What is spoken is counted in `seconds`, whatever the machine's own slowness adds.

    Args:
        order: what the application asked for.
        callee: what the handset at the other end does.
        turn: how often it was decided what comes next; a plan made for an earlier turn is void.
        sequence: how many status callbacks there were.
        seconds: spoken so far; None until somebody answers.
        ear: what the listener remembers.
        pending: what is being played now, and since when.
    """

    sid: str
    direction: str
    sender: str
    recipient: str
    status: str
    created: str
    updated: str
    order: CallOrder
    callee: CallScript
    started: str | None = None
    ended: str | None = None
    answered_by: str | None = None
    number_sid: str | None = None
    queue_ms: int = 0
    turn: int = 0
    sequence: int = 0
    seconds: float | None = None
    ear: dict[str, Any] = field(default_factory=dict[str, Any])
    transcript: list[Entry] = field(default_factory=list[Entry])
    pending: dict[str, Any] = field(default_factory=dict[str, Any])
    seq: int = 0

    @property
    def phone(self) -> str:
        """The person's end."""
        return self.sender if self.direction == "inbound" else self.recipient

    @property
    def ours(self) -> str:
        return self.recipient if self.direction == "inbound" else self.sender

    @property
    def duration(self) -> int | None:
        """Whole seconds, for a call that was answered and is over."""
        if self.seconds is None or self.status != "completed":
            return None
        return max(1, round(self.seconds))


@dataclass(frozen=True, slots=True)
class CallQuery:
    """What a list request asks for. Bounds are inclusive texts of instants; `until` is exclusive."""

    recipient: str | None = None
    sender: str | None = None
    status: str | None = None
    started_from: str | None = None
    started_until: str | None = None
    ended_from: str | None = None
    ended_until: str | None = None
    created_until: str | None = None
    parent: str | None = None


class Calls:
    """The table of calls, and what each handset does with them."""

    def __init__(self, store: Store) -> None:
        self._store = store
        store.define(_SCHEMA)

    def add(self, call: Call) -> None:
        names = ", ".join((*_COLUMNS, "body"))
        marks = ", ".join("?" for _ in range(len(_COLUMNS) + 1))
        values = [getattr(call, name) for name in _COLUMNS]
        self._store.run(f"INSERT INTO calls ({names}) VALUES ({marks})", *values, _body(call))  # noqa: S608  our names

    def get(self, sid: str) -> Call | None:
        row = self._store.row("SELECT * FROM calls WHERE sid = ? AND NOT deleted", sid)
        return None if row is None else _call(row)

    def find(self, sid: str) -> Call | None:
        """A call, also a deleted one: its place in a list outlives it."""
        row = self._store.row("SELECT * FROM calls WHERE sid = ?", sid)
        return None if row is None else _call(row)

    def save(self, call: Call) -> None:
        """Write back what may change after acceptance."""
        values = call.status, call.updated, call.started, call.ended, _body(call), call.sid
        self._store.run(
            "UPDATE calls SET status = ?, updated = ?, started = ?, ended = ?, body = ? WHERE sid = ?", *values
        )

    def delete(self, sid: str) -> None:
        self._store.run("UPDATE calls SET deleted = 1 WHERE sid = ?", sid)

    def count(self, phone: str) -> int:
        """How many calls were ever placed to a number."""
        row = self._store.row("SELECT count(*) AS n FROM calls WHERE recipient = ?", phone)
        return 0 if row is None else row["n"]

    def page(self, query: CallQuery, size: int, below: int | None = None, above: int | None = None) -> list[Call]:
        """Newest first: those older than `below`, or the nearest newer than `above`."""
        if query.parent is not None:
            return []
        conditions = {
            "recipient = ?": query.recipient,
            "sender = ?": query.sender,
            "status = ?": query.status,
            "started >= ?": query.started_from,
            "started < ?": query.started_until,
            "ended >= ?": query.ended_from,
            "ended < ?": query.ended_until,
            "created <= ?": query.created_until,
            "seq < ?": below,
            "seq > ?": above,
        }
        given = {condition: value for condition, value in conditions.items() if value is not None}
        where = " AND ".join(["NOT deleted", *given])
        order = "ASC" if above is not None else "DESC"
        rows = self._store.rows(
            f"SELECT * FROM calls WHERE {where} ORDER BY seq {order} LIMIT ?",  # noqa: S608  fixed texts
            *given.values(),
            size,
        )
        return sorted((_call(row) for row in rows), key=lambda call: -call.seq)

    def script(self, phone: str) -> CallScript | None:
        """What a handset was told to do."""
        row = self._store.row("SELECT script FROM call_scripts WHERE phone = ?", phone)
        return None if row is None else CallScript.model_validate_json(row["script"])

    def set_script(self, phone: str, script: CallScript) -> None:
        self._store.run("INSERT OR REPLACE INTO call_scripts VALUES (?, ?)", phone, script.model_dump_json())


def _body(call: Call) -> str:
    kept = {one.name: getattr(call, one.name) for one in fields(call) if one.name not in {*_COLUMNS, "seq"}}
    kept |= {"order": asdict(call.order), "callee": call.callee.model_dump(mode="json")}
    return json.dumps(kept, ensure_ascii=False)


def _call(row: dict[str, Any]) -> Call:
    body = json.loads(row["body"])
    body["order"] = CallOrder(**body["order"])
    body["callee"] = CallScript.model_validate(body["callee"])
    return Call(**{name: row[name] for name in _COLUMNS}, **body, seq=row["seq"])


def resource(call: Call, account: str) -> dict[str, Any]:
    """A call's JSON form: numbers as text, dates as RFC 2822, addresses relative."""
    uri = f"/{API_VERSION}/Accounts/{account}/Calls/{call.sid}"
    names = ("Events", "Notifications", "Payments", "Recordings", "Siprec", "Streams", "Transcriptions")
    pages = {_snake(name): f"{uri}/{name}.json" for name in (*names, "UserDefinedMessages")}
    pages["user_defined_message_subscriptions"] = f"{uri}/UserDefinedMessageSubscriptions.json"
    duration = call.duration
    minutes = 0 if duration is None else -(-duration // 60)
    return {
        "sid": call.sid,
        "date_created": rfc2822(call.created),
        "date_updated": rfc2822(call.updated),
        "parent_call_sid": None,
        "account_sid": account,
        "to": call.recipient,
        "to_formatted": formatted(call.recipient),
        "from": call.sender,
        "from_formatted": formatted(call.sender),
        "phone_number_sid": call.number_sid,
        "status": call.status,
        "start_time": rfc2822(call.started),
        "end_time": rfc2822(call.ended),
        "duration": _spoken_for(call),
        "price": None if duration is None else f"-{minutes * _PRICE_PER_MINUTE:.5f}",
        "price_unit": "USD",
        "direction": call.direction,
        "answered_by": call.answered_by,
        "api_version": API_VERSION,
        "annotation": None,
        "forwarded_from": None,
        "group_sid": None,
        "caller_name": None,
        "queue_time": str(call.queue_ms),
        "trunk_sid": None,
        "uri": f"{uri}.json",
        "subresource_uris": pages,
    }


def _spoken_for(call: Call) -> str | None:
    """A call that is over and nobody took lasted no time; one that goes on has no length yet."""
    return None if call.status not in FINAL else str(call.duration or 0)


def formatted(phone: str) -> str:
    """North American numbers as people write them there."""
    if phone.startswith("+1") and len(phone) == 12:  # noqa: PLR2004  +1 and ten digits
        return f"({phone[2:5]}) {phone[5:8]}-{phone[8:]}"
    return phone


def spoken(call: Call, entries: list[Entry], seconds: float) -> Call:
    """The call with more said in it."""
    return replace(call, transcript=call.transcript + entries, seconds=(call.seconds or 0.0) + seconds, pending={})


def _snake(name: str) -> str:
    return "".join(f"_{char.lower()}" if char.isupper() else char for char in name).lstrip("_")
