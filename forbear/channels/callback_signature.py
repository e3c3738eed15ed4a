"""Whether a webhook comes from the carrier: its signature over the address it called and the fields it sent.

The address is rebuilt from our own public one, because behind a proxy the request's is another and forwarded headers
can be written by anyone. Whatever goes wrong in checking means no.
"""

from collections.abc import Iterable
from typing import Final

import structlog
from twilio.request_validator import RequestValidator

HEADER: Final = "X-Twilio-Signature"
log = structlog.get_logger(__name__)


def called_address(public_url: str, path: str, raw_query: str) -> str:
    """The address as the carrier knows it; the query's bytes are kept as they came."""
    return f"{public_url.rstrip('/')}{path}{'?' if raw_query else ''}{raw_query}"


def is_genuine(auth_tokens: Iterable[str], address: str, fields: object, signature: str | None) -> bool:
    """Check a signature against each token in use; while a token is being replaced there are two.

    Args:
        auth_tokens: the account's secrets; empty ones sign nothing.
        address: from `called_address`.
        fields: the form as a multi-dict or a mapping, unfiltered.
        signature: the header's value, None if it was missing.
    """
    if not signature:
        return False
    try:
        return any(bool(RequestValidator(token).validate(address, fields, signature)) for token in auth_tokens if token)
    except Exception as problem:  # noqa: BLE001  a check that fails in any way has not been passed
        log.warning("webhook_signature_unreadable", kind=type(problem).__name__)
        return False
