"""Twilio's IncomingPhoneNumbers over HTTP: buy, list, change and give back the account's numbers."""

from collections.abc import Iterator
from functools import partial
from itertools import islice
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from forbear.sandbox.agenda import LiveClock
from forbear.sandbox.gate import Endpoint, Gate
from forbear.sandbox.intake import is_e164
from forbear.sandbox.listing import Shelf, envelope, phone_filter
from forbear.sandbox.messages import API_VERSION
from forbear.sandbox.numbers.books import Books, Holding, Which
from forbear.sandbox.refusals import Refusal
from forbear.sandbox.voice.calls import formatted
from forbear.sandbox.wire import form_pairs, iso, path_of, rfc2822, whole

_NUMBERS = "/api/2010-04-01/Accounts/{account}/IncomingPhoneNumbers.json"
_NUMBER = "/api/2010-04-01/Accounts/{account}/IncomingPhoneNumbers/{sid}.json"
_LOCAL = "/api/2010-04-01/Accounts/{account}/IncomingPhoneNumbers/Local.json"
_FOR_SALE = "/api/2010-04-01/Accounts/{account}/AvailablePhoneNumbers/{country}/Local.json"
_MAGIC = {"+15005550000": 21422, "+15005550001": 21421}
_NO_NUMBERS = "533"
_CAPABILITIES = {"voice": True, "sms": True, "mms": True, "fax": False}
_METHODS = {"sms_method", "sms_fallback_method", "voice_method", "voice_fallback_method", "status_callback_method"}
_SETTINGS = {
    "FriendlyName": "friendly_name",
    "SmsUrl": "sms_url",
    "SmsMethod": "sms_method",
    "SmsFallbackUrl": "sms_fallback_url",
    "SmsFallbackMethod": "sms_fallback_method",
    "SmsApplicationSid": "sms_application_sid",
    "VoiceUrl": "voice_url",
    "VoiceMethod": "voice_method",
    "VoiceFallbackUrl": "voice_fallback_url",
    "VoiceFallbackMethod": "voice_fallback_method",
    "VoiceApplicationSid": "voice_application_sid",
    "StatusCallback": "status_callback",
    "StatusCallbackMethod": "status_callback_method",
}


class NumbersApi:
    """The five operations on numbers."""

    def __init__(self, books: Books, account: str, clock: LiveClock) -> None:
        self._books, self._account, self._clock = books, account, clock

    def routes(self, gate: Gate) -> list[Route]:
        table: list[tuple[str, str, Endpoint]] = [
            ("POST", _NUMBERS, self._buy),
            ("GET", _NUMBERS, self._list),
            ("POST", _LOCAL, self._buy),
            ("GET", _LOCAL, self._list),
            ("GET", _FOR_SALE, self._offer),
            ("GET", _NUMBER, self._fetch),
            ("POST", _NUMBER, self._update),
            ("DELETE", _NUMBER, self._release),
        ]
        return gate.routes(table)

    async def _buy(self, request: Request) -> Response:
        form = dict(await form_pairs(request))
        number = form.get("PhoneNumber") or self._free_number(form.get("AreaCode", ""))
        if number in _MAGIC or self._books.owns(number):
            raise Refusal(_MAGIC.get(number, 21422), to=number)
        if not is_e164(number):
            raise Refusal(21421, to=number)
        created = iso(self._clock.now())
        settings = {"friendly_name": formatted(number), "created": created, "updated": created} | _settings(form)
        return JSONResponse(self._shown(self._books.add("number", number, settings)), 201)

    def _free_number(self, area: str) -> str:
        """One of an area's fictitious numbers that is not taken yet."""
        if not area.isdecimal() or len(area) != 3:  # noqa: PLR2004  area codes have three digits
            raise Refusal(21421)
        free = next(self._free_numbers(area), None)
        if free is None:
            raise Refusal(21452)
        return free

    def _free_numbers(self, area: str) -> Iterator[str]:
        numbers = [] if area == _NO_NUMBERS else [f"+1{area}5550{line}" for line in range(100, 200)]
        return (number for number in numbers if is_e164(number) and not self._books.owns(number))

    async def _offer(self, request: Request) -> Response:
        """What could be bought: fictitious numbers of one area of the United States."""
        if request.path_params["country"] != "US":
            raise Refusal(20404, path=path_of(request))
        params = request.query_params
        size, area = whole(params.get("PageSize")), params.get("AreaCode", "212")
        free = islice(self._free_numbers(area), 50 if size is None else size)
        return JSONResponse({"available_phone_numbers": [_offered(number) for number in free], "uri": path_of(request)})

    async def _list(self, request: Request) -> Response:
        params = request.query_params
        which = Which("number", name=phone_filter(params.get("PhoneNumber")), title=params.get("FriendlyName"))
        page = partial(self._books.page, which)
        filters = ("PhoneNumber", "FriendlyName")
        shelf = Shelf("incoming_phone_numbers", filters, page, partial(self._books.get, "number"), self._shown)
        return JSONResponse(envelope(shelf, path_of(request), params))

    async def _fetch(self, request: Request) -> Response:
        return JSONResponse(self._shown(self._found(request)))

    async def _update(self, request: Request) -> Response:
        held, form = self._found(request), dict(await form_pairs(request))
        changed = {**held.body, **_settings(form), "updated": iso(self._clock.now())}
        return JSONResponse(self._shown(self._books.save(held, changed)))

    async def _release(self, request: Request) -> Response:
        self._books.remove(self._found(request))
        return Response(status_code=204)

    def _found(self, request: Request) -> Holding:
        held = self._books.get("number", request.path_params["sid"])
        if held is None:
            raise Refusal(20404, path=path_of(request))
        return held

    def _shown(self, held: Holding) -> dict[str, Any]:
        methods = {name: held.body.get(name, "POST") for name in _METHODS}
        settings = {name: held.body.get(name, "") for name in _SETTINGS.values() if name not in _METHODS}
        return {
            "sid": held.sid,
            "account_sid": self._account,
            "phone_number": held.name,
            **settings,
            **methods,
            "address_requirements": "none",
            "address_sid": None,
            "api_version": API_VERSION,
            "beta": False,
            "bundle_sid": None,
            "capabilities": _CAPABILITIES,
            "date_created": rfc2822(held.body["created"]),
            "date_updated": rfc2822(held.body["updated"]),
            "emergency_address_sid": None,
            "emergency_address_status": "unregistered",
            "emergency_status": "Inactive",
            "identity_sid": None,
            "origin": "twilio",
            "status": "in-use",
            "trunk_sid": None,
            "uri": f"/{API_VERSION}/Accounts/{self._account}/IncomingPhoneNumbers/{held.sid}.json",
            "voice_caller_id_lookup": False,
            "voice_receive_mode": "voice",
        }


def _offered(number: str) -> dict[str, Any]:
    places = ("lata", "locality", "rate_center", "latitude", "longitude", "region", "postal_code")
    return {
        "friendly_name": formatted(number),
        "phone_number": number,
        **dict.fromkeys(places),
        "iso_country": "US",
        "address_requirements": "none",
        "beta": False,
        "capabilities": _CAPABILITIES,
    }


def _settings(form: dict[str, str]) -> dict[str, str]:
    return {name: form[parameter] for parameter, name in _SETTINGS.items() if parameter in form}
