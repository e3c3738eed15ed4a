"""Builds the outside world from its parts and gives it a life: one place that knows how they fit together."""

import asyncio
import signal
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import partial

import structlog
from fastapi import Depends, FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.routing import Route

from forbear.sandbox.accounts_http import AccountsApi
from forbear.sandbox.agenda import Agenda, LiveClock
from forbear.sandbox.callers import Callers
from forbear.sandbox.carrier import Account, Carrier
from forbear.sandbox.carrier_http import CarrierApi
from forbear.sandbox.control import control, domestic_control, misunderstood, records_control, writable
from forbear.sandbox.deliveries import Deliveries
from forbear.sandbox.dysms import DomesticProvider
from forbear.sandbox.dysms_http import DomesticApi
from forbear.sandbox.dysms_intake import Registry
from forbear.sandbox.dysms_pushes import News, Pushes
from forbear.sandbox.dysms_signature import Signatures
from forbear.sandbox.faults import Faults
from forbear.sandbox.gate import Gate
from forbear.sandbox.ground import Ground
from forbear.sandbox.journal import Journal
from forbear.sandbox.media_http import MediaApi
from forbear.sandbox.numbers.control import numbers_control
from forbear.sandbox.numbers.inbound import voice_order
from forbear.sandbox.numbers.lookups_http import LookupsApi
from forbear.sandbox.numbers.numbers_http import NumbersApi
from forbear.sandbox.numbers.services_http import ServicesApi
from forbear.sandbox.options import Domestic, Options
from forbear.sandbox.ordeal import Ordeal
from forbear.sandbox.pay_page import PayPage
from forbear.sandbox.payments import Payments
from forbear.sandbox.payments_http import PaymentsApi
from forbear.sandbox.people import People, load
from forbear.sandbox.post_office import PostOffice
from forbear.sandbox.store import Store
from forbear.sandbox.voice.asking import Asking
from forbear.sandbox.voice.calls_http import CallsApi
from forbear.sandbox.voice.control import calls_control
from forbear.sandbox.voice.conversation import Conversation
from forbear.sandbox.voice.desk import Desk, Line
from forbear.sandbox.voice.recordings_http import RecordingsApi
from forbear.sandbox.voice.switchboard import Switchboard
from forbear.sandbox.webhooks import Secrets, Webhooks

_HOSTS = ("api", "messaging", "lookups")
_LARGEST_BODY = 6_000_000
"""A letter comes with its file."""
_log = structlog.get_logger()


class World:
    """All the parts, wired."""

    def __init__(self, options: Options, base_url: str) -> None:
        self.clock, self.faults = LiveClock(options.clock), Faults()
        self.store = Store(options.state)
        self.journal = Journal(options.log, self.store)
        self.agenda = Agenda(self.store, self.clock)
        ground = Ground(self.store, self.journal, self.agenda, self.clock, options.seed)
        secrets = Secrets(options.auth_token, options.stripe_webhook_secret)
        self.deliveries = Deliveries(self.store, self.clock)
        self.webhooks = Webhooks(self.agenda, self.faults, secrets, self.deliveries)
        self.carrier = Carrier(_account(options), ground, self.faults, self.webhooks)
        self.asking = Asking(self.clock, self.faults, options.auth_token, self.deliveries)
        desk = Desk(ground, _line(options, base_url), self.webhooks)
        self.switchboard = Switchboard(desk, Conversation(desk, self.asking))
        self.accounts = AccountsApi(options.account_sid, options.auth_token, self.store, self.clock)
        self.gate = Gate(options.account_sid, self.accounts.secret_of)
        self.pushes = Pushes(ground, self.faults, _push_addresses(options.domestic))
        self.domestic = DomesticProvider(_registry(options.domestic), ground, self.pushes)
        self.signatures = Signatures(options.domestic.key_id, options.domestic.secret)
        self.people = People(load(options.people) if options.people else {}, ground, self.carrier, self.domestic)
        self.post = PostOffice(options.post, ground, self.faults)
        self.switchboard.number_of = partial(voice_order, self.carrier.books)
        self.lookups = LookupsApi(self.store, self.carrier.handset)
        self.callers = Callers(self.people, ground, self.switchboard)
        self.payments = Payments(ground, self.webhooks, base_url=base_url, webhook_url=options.stripe_webhook_url)

    async def close(self) -> None:
        await self.asking.aclose()
        await self.webhooks.aclose()
        await self.post.aclose()
        await self.pushes.aclose()
        self.journal.close()
        self.store.close()


