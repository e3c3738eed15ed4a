"""Answering machine detection: what the carrier takes the other end for, and how long it listens to tell. Pure."""

from forbear.sandbox.voice.intake import CallOrder
from forbear.sandbox.voice.scripts import CallScript

_HUMAN_SECONDS, _MACHINE_SECONDS, _SILENCE = 3.5, 4.0, 5.0


def detect(order: CallOrder, script: CallScript) -> tuple[str, float]:
    """The verdict, and the seconds into the call at which it stands."""
    verdict, seconds = _heard(script, to_the_end=order.detection == "DetectMessageEnd")
    if script.detected_as is not None:
        verdict = script.detected_as
        seconds = _HUMAN_SECONDS if verdict == "human" else seconds
    if seconds > order.detection_timeout:
        return "unknown", float(order.detection_timeout)
    return verdict, seconds


def _heard(script: CallScript, *, to_the_end: bool) -> tuple[str, float]:
    if script.answers == "fax":
        return "fax", _MACHINE_SECONDS
    if script.answers not in {"machine", "voicemail"}:
        return "human", _HUMAN_SECONDS
    if not to_the_end:
        return "machine_start", _MACHINE_SECONDS
    if script.answers == "voicemail":
        return "machine_end_beep", script.greeting_seconds + 1
    return "machine_end_silence", script.greeting_seconds + _SILENCE
