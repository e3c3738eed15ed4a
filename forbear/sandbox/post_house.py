"""The print house: takes orders, prints after the cancellation window, hands over, and tells what became of it.

Accepting is one transaction that remembers the letter, writes the world's log and plans its life; the agenda plays the
rest. The log's lines of a letter are
`{"at", "channel": "letter", "kind": "accepted|mailed|delivered|returned|lost|cancelled", "sid", "ref", "sha256"}`:
`ref` is the touch in the letter's metadata, and what happened is there also where no scan ever told.
"""

from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any
from uuid import uuid4

from forbear.sandbox.agenda import Payload
from forbear.sandbox.ground import Ground
from forbear.sandbox.post_events import PostEvents
from forbear.sandbox.post_intake import Draft, addressee
from forbear.sandbox.post_journey import CANCELLABLE_FOR, RENDERED_AFTER, Fate, Journey, Scan, fate_of, journey
from forbear.sandbox.post_letters import Letter, Letters, fresh, lob_time
from forbear.sandbox.post_options import Post
from forbear.sandbox.post_refusals import LobRefusal
from forbear.sandbox.wire import instant, iso

_LIFE = "letter"
_SURE = timedelta(minutes=1)


class PrintHouse:
    """Everything behind the letters API but HTTP."""

    def __init__(self, options: Post, ground: Ground, events: PostEvents) -> None:
        self.letters = Letters(ground.store)
        self._options, self._events = options, events
        self._store, self._journal, self._agenda = ground.store, ground.journal, ground.agenda
        self._clock, self._seed = ground.clock, ground.seed
        ground.agenda.on_step(_LIFE, self._live)

    def accept(self, draft: Draft, mode: str, key: str | None, identity: str) -> Letter:
        """Take an order on, or give the letter that its key already has."""
        now = iso(self._clock.now())
        if key and (known := self.letters.under(mode, key, now)):
            return known
        fate = self.fate(addressee(draft.to))
        if fate is Fate.UNDELIVERABLE:
            raise LobRefusal("failed_deliverability_strictness", "The to address doesn't meet strictness requirements.")
        letter = fresh(identity, draft, mode, now)
        with self._store.transaction():
            self.letters.add(letter, key)
            more = {"service": draft.extra_service or "plain", "pages": draft.pages}
            self._write("accepted", letter, **more)
            self._events.tell(letter, "letter.created")
            self._plan(letter, fate)
        return letter

    def cancel(self, letter: Letter) -> Letter:
        """Take it back while the window is open."""
        if letter.deleted:
            return letter
        if self._clock.now() >= instant(letter.created) + CANCELLABLE_FOR:
            raise LobRefusal("not_deletable", "The letter is being produced and cannot be deleted.")
        with self._store.transaction():
            letter = self._changed(letter, deleted=True)
            self._write("cancelled", letter)
            self._events.tell(letter, "letter.deleted")
        return letter

    async def until_told(self, letter: Letter) -> None:
        """Wait until the application took an event about a letter."""
        await self._events.until_told(letter.id)

    def fate(self, who: str) -> Fate:
        scripted = self.letters.scripted(who)
        return scripted or fate_of(self._seed, who, self._options.returned_share)

    def _plan(self, letter: Letter, fate: Fate) -> None:
        """All of its life at once; a letter that is cancelled lets it pass."""
        way = journey(fate, letter.body["extra_service"], Random(f"{self._seed}:letter:{letter.id}"))
        born = instant(letter.created)
        self._agenda.add(_LIFE, {"id": letter.id, "event": "letter.rendered_pdf"}, born + RENDERED_AFTER)
        for scan in way.scans:
            step = {"id": letter.id, "scan": scan.name, "detail": scan.detail}
            self._agenda.add(_LIFE, step | {"fact": _fact(scan, way)}, born + CANCELLABLE_FOR + scan.after)
        if way.delivered_after is not None:
            step = {"id": letter.id, "event": "letter.delivered", "fact": "delivered", "quiet": fate is Fate.SILENT}
            self._agenda.add(_LIFE, step, born + CANCELLABLE_FOR + way.delivered_after + _SURE)

    def _live(self, payload: Payload) -> None:
        letter = self.letters.get(payload["id"])
        if letter is None or letter.deleted:
            return
        if "scan" in payload:
            letter = self._scan(letter, payload["scan"], payload["detail"])
        if fact := payload.get("fact"):
            self._write(fact, letter)
        if "event" in payload and not payload.get("quiet"):
            self._events.tell(letter, payload["event"])

    def _scan(self, letter: Letter, name: str, detail: str | None) -> Letter:
        certified = (letter.body["extra_service"] or "").startswith("certified")
        now = lob_time(iso(self._clock.now()))
        event = {
            "id": f"evnt_{uuid4().hex[:16]}",
            "type": "certified" if certified else "normal",
            "name": name,
            "details": _details(detail) if certified else None,
            "location": letter.body["to"].get("address_zip"),
            "time": now,
            "date_created": now,
            "date_modified": now,
            "object": "tracking_event",
        }
        letter = self._changed(letter, tracking_events=[*letter.body["tracking_events"], event])
        family = "letter.certified" if certified else "letter"
        self._events.tell(letter, f"{family}.{name.lower().replace(' ', '_')}")
        return letter

    def _changed(self, letter: Letter, **changes: Any) -> Letter:
        now = lob_time(iso(self._clock.now()))
        changed = replace(letter, body={**letter.body, **changes, "date_modified": now})
        self.letters.save(changed)
        return changed

    def _write(self, kind: str, letter: Letter, **more: Any) -> None:
        line = {"at": iso(self._clock.now()), "channel": "letter", "kind": kind, "sid": letter.id, "ref": letter.ref}
        self._journal.write({**line, "sha256": letter.sha256, **more})


def _fact(scan: Scan, way: Journey) -> str | None:
    """What the log says of a scan: the handing over, and the end where a scan is the end."""
    if scan.name == "Mailed":
        return "mailed"
    if scan.name == "Returned to Sender":
        return "returned"
    if scan.name == "Delivered":
        return "delivered"
    return "lost" if scan.detail == "package_lost" and way.end == "lost" else None


def _details(detail: str | None) -> dict[str, Any]:
    event = detail or "other"
    return {"event": event, "description": event.replace("_", " "), "notes": None, "action_required": False}
