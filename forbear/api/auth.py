"""Who calls: a lender's key, looked up by its id and compared in constant time; and what the key may do.

Every refusal reads the same, so that nobody learns which part of a key was right.
"""

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated, Final

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from forbear.api.pace import Class, Pace, Refused
from forbear.errors import Forbidden, TooMany, Unauthenticated
from forbear.ledger.admin import split_key
from forbear.ledger.engine import Ledger
from forbear.ledger.routes import key_owner

SCOPES: Final = (
    "accounts:read",
    "accounts:write",
    "payments:write",
    "balances:write",
    "stops:write",
    "promises:write",
    "consents:write",
    "cases:read",
    "cases:write",
)
IMPORTS: Final = "/v1/imports"
REFUSED: Final = "No key was given, or it is unknown, expired or revoked"
NOBODY: Final = sha256(b"").digest()
_bearer = HTTPBearer(auto_error=False, bearerFormat="fbk_…", description="A lender's key, shown once when it is made.")
Bearer = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]


@dataclass(frozen=True, slots=True)
class Caller:
    """The lender behind a request."""

    tenant: str
    lender: str
    key: str


def the_ledger(request: Request) -> Ledger:
    """The open ledger of this process."""
    ledger: Ledger = request.app.state.ledger
    return ledger


TheLedger = Annotated[Ledger, Depends(the_ledger)]


def authenticate(ledger: Ledger, shown: str) -> tuple[Caller, frozenset[str]]:
    """The caller of a key, and the key's scopes.

    Raises:
        Unauthenticated: whatever is wrong with it.
    """
    parts = split_key(shown)
    if parts is None:
        raise Unauthenticated(REFUSED)
    key_id, digest = parts
    with ledger.anyone() as session:
        key = key_owner(session, key_id)
    # Compared even where there is no such key, so that the answer takes as long.
    right = hmac.compare_digest(digest, NOBODY if key is None else key.digest)
    now = ledger.clock.now()
    if key is None or not right or key.revoked_at is not None or (key.expires_at or now) < now:
        raise Unauthenticated(REFUSED)
    return Caller(key.tenant, key.lender, key_id), frozenset(key.scopes)


def may(scope: str) -> Callable[..., Caller]:
    """A dependency that lets a key with this scope pass."""

    def check(request: Request, ledger: TheLedger, bearer: Bearer) -> Caller:
        if bearer is None:
            raise Unauthenticated(REFUSED)
        caller, scopes = authenticate(ledger, bearer.credentials)
        request.scope["forbear.key"] = caller.key
        request.scope["forbear.headers"] = _counted(request, caller.key)
        request.app.state.key_use.note(ledger, caller.tenant, caller.lender, caller.key)
        if scope not in scopes:
            raise Forbidden(f"This key lacks the scope {scope}")
        return caller

    return check


def _counted(request: Request, key: str) -> Mapping[str, str]:
    """Count the call; the answer's headers say how many are left."""
    pace: Pace = request.app.state.pace
    try:
        return pace.count(_class(request), key)
    except Refused as refused:
        told = f"This key made more {refused.name} calls than it may"
        raise TooMany(told, refused.retry_after) from None


def _class(request: Request) -> Class:
    if request.method in {"GET", "HEAD"}:
        return "reading"
    return "importing" if request.url.path.startswith(IMPORTS) else "acting"


Reader = Annotated[Caller, Depends(may("accounts:read"))]
Writer = Annotated[Caller, Depends(may("accounts:write"))]
Payer = Annotated[Caller, Depends(may("payments:write"))]
Confirmer = Annotated[Caller, Depends(may("balances:write"))]
Stopper = Annotated[Caller, Depends(may("stops:write"))]
Promiser = Annotated[Caller, Depends(may("promises:write"))]
Consenter = Annotated[Caller, Depends(may("consents:write"))]
CaseReader = Annotated[Caller, Depends(may("cases:read"))]
CaseWriter = Annotated[Caller, Depends(may("cases:write"))]
