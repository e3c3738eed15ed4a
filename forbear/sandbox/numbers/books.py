"""The account's numbers and Messaging Services: which there are, who sends for a service, who is asked about news.

Rows are kept as plain JSON beside their sid; nothing here speaks HTTP.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Literal
from uuid import uuid4

from forbear.sandbox.keywords import Keyword, keyword
from forbear.sandbox.store import Store

Kind = Literal["number", "service", "member"]
_SCHEMA = """
CREATE TABLE IF NOT EXISTS holdings (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, sid TEXT NOT NULL, kind TEXT NOT NULL, owner TEXT NOT NULL,
  name TEXT NOT NULL, body TEXT NOT NULL, UNIQUE (kind, owner, sid));
CREATE INDEX IF NOT EXISTS holdings_name ON holdings (kind, name);
"""


@dataclass(frozen=True, slots=True)
class Holding:
    """A number, a service, or a number's membership in a service (`owner`). `name` is the number, or a title."""

    sid: str
    kind: Kind
    owner: str
    name: str
    body: Mapping[str, Any]
    seq: int = 0


@dataclass(frozen=True, slots=True)
class Which:
    """What a list is of."""

    kind: Kind
    owner: str = ""
    name: str | None = None
    title: str | None = None


@dataclass(frozen=True, slots=True)
class OptOutWords:
    """A service's Advanced Opt-Out: its own words and answers, which the provider acts on and tells of.

    Without words of its own, the provider's stand.
    """

    words: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    answers: Mapping[str, str] = field(default_factory=dict[str, str])

    def keyword(self, body: str) -> Keyword | None:
        """The word a text consists of, in any language they are kept in."""
        said = body.strip().upper()
        for kind in ("stop", "start", "help"):
            if said in {word.upper() for word in self.words.get(kind, ())}:
                return kind
        return keyword(body)


class Books:
    """What the account holds."""

    def __init__(self, store: Store) -> None:
        self._store = store
        store.define(_SCHEMA)

    def add(self, kind: Kind, name: str, body: Mapping[str, Any], *, owner: str = "", sid: str = "") -> Holding:
        sid = sid or f"{'MG' if kind == 'service' else 'PN'}{uuid4().hex}"
        query = "INSERT INTO holdings (sid, kind, owner, name, body) VALUES (?, ?, ?, ?, ?)"
        seq = self._store.run(query, sid, kind, owner, name, json.dumps(dict(body), ensure_ascii=False))
        return Holding(sid, kind, owner, name, body, seq)

    def get(self, kind: Kind, sid: str, owner: str = "") -> Holding | None:
        query = "SELECT * FROM holdings WHERE kind = ? AND sid = ? AND owner = ?"
        row = self._store.row(query, kind, sid, owner)
        return None if row is None else _holding(row)

    def named(self, kind: Kind, name: str) -> Holding | None:
        """The latest of that name."""
        query = "SELECT * FROM holdings WHERE kind = ? AND name = ? ORDER BY seq DESC LIMIT 1"
        row = self._store.row(query, kind, name)
        return None if row is None else _holding(row)

    def save(self, holding: Holding, body: Mapping[str, Any], name: str | None = None) -> Holding:
        text, title = json.dumps(dict(body), ensure_ascii=False), holding.name if name is None else name
        self._store.run("UPDATE holdings SET body = ?, name = ? WHERE seq = ?", text, title, holding.seq)
        return Holding(holding.sid, holding.kind, holding.owner, title, body, holding.seq)

    def remove(self, holding: Holding) -> None:
        """Gone, with whatever belongs to it."""
        self._store.run("DELETE FROM holdings WHERE seq = ?", holding.seq)
        if holding.kind == "service":
            self._store.run("DELETE FROM holdings WHERE owner = ?", holding.sid)
        if holding.kind == "number":
            self._store.run("DELETE FROM holdings WHERE kind = 'member' AND sid = ?", holding.sid)

    def page(self, which: Which, size: int, below: int | None = None, above: int | None = None) -> list[Holding]:
        """Newest first."""
        title = "json_extract(body, '$.friendly_name') = ?"
        conditions = {"name = ?": which.name, title: which.title, "seq < ?": below, "seq > ?": above}
        given = {condition: value for condition, value in conditions.items() if value is not None}
        where, order = " AND ".join(["kind = ?", "owner = ?", *given]), "ASC" if above is not None else "DESC"
        query = f"SELECT * FROM holdings WHERE {where} ORDER BY seq {order} LIMIT ?"  # noqa: S608  fixed texts
        rows = self._store.rows(query, which.kind, which.owner, *given.values(), size)
        return sorted((_holding(row) for row in rows), key=lambda holding: -holding.seq)

    def owns(self, number: str) -> bool:
        return self.named("number", number) is not None

    def pool(self, service: str) -> list[str] | None:
        """The numbers of a service, oldest first; None for a service nobody made here."""
        if self.get("service", service) is None:
            return None
        return [member.name for member in reversed(self.page(Which("member", service), 1_000))]

    def sender_of(self, service: str, recipient: str) -> str | None:
        """Who writes for a service to somebody: always the same number, of their own country if there is one."""
        pool = self.pool(service) or []
        near = [number for number in pool if _country(number) == _country(recipient)] or pool
        if not near:
            return None
        return near[int(sha256(f"{service}:{recipient}".encode()).hexdigest(), 16) % len(near)]

    def opt_out(self, service: str | None) -> OptOutWords | None:
        """A service's Advanced Opt-Out, where it is switched on."""
        holding = self.get("service", service) if service else None
        given = holding.body.get("advanced_opt_out") if holding is not None else None
        return None if given is None else OptOutWords(given.get("words", {}), given.get("answers", {}))

    def inbound_url(self, number: str) -> str | None:
        """Who is asked about a text to a number: its service, unless that defers to the number."""
        member = self.named("member", number)
        service = self.get("service", member.owner) if member is not None else None
        if service is not None and service.body.get("inbound_request_url"):
            return str(service.body["inbound_request_url"])
        held = self.named("number", number)
        return str(held.body.get("sms_url") or "") or None if held is not None else None


def _holding(row: dict[str, Any]) -> Holding:
    return Holding(row["sid"], row["kind"], row["owner"], row["name"], json.loads(row["body"]), row["seq"])


def _country(number: str) -> str:
    """As far as the first digits tell."""
    return number[:2] if number.startswith(("+1", "+7")) else number[:3]
