"""Reads a request to place a call: an order, or the refusal the carrier would give.

Pure but for the refusal it raises.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import parse_qs, urlsplit

from forbear.sandbox.intake import is_address, is_e164
from forbear.sandbox.refusals import Refusal
from forbear.sandbox.wire import whole

EVENTS = ("initiated", "ringing", "answered", "completed")
_METHODS = {"GET", "POST"}
_LONGEST_TWIML = 4_000
_LONGEST_CALL = 14_400
_DIGITS = re.compile(r"[0-9wW#*]{1,32}")
_MAGIC_TO = {"+15005550001": 21217, "+15005550002": 21214, "+15005550003": 21215, "+15005550004": 21216}
_MAGIC_FROM = {"+15005550001": 21212}

Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class CallOrder:
    """A call somebody wants placed. Seconds are world time.

    Args:
        detection: empty, `Enable` or `DetectMessageEnd`.
        amd_url: where an asynchronous detection is told; empty detects before the application is asked.
    """

    to: str
    sender: str
    url: str = ""
    method: str = "POST"
    twiml: str = ""
    fallback_url: str = ""
    fallback_method: str = "POST"
    status_url: str = ""
    status_method: str = "POST"
    events: Sequence[str] = ("completed",)
    timeout: int = 60
    time_limit: int = _LONGEST_CALL
    detection: str = ""
    detection_timeout: int = 30
    amd_url: str = ""
    amd_method: str = "POST"
    send_digits: str = ""
    record: bool = False
    recording_url: str = ""
    recording_method: str = "POST"
    recording_events: Sequence[str] = ("completed",)

    @property
    def ref(self) -> str | None:
        """The correlation token of the status callback's address: its parameter `t`."""
        query = urlsplit(self.status_url).query
        return next(iter(parse_qs(query).get("t", [])), None)


def read(pairs: Pairs, is_ours: Callable[[str], bool]) -> CallOrder:
    """The order in a form, judged in the order the provider judges."""
    form = dict(pairs)
    to = _recipient(form.get("To", ""))
    sender = _sender(form.get("From", ""), is_ours, to)
    url, twiml = _instructions(form)
    asynchronous = form.get("AsyncAmd", "").lower() == "true"
    detection = _detection(form)
    if detection and asynchronous and not form.get("AsyncAmdStatusCallback"):
        raise Refusal(21262)
    return CallOrder(
        to=to,
        sender=sender,
        url=url,
        method=_method(form, "Method"),
        twiml=twiml,
        fallback_url=_url(form, "FallbackUrl"),
        fallback_method=_method(form, "FallbackMethod"),
        status_url=_url(form, "StatusCallback"),
        status_method=_method(form, "StatusCallbackMethod"),
        events=_events(pairs, "StatusCallbackEvent", EVENTS),
        timeout=_whole(form, "Timeout", 60, 600),
        time_limit=_whole(form, "TimeLimit", _LONGEST_CALL, _LONGEST_CALL),
        detection=detection,
        detection_timeout=_whole(form, "MachineDetectionTimeout", 30, 59),
        amd_url=_url(form, "AsyncAmdStatusCallback") if asynchronous else "",
        amd_method=_method(form, "AsyncAmdStatusCallbackMethod"),
        send_digits=_send_digits(form),
        record=form.get("Record", "").lower() == "true",
        recording_url=_url(form, "RecordingStatusCallback"),
        recording_method=_method(form, "RecordingStatusCallbackMethod"),
        recording_events=_events(pairs, "RecordingStatusCallbackEvent", ("in-progress", "completed", "absent")),
    )


def instructions(form: dict[str, str]) -> tuple[str, str, str]:
    """Where a running call is sent by an update: address, method, or TwiML."""
    url, twiml = _instructions(form)
    return url, _method(form, "Method"), twiml


def changes(order: CallOrder, form: dict[str, str]) -> CallOrder:
    """The order with what an update changes of it: where events and failures are told, and how long it may last."""
    fallback, status = _url(form, "FallbackUrl"), _url(form, "StatusCallback")
    return replace(
        order,
        fallback_url=fallback or order.fallback_url,
        fallback_method=_method(form, "FallbackMethod") if fallback else order.fallback_method,
        status_url=status or order.status_url,
        status_method=_method(form, "StatusCallbackMethod") if status else order.status_method,
        time_limit=_whole(form, "TimeLimit", order.time_limit, _LONGEST_CALL),
    )


def _recipient(to: str) -> str:
    if not to:
        raise Refusal(21201)
    if to in _MAGIC_TO:
        raise Refusal(_MAGIC_TO[to], to=to)
    if not is_e164(to):
        raise Refusal(21217, to=to)
    return to


def _sender(sender: str, is_ours: Callable[[str], bool], to: str) -> str:
    if not sender:
        raise Refusal(21213)
    if sender in _MAGIC_FROM or not is_e164(sender):
        raise Refusal(21212, sender=sender)
    if not is_ours(sender):
        raise Refusal(21210, sender=sender)
    if sender == to:
        raise Refusal(21266, to=to)
    return sender


def _instructions(form: dict[str, str]) -> tuple[str, str]:
    """An address, or else TwiML; the address wins where both are given."""
    if form.get("Url"):
        return _url(form, "Url"), ""
    if form.get("Twiml"):
        if len(form["Twiml"]) > _LONGEST_TWIML:
            raise Refusal(21235)
        return "", form["Twiml"]
    # Applications are kept by nobody here: a well-formed sid names one that is not ours.
    raise Refusal(21218 if form.get("ApplicationSid") else 21205)


def _url(form: dict[str, str], name: str) -> str:
    url = form.get(name, "")
    if not url:
        return ""
    if not is_address(url):
        raise Refusal(21609 if name == "StatusCallback" else 21205)
    return url


def _method(form: dict[str, str], name: str) -> str:
    method = form.get(name, "POST").upper()
    if method not in _METHODS:
        raise Refusal(21206)
    return method


def _events(pairs: Pairs, name: str, known: Sequence[str]) -> tuple[str, ...]:
    """Repeated values, or one with spaces between; unknown ones are warned about there, and left out here."""
    given = {word for key, value in pairs if key == name for word in value.replace(",", " ").split()}
    return tuple(event for event in known if event in given) or ("completed",)


def _detection(form: dict[str, str]) -> str:
    if form.get("SendDigits"):
        return ""
    given = form.get("MachineDetection", "")
    return next((word for word in ("Enable", "DetectMessageEnd") if word.lower() == given.lower()), "")


def _send_digits(form: dict[str, str]) -> str:
    digits = form.get("SendDigits", "")
    if digits and not _DIGITS.fullmatch(digits):
        raise Refusal(21208)
    return digits


def _whole(form: dict[str, str], name: str, default: int, most: int) -> int:
    given = whole(form.get(name))
    return default if given is None else max(1, min(most, given))
