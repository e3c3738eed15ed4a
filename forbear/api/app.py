"""The HTTP application: lenders' API, borrowers' and staff's pages, providers' hooks, over one ledger.

It writes facts and outbox rows and never talks to Temporal or to a provider's workers. Built by
`uvicorn --factory forbear.api.app:create_app`.
"""

import gc
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse

from forbear.api import logs, problems
from forbear.api.auth import TheLedger
from forbear.api.described import reading
from forbear.api.documentation import describe
from forbear.api.documentation import router as documentation
from forbear.api.edge import Edge
from forbear.api.hooks.admission import Admission
from forbear.api.hooks.receipt_writer import ReceiptWriter
from forbear.api.hooks.routes import DIRECT
from forbear.api.hooks.routes import router as hooks
from forbear.api.imports.runner import Runner
from forbear.api.imports.slots import Slots
from forbear.api.lender import answers, examples
from forbear.api.lender.routes import router as lender
from forbear.api.pace import Pace
from forbear.api.pages.routes import router as pages
from forbear.api.staff.routes import router as staff
from forbear.ledger.engine import Ledger
from forbear.ledger.key_use import KeyUse
from forbear.ledger.views import instant, reachable
from forbear.rules.cases import packs_on
from forbear.settings import Settings
from forbear.temporal.codec_endpoint import codec_app
from forbear.wording.checking import FOLDER as TEMPLATES
from forbear.wording.checking import refuse_bad_words

TITLE = "Forbear"
DESCRIPTION = (
    "Enrol overdue accounts, post payments, place holds, and see where each account stands and why nothing was sent. "
    "Amounts are decimal strings with their currency, instants are RFC 3339 in UTC, errors are problems (RFC 9457). "
    "Every call that creates or acts needs an Idempotency-Key and may be repeated safely with it."
)
CONNECTIONS = 8
"""Kept open by this process, and as many more in a rush; the embedded PostgreSQL serves sixty to everybody."""
service = APIRouter(tags=["Service"])


@service.get(
    "/healthz", **reading("getHealth", "Is the service up?", answers.Health, example=examples.HEALTH, scope=None)
)
def healthz(ledger: TheLedger) -> JSONResponse:
    """Answers 200 when the ledger can be reached, else 503."""
    with ledger.anyone() as session:
        reachable(session)
    return JSONResponse({"status": "ok", "world_time": instant(ledger.clock.now())})


def create_app(settings: Settings | None = None) -> FastAPI:
    """Build the application; it opens its ledger when it starts and closes it when it ends."""
    chosen = settings or Settings()
    logs.configure(chosen.log_level)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
        with Ledger.open(chosen, pool=CONNECTIONS) as ledger:
            app.state.packs = packs_on(None)
            refuse_bad_words(TEMPLATES, app.state.packs, ledger.clock.now().date())
            app.state.ledger = ledger
            app.state.imports, app.state.receipt_writer = Runner(ledger), ReceiptWriter(ledger)
            app.state.imports.start()
            # The rules are some hundred thousand objects that stay: to go through them for garbage stops every request
            # for a quarter of a second, ever again.
            gc.collect()
            gc.freeze()
            try:
                yield
            finally:
                gc.unfreeze()
                await run_in_threadpool(app.state.imports.stop)
                await run_in_threadpool(app.state.receipt_writer.stop)

    app = FastAPI(
        title=TITLE,
        version="1",
        description=DESCRIPTION,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        separate_input_output_schemas=False,
    )
    app.state.settings = chosen
    app.state.pace, app.state.key_use = Pace(chosen), KeyUse()
    app.state.uploads, app.state.admission = Slots(), Admission()
    problems.install(app)
    app.add_middleware(Edge)
    app.openapi = lambda: describe(app)
    # Routes are tried in turn, some two hundred of them: what comes by the thousand is tried first.
    app.router.routes[:0] = DIRECT
    app.include_router(hooks, include_in_schema=False)
    for router in (service, lender, documentation):
        app.include_router(router)
    for router in (pages, staff):
        app.include_router(router, include_in_schema=False)
    if chosen.loopback_codec:
        app.mount("/codec", codec_app(chosen))
    return app
