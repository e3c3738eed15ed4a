"""What travels: instants as text, form bodies in their order, digests."""

import re
from datetime import UTC, datetime
from email.utils import format_datetime
from hashlib import sha256
from urllib.parse import parse_qsl, urlsplit

from starlette.requests import Request

from forbear.sandbox.refusals import Refusal

_MOST_DIGITS = 15
_HOST_PREFIX = re.compile(r"^/(?:api|messaging|lookups)(?=/|$)")


def iso(instant: datetime) -> str:
    """UTC with microseconds and `Z`: one width, so that text sorts as time does."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def instant(text: str) -> datetime:
    """What `iso` wrote."""
    return datetime.fromisoformat(text)


def rfc2822(text: str | None) -> str | None:
    """An instant of ours as Twilio writes it: `Thu, 24 Aug 2023 05:01:45 +0000`."""
    return None if text is None else format_datetime(instant(text))


def digest(body: str) -> str:
    return sha256(body.encode()).hexdigest()


async def form_pairs(request: Request) -> list[tuple[str, str]]:
    """The urlencoded body, repeated and empty values included.

    Raises:
        Refusal: there are more fields than anybody means.
    """
    body = await request.body()
    try:
        return parse_qsl(body.decode("utf-8", errors="replace"), keep_blank_values=True, max_num_fields=1_000)
    except ValueError:
        raise Refusal(20001, name="(more than 1,000 of them)") from None


def path_of(request: Request) -> str:
    """The address as the provider writes it: without the name of its host, which comes first here."""
    return _HOST_PREFIX.sub("", request.url.path)


def is_loopback(url: str) -> bool:
    """The sandbox talks to this machine and to nobody else. An address nobody can read leads nowhere."""
    try:
        return urlsplit(url).hostname in {"127.0.0.1", "localhost", "::1"}
    except ValueError:
        return False


def whole(text: str | None) -> int | None:
    """A whole number written in digits, or none; one of more digits than anybody means counts as the largest."""
    if not text or not text.isascii() or not text.isdecimal():
        return None
    digits = text.lstrip("0") or "0"
    # Python itself refuses to read thousands of them.
    return int(digits) if len(digits) <= _MOST_DIGITS else 10**_MOST_DIGITS - 1
