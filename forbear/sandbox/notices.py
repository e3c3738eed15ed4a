"""The form fields of the carrier's webhooks, and the lines of its log. Pure."""

from typing import Any

from forbear.sandbox.intake import Draft
from forbear.sandbox.messages import API_VERSION, Message
from forbear.sandbox.wire import digest, instant

_REPORTED = {"delivered", "undelivered"}


def callback_fields(message: Message, account: str, *, report_date: bool = True) -> dict[str, str]:
    """A status callback. `RawDlrDoneDate` has minutes and no zone, and may be absent."""
    fields = {
        "AccountSid": account,
        "ApiVersion": API_VERSION,
        "From": message.sender or "",
        "MessageSid": message.sid,
        "MessageStatus": message.status,
        "SmsSid": message.sid,
        "SmsStatus": message.status,
        "To": message.recipient,
    }
    if message.service:
        fields["MessagingServiceSid"] = message.service
    if message.error_code is not None:
        fields["ErrorCode"] = str(message.error_code)
    if report_date and message.status in _REPORTED:
        fields["RawDlrDoneDate"] = instant(message.updated).strftime("%y%m%d%H%M")
    return fields


def inbound_fields(message: Message, account: str, opt_out: str | None = None) -> dict[str, str]:
    """The webhook of a text from a person to a number of ours. `opt_out` is the word Advanced Opt-Out acted on."""
    fields = {
        "AccountSid": account,
        "ApiVersion": API_VERSION,
        "Body": message.body,
        "From": message.sender or "",
        "MessageSid": message.sid,
        "NumMedia": "0",
        "NumSegments": str(message.segments),
        "SmsMessageSid": message.sid,
        "SmsSid": message.sid,
        "SmsStatus": message.status,
        "To": message.recipient,
    }
    places = {f"{side}{part}": "" for side in ("From", "To") for part in ("City", "State", "Zip")}
    service = {"MessagingServiceSid": message.service} if message.service else {}
    acted = {"OptOutType": opt_out.upper()} if opt_out else {}
    return fields | places | {"FromCountry": "US", "ToCountry": "US"} | service | acted


def accepted_line(message: Message, draft: Draft, channel: str) -> dict[str, Any]:
    return {
        "at": message.created,
        "channel": channel,
        "to": message.recipient,
        "from": draft.sender or draft.service,
        "sid": message.sid,
        "ref": draft.ref,
        "status": message.status,
        "body_sha256": digest(message.body),
    }


def state_line(message: Message) -> dict[str, Any]:
    line: dict[str, Any] = {"at": message.updated, "sid": message.sid, "status": message.status}
    return line if message.error_code is None else line | {"error_code": message.error_code}


def inbound_line(message: Message, kind: str) -> dict[str, Any]:
    return {
        "at": message.created,
        "channel": "sms-in",
        "kind": kind,
        "from": message.sender,
        "to": message.recipient,
        "sid": message.sid,
        "ref": None,
        "body_sha256": digest(message.body),
    }
