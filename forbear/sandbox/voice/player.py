"""Performs a document against an ear: what is said and done, how long it takes, and what comes next.

Pure but for the ear's memory. Seconds are the call's own; nobody waits for them here.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urljoin
from uuid import uuid4

from forbear.sandbox.voice.document import Document, Verb
from forbear.sandbox.voice.ears import Listening, speaking_seconds
from forbear.sandbox.voice.scripts import Act, Intent
from forbear.sandbox.voice.stage import Next, Played, Stage, Taped

_PLAYED_SECONDS = 5.0
_MOST_LOOPS = 1_000
_PRESS_SECONDS = 0.3
_LONGEST_RECORDING = 3_600.0
_CONFIDENCE = "0.9"
_ENDS_RECORDING = "1234567890*#"


class _Left(Exception):
    """The listener hung up."""


def play(document: Document, stage: Stage) -> Played:
    """Perform a document to its end, or to its first verb that leads elsewhere."""
    player = _Player(stage)
    following: Next | None = None
    for word in document.warnings:
        player.note("warning", verb=word, code=12200)
    try:
        for verb in document.verbs:
            following = player.perform(verb)
            if following is not None:
                break
    except _Left:
        following = replace(player.parting or Next("hangup"), kind="hangup", by="person")
    return Played(player.entries, player.seconds, following or Next("hangup"), tuple(player.tapes))


class _Player:
    """One performance."""

    def __init__(self, stage: Stage) -> None:
        self._stage, self._ear = stage, stage.ear
        self.seconds = 0.0
        self._prompting = False
        self.entries: list[dict[str, Any]] = []
        self.tapes: list[Taped] = []
        self.parting: Next | None = None

    def perform(self, verb: Verb) -> Next | None:
        verbs = {
            "Say": self._say,
            "Play": self._play,
            "Pause": self._pause,
            "Gather": self._gather,
            "Record": self._record,
            "Dial": self._dial,
            "Redirect": self._redirect,
            "Hangup": self._hang_up,
            "Reject": self._reject,
        }
        return verbs[verb.name](verb)

    def note(self, kind: str, **what: object) -> None:
        """A line of the transcript."""
        given = {name: value for name, value in what.items() if value not in (None, "")}
        self.entries.append({"at": round(self._stage.begun + self.seconds, 1), "kind": kind, **given})

    def _pass(self, seconds: float) -> None:
        """Let time go by; a listener whose patience ends in it hangs up then."""
        leaves = self._stage.leaves_after
        if leaves is not None and self._stage.begun + self.seconds + seconds > leaves:
            self.seconds = max(self.seconds, leaves - self._stage.begun)
            self._leave()
        self.seconds += seconds

    def _leave(self) -> None:
        self.note("hangup", by="person")
        raise _Left

    def _say(self, verb: Verb) -> None:
        self._loop(verb, self._say_once)

    def _say_once(self, verb: Verb) -> None:
        self.note("say", text=verb.text, voice=verb.attributes.get("voice"), language=verb.attributes.get("language"))
        self._ear.hear(verb.text)
        self._pass(speaking_seconds(verb.text))

    def _play(self, verb: Verb) -> None:
        self._loop(verb, self._play_once)

    def _play_once(self, verb: Verb) -> None:
        digits = verb.attributes.get("digits")
        self.note("play", url=None if digits else self._address(verb.text), digits=digits)
        self._pass(_PLAYED_SECONDS if digits is None else len(digits) * _PRESS_SECONDS)

    def _loop(self, verb: Verb, once: Callable[[Verb], None]) -> None:
        """As often as the verb says, and no longer than the call; 0 is until its end.

        An endless prompt that asks for keys or words is heard once: whoever listens would answer into it.
        """
        times = verb.whole("loop", 1)
        endless = times == 0 and not self._prompting
        for _ in range(_MOST_LOOPS if endless else min(times or 1, _MOST_LOOPS)):
            once(verb)
            if self._stage.begun + self.seconds >= self._stage.time_limit:
                endless = True
                break
        if endless:
            # To the limit and past it: nothing that follows is performed.
            self._pass(self._stage.time_limit)

    def _pause(self, verb: Verb) -> None:
        length = verb.number("length", 1)
        self.note("pause", seconds=length)
        self._pass(length)

    def _gather(self, verb: Verb) -> Next | None:
        kinds = verb.attributes.get("input", "dtmf").lower().split()
        digits = verb.whole("numDigits", 0) or None
        listening = Listening("dtmf" in kinds, "speech" in kinds, digits)
        self.note("gather", input=" ".join(kinds), digits=digits, finish=verb.attributes.get("finishOnKey", "#"))
        self._prompting = True
        for child in verb.children:
            if child.name in {"Say", "Play", "Pause"}:
                self.perform(child)
        self._prompting = False
        act, meaning = self._ear.act(listening)
        timeout = verb.number("timeout", 5)
        if act.hang_up:
            self._pass(act.after)
            self._leave()
        params = self._given(verb, act, listening) if act.after <= timeout else {}
        if not params:
            self._pass(timeout)
            self.note("silence")
            return self._to_action(verb, {"Digits": ""}) if verb.flag("actionOnEmptyResult") else None
        return self._to_action(verb, params, meaning)

    def _given(self, verb: Verb, act: Act, listening: Listening) -> dict[str, str]:
        """What was pressed or said, as the action is told; nothing where the application did not listen for it."""
        if act.press and listening.keys:
            self._pass(act.after)
            return self._pressed(verb, act.press, listening.digits)
        if act.say and listening.words:
            self._pass(act.after)
            self.note("speak", text=act.say)
            self._pass(speaking_seconds(act.say) if act.seconds is None else act.seconds)
            return {
                "SpeechResult": act.say,
                "Confidence": _CONFIDENCE,
                "Language": verb.attributes.get("language", "en-US"),
            }
        if act.press or act.say:
            self.note("unheard", keys=act.press, text=act.say)
        return {}

    def _pressed(self, verb: Verb, keys: str, most: int | None) -> dict[str, str]:
        finish = verb.attributes.get("finishOnKey", "#")
        digits, ended_by, used = "", "", 0
        for key in keys:
            used += 1
            if key in finish:
                ended_by = key
                break
            digits += key
            if len(digits) == most:
                break
        self.note("press", keys=keys[:used])
        self._pass(used * _PRESS_SECONDS)
        if not ended_by and len(digits) != most:
            self._pass(verb.number("timeout", 5))
        if not digits:
            return {}
        return {"Digits": digits} | ({"FinishedOnKey": ended_by} if ended_by else {})

    def _record(self, verb: Verb) -> Next | None:
        self.note("record")
        act, _ = self._ear.act(Listening(keys=False, recording=True))
        if act.say is None:
            self._pass(act.after if act.hang_up else verb.number("timeout", 5))
            if act.hang_up:
                self._leave()
            self.note("silence")
            return None
        takes = speaking_seconds(act.say) if act.seconds is None else act.seconds
        seconds = min(takes, verb.number("maxLength", _LONGEST_RECORDING))
        self.note("speak", text=act.say, recorded=True)
        tape = self._tape(verb, seconds, act.say)
        params = {"RecordingUrl": self._stage.recording_url(tape.sid), "RecordingSid": tape.sid}
        params |= {"RecordingDuration": str(tape.seconds)}
        self.parting = self._to_action(verb, params | {"Digits": "hangup"})
        self._pass(act.after + seconds)
        if act.hang_up:
            self._leave()
        self.parting = None
        key = next((key for key in act.press or "" if key in verb.attributes.get("finishOnKey", _ENDS_RECORDING)), "")
        if key:
            self.note("press", keys=key)
        else:
            self._pass(verb.number("timeout", 5))
        return self._to_action(verb, params | ({"Digits": key} if key else {}))

    def _tape(self, verb: Verb, seconds: float, text: str) -> Taped:
        url = verb.attributes.get("recordingStatusCallback", "")
        tape = Taped(
            sid=f"RE{uuid4().hex}",
            seconds=max(1, round(seconds)),
            text=text,
            status_url=self._address(url) if url else "",
            status_method=verb.attributes.get("recordingStatusCallbackMethod", "POST").upper(),
            status_events=tuple(verb.attributes.get("recordingStatusCallbackEvent", "completed").split()),
        )
        self.tapes.append(tape)
        return tape

    def _dial(self, verb: Verb) -> Next | None:
        """Stands for a second leg: it is not rung, but fares as its handset's script says."""
        number = next((child.text for child in verb.children if child.name == "Number"), verb.text)
        status, seconds = self._stage.dialled(number)
        self.note("dial", number=number, status=status, seconds=seconds)
        self._pass(seconds)
        if "action" not in verb.attributes:
            return None
        params = {"DialCallStatus": status, "DialCallSid": f"CA{uuid4().hex}", "DialCallDuration": str(seconds)}
        return self._to_action(verb, params | {"DialBridged": str(status == "completed").lower()})

    def _redirect(self, verb: Verb) -> Next:
        self.note("redirect")
        return Next("fetch", self._address(verb.text), verb.attributes.get("method", "POST").upper())

    def _hang_up(self, _verb: Verb) -> Next:
        self.note("hangup", by="application")
        return Next("hangup")

    def _reject(self, verb: Verb) -> Next:
        self.note("reject", reason=verb.attributes.get("reason", "rejected"))
        return Next("reject", params={"reason": verb.attributes.get("reason", "rejected")})

    def _address(self, given: str) -> str:
        """What an address in a document means; one that nobody can read stays as it is, and is asked in vain."""
        try:
            return urljoin(self._stage.base, given)
        except ValueError:
            return given

    def _to_action(self, verb: Verb, params: Mapping[str, str], meaning: Intent | None = None) -> Next:
        """To the verb's action, which is the document's own address where it names none."""
        url = self._address(verb.attributes.get("action", ""))
        return Next("fetch", url, verb.attributes.get("method", "POST").upper(), params, meaning=meaning)
