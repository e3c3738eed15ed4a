"""Twilio's Messaging Services over HTTP, under `/messaging/v1`: services, and the pools they send from."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from forbear.sandbox.agenda import LiveClock
from forbear.sandbox.gate import Endpoint, Gate
from forbear.sandbox.listing import Shelf, envelope
from forbear.sandbox.numbers.books import Books, Holding, Which
from forbear.sandbox.refusals import Refusal
from forbear.sandbox.wire import form_pairs, iso, path_of, whole

_HOST = "https://messaging.twilio.com"
_SERVICES = "/messaging/v1/Services"
_SERVICE = f"{_SERVICES}/{{service}}"
_MEMBERS = f"{_SERVICE}/PhoneNumbers"
_MEMBER = f"{_MEMBERS}/{{sid}}"
_TEXTS = {
    "InboundRequestUrl": "inbound_request_url",
    "InboundMethod": "inbound_method",
    "FallbackUrl": "fallback_url",
    "FallbackMethod": "fallback_method",
    "StatusCallback": "status_callback",
    "Usecase": "usecase",
}
_FLAGS = {
    "StickySender": ("sticky_sender", True),
    "MmsConverter": ("mms_converter", True),
    "SmartEncoding": ("smart_encoding", True),
    "FallbackToLongCode": ("fallback_to_long_code", True),
    "AreaCodeGeomatch": ("area_code_geomatch", True),
    "SynchronousValidation": ("synchronous_validation", False),
    "UseInboundWebhookOnNumber": ("use_inbound_webhook_on_number", False),
}


class ServicesApi:
    """Services and their numbers."""

    def __init__(self, books: Books, account: str, clock: LiveClock) -> None:
        self._books, self._account, self._clock = books, account, clock

    def routes(self, gate: Gate) -> list[Route]:
        table: list[tuple[str, str, Endpoint]] = [
            ("POST", _SERVICES, self._create),
            ("GET", _SERVICES, self._list),
            ("GET", _SERVICE, self._fetch),
            ("POST", _SERVICE, self._update),
            ("DELETE", _SERVICE, self._delete),
            ("POST", _MEMBERS, self._join),
            ("GET", _MEMBERS, self._members),
            ("GET", _MEMBER, self._member),
            ("DELETE", _MEMBER, self._leave),
        ]
        return gate.routes(table)

    async def _create(self, request: Request) -> Response:
        form = dict(await form_pairs(request))
        if not form.get("FriendlyName"):
            raise Refusal(20001, name="FriendlyName")
        created = iso(self._clock.now())
        body = {"created": created, "updated": created} | _settings(form)
        return JSONResponse(self._shown(self._books.add("service", form["FriendlyName"], body)), 201)

    async def _list(self, request: Request) -> Response:
        return self._page(request, "services", "service", "", self._shown)

    async def _fetch(self, request: Request) -> Response:
        return JSONResponse(self._shown(self._found(request)))

    async def _update(self, request: Request) -> Response:
        service, form = self._found(request), dict(await form_pairs(request))
        body = {**service.body, **_settings(form), "updated": iso(self._clock.now())}
        return JSONResponse(self._shown(self._books.save(service, body, form.get("FriendlyName"))))

    async def _delete(self, request: Request) -> Response:
        self._books.remove(self._found(request))
        return Response(status_code=204)

    async def _join(self, request: Request) -> Response:
        service, form = self._found(request), dict(await form_pairs(request))
        number = self._books.get("number", form.get("PhoneNumberSid", ""))
        if number is None:
            raise Refusal(20404, path=path_of(request))
        if self._books.named("member", number.name) is not None:
            raise Refusal(21710)
        created = iso(self._clock.now())
        body = {"created": created, "updated": created}
        member = self._books.add("member", number.name, body, owner=service.sid, sid=number.sid)
        return JSONResponse(self._member_shown(member), 201)

    async def _members(self, request: Request) -> Response:
        return self._page(request, "phone_numbers", "member", self._found(request).sid, self._member_shown)

    async def _member(self, request: Request) -> Response:
        return JSONResponse(self._member_shown(self._found_member(request)))

    async def _leave(self, request: Request) -> Response:
        self._books.remove(self._found_member(request))
        return Response(status_code=204)

    def _page(self, request: Request, key: str, kind: Any, owner: str, show: Any) -> Response:
        """Version 1 of an API wraps its lists otherwise, with whole addresses."""
        page, get = partial(self._books.page, Which(kind, owner)), partial(self._books.get, kind, owner=owner)
        shelf: Shelf[Holding] = Shelf(key, (), page, get, show)
        old = envelope(shelf, path_of(request), request.query_params)
        addresses = {f"{name}_page_url": _whole(old[f"{name}_page_uri"]) for name in ("first", "next", "previous")}
        meta = {"page": old["page"], "page_size": old["page_size"], "url": _whole(old["uri"]), "key": key, **addresses}
        return JSONResponse({"meta": meta, key: old[key]})

    def _found(self, request: Request) -> Holding:
        service = self._books.get("service", request.path_params["service"])
        if service is None:
            raise Refusal(20404, path=path_of(request))
        return service

    def _found_member(self, request: Request) -> Holding:
        member = self._books.get("member", request.path_params["sid"], self._found(request).sid)
        if member is None:
            raise Refusal(20404, path=path_of(request))
        return member

    def _shown(self, service: Holding) -> dict[str, Any]:
        url = f"{_HOST}/v1/Services/{service.sid}"
        links = {
            "phone_numbers": "PhoneNumbers",
            "short_codes": "ShortCodes",
            "alpha_senders": "AlphaSenders",
            "us_app_to_person": "Compliance/Usa2p",
        }
        return {
            "sid": service.sid,
            "account_sid": self._account,
            "friendly_name": service.name,
            "date_created": service.body["created"],
            "date_updated": service.body["updated"],
            **{name: service.body.get(name) for name in _TEXTS.values()},
            **{name: service.body.get(name, default) for name, default in _FLAGS.values()},
            "scan_message_content": "inherit",
            "validity_period": service.body.get("validity_period", 36_000),
            "us_app_to_person_registered": False,
            "url": url,
            "links": {name: f"{url}/{path}" for name, path in links.items()},
        }

    def _member_shown(self, member: Holding) -> dict[str, Any]:
        return {
            "sid": member.sid,
            "account_sid": self._account,
            "service_sid": member.owner,
            "date_created": member.body["created"],
            "date_updated": member.body["updated"],
            "phone_number": member.name,
            "country_code": "US" if member.name.startswith("+1") else "",
            "capabilities": ["SMS", "Voice"],
            "url": f"{_HOST}/v1/Services/{member.owner}/PhoneNumbers/{member.sid}",
        }


def _settings(form: Mapping[str, str]) -> dict[str, Any]:
    texts = {name: form[parameter] for parameter, name in _TEXTS.items() if parameter in form}
    flags = {name: form[parameter].lower() == "true" for parameter, (name, _) in _FLAGS.items() if parameter in form}
    validity = whole(form.get("ValidityPeriod"))
    return texts | flags | ({} if validity is None else {"validity_period": validity})


def _whole(uri: str | None) -> str | None:
    return None if uri is None else f"{_HOST}{uri}"
