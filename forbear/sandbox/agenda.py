"""What the world will do next, in world time: every delivery, callback, reaction and expiry is a row here.

Steps change only our memory and commit together with their own removal, so they happen exactly once. Errands go
out over HTTP; a kill repeats them, as a real carrier does.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from traceback import extract_tb
from typing import Any

import structlog

from forbear.clock import Clock
from forbear.sandbox.store import Store
from forbear.sandbox.wire import instant, iso

Payload = dict[str, Any]
_log = structlog.get_logger()


@dataclass(slots=True)
class LiveClock:
    """The clock in force. The control plane may put another in its place."""

    value: Clock

    def now(self) -> datetime:
        return self.value.now()

    def earlier(self, world_seconds: float) -> datetime:
        """The world instant that many world seconds ago."""
        return self.now() - timedelta(seconds=world_seconds)

    def after_machine_seconds(self, seconds: float) -> datetime:
        """The world instant that many machine seconds from now."""
        return self.now() + self.value.world_span(timedelta(seconds=seconds))


@dataclass(frozen=True, slots=True)
class Again:
    """An errand's wish to be run once more."""

    due: datetime
    payload: Payload


Step = Callable[[Payload], None]
Errand = Callable[[Payload], Awaitable[Again | None]]


class Agenda:
    """Durable timers on the world's clock."""

    def __init__(self, store: Store, clock: LiveClock) -> None:
        self._store, self._clock = store, clock
        self.clock = clock
        self._steps: dict[str, Step] = {}
        self._errands: dict[str, Errand] = {}
        self._running: dict[int, asyncio.Task[None]] = {}
        self._news = asyncio.Event()

    def on_step(self, kind: str, step: Step) -> None:
        self._steps[kind] = step

    def on_errand(self, kind: str, errand: Errand) -> None:
        self._errands[kind] = errand

    def add(self, kind: str, payload: Payload, due: datetime) -> None:
        """Plan something, within the current transaction."""
        self._store.run("INSERT INTO agenda (due, kind, payload) VALUES (?, ?, ?)", iso(due), kind, json.dumps(payload))
        self._news.set()

    def wake(self) -> None:
        """Look again: the clock was changed."""
        self._news.set()

    def pending(self) -> dict[str, int]:
        """How much is planned, by kind."""
        rows = self._store.rows("SELECT kind, count(*) AS n FROM agenda GROUP BY kind ORDER BY kind")
        return {row["kind"]: row["n"] for row in rows}

    async def run(self) -> None:
        """Do what falls due, until cancelled."""
        try:
            while True:
                self._news.clear()
                await self._wait(self._start_due())
        finally:
            for task in list(self._running.values()):
                task.cancel()

    def _start_due(self) -> str:
        """Start what is due; the instant up to which that is."""
        now = iso(self._clock.now())
        due = self._store.rows("SELECT id FROM agenda WHERE due <= ? ORDER BY due, id", now)
        for identity in [row["id"] for row in due if row["id"] not in self._running]:
            row = self._store.row("SELECT * FROM agenda WHERE id = ?", identity)
            if row is None:
                continue
            if row["kind"] in self._steps:
                self._take_step(row)
            else:
                self._running[identity] = asyncio.create_task(self._go(row))
        return now

    def _take_step(self, row: dict[str, Any]) -> None:
        with self._store.transaction():
            self._store.run("DELETE FROM agenda WHERE id = ?", row["id"])
            self._steps[row["kind"]](json.loads(row["payload"]))

    async def _go(self, row: dict[str, Any]) -> None:
        again: Again | None = None
        try:
            again = await self._errands[row["kind"]](json.loads(row["payload"]))
        except Exception as problem:  # noqa: BLE001  one broken errand must not stop the world
            frame = extract_tb(problem.__traceback__)[-1]
            where = f"{frame.filename}:{frame.lineno}"
            _log.error("errand_failed", kind=row["kind"], row=row["id"], error=type(problem).__name__, where=where)
        if again is None:
            self._store.run("DELETE FROM agenda WHERE id = ?", row["id"])
        else:
            values = iso(again.due), json.dumps(again.payload), row["id"]
            self._store.run("UPDATE agenda SET due = ?, payload = ? WHERE id = ?", *values)
        del self._running[row["id"]]
        self._news.set()

    async def _wait(self, started: str) -> None:
        """Until the next row falls due, or something is added."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._news.wait(), self._machine_seconds_to_next(started))

    def _machine_seconds_to_next(self, started: str) -> float | None:
        """What was due until then is under way, and tells when it is over."""
        found = self._store.row("SELECT min(due) AS due FROM agenda WHERE due > ?", started)
        if found is None or found["due"] is None:
            return None
        ahead = instant(found["due"]) - self._clock.now()
        return max(0.0, self._clock.value.machine_span(ahead).total_seconds())
