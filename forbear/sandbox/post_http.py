"""Lob's letters over HTTP, under `/lob/v1`: create, list, retrieve, cancel; and a subset of its address check.

Faults strike as they do at the carrier, for the product `letters`; where a fault names a number, a letter's is its
addressee: the first street line in small letters, a bar, and the ZIP code.
"""

import base64
import hmac
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from forbear.sandbox.agenda import LiveClock
from forbear.sandbox.droppable import drop, hold_back
from forbear.sandbox.faults import Fault, Faults, Order
from forbear.sandbox.ordeal import ordered
from forbear.sandbox.post_house import PrintHouse
from forbear.sandbox.post_intake import LONGEST_KEY, PART, Draft, addressee, read
from forbear.sandbox.post_journey import Fate
from forbear.sandbox.post_letters import Letter, Sought, new_id
from forbear.sandbox.post_refusals import LobRefusal
from forbear.sandbox.refusals import Refusal
from forbear.sandbox.wire import iso, whole

_ROOT = "/lob/v1"
_MOST = 100
Endpoint = Callable[[Request, str], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class _Asked:
    """One request to create: the order in it, and the id it will have if it is accepted."""

    request: Request
    draft: Draft
    identity: str


class PrintHouseApi:
    """What is used of the letters API."""

    def __init__(self, house: PrintHouse, clock: LiveClock, faults: Faults, key: str) -> None:
        self._house, self._clock, self._faults = house, clock, faults
        bare = key.partition("_")[2] or key
        self._modes = {key: key.partition("_")[0], f"live_{bare}": "live", f"test_{bare}": "test"}

    def routes(self) -> list[Route]:
        return [
            Route(f"{_ROOT}/letters", self._guarded(self._create), methods=["POST"]),
            Route(f"{_ROOT}/letters", self._guarded(self._list), methods=["GET"]),
            Route(f"{_ROOT}/letters/{{id}}", self._guarded(self._fetch), methods=["GET"]),
            Route(f"{_ROOT}/letters/{{id}}", self._guarded(self._cancel), methods=["DELETE"]),
            Route(f"{_ROOT}/us_verifications", self._guarded(self._verify), methods=["POST"]),
            Route("/lob/{rest:path}", self._guarded(self._unknown), methods=["GET", "POST", "DELETE"]),
        ]

    def _guarded(self, endpoint: Endpoint) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            try:
                response = await endpoint(request, self._mode(request))
            except LobRefusal as refusal:
                response = JSONResponse(refusal.body, refusal.status)
            response.headers["X-Request-Id"] = uuid4().hex
            return response

        return answer

    def _mode(self, request: Request) -> str:
        """The account's mode by its key: the name of Basic authentication, with an empty password."""
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        try:
            user, _, _ = base64.b64decode(given, validate=True).decode().partition(":")
        except ValueError:
            user = ""
        for key, mode in self._modes.items():
            if scheme.lower() == "basic" and hmac.compare_digest(user.encode(), key.encode()):
                return mode
        raise LobRefusal("invalid_api_key", "Your API key is not valid.")

    async def _create(self, request: Request, mode: str) -> Response:
        pairs, pdf = await _ordered(request)
        draft, key = read(pairs, pdf), request.headers.get("Idempotency-Key") or None
        if key is not None and len(key) > LONGEST_KEY:
            raise LobRefusal("invalid", "The idempotency key is too long.")
        asked = _Asked(request, draft, new_id())
        for order in _ordered_faults(request):
            self._faults.arm(replace(order, sid=asked.identity, product="letters"))
        try:
            self._fail_before(asked)
            if self._strikes(Fault.DROP_BEFORE_ACCEPT, asked):
                return drop(request)
            letter = self._house.accept(draft, mode, key, asked.identity)
        except LobRefusal:
            self._faults.disarm(asked.identity)
            raise
        return await self._answered(asked, letter)

    def _fail_before(self, asked: "_Asked") -> None:
        if self._strikes(Fault.REFUSE, asked):
            raise LobRefusal("bad_request", "An invalid request was made.")
        if self._strikes(Fault.TOO_MANY, asked):
            raise LobRefusal("rate_limit_exceeded", "Requests were sent too quickly and must be slowed down.")
        if self._strikes(Fault.ERROR_BEFORE_ACCEPT, asked):
            raise LobRefusal("internal_server_error", "An error has occured on Lob's servers.")

    async def _answered(self, asked: "_Asked", letter: Letter) -> Response:
        if self._strikes(Fault.CALLBACK_BEFORE_ANSWER, asked):
            await self._house.until_told(letter)
        if self._strikes(Fault.ERROR_AFTER_ACCEPT, asked):
            raise LobRefusal("internal_server_error", "An error has occured on Lob's servers.")
        if self._strikes(Fault.DROP_AFTER_ACCEPT, asked):
            return drop(asked.request)
        if slow := self._strikes(Fault.SLOW, asked):
            await hold_back(slow.machine_seconds)
        return JSONResponse(letter.body)

    def _strikes(self, kind: Fault, asked: "_Asked") -> Order | None:
        return self._faults.take(kind, addressee(asked.draft.to), "letters", asked.identity)

    async def _list(self, request: Request, mode: str) -> Response:
        params = request.query_params
        nested = {(part[1], part[2]): value for name, value in params.items() if (part := PART.fullmatch(name))}
        lag = self._faults.take(Fault.LIST_LAG, None, "letters")
        until = self._clock.now() if lag is None else self._clock.earlier(lag.world_seconds)
        limit = _limit(params.get("limit", "10"))
        metadata = {name: value for (whole, name), value in nested.items() if whole == "metadata"}
        since = _since(nested.get(("date_created", "gte")) or nested.get(("date_created", "gt")))
        found = self._house.letters.page(Sought(mode, metadata, since, iso(until), limit, params.get("after")))
        shown = [letter.body for letter in found[:limit]]
        following = f"https://api.lob.com/v1/letters?limit={limit}&after={shown[-1]['id']}" if found[limit:] else None
        body: dict[str, Any] = {"data": shown, "object": "list", "count": len(shown)}
        return JSONResponse(body | {"next_url": following, "previous_url": None})

    async def _fetch(self, request: Request, mode: str) -> Response:
        return JSONResponse(self._found(request, mode).body)

    async def _cancel(self, request: Request, mode: str) -> Response:
        letter = self._house.cancel(self._found(request, mode))
        return JSONResponse({"id": letter.id, "deleted": True, "object": "letter_deleted"})

    async def _verify(self, request: Request, mode: str) -> Response:
        """Whether mail reaches an address: no only where the addressee's script says so."""
        del mode
        try:
            asked = json.loads(await request.body())
            line, code = str(asked["primary_line"]), str(asked.get("zip_code", ""))
        except (ValueError, KeyError, TypeError, AttributeError):
            raise LobRefusal("invalid", "primary_line is required") from None
        fate = self._house.fate(addressee({"address_line1": line, "address_zip": code}))
        word = "undeliverable" if fate is Fate.UNDELIVERABLE else "deliverable"
        body = {"id": f"us_ver_{uuid4().hex[:16]}", "primary_line": line.upper(), "deliverability": word}
        return JSONResponse(body | {"valid_address": word == "deliverable", "object": "us_verification"})

    async def _unknown(self, request: Request, mode: str) -> Response:
        del request, mode
        raise LobRefusal("unrecognized_endpoint", "The requested endpoint doesn't exist.")

    def _found(self, request: Request, mode: str) -> Letter:
        letter = self._house.letters.get(request.path_params["id"])
        if letter is None or letter.mode != mode:
            raise LobRefusal("not_found", "letter not found")
        return letter


async def _ordered(request: Request) -> tuple[list[tuple[str, str]], bytes | None]:
    """The fields of the form and the file in it."""
    if not request.headers.get("Content-Type", "").startswith("multipart/form-data"):
        raise LobRefusal("invalid", "only forms with a file are understood here")
    async with request.form() as form:
        pairs = [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
        file = form.get("file")
        return pairs, await file.read() if isinstance(file, UploadFile) else None


def _ordered_faults(request: Request) -> list[Order]:
    """The faults a request asks for itself; see `ordeal`."""
    try:
        return ordered(request)
    except Refusal:
        raise LobRefusal("invalid", "The faults in the header could not be read.") from None


def _limit(text: str) -> int:
    limit = whole(text)
    if limit is None or not 1 <= limit <= _MOST:
        raise LobRefusal("invalid", "limit must be between 1 and 100")
    return limit


def _since(text: str | None) -> str:
    try:
        return iso(datetime.fromisoformat(text)) if text else ""
    except ValueError:
        raise LobRefusal("invalid", "date_created is not an instant") from None
