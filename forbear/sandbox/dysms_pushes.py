"""Pushes news of the domestic provider to the application: JSON arrays, in batches, tried again until they are taken.

They are not signed: whoever knows the address may post to it, and the application has to live with that. One kind is
the reports of texts, the other what people write.
"""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Literal

import httpx

from forbear.sandbox.agenda import Again, Payload
from forbear.sandbox.faults import Faults
from forbear.sandbox.ground import Ground
from forbear.sandbox.wire import is_loopback, iso

News = Literal["callback", "inbound"]
"""Reports and replies, by the names that faults have for the other carrier's webhooks too."""
_ERRAND = "push"
_GATHER, _TRIES, _BATCH = 0.2, 10, 100
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 30.0


class Pushes:
    """The way from the provider to the application. An address that is empty is nobody's."""

    def __init__(self, ground: Ground, faults: Faults, addresses: Mapping[News, str]) -> None:
        self._store, self._agenda, self._clock = ground.store, ground.agenda, ground.clock
        self._faults, self._addresses = faults, addresses
        self._posting: set[int] = set()
        self._client = httpx.AsyncClient(timeout=httpx.Timeout(5.0, pool=None), trust_env=False)
        ground.agenda.on_errand(_ERRAND, self._push)

    def add(self, news: News, item: Mapping[str, Any], phone: str) -> None:
        """Plan to push something, within the current transaction."""
        if not self._addresses.get(news) or self._faults.take(f"{news}_lost", phone):
            return
        delayed = self._faults.take(f"{news}_delayed", phone)
        due = self._clock.now() + timedelta(seconds=delayed.world_seconds if delayed else 0)
        for _ in range(2 if self._faults.take(f"{news}_duplicated", phone) else 1):
            self._store.run("INSERT INTO pushes (news, item, due) VALUES (?, ?, ?)", news, json.dumps(item), iso(due))
        self._agenda.add(_ERRAND, {"news": news, "tries": 0}, max(due, self._clock.after_machine_seconds(_GATHER)))

    async def _push(self, payload: Payload) -> Again | None:
        """Post what is due as one array; an application that does not take it is asked again later."""
        rows = self._due(payload["news"])
        if not rows:
            return None
        ids = [int(row["id"]) for row in rows]
        self._posting.update(ids)
        try:
            taken = await self._post(self._addresses[payload["news"]], [json.loads(row["item"]) for row in rows])
        finally:
            self._posting.difference_update(ids)
        tries = 0 if taken else payload["tries"] + 1
        if taken or tries >= _TRIES:
            for id_ in ids:
                self._store.run("DELETE FROM pushes WHERE id = ?", id_)
        pause = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2**tries) if tries else 0.0
        return Again(self._clock.after_machine_seconds(pause), {**payload, "tries": tries % _TRIES})

    def _due(self, news: News) -> list[dict[str, Any]]:
        now = iso(self._clock.now())
        found = self._store.rows("SELECT * FROM pushes WHERE news = ? AND due <= ? ORDER BY id", news, now)
        return [row for row in found if row["id"] not in self._posting][:_BATCH]

    async def _post(self, url: str, items: list[dict[str, Any]]) -> bool:
        if not is_loopback(url):
            return False
        try:
            answer = await self._client.post(url, json=items)
            return answer.is_success and answer.json().get("code") == 0
        except (httpx.TransportError, ValueError, AttributeError):
            return False

    async def aclose(self) -> None:
        await self._client.aclose()
