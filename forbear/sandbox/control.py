"""The control plane under `/_sandbox/`: look at the world, speak for its people, arm faults, set the clock.

For tests and rehearsals; nothing in the product calls it.
"""

import json
from dataclasses import asdict
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field

from forbear.clock import MAX_SPEED, Clock
from forbear.sandbox.agenda import Agenda, LiveClock
from forbear.sandbox.carrier import Carrier
from forbear.sandbox.deliveries import Deliveries
from forbear.sandbox.dysms import DomesticProvider
from forbear.sandbox.faults import LONGEST_SECONDS, Armed, Fault, Faults, Order, Product, lasting
from forbear.sandbox.habits import Meaning
from forbear.sandbox.journal import Journal
from forbear.sandbox.messages import Query as Sought
from forbear.sandbox.messages import resource
from forbear.sandbox.payments import Payments
from forbear.sandbox.statuses import Handset, Outcome
from forbear.sandbox.wire import iso

_PLACES = {
    "carrier": "/api",
    "messaging": "/messaging",
    "lookups": "/lookups",
    "letters": "/lob/v1",
    "control": "/_sandbox",
    "described": "/docs",
}
Limit = Annotated[int, Query(ge=1, le=100_000)]
Seq = Annotated[int, Query(ge=0, le=2**63 - 1)]
"""What the memory can count to."""


class Told(BaseModel):
    """What the control plane is told: a word it does not know is a mistake, not a wish to be ignored."""

    model_config = ConfigDict(extra="forbid")


class InboundText(Told):
    """A person's text. `kind` is what they mean, where the words alone do not tell the carrier."""

    phone: str
    to: str
    body: str
    kind: Meaning | None = None


class HandsetScript(Told):
    """What a number does with texts from now on."""

    phone: str
    outcome: Outcome = Outcome.DELIVERED
    queued_world_seconds: float = Field(default=0, ge=0, le=LONGEST_SECONDS)


class FaultOrder(Told):
    """A fault to arm. `phone` null strikes any number, `product` null any of them, `times` null until disarmed."""

    kind: Fault
    phone: str | None = None
    times: int | None = Field(default=1, ge=1)
    machine_seconds: float | None = Field(default=None, ge=0, le=LONGEST_SECONDS, allow_inf_nan=False)
    world_seconds: float | None = Field(default=None, ge=0, le=LONGEST_SECONDS, allow_inf_nan=False)
    product: Product | None = None
    code: int | None = None

    def order(self) -> Order:
        order = Order(self.kind, self.phone, self.times, product=self.product, code=self.code)
        return lasting(order, self.machine_seconds, self.world_seconds)


class ClockChange(Told):
    """Another speed, or a leap ahead, or both."""

    speed: int | None = Field(default=None, ge=1, le=MAX_SPEED)
    advance_world_seconds: float = Field(default=0, ge=0, le=LONGEST_SECONDS)

    def of(self, clock: Clock) -> Clock:
        ahead = timedelta(seconds=self.advance_world_seconds)
        return Clock.starting(clock.now() + ahead, clock.speed if self.speed is None else self.speed)


