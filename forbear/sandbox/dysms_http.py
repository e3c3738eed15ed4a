"""The domestic provider over HTTP: one address, the action in a header, parameters in the query, errors as JSON.

Only what the application uses: `SendSms` and `QuerySendDetails` of version 2017-05-25.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from forbear.sandbox.agenda import LiveClock
from forbear.sandbox.droppable import drop, hold_back
from forbear.sandbox.dysms import DomesticProvider
from forbear.sandbox.dysms_answers import ApiError, TextRefused, request_id
from forbear.sandbox.dysms_intake import domestic
from forbear.sandbox.dysms_signature import Call, Signatures
from forbear.sandbox.faults import Fault, Faults
from forbear.sandbox.wire import whole

_VERSION = "2017-05-25"
_LARGEST_PAGE = 50


class DomesticApi:
    """The two operations."""

    def __init__(self, provider: DomesticProvider, signatures: Signatures, clock: LiveClock, faults: Faults) -> None:
        self._provider, self._signatures, self._clock, self._faults = provider, signatures, clock, faults

    def routes(self) -> list[Route]:
        return [Route("/", self._answer, methods=["POST"])]

    async def _answer(self, request: Request) -> Response:
        call = Call(
            request.method,
            request.url.path,
            request.scope["query_string"].decode("latin-1"),
            request.headers,
            await request.body(),
        )
        try:
            self._signatures.check(call, self._clock.value.machine_now())
            return await self._obey(request, call)
        except ApiError as error:
            return JSONResponse(error.body(), error.status)
        except TextRefused as refused:
            return JSONResponse(refused.body())

    async def _obey(self, request: Request, call: Call) -> Response:
        if call.headers.get("x-acs-version") != _VERSION:
            raise ApiError("InvalidVersion")
        params = dict(parse_qsl(call.query, keep_blank_values=True, max_num_fields=100))
        action = call.headers.get("x-acs-action")
        if action == "SendSms":
            return await self._send(request, params)
        if action == "QuerySendDetails":
            return JSONResponse(self._details(params))
        raise ApiError("InvalidAction.NotFound")

    async def _send(self, request: Request, params: dict[str, str]) -> Response:
        phone = _fault_phone(params.get("PhoneNumbers", ""))
        self._fail_before(phone)
        if self._faults.take(Fault.DROP_BEFORE_ACCEPT, phone):
            return drop(request)
        biz_id = self._provider.accept(params)
        if self._faults.take(Fault.ERROR_AFTER_ACCEPT, phone):
            raise ApiError("InternalError")
        if self._faults.take(Fault.DROP_AFTER_ACCEPT, phone):
            return drop(request)
        if slow := self._faults.take(Fault.SLOW, phone):
            await hold_back(slow.machine_seconds)
        return JSONResponse({"Code": "OK", "Message": "OK", "RequestId": request_id(), "BizId": biz_id})

    def _fail_before(self, phone: str | None) -> None:
        if self._faults.take(Fault.TOO_MANY, phone):
            raise ApiError("Throttling.User")
        if self._faults.take(Fault.ERROR_BEFORE_ACCEPT, phone):
            raise ApiError("InternalError")
        if self._faults.take(Fault.OUT_OF_SERVICE, phone):
            raise TextRefused("isv.OUT_OF_SERVICE")

    def _details(self, params: Mapping[str, str]) -> dict[str, Any]:
        phone = domestic(params.get("PhoneNumber", ""))
        page, size = whole(params.get("CurrentPage")), whole(params.get("PageSize"))
        if page is None or size is None or page < 1 or not 1 <= size <= _LARGEST_PAGE:
            raise TextRefused("isv.INVALID_PARAMETERS")
        lag = self._faults.take(Fault.LIST_LAG, phone)
        shown_until = self._clock.now() if lag is None else self._clock.earlier(lag.world_seconds)
        total, shown = self._provider.details(phone, _day(params.get("SendDate", "")), page, size, shown_until)
        return {
            "Code": "OK",
            "Message": "OK",
            "RequestId": request_id(),
            "TotalCount": str(total),
            "SmsSendDetailDTOs": {"SmsSendDetailDTO": shown},
        }


def _day(given: str) -> date:
    try:
        return datetime.strptime(given, "%Y%m%d").date()  # noqa: DTZ007  a civil day of Beijing
    except ValueError:
        raise TextRefused("isv.INVALID_PARAMETERS") from None


def _fault_phone(given: str) -> str | None:
    try:
        return domestic(given)
    except TextRefused:
        return None
