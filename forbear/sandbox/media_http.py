"""What belongs to one message, over HTTP: its files, and what its sender says of how it fared."""

from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from forbear.sandbox.agenda import LiveClock
from forbear.sandbox.carrier import Carrier
from forbear.sandbox.gate import Endpoint, Gate
from forbear.sandbox.listing import Shelf, envelope
from forbear.sandbox.media import Medium, resource
from forbear.sandbox.messages import API_VERSION, Message
from forbear.sandbox.refusals import Refusal
from forbear.sandbox.wire import form_pairs, iso, path_of, rfc2822

_MESSAGE = "/api/2010-04-01/Accounts/{account}/Messages/{message}"
_OUTCOMES = {"confirmed", "unconfirmed"}


class MediaApi:
    """The parts of a message."""

    def __init__(self, carrier: Carrier, clock: LiveClock) -> None:
        self._carrier, self._clock, self._media = carrier, clock, carrier.media

    def routes(self, gate: Gate) -> list[Route]:
        table: list[tuple[str, str, Endpoint]] = [
            ("GET", f"{_MESSAGE}/Media.json", self._list),
            ("GET", f"{_MESSAGE}/Media/{{sid}}.json", self._fetch),
            ("DELETE", f"{_MESSAGE}/Media/{{sid}}.json", self._delete),
            ("GET", f"{_MESSAGE}/Media/{{sid}}", self._see),
            ("POST", f"{_MESSAGE}/Feedback.json", self._judge),
        ]
        return gate.routes(table)

    async def _list(self, request: Request) -> Response:
        page = partial(self._media.page, self._message(request).sid)
        shelf = Shelf("media_list", (), page, self._media.find, self._resource)
        return JSONResponse(envelope(shelf, path_of(request), request.query_params))

    async def _fetch(self, request: Request) -> Response:
        return JSONResponse(self._resource(self._found(request)))

    async def _see(self, request: Request) -> Response:
        return RedirectResponse(self._found(request).url, 307)

    async def _delete(self, request: Request) -> Response:
        self._media.delete(self._found(request).sid)
        return Response(status_code=204)

    async def _judge(self, request: Request) -> Response:
        """Whoever got the message confirmed it, or did not: taken, and of no consequence."""
        message = self._message(request)
        outcome = dict(await form_pairs(request)).get("Outcome", "confirmed")
        if outcome not in _OUTCOMES:
            raise Refusal(20001, name="Outcome")
        now, account = rfc2822(iso(self._clock.now())), self._carrier.account.sid
        told = {"account_sid": account, "message_sid": message.sid, "outcome": outcome}
        uri = f"/{API_VERSION}/Accounts/{account}/Messages/{message.sid}/Feedback.json"
        return JSONResponse(told | {"date_created": now, "date_updated": now, "uri": uri}, 201)

    def _message(self, request: Request) -> Message:
        message = self._carrier.messages.get(request.path_params["message"])
        if message is None:
            raise Refusal(20404, path=path_of(request))
        return message

    def _found(self, request: Request) -> Medium:
        medium = self._media.get(request.path_params["sid"], self._message(request).sid)
        if medium is None:
            raise Refusal(20404, path=path_of(request))
        return medium

    def _resource(self, medium: Medium) -> dict[str, Any]:
        return resource(medium, self._carrier.account.sid)
