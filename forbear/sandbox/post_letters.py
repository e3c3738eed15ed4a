"""The print house's memory: its letters as Lob shows them, the keys they were ordered under, and what addresses do."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any, Final
from uuid import uuid4

from forbear.sandbox.post_intake import Address, Draft, addressee
from forbear.sandbox.post_journey import Fate
from forbear.sandbox.store import Store
from forbear.sandbox.wire import instant

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS letters (seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, mode TEXT NOT NULL,
  ref TEXT, addressee TEXT NOT NULL, sha256 TEXT NOT NULL, pages INTEGER NOT NULL, created TEXT NOT NULL,
  body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS letters_ref ON letters (ref);
CREATE TABLE IF NOT EXISTS letter_keys (mode TEXT NOT NULL, key TEXT NOT NULL, letter TEXT NOT NULL, at TEXT NOT NULL,
  PRIMARY KEY (mode, key));
CREATE TABLE IF NOT EXISTS addressees (addressee TEXT PRIMARY KEY, fate TEXT NOT NULL);
"""
KEY_LIVES: Final = timedelta(hours=24)
Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter. `body` is what Lob answers; `ref` the touch in its metadata."""

    id: str
    mode: str
    ref: str | None
    addressee: str
    sha256: str
    pages: int
    created: str
    body: Body

    @property
    def deleted(self) -> bool:
        return bool(self.body.get("deleted"))


@dataclass(frozen=True, slots=True)
class Sought:
    """What a list asks for."""

    mode: str
    metadata: Mapping[str, str]
    created_from: str
    created_until: str
    limit: int
    after: str | None = None


class Letters:
    """Kept in the sandbox's store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        store.define(SCHEMA)

    def add(self, letter: Letter, key: str | None) -> None:
        """Within the current transaction."""
        row = (letter.id, letter.mode, letter.ref, letter.addressee, letter.sha256, letter.pages, letter.created)
        columns = "(id, mode, ref, addressee, sha256, pages, created, body)"
        insert = f"INSERT INTO letters {columns} VALUES (?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608  our own names
        self._store.run(insert, *row, json.dumps(letter.body))
        if key:
            kept = letter.mode, key, letter.id, letter.created
            self._store.run("INSERT OR REPLACE INTO letter_keys VALUES (?, ?, ?, ?)", *kept)

    def save(self, letter: Letter) -> None:
        self._store.run("UPDATE letters SET body = ? WHERE id = ?", json.dumps(letter.body), letter.id)

    def get(self, identity: str) -> Letter | None:
        row = self._store.row("SELECT * FROM letters WHERE id = ?", identity)
        return None if row is None else _letter(row)

    def under(self, mode: str, key: str, now: str) -> Letter | None:
        """The letter ordered under a key within the last day."""
        row = self._store.row("SELECT * FROM letter_keys WHERE mode = ? AND key = ?", mode, key)
        if row is None or instant(row["at"]) + KEY_LIVES < instant(now):
            return None
        return self.get(row["letter"])

    def page(self, sought: Sought) -> list[Letter]:
        """Newest first; one more than was asked for tells that there are more."""
        before = self._store.row("SELECT seq FROM letters WHERE id = ?", sought.after) if sought.after else None
        rows = self._store.rows(
            "SELECT * FROM letters WHERE mode = ? AND created >= ? AND created <= ? AND seq < ? ORDER BY seq DESC",
            sought.mode,
            sought.created_from,
            sought.created_until,
            before["seq"] if before else 2**62,
        )
        wanted = sought.metadata.items()
        found = [letter for letter in map(_letter, rows) if wanted <= letter.body["metadata"].items()]
        return found[: sought.limit + 1]

    def all(self) -> list[Letter]:
        return [_letter(row) for row in self._store.rows("SELECT * FROM letters ORDER BY seq DESC")]

    def script(self, who: str, fate: Fate) -> None:
        self._store.run("INSERT OR REPLACE INTO addressees VALUES (?, ?)", who, fate)

    def scripted(self, who: str) -> Fate | None:
        row = self._store.row("SELECT fate FROM addressees WHERE addressee = ?", who)
        return None if row is None else Fate(row["fate"])


def new_id() -> str:
    return f"ltr_{uuid4().hex[:16]}"


def lob_time(text: str) -> str:
    """An instant of ours as Lob writes it, in milliseconds."""
    return instant(text).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def fresh(identity: str, draft: Draft, mode: str, now: str) -> Letter:
    """A letter as it stands at acceptance."""
    expected = instant(now).date() + timedelta(days=6)
    body: Body = {
        "id": identity,
        "description": draft.description,
        "metadata": dict(draft.metadata),
        "to": _shown(draft.to, now),
        "from": _shown(draft.sender, now),
        "color": draft.color,
        "double_sided": draft.double_sided,
        "address_placement": draft.address_placement,
        "return_envelope": False,
        "perforated_page": None,
        "custom_envelope": None,
        "extra_service": draft.extra_service,
        "mail_type": "usps_first_class",
        "use_type": draft.use_type,
        "fsc": False,
        "url": f"https://lob-assets.example.com/letters/{identity}.pdf",
        "carrier": "USPS",
        "tracking_number": _tracking_number(identity) if draft.extra_service else None,
        "tracking_events": [],
        "thumbnails": [],
        "merge_variables": None,
        "expected_delivery_date": expected.isoformat(),
        "date_created": lob_time(now),
        "date_modified": lob_time(now),
        "send_date": lob_time(now),
        "object": "letter",
    }
    reference = draft.metadata.get("touch")
    return Letter(identity, mode, reference, addressee(draft.to), draft.sha256, draft.pages, now, body)


def _shown(address: Address, now: str) -> Body:
    """As Lob shows a domestic address: in capitals, with its own id and every field."""
    empty = dict.fromkeys(("description", "company", "phone", "email", "address_line2"))
    shouted = {name: value.upper() for name, value in address.items()}
    stamps = {"date_created": lob_time(now), "date_modified": lob_time(now)}
    country = "UNITED STATES" if address["address_country"] == "US" else address["address_country"]
    identity = {"id": f"adr_{uuid4().hex[:16]}", "metadata": {}, "object": "address"}
    return {**empty, **shouted, "address_country": country, **identity, **stamps}


def _tracking_number(identity: str) -> str:
    return "92071902358909" + str(Random(identity).randrange(10**11)).zfill(11)


def _letter(row: dict[str, Any]) -> Letter:
    values = {name: row[name] for name in ("id", "mode", "ref", "addressee", "sha256", "pages", "created")}
    return Letter(**values, body=json.loads(row["body"]))
