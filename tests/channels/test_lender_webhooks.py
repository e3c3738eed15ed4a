"""News is posted over a real socket, signed so that the scheme's own library verifies it, and only where it may go."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from forbear.channels.lender_news import LenderNews
from forbear.channels.lender_webhooks import LenderWebhooks
from forbear.clock import Clock
from forbear.ports.lender_news import News

SECRET = "whsec_ZXhhbXBsZS1zZWNyZXQtdGhhdC1pcy1ub3QtYS1zZWNyZXQ="
AT = datetime(2026, 3, 2, 15, tzinfo=UTC)


@dataclass
class Receiver:
    """A lender's server: keeps what came, answers as told."""

    address: str
    status: int = 204
    came: list[tuple[dict[str, str], bytes]] = field(default_factory=list[tuple[dict[str, str], bytes]])


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            receiver.came.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(receiver.status)
            self.send_header("location", "http://127.0.0.1:9/elsewhere")
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the library's name
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    receiver = Receiver(f"http://127.0.0.1:{server.server_port}/news?of=us")
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield receiver
    server.shutdown()
    thread.join()
    server.server_close()


def news(address: str, tries: int = 1) -> News:
    return News("ten_1", "whm_1", address, SECRET, "packet.approved", {"packet": "pkt_1"}, AT, tries)


def test_the_receiver_can_tell_that_it_was_us(receiver: Receiver) -> None:
    assert LenderWebhooks(Clock.real(), sandbox=True).send(news(receiver.address)) == 204
    headers, body = receiver.came[0]
    assert Webhook(SECRET).verify(body, headers) == json.loads(body)
    assert json.loads(body) == {
        "type": "packet.approved", "timestamp": "2026-03-02T15:00:00+00:00", "data": {"packet": "pkt_1"}}  # fmt: skip
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(body.replace(b"pkt_1", b"pkt_2"), headers)


def test_a_redirect_is_an_answer_and_is_not_followed(receiver: Receiver) -> None:
    receiver.status = 302
    assert LenderWebhooks(Clock.real(), sandbox=True).send(news(receiver.address)) == 302
    assert len(receiver.came) == 1


@pytest.mark.parametrize(
    "address",
    [
        "http://lender.example.com/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://10.0.0.7/",
        "https://169.254.169.254/latest/meta-data/",
        "https://192.168.1.1/",
        "https://0.0.0.0/",
        "https://[::ffff:10.0.0.7]/",
        "ftp://lender.example.com/",
    ],
)
def test_it_goes_nowhere_inside_and_never_in_clear(address: str) -> None:
    assert LenderWebhooks(Clock.real(), sandbox=False).send(news(address)) == 0


def test_a_name_that_leads_inside_is_refused_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """One public address beside a private one is no way in."""

    def found(host: str, port: int, **_: object) -> list[tuple[int, int, int, str, tuple[str, int]]]:
        assert host == "lender.example.com"
        return [(2, 1, 6, "", ("93.184.216.34", port)), (2, 1, 6, "", ("10.0.0.7", port))]

    monkeypatch.setattr("socket.getaddrinfo", found)
    assert LenderWebhooks(Clock.real(), sandbox=False).send(news("https://lender.example.com/")) == 0


def test_the_sandbox_s_loopback_is_nowhere_else(receiver: Receiver) -> None:
    assert LenderWebhooks(Clock.real(), sandbox=False).send(news(receiver.address)) == 0
    assert not receiver.came


def test_nobody_there_is_no_error(free_address: str) -> None:
    assert LenderWebhooks(Clock.real(), sandbox=True).send(news(free_address)) == 0


@dataclass
class Book:
    """What is due once, and what became of it."""

    waiting: list[News]
    became: dict[str, int] = field(default_factory=dict[str, int])

    def due(self, many: int) -> list[News]:
        due, self.waiting = self.waiting[:many], self.waiting[many:]
        return due

    def told(self, news: News, status: int) -> None:
        self.became[f"told {news.address}"] = status

    def refused(self, news: News, status: int) -> None:
        self.became[f"refused {news.address}"] = status


async def test_a_receiver_that_fails_keeps_no_other_waiting(receiver: Receiver, free_address: str) -> None:
    book = Book([news(free_address), news(receiver.address)])
    told = LenderNews(book, LenderWebhooks(Clock.real(), sandbox=True))
    assert await told.drain() == 2
    assert await told.drain() == 0
    assert book.became == {f"refused {free_address}": 0, f"told {receiver.address}": 204}
