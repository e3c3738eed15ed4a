"""Reads a request to send a message: a draft, or the refusal the carrier would give.

Pure but for the refusal it raises. What needs memory (opt-outs, queues) is asked by the carrier afterwards.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

from forbear.sandbox.refusals import Refusal
from forbear.sandbox.wire import whole

LONGEST_VALIDITY = 36_000
_LONGEST_BODY = 1_600
_LONGEST_URL = 4_000
_MOST_MEDIA = 10
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_NORTH_AMERICAN = re.compile(r"\+1[2-9]\d{9}")
_ALPHANUMERIC = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}")
_SHORT_CODE = re.compile(r"\d{5,6}")
_SERVICE = re.compile(r"MG[0-9a-fA-F]{32}")
_NEAREST, _FARTHEST = timedelta(seconds=300), timedelta(days=35)

_MAGIC_TO = {
    "+15005550001": 21211,
    "+15005550002": 21612,
    "+15005550003": 21408,
    "+15005550004": 21610,
    "+15005550009": 21614,
}
_MAGIC_FROM = {"+15005550001": 21212, "+15005550007": 21606, "+15005550008": 21611}


@dataclass(frozen=True, slots=True)
class Draft:
    """A message somebody may send. `send_at` is set for a scheduled one."""

    to: str
    sender: str | None
    service: str | None
    body: str
    callback: str | None
    validity: int
    send_at: datetime | None
    media: tuple[str, ...] = ()

    @property
    def ref(self) -> str | None:
        """The correlation token of the status callback's address: its parameter `t`."""
        query = urlsplit(self.callback or "").query
        return next(iter(parse_qs(query).get("t", [])), None)


def read(pairs: Sequence[tuple[str, str]], now: datetime) -> Draft:
    """The draft in a form, judged in the order the provider judges."""
    form = dict(pairs)
    to = _recipient(form.get("To", ""))
    service = _service(form)
    sender = _sender(form, service, to)
    return Draft(
        to=to,
        sender=sender,
        service=service,
        body=_body(form),
        callback=_callback(form),
        validity=_validity(form),
        send_at=_send_at(form, service, now),
        media=_media([value for name, value in pairs if name == "MediaUrl" and value]),
    )


def is_e164(phone: str) -> bool:
    """Whether this can be a telephone number anywhere."""
    return bool(_E164.fullmatch(phone)) and (not phone.startswith("+1") or bool(_NORTH_AMERICAN.fullmatch(phone)))


def _recipient(to: str) -> str:
    if not to:
        raise Refusal(21604)
    if to in _MAGIC_TO:
        raise Refusal(_MAGIC_TO[to], to=to)
    if not is_e164(to):
        raise Refusal(21211, to=to)
    return to


def _service(form: Mapping[str, str]) -> str | None:
    given = form.get("MessagingServiceSid") or form.get("From", "")
    if _SERVICE.fullmatch(given):
        return given
    if form.get("MessagingServiceSid"):
        raise Refusal(21705)
    return None


def _sender(form: Mapping[str, str], service: str | None, to: str) -> str | None:
    sender = form.get("From", "")
    if not sender or sender == service:
        if service is None:
            raise Refusal(21603)
        return None
    if sender in _MAGIC_FROM:
        raise Refusal(_MAGIC_FROM[sender], sender=sender, to=to)
    if sender == to:
        raise Refusal(21266, to=to)
    if not any(form.fullmatch(sender) for form in (_E164, _ALPHANUMERIC, _SHORT_CODE)):
        raise Refusal(21212, sender=sender)
    return sender


def _body(form: Mapping[str, str]) -> str:
    body = form.get("Body", "")
    if not body and not form.get("MediaUrl") and not form.get("ContentSid"):
        raise Refusal(21602)
    if len(body) > _LONGEST_BODY:
        raise Refusal(21617)
    return body


def _media(urls: Sequence[str]) -> tuple[str, ...]:
    if len(urls) > _MOST_MEDIA:
        raise Refusal(21623)
    if not all(is_address(url) for url in urls):
        raise Refusal(21620)
    return tuple(urls)


def _callback(form: Mapping[str, str]) -> str | None:
    url = form.get("StatusCallback")
    if not url:
        return None
    if not is_address(url) or "_" in (urlsplit(url).hostname or ""):
        raise Refusal(21609)
    return url


def is_address(url: str) -> bool:
    """Whether this can be asked over HTTP as it stands: blanks and control characters are nobody's to guess at."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    written = not any(char.isspace() or not char.isprintable() for char in url)
    return written and parts.scheme in {"http", "https"} and bool(host) and len(url) <= _LONGEST_URL


def _validity(form: Mapping[str, str]) -> int:
    seconds = whole(form.get("ValidityPeriod", str(LONGEST_VALIDITY)))
    if seconds is None or not 1 <= seconds <= LONGEST_VALIDITY:
        raise Refusal(90007)
    return seconds


def _send_at(form: Mapping[str, str], service: str | None, now: datetime) -> datetime | None:
    if form.get("ScheduleType") != "fixed":
        return None
    if service is None:
        raise Refusal(35118)
    if not form.get("SendAt"):
        raise Refusal(35111)
    try:
        send_at = datetime.fromisoformat(form["SendAt"])
    except ValueError:
        raise Refusal(35114) from None
    send_at = send_at.replace(tzinfo=send_at.tzinfo or UTC)
    if not _NEAREST <= send_at - now <= _FARTHEST:
        raise Refusal(35114)
    return send_at