def application(world: World, api_key: str) -> FastAPI:
    """The HTTP side of the world; its agenda runs while it does."""

    @asynccontextmanager
    async def life(_app: FastAPI) -> AsyncGenerator[None]:
        agenda = asyncio.create_task(world.agenda.run())
        agenda.add_done_callback(_end_of_the_world)
        yield
        agenda.cancel()
        await asyncio.gather(agenda, return_exceptions=True)
        await world.close()

    app = FastAPI(title="Forbear sandbox", lifespan=life, max_body_size=_LARGEST_BODY)
    app.add_exception_handler(RequestValidationError, misunderstood)
    told = [Depends(writable)]
    planes = control(world.clock, world.agenda, world.carrier, world.payments, world.faults)
    app.include_router(planes, dependencies=told)
    app.include_router(records_control(world.journal, world.deliveries))
    app.include_router(domestic_control(world.domestic), dependencies=told)
    if world.signatures.are_set:
        domestic = DomesticApi(world.domestic, world.signatures, world.clock, world.faults)
        app.router.routes.extend(domestic.routes())
    app.include_router(calls_control(world.switchboard), dependencies=told)
    app.include_router(numbers_control(world.carrier.books, world.lookups), dependencies=told)
    app.router.routes.extend(_carrier_routes(world))
    app.router.routes.extend(PaymentsApi(world.payments, world.store, world.faults, api_key).routes())
    app.include_router(world.post.control(), dependencies=told)
    app.router.routes.extend(world.post.routes())
    app.router.routes.extend(PayPage(world.payments).routes())
    return app


def _carrier_routes(world: World) -> list[Route]:
    """Everything under the carrier's own addresses, the unknown ones last."""
    account = world.carrier.account.sid
    messages = Ordeal(world.faults, world.webhooks, "messages")
    calls = Ordeal(world.faults, world.webhooks, "calls")
    elsewhere = [
        *ServicesApi(world.carrier.books, account, world.clock).routes(world.gate),
        *world.lookups.routes(world.gate),
    ]
    return [
        *world.accounts.routes(world.gate),
        *CarrierApi(world.carrier, world.clock, messages).routes(world.gate),
        *MediaApi(world.carrier, world.clock).routes(world.gate),
        *CallsApi(world.switchboard, calls, world.deliveries, world.carrier.books).routes(world.gate),
        *RecordingsApi(world.switchboard.desk).routes(world.gate),
        *NumbersApi(world.carrier.books, account, world.clock).routes(world.gate),
        *elsewhere,
        *(_at_one_address(route) for route in elsewhere),
        *(_unknown(world.gate, host) for host in _HOSTS),
    ]


def _at_one_address(route: Route) -> Route:
    """What has a host of its own there, below the first one's address: for clients that change the host only."""
    host = next(host for host in _HOSTS if route.path.startswith(f"/{host}/"))
    return Route(f"/api{route.path.removeprefix(f'/{host}')}", route.endpoint, methods=list(route.methods or ()))


def _unknown(gate: Gate, host: str) -> Route:
    methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
    return Route(f"/{host}/{{rest:path}}", gate.guarded(gate.unknown), methods=methods)


def _line(options: Options, base_url: str) -> Line:
    return Line(
        account=options.account_sid,
        base_url=base_url,
        senders=options.senders,
        voice_url=options.voice_url,
        calls_per_second=options.calls_per_second,
    )


def _account(options: Options) -> Account:
    return Account(
        sid=options.account_sid,
        auth_token=options.auth_token,
        inbound_url=options.inbound_url,
        senders=options.senders,
        segments_per_second=options.segments_per_second,
    )


def _registry(options: Domestic) -> Registry:
    return Registry(options.templates, frozenset(options.signatures))


def _push_addresses(options: Domestic) -> dict[News, str]:
    if not options.push_url:
        return {}
    return {"callback": f"{options.push_url}/reports", "inbound": f"{options.push_url}/replies"}


def _end_of_the_world(agenda: asyncio.Task[None]) -> None:
    """A world in which nothing happens any more must not look healthy."""
    if agenda.cancelled():
        return
    _log.error("agenda_failed", error=type(agenda.exception()).__name__)
    signal.raise_signal(signal.SIGTERM)
