"""Unguessable and signed words that travel through the outside world and come back to us.

A payment link's token is random and only its digest is stored. The token in a status callback's address names its
touch and is signed, because providers' own signatures carry no time and can be replayed for ever. Expiry is machine
time: it bounds how long a provider may take, not how long the world turns.
"""

import base64
import hashlib
import hmac
import secrets
import string
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode

from pydantic import SecretStr

BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
LINK_LENGTH = 16
"""95 bits: far beyond guessing, and short enough for one text message."""
SIGNATURE_LENGTH = 32
CALLBACK_PATH = "/hooks/twilio/message-status"
VOICE_PATH = "/hooks/twilio/voice"
PUSH_PATH = "/hooks/aliyun"
SHORTEST_SECRET = 16
"""Bytes; a shorter one could be guessed, and is no secret."""
RETRIES = "#rc=5&rp=all"
"""Without this fragment the carrier repeats a callback only when it could not connect at all."""


def key_bytes(secret: SecretStr) -> bytes:
    """A key of the settings as bytes.

    Raises:
        ValueError: the setting is empty; signing with an empty key would let anyone sign.
    """
    key = base64.b64decode(secret.get_secret_value(), validate=True)
    if not key:
        raise ValueError("token_key is not set: give 32 bytes in base64")
    return key


def new_link_token() -> str:
    """A fresh token for a payment link."""
    return "".join(secrets.choice(BASE62) for _ in range(LINK_LENGTH))


def link_digest(token: str) -> str:
    """What the ledger keeps of a link's token."""
    return hashlib.sha256(token.encode()).hexdigest()


def link_url(public_url: str, token: str) -> str:
    return f"{public_url.rstrip('/')}/p/{token}"


@dataclass(frozen=True, slots=True)
class CallbackToken:
    """The three parameters of a status callback's address: touch, expiry (unix seconds, machine time), signature."""

    touch: str
    expires: int
    signature: str


def sign_callback(key: bytes, touch: str, expires_at: datetime) -> CallbackToken:
    expires = int(expires_at.timestamp())
    return CallbackToken(touch, expires, _signature(key, touch, expires))


def callback_holds(key: bytes, token: CallbackToken, machine_now: datetime) -> bool:
    """Whether a callback token is ours and has not expired."""
    ours = hmac.compare_digest(_signature(key, token.touch, token.expires).encode(), token.signature.encode())
    return ours and machine_now < datetime.fromtimestamp(token.expires, UTC)


def callback_url(public_url: str, token: CallbackToken) -> str:
    """The address given to the provider with a message."""
    query = urlencode({"t": token.touch, "e": token.expires, "k": token.signature})
    return f"{public_url.rstrip('/')}{CALLBACK_PATH}?{query}{RETRIES}"


def voice_url(public_url: str, what: str, token: CallbackToken, step: int | None = None, *, retries: str = "") -> str:
    """The address of a call's hook, for one step of it where the call moves on; `retries` is `RETRIES` or nothing."""
    asked: dict[str, str | int] = {"t": token.touch, "e": token.expires, "k": token.signature}
    query = urlencode(asked if step is None else asked | {"n": step})
    return f"{public_url.rstrip('/')}{VOICE_PATH}/{what}?{query}{retries}"


def push_url(public_url: str, secret: SecretStr) -> str:
    """The address under which a provider that signs nothing may post; the first secret is the one in use.

    Raises:
        ValueError: there is no secret; anybody could post.
    """
    first = secret.get_secret_value().split(",")[0].strip()
    if not first:
        raise ValueError("aliyun_push_secret is not set: give at least 32 random characters")
    return f"{public_url.rstrip('/')}{PUSH_PATH}/{first}"


def push_secret_holds(secrets_in_use: SecretStr, given: str) -> bool:
    """Whether the secret in a push's address is one of ours; takes as long for every wrong one."""
    ours = [each.strip().encode() for each in secrets_in_use.get_secret_value().split(",")]
    told = hashlib.sha256(given.encode()).digest()
    held = [hmac.compare_digest(hashlib.sha256(each).digest(), told) for each in ours if len(each) >= SHORTEST_SECRET]
    return any(held)


def _signature(key: bytes, touch: str, expires: int) -> str:
    return hmac.new(key, f"{touch}.{expires}".encode(), hashlib.sha256).hexdigest()[:SIGNATURE_LENGTH]
