"""Twilio's Messages API over HTTP, under `/api` as the application's client addresses `api.twilio.com`.

Answers have the real status codes, texts for numbers and no key too many: the SDK refuses a list with a surplus key.
"""

from dataclasses import replace
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from forbear.sandbox.agenda import LiveClock
from forbear.sandbox.carrier import Carrier, new_sid
from forbear.sandbox.gate import Endpoint, Gate
from forbear.sandbox.intake import Draft, read
from forbear.sandbox.listing import Shelf, bounds, envelope, phone_filter
from forbear.sandbox.messages import Message, Query, redacted, resource
from forbear.sandbox.ordeal import Asked, Ordeal
from forbear.sandbox.refusals import Refusal
from forbear.sandbox.statuses import FINAL
from forbear.sandbox.wire import form_pairs, iso, path_of

_MESSAGES = "/api/2010-04-01/Accounts/{account}/Messages.json"
_MESSAGE = "/api/2010-04-01/Accounts/{account}/Messages/{sid}.json"
_FILTERS = ("To", "From", "DateSent", "DateSent<", "DateSent>")
_REFUSED = 21612
"""The code of a refusal ordered without one."""


class CarrierApi:
    """The five operations on messages."""

    def __init__(self, carrier: Carrier, clock: LiveClock, ordeal: Ordeal) -> None:
        self._carrier, self._clock, self._ordeal = carrier, clock, ordeal

    def routes(self, gate: Gate) -> list[Route]:
        table: list[tuple[str, str, Endpoint]] = [
            ("POST", _MESSAGES, self._create),
            ("GET", _MESSAGES, self._list),
            ("GET", _MESSAGE, self._fetch),
            ("POST", _MESSAGE, self._update),
            ("DELETE", _MESSAGE, self._delete),
        ]
        return gate.routes(table)

    async def _create(self, request: Request) -> Response:
        pairs = await form_pairs(request)
        media = any(name == "MediaUrl" and value for name, value in pairs)
        asked = Asked(request, new_sid("MM" if media else "SM"), dict(pairs).get("To"), _REFUSED)
        return await self._ordeal.run(asked, lambda: self._accepted(read(pairs, self._clock.now()), asked.sid))

    def _accepted(self, draft: Draft, sid: str) -> Response:
        return self._shown(self._carrier.accept(draft, sid=sid), 201)

    async def _list(self, request: Request) -> Response:
        params = request.query_params
        sent_from, sent_until = bounds(params, "DateSent")
        to, sender = phone_filter(params.get("To")), phone_filter(params.get("From"))
        query = Query(to, sender, sent_from, sent_until, iso(self._clock.now()))
        lag = self._ordeal.lag(request, query.recipient)
        if lag is not None:
            query = replace(query, created_until=iso(self._clock.earlier(lag)))
        messages = self._carrier.messages
        shelf = Shelf("messages", _FILTERS, partial(messages.page, query), messages.find, self._resource)
        return JSONResponse(envelope(shelf, path_of(request), params))

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

    def _found(self, request: Request) -> Message:
        message = self._carrier.messages.get(request.path_params["sid"])
        if message is None:
            raise Refusal(20404, path=path_of(request))
        return message

    def _resource(self, message: Message) -> dict[str, Any]:
        media = self._carrier.media.count(message.sid) if message.sid.startswith("MM") else 0
        return resource(message, self._carrier.account.sid, media)

    def _shown(self, message: Message, status: int = 200) -> Response:
        return JSONResponse(self._resource(message), status)
