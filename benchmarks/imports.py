"""Importing accounts against a bare COPY of the rows they become and bare workflow starts.

Ours is the product's runner over a file that was sent in, and the relay that starts each account's workflow. The limit
copies the same rows into the same tables and asks the server for as many workflows.
"""

import asyncio
import json
import time
from itertools import count

import httpx
import psycopg
from psycopg import sql
from temporalio.client import Client

from benchmarks.bare import NOBODY
from benchmarks.figure import Figure, rates
from benchmarks.sizes import Sizes
from benchmarks.stand import MORNING, Place, Stand, enrolment, plain
from forbear.api.app import create_app
from forbear.api.imports.runner import Runner
from forbear.clock import Clock
from forbear.ledger.engine import Ledger
from forbear.ledger.migrate import METADATA
from forbear.ledger.relaying import RelayingBook
from forbear.temporal.codec import data_converter
from forbear.temporal.relay import AT_ONCE, Relay

GOAL = 0.1
NOT_COPIED = frozenset({"clock", "tenant", "lender", "api_key"})
"""There before; what an import keeps of itself is left out by its name."""
_runs = count()
Rows = dict[str, bytes]


def measure(stand: Stand, sizes: Sizes) -> list[Figure]:
    """Accounts a second. A slice's sides keep their order, because the rows to copy are those that were imported."""
    ours: list[float] = []
    bare: list[float] = []
    for _ in range(sizes.slices):
        place = stand.place()
        twin = stand.copy(place)
        ours.append(sizes.rows / asyncio.run(_import(stand, place, sizes.rows)))
        bare.append(sizes.rows / asyncio.run(_copy(stand, twin, _written(place), sizes.rows)))
        stand.drop(place, twin)
    return [rates("accounts imported and started / their rows by COPY and bare starts", "1/s", ours, bare, GOAL)]


async def _import(stand: Stand, place: Place, rows: int) -> float:
    """Seconds from the first byte sent until the last workflow is started."""
    body = "".join(json.dumps(enrolment()) + "\n" for _ in range(rows))
    headers = {
        "Authorization": f"Bearer {place.key()}",
        "Idempotency-Key": "bench",
        "Content-Type": "application/x-ndjson",
    }
    app = create_app(place.settings.model_copy(update={"log_level": "error"}))
    transport = httpx.ASGITransport(app=app)
    async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport, base_url="http://api") as http:
        app.state.imports.stop()
        ledger: Ledger = app.state.ledger
        ledger.clock = Clock.real(lambda: MORNING)
        began = time.perf_counter()
        sent = await http.post("/v1/imports", content=body, headers=headers)
        await asyncio.to_thread(Runner(ledger).serve)
        started = await _relay(stand, place, ledger)
        took = time.perf_counter() - began
        told = (await http.get(f"/v1/imports/{sent.json()['id']}", headers=headers)).json()
    assert (told["state"], started) == ("done", rows), told  # noqa: S101  else it measured something else
    return took


async def _relay(stand: Stand, place: Place, ledger: Ledger) -> int:
    client = await Client.connect(
        stand.temporal.address, namespace=stand.temporal.namespace, data_converter=data_converter(place.settings)
    )
    book = RelayingBook(ledger)
    relay, told = Relay(book, client), 0
    while more := await relay.drain():
        told += more
    book.close()
    return told


def _written(place: Place) -> Rows:
    """The rows of an import, as COPY gives them, in an order in which they may be written again."""
    names = [table.name for table in METADATA.sorted_tables if table.name not in NOT_COPIED]
    with psycopg.connect(plain(place.migrator)) as connection, connection.cursor() as cursor:
        rows: Rows = {}
        for name in names:
            if not name.startswith("import"):
                with cursor.copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(name))) as copy:
                    rows[name] = b"".join(bytes(piece) for piece in copy)
    return rows


async def _copy(stand: Stand, place: Place, rows: Rows, starts: int) -> float:
    client = await Client.connect(stand.temporal.address, namespace=stand.temporal.namespace)
    gate, run = asyncio.Semaphore(AT_ONCE), next(_runs)

    async def start(number: int) -> None:
        async with gate:
            await client.start_workflow("Bare", id=f"bare-start-{run}-{number}", task_queue=NOBODY)

    _let_in(place, rows)
    began = time.perf_counter()
    with psycopg.connect(plain(place.migrator)) as connection, connection.cursor() as cursor:
        for name, piece in rows.items():
            with cursor.copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(name))) as copy:
                copy.write(piece)
    await asyncio.gather(*(start(number) for number in range(starts)))
    return time.perf_counter() - began


def _let_in(place: Place, rows: Rows) -> None:
    """COPY does not work under row-level security: free the tables' owner from it, in this database only."""
    with psycopg.connect(plain(place.migrator)) as connection:
        for name in rows:
            connection.execute(sql.SQL("ALTER TABLE {} NO FORCE ROW LEVEL SECURITY").format(sql.Identifier(name)))
