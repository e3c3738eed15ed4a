"""Where calls are written down: every change of one is remembered, logged and told in one transaction."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

from forbear.sandbox.ground import Ground
from forbear.sandbox.messages import API_VERSION
from forbear.sandbox.voice.calls import Call, Calls, Entry, spoken
from forbear.sandbox.voice.notices import (
    detection_fields,
    ended_line,
    line,
    meant_line,
    progress_fields,
    recording_fields,
)
from forbear.sandbox.voice.recordings import Recording, Recordings
from forbear.sandbox.voice.scripts import Intent
from forbear.sandbox.voice.stage import Taped
from forbear.sandbox.webhooks import Form, Webhooks
from forbear.sandbox.wire import instant, iso


@dataclass(frozen=True, slots=True)
class Line:
    """The account's voice line.

    Args:
        base_url: the box's own address, for what it serves.
        voice_url: asked when a person calls a number that has no address of its own.
        calls_per_second: started, in world time; the rest wait.
    """

    account: str
    base_url: str
    senders: tuple[str, ...] = ()
    voice_url: str = ""
    calls_per_second: float = 1.0


class Desk:
    """The books of the switchboard."""

    def __init__(self, ground: Ground, line_: Line, webhooks: Webhooks) -> None:
        self.calls, self.recordings = Calls(ground.store), Recordings(ground.store)
        self.ground, self.line = ground, line_
        self._webhooks = webhooks
        self.on_ended: Callable[[Call], None] = lambda _call: None
        self.on_meant: Callable[[Call, Intent], None] = lambda _call, _meaning: None

    def write(self, call: Call, kind: str, **more: Any) -> None:
        self.ground.journal.write(line(call, kind, iso(self.ground.clock.now()), **more))

    def note_meaning(self, call: Call, meaning: Intent) -> None:
        """A menu took what somebody told it."""
        self.ground.journal.write(meant_line(call, meaning, iso(self.ground.clock.now())))
        self.on_meant(call, meaning)

    def change(self, call: Call, **changes: Any) -> Call:
        """Remember a call's new state."""
        changed = replace(call, updated=iso(self.ground.clock.now()), **changes)
        self.calls.save(changed)
        return changed

    def tell(self, call: Call, event: str, recording: Recording | None = None) -> Call:
        """Tell the application of an event it asked to hear of."""
        if not call.order.status_url or event not in call.order.events:
            return call
        fields = progress_fields(call, self.line.account, event, self.ground.clock.now(), recording)
        self._post(call, call.order.status_url, call.order.status_method, fields)
        return self.change(call, sequence=call.sequence + 1)

    def tell_detection(self, call: Call, verdict: str, seconds: float) -> None:
        if call.order.amd_url:
            fields = detection_fields(call, self.line.account, verdict, seconds)
            self._post(call, call.order.amd_url, call.order.amd_method, fields)

    def finish(self, call: Call, status: str, *, by: str = "") -> Call:
        """End a call: what was being said is cut off here."""
        with self.ground.store.transaction():
            call = self.interrupted(call)
            if by:
                call = replace(
                    call, transcript=[*call.transcript, {"at": call.seconds or 0.0, "kind": "hangup", "by": by}]
                )
            call = self.change(call, status=status, ended=iso(self.ground.clock.now()), turn=call.turn + 1)
            tape = self._end_recordings(call)
            self.ground.journal.write(ended_line(call, iso(self.ground.clock.now())))
            call = self.tell(call, "completed", tape)
            self.on_ended(call)
        return call

    def interrupted(self, call: Call) -> Call:
        """The call with what was said until now of what is being played."""
        if not call.pending:
            return call
        passed = (self.ground.clock.now() - instant(call.pending["since"])) / timedelta(seconds=1)
        passed = min(passed, call.pending["seconds"])
        begun = call.seconds or 0.0
        heard: list[Entry] = [entry for entry in call.pending["entries"] if entry["at"] <= begun + passed]
        return spoken(call, heard, passed)

    def keep(self, call: Call, taped: Taped) -> None:
        """A recording made by a document."""
        status = "completed"
        blank = self._recording(call, taped.sid, "RecordVerb")
        recording = replace(blank, status=status, seconds=taped.seconds, text=taped.text)
        self.recordings.add(recording)
        if taped.status_url and status in taped.status_events:
            self._post(call, taped.status_url, taped.status_method, recording_fields(recording, self.line.account))

    def record(self, call: Call, source: str) -> Recording:
        """Begin to record a call."""
        recording = self._recording(call, f"RE{uuid4().hex}", source)
        self.recordings.add(recording)
        return recording

    def recording_url(self, sid: str) -> str:
        return f"{self.line.base_url}/api/{API_VERSION}/Accounts/{self.line.account}/Recordings/{sid}"

    def _recording(self, call: Call, sid: str, source: str) -> Recording:
        return Recording(
            sid=sid,
            call=call.sid,
            source=source,
            status="in-progress",
            seconds=0,
            text="",
            created=iso(self.ground.clock.now()),
            url=self.recording_url(sid),
        )

    def _end_recordings(self, call: Call) -> Recording | None:
        """The whole call's recordings end with it; the last of them."""
        ended: Recording | None = None
        for running in self.recordings.running(call.sid):
            ended = self.recordings.complete(running, call.duration or 0)
            url, events = call.order.recording_url, call.order.recording_events
            if url and "completed" in events:
                self._post(call, url, call.order.recording_method, recording_fields(ended, self.line.account))
        return ended

    def _post(self, call: Call, url: str, method: str, fields: dict[str, str]) -> None:
        self._webhooks.post_form(Form("callback", url, fields, call.phone, "calls", method))
