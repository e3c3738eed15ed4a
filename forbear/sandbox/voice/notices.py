"""The form fields of a call's requests and callbacks, and its lines in the carrier's log. Pure."""

from datetime import datetime
from email.utils import format_datetime
from typing import Any

from forbear.sandbox.messages import API_VERSION
from forbear.sandbox.voice.calls import Call
from forbear.sandbox.voice.recordings import Recording
from forbear.sandbox.wire import digest, rfc2822

_SIP_CODES = {"completed": "200", "busy": "486", "no-answer": "487", "canceled": "487", "failed": "404"}


def call_fields(call: Call, account: str) -> dict[str, str]:
    """What every request about a call carries. An asynchronous detection is told by a callback of its own."""
    fields = {
        "AccountSid": account,
        "ApiVersion": API_VERSION,
        "CallSid": call.sid,
        "CallStatus": call.status,
        "Called": call.recipient,
        "Caller": call.sender,
        "Direction": call.direction,
        "From": call.sender,
        "To": call.recipient,
    }
    for side, phone in {
        "Called": call.recipient,
        "Caller": call.sender,
        "From": call.sender,
        "To": call.recipient,
    }.items():
        fields |= {f"{side}{part}": "" for part in ("City", "State", "Zip")} | {f"{side}Country": _country(phone)}
    told = call.answered_by if not call.order.amd_url else None
    return fields | ({"AnsweredBy": told} if told else {})


def progress_fields(call: Call, account: str, event: str, now: datetime, recording: Recording | None) -> dict[str, str]:
    """A status callback. Its event `initiated` has a status of its own, which the API never shows."""
    fields = call_fields(call, account) | {
        "CallStatus": "initiated" if event == "initiated" else call.status,
        "CallbackSource": "call-progress-events",
        "SequenceNumber": str(call.sequence),
        "Timestamp": format_datetime(now),
    }
    if event != "completed":
        return fields
    seconds = call.duration or 0
    fields |= {"CallDuration": str(seconds), "Duration": str(-(-seconds // 60)), "SipResponseCode": sip_code(call)}
    if recording is not None:
        named = {"RecordingUrl": recording.url, "RecordingSid": recording.sid}
        fields |= named | {"RecordingDuration": str(recording.seconds)}
    return fields


def sip_code(call: Call) -> str:
    if call.status == "failed":
        return str(call.callee.sip_code)
    return "603" if call.callee.answers == "refuses" and call.status == "busy" else _SIP_CODES[call.status]


def detection_fields(call: Call, account: str, verdict: str, seconds: float) -> dict[str, str]:
    """The callback of an asynchronous detection."""
    milliseconds = str(round(seconds * 1_000))
    return {
        "AccountSid": account,
        "AnsweredBy": verdict,
        "CallSid": call.sid,
        "MachineDetectionDuration": milliseconds,
    }


def recording_fields(recording: Recording, account: str) -> dict[str, str]:
    return {
        "AccountSid": account,
        "CallSid": recording.call,
        "ErrorCode": "0",
        "RecordingChannels": "1",
        "RecordingDuration": str(recording.seconds),
        "RecordingSid": recording.sid,
        "RecordingSource": recording.source,
        "RecordingStartTime": rfc2822(recording.created) or "",
        "RecordingStatus": recording.status,
        "RecordingTrack": "both",
        "RecordingUrl": recording.url,
    }


def line(call: Call, kind: str, at: str, **more: Any) -> dict[str, Any]:
    """A line of the log; every one names the call, both ends and the application's token."""
    told = {"at": at, "channel": "call", "kind": kind, "sid": call.sid, "from": call.sender, "to": call.recipient}
    return told | {"ref": call.order.ref, "status": call.status} | more


def meant_line(call: Call, meaning: str, at: str) -> dict[str, Any]:
    """What a person told a menu that took it: with keys or in words."""
    told = {"at": at, "channel": "call-in", "kind": meaning, "from": call.phone, "to": call.ours, "sid": call.sid}
    return told | {"ref": call.order.ref}


def ended_line(call: Call, at: str) -> dict[str, Any]:
    said = [entry["text"] for entry in call.transcript if entry["kind"] == "say"]
    left = left_message(call)
    return line(
        call,
        "ended",
        at,
        seconds=call.duration,
        answered_by=call.answered_by,
        said_sha256=digest("\n".join(said)) if said else None,
        left_sha256=digest(left) if left else None,
    )


def left_message(call: Call) -> str | None:
    """What a mailbox recorded: whatever was said after its beep."""
    if call.callee.answers != "voicemail":
        return None
    beep = call.callee.greeting_seconds
    said = [entry["text"] for entry in call.transcript if entry["kind"] == "say" and entry["at"] >= beep]
    return "\n".join(said) or None


def _country(phone: str) -> str:
    prefixes = {"+1": "US", "+44": "GB", "+86": "CN", "+886": "TW", "+852": "HK"}
    return next(
        (prefixes[prefix] for prefix in sorted(prefixes, key=len, reverse=True) if phone.startswith(prefix)), ""
    )
