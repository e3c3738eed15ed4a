"""Twilio's Calls API over HTTP, under `/api`: the five operations, with the real codes and shapes."""

from dataclasses import replace
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from forbear.sandbox.deliveries import Attempt, Deliveries
from forbear.sandbox.gate import Endpoint, Gate
from forbear.sandbox.listing import Shelf, bounds, envelope, phone_filter
from forbear.sandbox.numbers.books import Books
from forbear.sandbox.ordeal import Asked, Ordeal
from forbear.sandbox.refusals import Refusal
from forbear.sandbox.voice.calls import FINAL, Call, CallQuery, resource
from forbear.sandbox.voice.intake import Pairs, changes, instructions, read
from forbear.sandbox.voice.switchboard import Switchboard, new_sid
from forbear.sandbox.wire import form_pairs, iso, path_of

_CALLS = "/api/2010-04-01/Accounts/{account}/Calls.json"
_PART = "/api/2010-04-01/Accounts/{account}/Calls/{sid}"
_CALL = "/api/2010-04-01/Accounts/{account}/Calls/{sid}.json"
_TIMES = tuple(f"{name}{mark}" for name in ("StartTime", "EndTime") for mark in ("", "<", ">"))
_FILTERS = ("To", "From", "Status", "ParentCallSid", *_TIMES)
_REFUSED = 21214
"""The code of a refusal ordered without one."""


class CallsApi:
    """The five operations on calls."""

    def __init__(self, switchboard: Switchboard, ordeal: Ordeal, deliveries: Deliveries, books: Books) -> None:
        self._switchboard, self._clock, self._ordeal = switchboard, switchboard.desk.ground.clock, ordeal
        self._deliveries, self._books = deliveries, books
        self._calls, self._line = switchboard.desk.calls, switchboard.desk.line

    def routes(self, gate: Gate) -> list[Route]:
        table: list[tuple[str, str, Endpoint]] = [
            ("POST", _CALLS, self._create),
            ("GET", _CALLS, self._list),
            ("GET", _CALL, self._fetch),
            ("POST", _CALL, self._update),
            ("DELETE", _CALL, self._delete),
            ("GET", f"{_PART}/Events.json", self._events),
            ("GET", f"{_PART}/Notifications.json", self._notifications),
        ]
        return gate.routes(table)

    async def _create(self, request: Request) -> Response:
        pairs = await form_pairs(request)
        asked = Asked(request, new_sid(), dict(pairs).get("To"), _REFUSED)
        return await self._ordeal.run(asked, lambda: self._accepted(pairs, asked.sid))

    def _accepted(self, pairs: Pairs, sid: str) -> Response:
        order = read(pairs, self._is_ours)
        return self._shown(self._switchboard.accept(order, sid), 201)

    def _is_ours(self, number: str) -> bool:
        """Without numbers named at the start, every number is."""
        return not self._line.senders or number in self._line.senders or self._books.owns(number)

    async def _list(self, request: Request) -> Response:
        params = request.query_params
        started, ended = bounds(params, "StartTime"), bounds(params, "EndTime")
        lag = self._ordeal.lag(request, params.get("To"))
        query = CallQuery(
            recipient=phone_filter(params.get("To")),
            sender=phone_filter(params.get("From")),
            status=params.get("Status"),
            started_from=started[0],
            started_until=started[1],
            ended_from=ended[0],
            ended_until=ended[1],
            created_until=iso(self._clock.now() if lag is None else self._clock.earlier(lag)),
            parent=params.get("ParentCallSid"),
        )
        shelf = Shelf("calls", _FILTERS, partial(self._calls.page, query), self._calls.find, self._resource)
        return JSONResponse(envelope(shelf, path_of(request), params))

    async def _fetch(self, request: Request) -> Response:
        return self._shown(self._found(request))

    async def _update(self, request: Request) -> Response:
        """End a call, or send it elsewhere; with neither, change what is told of it."""
        pairs = await form_pairs(request)
        form, call = dict(pairs), self._found(request)
        status = form.get("Status", "")
        if status not in {"", "canceled", "completed"}:
            raise Refusal(20001, name="Status")
        where = instructions(form) if form.get("Url") or form.get("Twiml") else None
        order = changes(call.order, form)
        if call.status in FINAL or (where is not None and not status and call.status != "in-progress"):
            raise Refusal(21220)
        if order != call.order:
            call = replace(call, order=order)
            self._calls.save(call)
        if status:
            return self._shown(self._switchboard.hang_up(call, status))
        return self._shown(call if where is None else self._switchboard.send_elsewhere(call, *where))

    async def _delete(self, request: Request) -> Response:
        call = self._found(request)
        if call.status not in FINAL:
            raise Refusal(20009)
        self._calls.delete(call.sid)
        return Response(status_code=204)

    async def _events(self, request: Request) -> Response:
        """What was asked and told of a call, newest first."""
        call, params = self._found(request), request.query_params
        page = partial(self._deliveries.page, call.sid)
        shelf = Shelf("events", (), page, self._deliveries.find, Attempt.event)
        return JSONResponse(envelope(shelf, path_of(request), params))

    async def _notifications(self, request: Request) -> Response:
        """The debugger's, which nobody keeps here: what went wrong is in the call's transcript."""
        self._found(request)
        nothing = partial(self._deliveries.page, "")
        shelf = Shelf("notifications", (), nothing, self._deliveries.find, Attempt.event)
        return JSONResponse(envelope(shelf, path_of(request), request.query_params))

    def _found(self, request: Request) -> Call:
        call = self._calls.get(request.path_params["sid"])
        if call is None:
            raise Refusal(20404, path=path_of(request))
        return call

    def _resource(self, call: Call) -> dict[str, Any]:
        return resource(call, self._line.account)

    def _shown(self, call: Call, status: int = 200) -> Response:
        return JSONResponse(self._resource(call), status)
