"""Lob's signature on its events: over the timestamp and the body as they came, and refused when it is old.

The timestamp is in milliseconds; whole seconds are understood too. Several secrets are accepted while one is changed.
Lob's specification leaves the scheme out: header names, the dot between timestamp and body and hexadecimal SHA-256 are
as several public receivers of its events have them, and nobody has tried them against Lob itself.
"""

import hashlib
import hmac
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

SIGNATURE: Final = "Lob-Signature"
TIMESTAMP: Final = "Lob-Signature-Timestamp"
TOLERANCE: Final = timedelta(minutes=5)
"""Machine time, both ways. Ours."""
IN_MILLISECONDS: Final = 10**11
"""A timestamp from here on counts milliseconds: as seconds it would lie three thousand years ahead."""
LONGEST: Final = 15


def sign(body: bytes, timestamp: str, secret: str) -> str:
    """What Lob sends in hexadecimal."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def is_genuine(
    secrets: Sequence[str], body: bytes, signature: str | None, timestamp: str | None, machine_now: datetime
) -> bool:
    """Whether somebody who knows a secret signed this body within the last minutes."""
    if not signature or not timestamp or not _is_fresh(timestamp, machine_now):
        return False
    known = [sign(body, timestamp, secret) for each in secrets if (secret := each.strip())]
    return any(hmac.compare_digest(each.encode(), signature.encode()) for each in known)


def _is_fresh(timestamp: str, machine_now: datetime) -> bool:
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= LONGEST):
        return False
    number = int(timestamp)
    try:
        at = datetime.fromtimestamp(number / 1_000 if number >= IN_MILLISECONDS else number, UTC)
    except (ValueError, OverflowError, OSError):
        return False
    return abs(machine_now - at) <= TOLERANCE
