"""An answered call: asks the application what to do, performs it against whoever listens, and asks again.

A request is an errand, what it leads to is planned with the call's next turn in one transaction: a kill repeats a
request at most, as a carrier's retry does, and never a performance. A call that was hung up or sent elsewhere meanwhile
has another turn, and what was planned before it is void.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

from forbear.sandbox.agenda import Again, Payload
from forbear.sandbox.voice.asking import Answer, Asking, Unanswered
from forbear.sandbox.voice.calls import Call, spoken
from forbear.sandbox.voice.desk import Desk
from forbear.sandbox.voice.document import Document, DocumentInvalid, read
from forbear.sandbox.voice.ears import ear_of
from forbear.sandbox.voice.notices import call_fields
from forbear.sandbox.voice.player import play
from forbear.sandbox.voice.stage import Next, Played, Stage, Taped
from forbear.sandbox.wire import iso

_TURN, _FETCH = "call_turn", "call_fetch"
_MOST_TURNS = 300
"""Requests in one call; redirects that go round in circles end here."""
_INLINE = "TWIML"
"""The method of instructions that came with the call itself."""
_ALIVE = {"ringing", "in-progress"}


class Conversation:
    """Turns of calls."""

    def __init__(self, desk: Desk, asking: Asking) -> None:
        self._desk, self._asking = desk, asking
        self._store, self._agenda, self._clock = desk.ground.store, desk.ground.agenda, desk.ground.clock
        self.on_dial: Callable[[str], tuple[str, int]] = lambda _number: ("completed", 20)
        self._agenda.on_step(_TURN, self._take_turn)
        self._agenda.on_errand(_FETCH, self._fetch)

    def begin(self, call: Call, *, after: float) -> Call:
        """Start, or start anew, with the call's order; whoever has no patience is gone before a detection ends."""
        leaves = call.callee.leaves_after
        if leaves is not None and leaves < after:
            gone = {"at": leaves, "kind": "hangup", "by": "person"}
            return self._plan(call, Played([gone], leaves, Next("hangup", by="person")))
        if call.order.url or not call.order.twiml:
            return self._plan(call, Played([], after, Next("fetch", call.order.url, call.order.method)))
        return self._plan(call, Played([], after, Next("fetch", "", _INLINE)))

    def _plan(self, call: Call, played: Played) -> Call:
        """What is performed now, and the turn that follows it."""
        left = call.order.time_limit - (call.seconds or 0.0)
        if played.seconds > left:
            entries = [entry for entry in played.entries if entry["at"] <= call.order.time_limit]
            played = Played(entries, max(0.0, left), Next("hangup", by="carrier"), played.tapes)
        pending = {"since": iso(self._clock.now()), "seconds": played.seconds, "entries": played.entries}
        call = self._desk.change(call, turn=call.turn + 1, pending=pending)
        due = self._clock.now() + timedelta(seconds=played.seconds)
        self._agenda.add(_TURN, {"sid": call.sid, "turn": call.turn, **_plain(played)}, due)
        return call

    def _take_turn(self, payload: Payload) -> None:
        """What was performed is over: write it down and go on."""
        call = self._alive(payload)
        if call is None:
            return
        following = Next(**payload["next"])
        for tape in payload["tapes"]:
            self._desk.keep(call, Taped(**tape))
        pending = call.pending
        call = spoken(call, pending["entries"], pending["seconds"])
        call = self._desk.change(replace(call, ear=payload["ear"] if payload["ear"] is not None else call.ear))
        if following.kind == "fetch":
            if call.turn > _MOST_TURNS:
                self._desk.finish(call, "completed", by="carrier")
            else:
                self._ask(call, following)
            return
        if following.kind == "reject":
            status = "busy" if following.params["reason"] == "busy" else "no-answer"
            self._desk.finish(call, status if call.direction == "inbound" else "completed")
            return
        if following.params:  # whoever hung up while being recorded is told of to the action once more
            self._ask(call, following, parting=True)
        self._desk.finish(call, "completed", by="carrier" if following.by == "carrier" else "")

    def _ask(self, call: Call, following: Next, *, parting: bool = False) -> None:
        payload = {"sid": call.sid, "turn": call.turn, "url": following.url, "method": following.method}
        payload |= {"params": dict(following.params), "meaning": following.meaning, "parting": parting}
        self._agenda.add(_FETCH, payload | {"token": str(uuid4()), "tries": 0, "fallback": False}, self._clock.now())

    async def _fetch(self, payload: Payload) -> Again | None:
        if payload["parting"]:
            await self._part(payload)
            return None
        call = self._alive(payload)
        if call is None:
            return None
        try:
            answer = await self._answer(call, payload)
            document = read(answer.text, answer.content_type)
        except Unanswered as failed:
            return failed.again or self._fall_back(payload, failed.code)
        except DocumentInvalid as invalid:
            return self._fall_back(payload, invalid.code)
        self._perform(payload, document, answer.url)
        return None

    async def _part(self, payload: Payload) -> None:
        """Tell an action that its call is over; what it answers is nobody's business any more."""
        call = self._desk.calls.get(payload["sid"])
        if call is not None:
            with suppress(Unanswered):
                await self._asking.ask(payload, self._fields(call, payload["params"]), call.phone)

    async def _answer(self, call: Call, payload: Payload) -> Answer:
        if payload["method"] == _INLINE:
            return Answer(call.order.twiml, "", "")
        return await self._asking.ask(payload, self._fields(call, payload["params"]), call.phone)

    def _fall_back(self, payload: Payload, code: int) -> Again | None:
        """Ask the fallback address once; without one, or if it fails too, the carrier apologises and hangs up."""
        call = self._alive(payload)
        if call is None:
            return None
        with self._store.transaction():
            note = {"at": call.seconds or 0.0, "kind": "error", "code": code, "url": payload["url"]}
            call = self._desk.change(replace(call, transcript=[*call.transcript, note]))
            if payload["fallback"] or not call.order.fallback_url:
                self._desk.finish(call, "completed", by="carrier")
                return None
        told = {"ErrorCode": str(code), "ErrorUrl": payload["url"]}
        again = {
            "url": call.order.fallback_url,
            "method": call.order.fallback_method,
            "params": payload["params"] | told,
        }
        return Again(self._clock.now(), payload | again | {"token": str(uuid4()), "tries": 0, "fallback": True})

    def _perform(self, payload: Payload, document: Document, url: str) -> None:
        """Play a document and plan what follows, unless the call went elsewhere while the application thought."""
        with self._store.transaction():
            call = self._alive(payload)
            if call is None:
                return
            if payload["meaning"]:
                self._desk.note_meaning(call, payload["meaning"])
            rejected = bool(document.verbs) and document.verbs[0].name == "Reject"
            if call.status == "ringing" and not rejected:
                call = self._desk.change(call, status="in-progress", seconds=0.0)
                self._desk.write(call, "answered", answered_by=None)
            ear = ear_of(call.callee, call.ear)
            stage = Stage(
                base=url,
                ear=ear,
                begun=call.seconds or 0.0,
                leaves_after=call.callee.leaves_after,
                time_limit=call.order.time_limit,
                recording_url=self._desk.recording_url,
                dialled=self.on_dial,
            )
            played = play(document, stage)
            self._plan(replace(call, callee=call.callee), replace(played, ear=ear.memory))

    def _alive(self, payload: Payload) -> Call | None:
        """The call, if this is still its turn."""
        call = self._desk.calls.get(payload["sid"])
        return call if call is not None and call.status in _ALIVE and call.turn == payload["turn"] else None

    def _fields(self, call: Call, params: Mapping[str, str]) -> dict[str, str]:
        return call_fields(call, self._desk.line.account) | dict(params)


def _plain(played: Played) -> dict[str, Any]:
    return {"next": asdict(played.next), "ear": played.ear, "tapes": [asdict(tape) for tape in played.tapes]}
