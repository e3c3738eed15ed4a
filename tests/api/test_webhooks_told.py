"""News of a case goes all the way: from a row of the ledger through a worker's loop to a lender's server, signed."""

import asyncio
import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from forbear.channels.lender_news import LenderNews
from forbear.channels.lender_webhooks import LenderWebhooks
from forbear.clock import Clock
from forbear.ledger.webhooks import LenderNewsBook
from forbear.settings import Settings
from tests.api.house import Client, House, serving
from tests.api.test_webhooks import opened

SECONDS = 20
"""Machine time after which news that did not come will not come."""


@dataclass
class Received:
    """What came to a lender's server: headers and body of each message."""

    address: str
    came: list[tuple[dict[str, str], bytes]] = field(default_factory=list[tuple[dict[str, str], bytes]])

    async def first(self, kind: str) -> tuple[dict[str, str], bytes]:
        async with asyncio.timeout(SECONDS):
            while True:
                for headers, body in list(self.came):
                    if json.loads(body)["type"] == kind:
                        return headers, body
                await asyncio.sleep(0.02)


@pytest.fixture
def receiver() -> Iterator[Received]:
    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            receiver.came.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the library's name
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    receiver = Received(f"http://127.0.0.1:{server.server_port}/news")
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield receiver
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def served(module_database: Settings) -> Iterator[House]:
    """An installation that lets lenders listen on this machine."""
    with serving(module_database.model_copy(update={"sandbox": True})) as house:
        yield house


async def test_a_worker_s_loop_tells_a_lender_signed(house: House, one: Client, receiver: Received) -> None:
    hook = one.made("/v1/webhooks", {"url": receiver.address, "events": ["case.opened"]})
    account = one.enrol()["id"]
    sender = LenderWebhooks(Clock.real(), sandbox=True)
    with ThreadPoolExecutor(2) as pool:
        loop = asyncio.create_task(LenderNews(LenderNewsBook(house.ledger), sender, pool).run())
        try:
            opened(house, one, account, "cas_heard1")
            headers, body = await receiver.first("case.opened")
        finally:
            loop.cancel()
            with suppress(asyncio.CancelledError):
                await loop
    assert Webhook(hook["secret"]).verify(body, headers)["data"]["case"] == "cas_heard1"
    assert json.loads(body)["data"]["account"] == account
    told = _until_told(one, hook["id"])
    assert (told["state"], told["tries"], told["last_status"]) == ("delivered", 1, 204)
    assert told["id"] == headers["webhook-id"]


def _until_told(client: Client, hook: str) -> dict[str, Any]:
    """The only message, once what the receiver answered is put down."""
    end = time.monotonic() + SECONDS
    while (told := client.get(f"/v1/webhooks/{hook}/messages").json()["data"][0])["state"] == "waiting":
        assert time.monotonic() < end, "the answer was never put down"
    return told
