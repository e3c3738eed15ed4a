"""Whether a request to the domestic provider is signed by our account: ACS3-HMAC-SHA256, checked as the real one does.

Written from the algorithm, not from the SDK: the signature covers method, path, query, the named headers and the
body's digest, and must be fresh and used once.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, quote

from forbear.sandbox.dysms_answers import ApiError

ALGORITHM = "ACS3-HMAC-SHA256"
_MUST_BE_SIGNED = frozenset(
    {"host", "x-acs-action", "x-acs-version", "x-acs-date", "x-acs-signature-nonce", "x-acs-content-sha256"}
)
_FRESH = timedelta(minutes=15)
_NONCES = 100_000
_HEADER = re.compile(rf"{ALGORITHM} Credential=([^,]+),\s*SignedHeaders=([^,]+),\s*Signature=([0-9a-f]{{64}})")


@dataclass(frozen=True, slots=True)
class Call:
    """A request as it came over the wire. `query` is the raw one."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


class Signatures:
    """Checks the calls of one account."""

    def __init__(self, key_id: str, secret: str) -> None:
        self._key_id, self._secret = key_id, secret
        self._nonces: dict[str, None] = {}

    @property
    def are_set(self) -> bool:
        """Whether there is an account at all; an empty secret would let anybody sign."""
        return bool(self._key_id and self._secret)

    def check(self, call: Call, machine_now: datetime) -> None:
        """Pass a call that is genuine.

        Raises:
            ApiError: with the provider's own code for what is wrong.
        """
        found = _HEADER.fullmatch(call.headers.get("authorization", ""))
        if found is None:
            raise ApiError("MissingSecurityToken" if call.headers.get("authorization") else "MissingAccessKeyId")
        key_id, signed, signature = found.groups()
        if not hmac.compare_digest(key_id.encode(), self._key_id.encode()):
            raise ApiError("InvalidAccessKeyId.NotFound")
        names = signed.split(";")
        digest = hashlib.sha256(call.body).hexdigest()
        if not _MUST_BE_SIGNED.issubset(names) or call.headers.get("x-acs-content-sha256") != digest:
            raise ApiError("SignatureDoesNotMatch")
        if not hmac.compare_digest(signature, _signature(call, names, digest, self._secret)):
            raise ApiError("SignatureDoesNotMatch")
        self._check_fresh(call, machine_now)

    def _check_fresh(self, call: Call, machine_now: datetime) -> None:
        try:
            at = datetime.fromisoformat(call.headers["x-acs-date"])
            age = machine_now - at
        except (ValueError, TypeError):
            raise ApiError("InvalidTimeStamp.Format") from None
        if abs(age) > _FRESH:
            raise ApiError("InvalidTimeStamp.Expired")
        nonce = call.headers["x-acs-signature-nonce"]
        if nonce in self._nonces:
            raise ApiError("SignatureNonceUsed")
        self._nonces[nonce] = None
        if len(self._nonces) > _NONCES:
            del self._nonces[next(iter(self._nonces))]


def _signature(call: Call, names: list[str], digest: str, secret: str) -> str:
    query = "&".join(
        f"{_encoded(name)}={_encoded(value)}"
        for name, value in sorted(parse_qsl(call.query, keep_blank_values=True, max_num_fields=100))
    )
    headers = "".join(f"{name}:{call.headers.get(name, '').strip()}\n" for name in sorted(names))
    request = "\n".join((call.method, call.path, query, headers, ";".join(sorted(names)), digest))
    to_sign = f"{ALGORITHM}\n{hashlib.sha256(request.encode()).hexdigest()}"
    return hmac.new(secret.encode(), to_sign.encode(), hashlib.sha256).hexdigest()


def _encoded(text: str) -> str:
    return quote(text, safe="~")
