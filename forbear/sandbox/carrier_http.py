"""Twilio's Messages API over HTTP, under `/api` as the application's client addresses `api.twilio.com`.

Answers have the real status codes, texts for numbers and no key too many: the SDK refuses a list with a surplus key.
"""

import base64
import binascii
import hmac
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from forbear.sandbox.agenda import LiveClock
from forbear.sandbox.carrier import Carrier
from forbear.sandbox.droppable import drop, hold_back
from forbear.sandbox.faults import Fault, Faults
from forbear.sandbox.intake import read
from forbear.sandbox.listing import envelope
from forbear.sandbox.messages import Message, redacted, resource
from forbear.sandbox.refusals import Refusal
from forbear.sandbox.statuses import FINAL
from forbear.sandbox.wire import form_pairs, iso

_MESSAGES = "/api/2010-04-01/Accounts/{account}/Messages.json"
_MESSAGE = "/api/2010-04-01/Accounts/{account}/Messages/{sid}.json"

Endpoint = Callable[[Request], Awaitable[Response]]


class CarrierApi:
    """The five operations on messages."""

    def __init__(self, carrier: Carrier, clock: LiveClock, faults: Faults) -> None:
        self._carrier, self._clock, self._faults = carrier, clock, faults

    def routes(self) -> list[Route]:
        table: list[tuple[str, str, Endpoint]] = [
            ("POST", _MESSAGES, self._create),
            ("GET", _MESSAGES, self._list),
            ("GET", _MESSAGE, self._fetch),
            ("POST", _MESSAGE, self._update),
            ("DELETE", _MESSAGE, self._delete),
        ]
        known = [Route(path, self._guarded(endpoint), methods=[method]) for method, path, endpoint in table]
        methods = ["GET", "POST", "PUT", "PATCH", "DELETE"]
        return [*known, Route("/api/{rest:path}", self._guarded(self._unknown), methods=methods)]

    def _guarded(self, endpoint: Endpoint) -> Endpoint:
        """Checks who asks, and turns refusals into Twilio's error bodies."""

        async def answer(request: Request) -> Response:
            try:
                self._authenticate(request)
                response = await endpoint(request)
            except Refusal as refusal:
                response = JSONResponse(refusal.body(), refusal.status)
            response.headers["Twilio-Request-Id"] = f"RQ{uuid4().hex}"
            response.headers["Twilio-Concurrent-Requests"] = "1"
            return response

        return answer

    def _authenticate(self, request: Request) -> None:
        account = self._carrier.account
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        try:
            decoded = base64.b64decode(given, validate=True)
        except binascii.Error:
            raise Refusal(20003) from None
        expected = f"{account.sid}:{account.auth_token}".encode()
        if scheme.lower() != "basic" or not hmac.compare_digest(decoded, expected):
            raise Refusal(20003)
        if request.path_params.get("account", account.sid) != account.sid:
            raise Refusal(20003)

    async def _create(self, request: Request) -> Response:
        form = dict(await form_pairs(request))
        phone = form.get("To")
        self._fail_before(phone)
        if self._faults.take(Fault.DROP_BEFORE_ACCEPT, phone):
            return drop(request)
        message = self._carrier.accept(read(form, self._clock.now()))
        if self._faults.take(Fault.ERROR_AFTER_ACCEPT, phone):
            raise Refusal(20500)
        if self._faults.take(Fault.DROP_AFTER_ACCEPT, phone):
            return drop(request)
        if slow := self._faults.take(Fault.SLOW, phone):
            await hold_back(slow.machine_seconds)
        return self._shown(message, 201)

    def _fail_before(self, phone: str | None) -> None:
        if self._faults.take(Fault.TOO_MANY, phone):
            raise Refusal(20429)
        if self._faults.take(Fault.ERROR_BEFORE_ACCEPT, phone):
            raise Refusal(20500)

    async def _list(self, request: Request) -> Response:
        params = request.query_params
        lag = self._faults.take(Fault.LIST_LAG, params.get("To"))
        shown_until = self._clock.now() if lag is None else self._clock.earlier(lag.world_seconds)
        path = request.url.path.removeprefix("/api")
        return JSONResponse(envelope(self._carrier, path, params, iso(shown_until)))

    async def _fetch(self, request: Request) -> Response:
        return self._shown(self._found(request))

    async def _update(self, request: Request) -> Response:
        """Redact the body, or cancel what is scheduled."""
        form = dict(await form_pairs(request))
        message = self._found(request)
        if form == {"Status": "canceled"}:
            return self._shown(self._carrier.cancel(message))
        if form == {"Body": ""}:
            message = redacted(message, iso(self._clock.now()))
            self._carrier.messages.save(message)
            return self._shown(message)
        raise Refusal(30400)

    async def _delete(self, request: Request) -> Response:
        message = self._found(request)
        if message.status not in FINAL | {"sent", "received"}:
            raise Refusal(20009)
        self._carrier.messages.delete(message.sid)
        return Response(status_code=204)

    async def _unknown(self, request: Request) -> Response:
        raise Refusal(20404, path=request.url.path.removeprefix("/api"))

    def _found(self, request: Request) -> Message:
        message = self._carrier.messages.get(request.path_params["sid"])
        if message is None:
            raise Refusal(20404, path=request.url.path.removeprefix("/api"))
        return message

    def _shown(self, message: Message, status: int = 200) -> Response:
        body: dict[str, Any] = resource(message, self._carrier.account.sid)
        return JSONResponse(body, status)
