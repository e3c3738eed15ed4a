"""Opaque, signed positions in a list: what was asked cannot be changed between two pages, nor a position made up."""

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256

from forbear.api.problems import Problem
from forbear.settings import Settings

TAG_BYTES = 16


def write(settings: Settings, asked: str, position: list[str]) -> str:
    """The cursor after this position of the list that was asked for."""
    body = json.dumps(position, separators=(",", ":")).encode()
    return urlsafe_b64encode(_tag(settings, asked, body) + body).decode().rstrip("=")


def read(settings: Settings, asked: str, cursor: str) -> list[str]:
    """The position again.

    Raises:
        Problem: the cursor was not given for this list.
    """
    try:
        raw = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    except ValueError:
        raw = b""
    tag, body = raw[:TAG_BYTES], raw[TAG_BYTES:]
    if not hmac.compare_digest(tag, _tag(settings, asked, body)):
        raise Problem("bad_cursor", "The cursor was not given for this list")
    return json.loads(body)


def _tag(settings: Settings, asked: str, body: bytes) -> bytes:
    key = settings.token_key.get_secret_value().encode()
    return hmac.digest(key, b"cursor\0" + asked.encode() + b"\0" + body, sha256)[:TAG_BYTES]
