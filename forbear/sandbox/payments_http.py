"""Stripe's checkout sessions over HTTP, under `/stripe`, with its idempotency keys.

The status and body of a key's first execution are kept and given again; the same key with other parameters is an
error; a request that was refused before it ran leaves no trace.
"""

import hmac
import json
from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import Any
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from forbear.sandbox.droppable import drop, hold_back
from forbear.sandbox.faults import Fault, Faults
from forbear.sandbox.payments import Payments
from forbear.sandbox.sessions import Nested, StripeRefusal, nest, shown
from forbear.sandbox.store import Store
from forbear.sandbox.wire import form_pairs

_SESSIONS = "/stripe/v1/checkout/sessions"
Endpoint = Callable[[Request], Awaitable[Response]]


class PaymentsApi:
    """Create, retrieve and expire a checkout session."""

    def __init__(self, payments: Payments, store: Store, faults: Faults, api_key: str) -> None:
        self._payments, self._store, self._faults, self._api_key = payments, store, faults, api_key

    def routes(self) -> list[Route]:
        return [
            Route(_SESSIONS, self._guarded(self._create), methods=["POST"]),
            Route(_SESSIONS + "/{id}", self._guarded(self._retrieve), methods=["GET"]),
            Route(_SESSIONS + "/{id}/expire", self._guarded(self._expire), methods=["POST"]),
            Route("/stripe/{rest:path}", self._guarded(self._unknown), methods=["GET", "POST", "DELETE"]),
        ]

    def _guarded(self, endpoint: Endpoint) -> Endpoint:
        async def answer(request: Request) -> Response:
            try:
                self._authenticate(request)
                response = await endpoint(request)
            except StripeRefusal as refusal:
                response = JSONResponse(refusal.body, refusal.status)
            response.headers["Request-Id"] = f"req_{uuid4().hex[:14]}"
            return response

        return answer

    def _authenticate(self, request: Request) -> None:
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not hmac.compare_digest(given.encode(), self._api_key.encode()):
            raise StripeRefusal(401, "Invalid API Key provided.")

    async def _create(self, request: Request) -> Response:
        if self._faults.take(Fault.PAYMENT_ERROR_BEFORE_ACCEPT):
            raise StripeRefusal(500, "Something went wrong on our end.", kind="api_error")
        pairs = await form_pairs(request)
        response = self._once(request.headers.get("Idempotency-Key"), pairs)
        if self._faults.take(Fault.PAYMENT_DROP_AFTER_ACCEPT):
            return drop(request)
        if slow := self._faults.take(Fault.PAYMENT_SLOW):
            await hold_back(slow.machine_seconds)
        return response

    def _once(self, key: str | None, pairs: list[tuple[str, str]]) -> Response:
        """Run a creation, or give the answer its key already has."""
        fingerprint = sha256(json.dumps(pairs).encode()).hexdigest()
        known = self._store.row("SELECT * FROM answers WHERE key = ?", key) if key else None
        if known is not None:
            return _replayed(known, fingerprint)
        with self._store.transaction():
            body = shown(self._payments.open(nest(pairs)))
            if key:
                self._store.run("INSERT INTO answers VALUES (?, ?, ?, ?)", key, fingerprint, 200, json.dumps(body))
        return JSONResponse(body, headers={"Idempotency-Key": key} if key else None)

    async def _retrieve(self, request: Request) -> Response:
        return JSONResponse(shown(self._found(request)))

    async def _expire(self, request: Request) -> Response:
        session = self._found(request)
        if session["status"] != "open":
            message = f'Only Checkout Sessions with a status in ["open"] can be expired; this is {session["status"]}.'
            raise StripeRefusal(400, message)
        return JSONResponse(shown(self._payments.expire(session)))

    async def _unknown(self, request: Request) -> Response:
        path = request.url.path.removeprefix("/stripe")
        raise StripeRefusal(404, f"Unrecognized request URL ({request.method}: {path}).")

    def _found(self, request: Request) -> Nested:
        identity = request.path_params["id"]
        session = self._payments.get(identity)
        if session is None:
            message = f"No such checkout.session: '{identity}'"
            raise StripeRefusal(404, message, param="session", code="resource_missing")
        return session


def _replayed(known: dict[str, Any], fingerprint: str) -> Response:
    if known["fingerprint"] != fingerprint:
        message = "Keys for idempotent requests can only be used with the same parameters they were first used with."
        raise StripeRefusal(400, message, kind="idempotency_error")
    headers = {"Idempotency-Key": known["key"], "Idempotent-Replayed": "true"}
    return JSONResponse(json.loads(known["body"]), known["status"], headers)
