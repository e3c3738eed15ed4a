"""What a request to create something goes through: the faults that strike before, at and after its acceptance.

Faults are armed beforehand by the control plane, or ordered by the request itself in its header `X-Sandbox-Fault`:
`slow; machine_seconds=2, callback_duplicated; times=all`.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.responses import Response

from forbear.sandbox.droppable import drop, hold_back
from forbear.sandbox.faults import LONGEST_SECONDS, Fault, Faults, Order, Product, lasting
from forbear.sandbox.refusals import Refusal
from forbear.sandbox.webhooks import Webhooks

HEADER = "X-Sandbox-Fault"
_NUMBERS = {"machine_seconds", "world_seconds"}


@dataclass(frozen=True, slots=True)
class Asked:
    """One request to create: the sid it will have if it is accepted, and whom it is about."""

    request: Request
    sid: str
    phone: str | None
    refusal: int
    """The error code of a refusal whose order names none."""


class Ordeal:
    """Runs acceptances of one product through their faults."""

    def __init__(self, faults: Faults, webhooks: Webhooks, product: Product) -> None:
        self._faults, self._webhooks = faults, webhooks
        self._product: Product = product

    async def run(self, asked: Asked, accept: Callable[[], Response]) -> Response:
        """Accept, or fail as ordered. What `accept` returns is the answer, if anybody gets one."""
        for order in ordered(asked.request):
            self._faults.arm(replace(order, sid=asked.sid, product=self._product))
        try:
            self._fail_before(asked)
            if self._strikes(Fault.DROP_BEFORE_ACCEPT, asked):
                return drop(asked.request)
            answer = accept()
        except Refusal:
            self._faults.disarm(asked.sid)
            raise
        return await self._answered(asked, answer)

    def lag(self, request: Request, phone: str | None) -> float | None:
        """How many world seconds a list is behind, if it is."""
        for order in ordered(request):
            if order.kind is Fault.LIST_LAG:
                return order.world_seconds
        fault = self._faults.take(Fault.LIST_LAG, phone, self._product)
        return None if fault is None else fault.world_seconds

    def _fail_before(self, asked: Asked) -> None:
        if refused := self._strikes(Fault.REFUSE, asked):
            raise Refusal(refused.code or asked.refusal, to=asked.phone or "")
        if self._strikes(Fault.TOO_MANY, asked):
            raise Refusal(20429)
        if self._strikes(Fault.ERROR_BEFORE_ACCEPT, asked):
            raise Refusal(20500)

    async def _answered(self, asked: Asked, answer: Response) -> Response:
        if self._strikes(Fault.CALLBACK_BEFORE_ANSWER, asked):
            await self._webhooks.until_told(asked.sid)
        if self._strikes(Fault.ERROR_AFTER_ACCEPT, asked):
            raise Refusal(20500)
        if self._strikes(Fault.DROP_AFTER_ACCEPT, asked):
            return drop(asked.request)
        if slow := self._strikes(Fault.SLOW, asked):
            await hold_back(slow.machine_seconds)
        return answer

    def _strikes(self, kind: Fault, asked: Asked) -> Order | None:
        return self._faults.take(kind, asked.phone, self._product, asked.sid)


async def suffer(request: Request) -> Response | None:
    """What a request that creates nothing ordered for itself: its end before it begins, or a wait.

    Raises:
        Refusal: that is what it ordered.
    """
    for order in ordered(request):
        if order.kind is Fault.REFUSE:
            raise Refusal(order.code or 20001)
        if order.kind is Fault.TOO_MANY:
            raise Refusal(20429)
        if order.kind in {Fault.ERROR_BEFORE_ACCEPT, Fault.ERROR_AFTER_ACCEPT}:
            raise Refusal(20500)
        if order.kind in {Fault.DROP_BEFORE_ACCEPT, Fault.DROP_AFTER_ACCEPT}:
            return drop(request)
        if order.kind is Fault.SLOW:
            await hold_back(order.machine_seconds)
    return None


def ordered(request: Request) -> list[Order]:
    """The faults a request asks for itself.

    Raises:
        Refusal: nobody could read the header.
    """
    header = request.headers.get(HEADER, "")
    try:
        return [_order(part) for part in header.split(",") if part.strip()]
    except (ValueError, TypeError):
        raise Refusal(20001, name=HEADER) from None


def _order(text: str) -> Order:
    kind, *given = (part.strip() for part in text.split(";"))
    order = lasting(Order(Fault(kind)))
    for setting in given:
        name, _, value = setting.partition("=")
        if name == "times":
            order = replace(order, times=None if value == "all" else _times(value))
        elif name == "code":
            order = replace(order, code=int(value))
        elif name in _NUMBERS:
            order = replace(order, **{name: _length(value)})
        else:
            raise ValueError(name)
    return order


def _times(text: str) -> int:
    times = int(text)
    if times < 1:
        raise ValueError(text)
    return times


def _length(text: str) -> float:
    seconds = float(text)
    if not 0 <= seconds <= LONGEST_SECONDS:
        raise ValueError(text)
    return seconds
