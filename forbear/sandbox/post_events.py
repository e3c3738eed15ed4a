"""Posts the print house's events as Lob does: signed with a timestamp, retried until taken, and spoilt on request.

The faults are those of the carrier's callbacks (`callback_lost`, `callback_duplicated` …) for the product `letters`.
"""

import asyncio
import hashlib
import hmac
import json
from contextlib import suppress
from datetime import timedelta
from typing import Any, Final
from uuid import uuid4

import httpx

from forbear.sandbox.agenda import Again, Payload
from forbear.sandbox.delivery import backoff
from forbear.sandbox.faults import Faults
from forbear.sandbox.ground import Ground
from forbear.sandbox.post_letters import Letter, lob_time
from forbear.sandbox.post_options import Post
from forbear.sandbox.wire import is_loopback, iso

_ERRAND, _RELEASE = "post_event", "post_event_held"
_LONGEST_HELD = timedelta(days=14)
"""World time an event waits for the one it is to come after: the mail takes days from one to the next."""
_PRODUCT: Final = "letters"
_PATIENCE = 5.0
"""Machine seconds an answer waits for its first event."""
_MOST_TRIES = 8
"""Lob gives up on an event some day; what nobody took is then to be asked for."""


def signature(body: str, timestamp: str, secret: str) -> str:
    """Of `Lob-Signature`: over the timestamp and the body as they are sent."""
    return hmac.new(secret.encode(), f"{timestamp}.{body}".encode(), hashlib.sha256).hexdigest()


class PostEvents:
    """The way from the print house to the application."""

    def __init__(self, ground: Ground, faults: Faults, options: Post) -> None:
        self._agenda, self._clock, self._faults, self._options = ground.agenda, ground.clock, faults, options
        self._client = httpx.AsyncClient(timeout=httpx.Timeout(15.0, pool=None), trust_env=False)
        self._held: dict[str, Payload] = {}
        self._awaited: dict[str, asyncio.Event] = {}
        ground.agenda.on_errand(_ERRAND, self._run)
        ground.agenda.on_step(_RELEASE, self._release)

    def tell(self, letter: Letter, kind: str) -> None:
        """Plan an event about a letter as it stands, within the current transaction."""
        if not self._options.url or self._strikes("lost", letter) is not None:
            return
        event = event_of(letter, kind, iso(self._clock.now()))
        if self._strikes("new_parameter", letter) is not None:
            event["new_parameter"] = {"nobody": "knows it"}
        spoilt = self._strikes("bad_signature", letter) is not None
        payload: Payload = {"letter": letter.id, "body": json.dumps(event), "spoilt": spoilt, "tries": 0, "then": []}
        held = self._held.pop(letter.id, None)
        if held is None and self._strikes("reordered", letter) is not None:
            self._hold(letter.id, payload)
            return
        due = self._clock.now() + timedelta(seconds=self._strikes("delayed", letter) or 0)
        self._agenda.add(_ERRAND, payload | {"then": [held] if held else []}, due)
        if self._strikes("duplicated", letter) is not None:
            self._agenda.add(_ERRAND, payload, due)

    def _hold(self, letter: str, payload: Payload) -> None:
        """Keep back until the letter's next event was tried; where none follows, for a while."""
        self._held[letter] = payload
        self._agenda.add(_RELEASE, {"letter": letter, "body": payload["body"]}, self._clock.now() + _LONGEST_HELD)

    def _release(self, payload: Payload) -> None:
        held = self._held.get(payload["letter"])
        if held is not None and held["body"] == payload["body"]:
            self._agenda.add(_ERRAND, self._held.pop(payload["letter"]), self._clock.now())

    async def until_told(self, letter: str) -> None:
        """Wait until an event about a letter was taken, or for as long as anybody would."""
        told = self._awaited.setdefault(letter, asyncio.Event())
        with suppress(TimeoutError, asyncio.CancelledError):
            await asyncio.wait_for(told.wait(), _PATIENCE)
        self._awaited.pop(letter, None)

    async def aclose(self) -> None:
        await self._client.aclose()

    def _strikes(self, what: str, letter: Letter) -> float | None:
        fault = self._faults.take(f"callback_{what}", letter.addressee, _PRODUCT, letter.id)
        return None if fault is None else fault.world_seconds

    async def _run(self, payload: Payload) -> Again | None:
        tries = payload["tries"] + 1
        taken = await self._taken(payload)
        if not taken and tries < _MOST_TRIES:
            return Again(self._clock.after_machine_seconds(backoff(tries)), {**payload, "tries": tries})
        if taken and (awaited := self._awaited.get(payload["letter"])):
            awaited.set()
        for following in payload["then"]:
            self._agenda.add(_ERRAND, {**following, "then": []}, self._clock.now())
        return None

    async def _taken(self, payload: Payload) -> bool:
        if not is_loopback(self._options.url):
            return False
        stamp = str(int(self._clock.value.machine_now().timestamp() * 1_000))
        secret = self._options.secret + ("spoilt" if payload["spoilt"] else "")
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Lob/1.0",
            "Lob-Signature": signature(payload["body"], stamp, secret),
            "Lob-Signature-Timestamp": stamp,
        }
        try:
            answer = await self._client.post(self._options.url, content=payload["body"], headers=headers)
        except httpx.TransportError:
            return False
        return answer.is_success


def event_of(letter: Letter, kind: str, now: str) -> dict[str, Any]:
    """An event in Lob's form: the letter as it was at that moment, or of a deleted one what its cancelling answered."""
    deleted = {"id": letter.id, "deleted": True, "object": "letter_deleted"}
    return {
        "id": f"evt_{uuid4().hex[:16]}",
        "body": deleted if kind == "letter.deleted" else letter.body,
        "reference_id": letter.id,
        "event_type": {"id": kind, "enabled_for_test": True, "resource": "letters", "object": "event_type"},
        "date_created": lob_time(now),
        "object": "event",
    }
