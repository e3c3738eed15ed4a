"""Takes calls on, rings them, has them answered, and ends them: everything behind the Calls API but HTTP.

Accepting is one transaction that remembers the call, writes the world's log and plans the ringing; the agenda plays
the rest later. Calls beyond the account's rate wait their turn, so one may be rung long after it was accepted.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

from forbear.sandbox.agenda import Payload
from forbear.sandbox.refusals import Refusal
from forbear.sandbox.voice.calls import FINAL, Call
from forbear.sandbox.voice.conversation import Conversation
from forbear.sandbox.voice.desk import Desk
from forbear.sandbox.voice.detection import detect
from forbear.sandbox.voice.intake import CallOrder
from forbear.sandbox.voice.scripts import PICKS_UP, CallScript
from forbear.sandbox.wire import instant, iso

_DIAL, _OUTCOME, _DETECTED = "call_dial", "call_outcome", "call_detected"
_QUEUE = "calls_free_at"
_TIMEOUT_BUFFER = 5
_UNANSWERED = {"busy": "busy", "refuses": "busy", "failed": "failed", "no_answer": "no-answer"}
_BEFORE_ANSWER = {"queued", "ringing"}


class Switchboard:
    """Calls from their acceptance to their end."""

    def __init__(self, desk: Desk, conversation: Conversation) -> None:
        self.desk, self._conversation = desk, conversation
        self._store, self._agenda, self._clock = desk.ground.store, desk.ground.agenda, desk.ground.clock
        self.callee_of: Callable[[str, int], CallScript | None] = lambda _phone, _number: None
        self.number_of: Callable[[str], CallOrder | None] = lambda _number: None
        conversation.on_dial = self._dialled
        self._agenda.on_step(_DIAL, self._dial)
        self._agenda.on_step(_OUTCOME, self._come_out)
        self._agenda.on_step(_DETECTED, self._detected)

    def accept(self, order: CallOrder, sid: str) -> Call:
        """Take a call on."""
        with self._store.transaction():
            now = self._clock.now()
            starts = self._queue(now)
            call = Call(
                sid=sid,
                direction="outbound-api",
                sender=order.sender,
                recipient=order.to,
                status="queued",
                created=iso(now),
                updated=iso(now),
                order=order,
                callee=CallScript(),
                queue_ms=round((starts - now) / timedelta(milliseconds=1)),
            )
            self.desk.calls.add(call)
            self.desk.write(call, "accepted")
            self._agenda.add(_DIAL, {"sid": sid}, starts)
        return call

    def called_by(self, phone: str, to: str, script: CallScript | None = None) -> Call:
        """A person calls a number of ours, by a script or by habit."""
        script = script or self.desk.calls.script(phone) or self.callee_of(phone, self.desk.calls.count(phone))
        number = self.number_of(to)
        with self._store.transaction():
            now = iso(self._clock.now())
            call = Call(
                sid=new_sid(),
                direction="inbound",
                sender=phone,
                recipient=to,
                status="ringing",
                created=now,
                updated=now,
                order=number or CallOrder(to, phone, url=self.desk.line.voice_url),
                callee=script if script is not None and script.answers == "human" else CallScript(),
                started=now,
            )
            self.desk.calls.add(call)
            self.desk.write(call, "inbound")
            return self._conversation.begin(call, after=0.0)

    def hang_up(self, call: Call, status: str) -> Call:
        """What `Status=canceled` and `Status=completed` do: the first leaves an answered call alone."""
        if call.status in FINAL:
            raise Refusal(21220)
        if call.status in _BEFORE_ANSWER:
            return self.desk.finish(call, "canceled")
        return call if status == "canceled" else self.desk.finish(call, "completed", by="application")

    def send_elsewhere(self, call: Call, url: str, method: str, twiml: str) -> Call:
        """Interrupt an answered call with other instructions."""
        if call.status != "in-progress":
            raise Refusal(21220)
        with self._store.transaction():
            call = self.desk.interrupted(call)
            order = replace(call.order, url=url, method=method, twiml=twiml)
            return self._conversation.begin(self.desk.change(call, order=order), after=0.0)

    def _queue(self, now: datetime) -> datetime:
        """When a call that is taken on now may be rung."""
        free_at = self._store.fact(_QUEUE)
        starts = max(now, instant(free_at)) if free_at else now
        takes = timedelta(seconds=1 / self.desk.line.calls_per_second)
        self._store.remember(_QUEUE, iso(starts + takes))
        return starts

    def _dial(self, payload: Payload) -> None:
        call = self.desk.calls.get(payload["sid"])
        if call is None or call.status != "queued":
            return
        now = self._clock.now()
        script = self.desk.calls.script(call.recipient) or self.callee_of(
            call.recipient, self.desk.calls.count(call.recipient)
        )
        call = self.desk.change(call, callee=script or CallScript(), started=iso(now))
        call = self.desk.tell(call, "initiated")
        rings = call.callee.ring_seconds
        if call.callee.answers == "failed":
            self._agenda.add(_OUTCOME, {"sid": call.sid, "outcome": "failed"}, now + timedelta(seconds=1))
            return
        call = self.desk.tell(self.desk.change(call, status="ringing"), "ringing")
        longest = float(call.order.timeout + _TIMEOUT_BUFFER)
        answers = call.callee.answers
        if answers == "no_answer" or rings >= longest:
            answers, rings = "no_answer", longest
        self._agenda.add(_OUTCOME, {"sid": call.sid, "outcome": answers}, now + timedelta(seconds=rings))

    def _come_out(self, payload: Payload) -> None:
        """The ringing ends: somebody picks up, or does not."""
        call, outcome = self.desk.calls.get(payload["sid"]), payload["outcome"]
        if call is None or call.status not in _BEFORE_ANSWER:
            return
        if outcome not in PICKS_UP:
            self.desk.finish(call, _UNANSWERED[outcome])
            return
        call = self.desk.change(call, status="in-progress", seconds=0.0)
        call = self._listen_first(call)
        self.desk.write(call, "answered", answered_by=call.answered_by)
        call = self.desk.tell(call, "answered")
        if call.order.record:
            self.desk.record(call, "OutboundAPI")

    def _listen_first(self, call: Call) -> Call:
        """Begin the conversation, after machine detection where that is asked for."""
        if not call.order.detection:
            return self._conversation.begin(call, after=0.0)
        verdict, seconds = detect(call.order, call.callee)
        if call.order.amd_url:
            told = {"sid": call.sid, "verdict": verdict, "seconds": seconds}
            self._agenda.add(_DETECTED, told, self._clock.now() + timedelta(seconds=seconds))
            return self._conversation.begin(call, after=0.0)
        return self._conversation.begin(self.desk.change(call, answered_by=verdict), after=seconds)

    def _detected(self, payload: Payload) -> None:
        call = self.desk.calls.get(payload["sid"])
        if call is not None and call.status == "in-progress":
            self.desk.tell_detection(call, payload["verdict"], payload["seconds"])
            self.desk.change(call, answered_by=payload["verdict"])

    def _dialled(self, number: str) -> tuple[str, int]:
        """How a second leg fares: as its handset's script says; whoever has none talks a while."""
        script = self.desk.calls.script(number)
        if script is None or script.answers in PICKS_UP:
            return "completed", 20
        return _UNANSWERED[script.answers], 0


def new_sid() -> str:
    return f"CA{uuid4().hex}"
