"""Messages as the carrier remembers them, and as it shows them over its API."""

from dataclasses import dataclass, replace
from typing import Any

from forbear.sandbox.statuses import ERROR_MESSAGES
from forbear.sandbox.store import Store
from forbear.sandbox.wire import rfc2822

API_VERSION = "2010-04-01"
_PRICE_PER_SEGMENT = 0.0079


@dataclass(frozen=True, slots=True)
class Message:
    """One text. `sender` is None while a Messaging Service has not yet chosen its number."""

    sid: str
    direction: str
    sender: str | None
    recipient: str
    service: str | None
    body: str
    status: str
    segments: int
    error_code: int | None
    callback: str | None
    validity: int
    created: str
    sent: str | None
    updated: str
    seq: int = 0


@dataclass(frozen=True, slots=True)
class Query:
    """What a list request asks for. Bounds are inclusive texts of instants; `until` is exclusive."""

    recipient: str | None = None
    sender: str | None = None
    sent_from: str | None = None
    sent_until: str | None = None
    created_until: str | None = None


_COLUMNS = (
    "sid, direction, sender, recipient, service, body, status, segments, error_code, callback, validity, created, "
    "sent, updated"
)


class Messages:
    """The table of messages."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, message: Message) -> None:
        names = _COLUMNS.split(", ")
        marks = ", ".join("?" for _ in names)
        self._store.run(
            f"INSERT INTO messages ({_COLUMNS}) VALUES ({marks})",  # noqa: S608  column names of ours
            *(getattr(message, name) for name in names),
        )

    def get(self, sid: str) -> Message | None:
        row = self._store.row(f"SELECT seq, {_COLUMNS} FROM messages WHERE sid = ? AND NOT deleted", sid)  # noqa: S608
        return None if row is None else Message(**row)

    def find(self, sid: str) -> Message | None:
        """A message, also a deleted one: its place in a list outlives it."""
        row = self._store.row(f"SELECT seq, {_COLUMNS} FROM messages WHERE sid = ?", sid)  # noqa: S608  our names
        return None if row is None else Message(**row)

    def save(self, message: Message) -> None:
        """Write back what may change after acceptance."""
        self._store.run(
            "UPDATE messages SET sender = ?, body = ?, status = ?, segments = ?, error_code = ?, sent = ?, updated = ? "
            "WHERE sid = ?",
            *(message.sender, message.body, message.status, message.segments, message.error_code),
            *(message.sent, message.updated, message.sid),
        )

    def delete(self, sid: str) -> None:
        self._store.run("UPDATE messages SET deleted = 1, body = '' WHERE sid = ?", sid)

    def page(self, query: Query, size: int, below: int | None = None, above: int | None = None) -> list[Message]:
        """Newest first: those older than `below`, or the nearest newer than `above`."""
        conditions = {
            "recipient = ?": query.recipient,
            "sender = ?": query.sender,
            "sent >= ?": query.sent_from,
            "sent < ?": query.sent_until,
            "created <= ?": query.created_until,
            "seq < ?": below,
            "seq > ?": above,
        }
        given = {condition: value for condition, value in conditions.items() if value is not None}
        where = " AND ".join(["NOT deleted", *given])
        order = "ASC" if above is not None else "DESC"
        rows = self._store.rows(
            f"SELECT seq, {_COLUMNS} FROM messages WHERE {where} ORDER BY seq {order} LIMIT ?",  # noqa: S608  fixed texts
            *given.values(),
            size,
        )
        return sorted((Message(**row) for row in rows), key=lambda message: -message.seq)


def resource(message: Message, account: str, media: int = 0) -> dict[str, Any]:
    """A message's JSON form: numbers as text, dates as RFC 2822, addresses relative."""
    uri = f"/{API_VERSION}/Accounts/{account}/Messages/{message.sid}"
    return {
        "sid": message.sid,
        "account_sid": account,
        "messaging_service_sid": message.service,
        "from": message.sender,
        "to": message.recipient,
        "body": message.body,
        "status": message.status,
        "num_segments": str(message.segments),
        "num_media": str(media),
        "direction": message.direction,
        "date_created": rfc2822(message.created),
        "date_sent": rfc2822(message.sent),
        "date_updated": rfc2822(message.updated),
        "price": None if message.sent is None else f"-{message.segments * _PRICE_PER_SEGMENT:.5f}",
        "price_unit": "USD",
        "error_code": message.error_code,
        "error_message": None if message.error_code is None else ERROR_MESSAGES.get(message.error_code),
        "uri": f"{uri}.json",
        "api_version": API_VERSION,
        "subresource_uris": {"media": f"{uri}/Media.json"},
    }


def redacted(message: Message, updated: str) -> Message:
    return replace(message, body="", updated=updated)