async def writable(request: Request) -> None:
    """Refuse half a character before anything is done about it: JSON can say it, and nobody can keep it."""
    try:
        json.dumps(json.loads(await request.body() or b"null"), ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise HTTPException(422, "a text holds a surrogate without its other half") from None
    except ValueError:
        return  # no JSON at all: whoever reads it says so


async def misunderstood(_request: Request, problem: Exception) -> Response:
    """What the control plane could not take, unrepeated: not all that JSON can say can be said in UTF-8."""
    errors = problem.errors() if isinstance(problem, RequestValidationError) else []
    told = [{name: error[name] for name in ("type", "loc", "msg")} for error in errors]
    return Response(json.dumps({"detail": told}), 422, media_type="application/json")


def control(clock: LiveClock, agenda: Agenda, carrier: Carrier, payments: Payments, faults: Faults) -> APIRouter:
    """The routes."""
    router = APIRouter(prefix="/_sandbox", tags=["control"])
    _add_views(router, clock, agenda, carrier, payments)
    _add_clock(router, clock, agenda)
    _add_orders(router, carrier, faults)
    return router


def domestic_control(provider: DomesticProvider) -> APIRouter:
    """The domestic provider's part: its texts, and what people answer to a signature."""
    router = APIRouter(prefix="/_sandbox/domestic", tags=["control"])

    @router.get("/messages")
    async def messages(to: str | None = None) -> list[dict[str, Any]]:
        return provider.all(to)

    @router.post("/inbound", status_code=201)
    async def inbound(text: InboundText) -> dict[str, str]:
        return {"sid": provider.receive(text.phone, text.to, text.body, text.kind)}

    return router


def records_control(journal: Journal, deliveries: Deliveries) -> APIRouter:
    """What there is to read afterwards."""
    router = APIRouter(prefix="/_sandbox", tags=["control"])

    @router.get("/log")
    async def log(after: Seq = 0, limit: Limit = 10_000) -> list[dict[str, Any]]:
        """What was accepted and what became of it, oldest first; `after` is the `seq` of the last line one has read."""
        return journal.since(after, limit)

    @router.get("/deliveries")
    async def sent(sid: str | None = None, limit: Limit = 1_000) -> list[dict[str, Any]]:
        """Every attempt to call back, pass on a text or ask for TwiML, newest first, with what it was answered."""
        return [attempt.shown() for attempt in deliveries.page(sid, limit)]

    return router


def _add_views(router: APIRouter, clock: LiveClock, agenda: Agenda, carrier: Carrier, payments: Payments) -> None:
    @router.get("")
    async def addresses(request: Request) -> dict[str, str]:
        """Where everything is."""
        base = str(request.base_url).rstrip("/")
        return {name: f"{base}{path}" for name, path in _PLACES.items()}

    @router.get("/health")
    async def health() -> dict[str, Any]:
        return {"status": "ok", "now": iso(clock.now())}

    @router.get("/agenda")
    async def pending() -> dict[str, int]:
        """How much is still to come, by kind."""
        return agenda.pending()

    @router.get("/messages")
    async def messages(to: str | None = None, sender: str | None = None, limit: Limit = 1_000) -> list[dict[str, Any]]:
        """Newest first, both directions, whatever faults the list has over the API."""
        found = carrier.messages.page(Sought(recipient=to, sender=sender), limit)
        return [resource(message, carrier.account.sid, carrier.media.count(message.sid)) for message in found]

    @router.get("/payments")
    async def settlement() -> list[dict[str, Any]]:
        """The settlement report."""
        return payments.settled()


def _add_clock(router: APIRouter, clock: LiveClock, agenda: Agenda) -> None:
    @router.get("/clock")
    async def read_clock() -> dict[str, Any]:
        value = clock.value
        return {
            "origin": value.origin.isoformat(),
            "anchor": value.anchor.isoformat(),
            "speed": value.speed,
            "now": iso(clock.now()),
        }

    @router.post("/clock")
    async def set_clock(request: Request) -> dict[str, Any]:
        """Another speed, a leap ahead in world seconds, or a whole clock: `origin`, `anchor` and `speed`."""
        text = (await request.body()).decode(errors="replace")
        try:
            told = json.loads(text)
            whole = not told or told.keys() & {"origin", "anchor"}
            clock.value = Clock.from_json(text) if whole else ClockChange.model_validate(told).of(clock.value)
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as problem:
            readable = str(problem).encode("ascii", "backslashreplace").decode()
            raise HTTPException(422, f"not a clock: {readable}") from None
        agenda.wake()
        return await read_clock()


def _add_orders(router: APIRouter, carrier: Carrier, faults: Faults) -> None:
    @router.post("/inbound", status_code=201)
    async def inbound(text: InboundText) -> dict[str, str]:
        """A person writes to one of our numbers."""
        return {"sid": carrier.receive(text.phone, text.to, text.body, text.kind)}

    @router.post("/handsets", status_code=204)
    async def set_handset(script: HandsetScript) -> None:
        queued = timedelta(seconds=script.queued_world_seconds)
        carrier.set_handset(script.phone, Handset(script.outcome, queued))

    @router.get("/faults")
    async def armed() -> list[dict[str, Any]]:
        return [_shown(fault) for fault in faults.armed()]

    @router.post("/faults", status_code=201)
    async def arm(order: FaultOrder) -> dict[str, Any]:
        return _shown(faults.arm(order.order()))

    @router.delete("/faults", status_code=204)
    async def disarm() -> None:
        faults.disarm()

    @router.delete("/faults/{identity}", status_code=204)
    async def withdraw(identity: int) -> None:
        if not faults.withdraw(identity):
            raise HTTPException(404, "no such fault is armed")


def _shown(armed: Armed) -> dict[str, Any]:
    return {"id": armed.id, **asdict(armed.order), "times": armed.left}
