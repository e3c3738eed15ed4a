"""Calls that create or act: answered once per Idempotency-Key, with facts and answer in one transaction.

The same key with the same call replays the stored answer; with another call it is refused; while the first call is
still being answered the second is told to come back. An error stores nothing: a corrected call may reuse its key.
"""

import hmac
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Annotated, Any, Final, TypeVar

from fastapi import Depends, Request
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from forbear.api.auth import Caller
from forbear.api.problems import Problem
from forbear.errors import KeyReused
from forbear.ledger import idempotency
from forbear.ledger.engine import Ledger
from forbear.ledger.turns import take_turn

HEADER: Final = "Idempotency-Key"
REPLAYED: Final = "Idempotency-Replayed"
TRIES: Final = 3
DEADLOCK: Final = "40P01"
_KEY: Final = re.compile(r'"?([!#-~]{1,255})"?')


@dataclass(frozen=True, slots=True)
class Answer:
    """What an acting call answers; `body` and `headers` are stored and replayed as they are."""

    status: int
    body: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


Done = TypeVar("Done")
Deed = Callable[[Session, datetime], Answer]


@dataclass(frozen=True, slots=True)
class Call:
    """One acting call: its key, and the keyed digest of method, path and body."""

    ledger: Ledger
    key: str
    fingerprint: bytes

    def once(self, caller: Caller, deed: Deed) -> JSONResponse:
        """Do it and store the answer, or replay the stored one."""
        return untangled(lambda: self._once(caller, deed))

    def _once(self, caller: Caller, deed: Deed) -> JSONResponse:
        with self.ledger.api(caller.tenant, caller.lender) as session:
            if not take_turn(session, caller.lender, self.key):
                raise Problem("in_progress", "Another call with this Idempotency-Key is being answered")
            before = idempotency.lookup(session, caller.lender, self.key)
            if before is not None:
                return self._replay(before)
            now = self.ledger.clock.now()
            answer = deed(session, now)
            try:
                idempotency.store(
                    session,
                    tenant=caller.tenant,
                    lender=caller.lender,
                    key=self.key,
                    fingerprint=self.fingerprint,
                    status=answer.status,
                    body={"body": answer.body, "headers": dict(answer.headers)},
                    at=now,
                )
            except IntegrityError:
                raise Problem("in_progress", "Another call with this Idempotency-Key was just answered") from None
        return JSONResponse(dict(answer.body), status_code=answer.status, headers=dict(answer.headers))

    def _replay(self, before: idempotency.Stored) -> JSONResponse:
        if not hmac.compare_digest(before.fingerprint, self.fingerprint):
            raise KeyReused("This Idempotency-Key was used for another call")
        headers = {**before.body["headers"], REPLAYED: "true"}
        return JSONResponse(before.body["body"], status_code=before.status, headers=headers)


def untangled(transaction: Callable[[], Done]) -> Done:
    """Run a transaction that may meet another one in the order of their locks.

    Nothing was written then, so the one that was ended starts again.
    """
    for left in reversed(range(TRIES)):
        try:
            return transaction()
        except DBAPIError as error:
            if left == 0 or getattr(error.orig, "sqlstate", None) != DEADLOCK:
                raise
    raise AssertionError("unreachable")


def call_key(request: Request) -> str:
    """The key of an acting call.

    Raises:
        Problem: it is missing or no key.
    """
    given = _KEY.fullmatch(request.headers.get(HEADER, ""))
    if given is None:
        raise Problem("idempotency_key_missing", f"Send {HEADER} with 1 to 255 printable characters, new for each call")
    return given.group(1)


async def the_call(request: Request) -> Call:
    """Read key and body of an acting call."""
    given = call_key(request)
    ledger: Ledger = request.app.state.ledger
    secret: str = request.app.state.settings.token_key.get_secret_value()
    told = "\n".join((request.method, request.url.path, canonical(await request.body())))
    # Keyed, because a plain digest of a body could be guessed by who knows most of what is in it.
    return Call(ledger, given, hmac.digest(secret.encode(), told.encode(), sha256))


def canonical(body: bytes) -> str:
    """JSON with sorted keys and no blanks; a body that is not JSON is refused later, by its form."""
    try:
        return json.dumps(json.loads(body), sort_keys=True, separators=(",", ":"))
    except (ValueError, RecursionError):
        return sha256(body).hexdigest()


TheCall = Annotated[Call, Depends(the_call)]
