"""The calls adapter with the real SDK over a real socket: what goes over the wire, and what each answer means."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest
from pydantic import SecretStr
from twilio.rest import Client

from forbear.channels.calls_twilio import TwilioCalls
from forbear.channels.twilio_http import RoutedHttpClient
from forbear.clock import Clock
from forbear.errors import CannotStart
from forbear.ports.calls import CallOrder, Standing
from forbear.ports.sms import Accepted, Found, Refused, Sending, Unknown, Unreadable
from forbear.settings import Settings

ACCOUNT, TOKEN = "AC" + "0" * 31 + "1", "auth-token"
OURS, THEIRS = "+12125550199", "+12125550123"
SINCE = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)
SHORT = 0.5
"""Seconds."""


def call(sid: str = "CA1", status: str = "queued", created: datetime = SINCE, **more: Any) -> dict[str, Any]:
    return {
        "sid": sid,
        "status": status,
        "to": THEIRS,
        "from": OURS,
        "direction": "outbound-api",
        "date_created": format_datetime(created),
        **more,
    }


@dataclass
class Provider:
    """Writes down what reaches it, and answers what it was told to."""

    status: int = 201
    body: dict[str, Any] = field(default_factory=call)
    drop: bool = False
    slow: threading.Event | None = None
    seen: list[tuple[str, str, dict[str, list[str]], dict[str, str]]] = field(default_factory=list[Any])

    def serve(self) -> "ThreadingHTTPServer":
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def _handle(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                provider.seen.append((self.command, self.path, parse_qs(body), dict(self.headers)))
                if provider.slow is not None:
                    provider.slow.wait(10)
                if provider.drop:
                    self.connection.close()
                    return
                answer = json.dumps(provider.body).encode()
                self.send_response(provider.status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            do_GET = _handle  # noqa: N815  the server's own naming
            do_POST = _handle  # noqa: N815  likewise

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the server's own naming
                """Say nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return server


@pytest.fixture
def provider() -> Provider:
    return Provider()


@pytest.fixture
def calls(provider: Provider) -> Iterator[TwilioCalls]:
    server = provider.serve()
    base = f"http://127.0.0.1:{server.server_address[1]}"
    client = Client(ACCOUNT, TOKEN, http_client=RoutedHttpClient(base, timeout=SHORT))
    yield TwilioCalls(client, Clock.real())
    server.shutdown()
    server.server_close()


def order() -> CallOrder:
    at = "https://pay.example.com/hooks/twilio/voice"
    return CallOrder(
        touch="tch_1",
        to=THEIRS,
        sender=OURS,
        answer_url=f"{at}/start?t=tch_1&e=1&k=k",
        fallback_url=f"{at}/fallback?t=tch_1&e=1&k=k",
        status_url=f"{at}/status?t=tch_1&e=1&k=k#rc=5&rp=all",
    )


def find(calls: TwilioCalls, since: datetime = SINCE) -> Found | None:
    return calls.find(provider="twilio", touch="tch_1", to=THEIRS, sender=OURS, since=since, marker_sha256="")


def test_what_goes_over_the_wire(provider: Provider, calls: TwilioCalls) -> None:
    assert calls.place(order()) == Accepted("CA1", "queued")
    [(method, path, form, headers)] = provider.seen
    assert (method, path) == ("POST", f"/api/2010-04-01/Accounts/{ACCOUNT}/Calls.json")
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert headers["Authorization"].startswith("Basic ")
    placed = order()
    assert form == {
        "To": [THEIRS],
        "From": [OURS],
        "Url": [placed.answer_url],
        "Method": ["POST"],
        "FallbackUrl": [placed.fallback_url],
        "FallbackMethod": ["POST"],
        "StatusCallback": [placed.status_url],
        "StatusCallbackMethod": ["POST"],
        "StatusCallbackEvent": ["initiated", "ringing", "answered", "completed"],
        "Timeout": ["25"],
        "TimeLimit": ["600"],
        "MachineDetection": ["DetectMessageEnd"],
    }


def refusal(code: int, status: int = 400) -> dict[str, Any]:
    return {"code": code, "message": "no", "more_info": f"https://www.twilio.com/docs/errors/{code}", "status": status}


@pytest.mark.parametrize(
    ("status", "body", "meaning"),
    [
        (400, refusal(21211), Refused("21211", permanent=True)),
        (400, refusal(21217), Refused("21217", permanent=True)),
        (400, refusal(21214), Refused("21214", permanent=True)),
        (400, refusal(21610), Refused("21610", permanent=True, opted_out=True)),
        (400, refusal(21212), Refused("21212", ours=True)),
        (400, refusal(21215), Refused("21215", ours=True)),
        (400, refusal(21216), Refused("21216", ours=True)),
        (401, refusal(20003, 401), Refused("20003", ours=True)),
        (400, refusal(29999), Refused("29999")),
        (429, refusal(20429, 429), Refused("429")),
        (500, refusal(20500, 500), Unknown("the provider answered 500")),
        (503, refusal(20503, 503), Unknown("the provider answered 503")),
        (
            400,
            {"type": "about:blank", "title": "no", "status": 400, "code": 21211},
            Refused("21211", permanent=True),
        ),
        (
            503,
            {"type": "about:blank", "title": "no", "status": 503, "code": 20503},
            Unknown("the provider answered 503"),
        ),
    ],
)
def test_an_answer_and_its_meaning(
    provider: Provider, calls: TwilioCalls, status: int, body: dict[str, Any], meaning: Sending
) -> None:
    provider.status, provider.body = status, body
    assert calls.place(order()) == meaning
    assert len(provider.seen) == 1


def test_a_lost_answer_is_unknown_and_nothing_is_asked_again(provider: Provider, calls: TwilioCalls) -> None:
    provider.drop = True
    assert isinstance(calls.place(order()), Unknown)
    assert len(provider.seen) == 1


def test_a_slow_provider_is_given_up_on_as_unknown(provider: Provider, calls: TwilioCalls) -> None:
    provider.slow = threading.Event()
    assert isinstance(calls.place(order()), Unknown)
    provider.slow.set()


def test_a_closed_port_is_a_certain_no() -> None:
    client = Client(ACCOUNT, TOKEN, http_client=RoutedHttpClient("http://127.0.0.1:9", timeout=SHORT))
    assert TwilioCalls(client, Clock.real()).place(order()) == Refused("connection-refused")


def listed(*found: dict[str, Any]) -> dict[str, Any]:
    return {
        "calls": list(found),
        "end": 0,
        "first_page_uri": "/2010-04-01/x",
        "next_page_uri": None,
        "page": 0,
        "page_size": 50,
        "previous_page_uri": None,
        "start": 0,
        "uri": "/2010-04-01/x",
    }


def test_a_lost_call_is_found_by_its_numbers_and_its_time(provider: Provider, calls: TwilioCalls) -> None:
    provider.status, provider.body = (
        200,
        listed(
            call("CA_before", created=SINCE - timedelta(minutes=5)),
            call("CA_theirs", direction="inbound"),
            call("CA_ours", "ringing", SINCE + timedelta(seconds=3), start_time=None),
            call("CA_after", created=SINCE + timedelta(minutes=5)),
        ),
    )
    assert find(calls) == Found("CA_ours", "ringing")
    [(method, path, _, _)] = provider.seen
    asked = parse_qs(urlsplit(path).query)
    assert method == "GET"
    assert (asked["To"], asked["From"]) == ([THEIRS], [OURS])
    assert not [key for key in asked if key.startswith(("StartTime", "EndTime"))], "a queued call has none"


def test_where_none_was_taken_none_is_found(provider: Provider, calls: TwilioCalls) -> None:
    provider.status, provider.body = 200, listed(call("CA_before", created=SINCE - timedelta(hours=1)))
    assert find(calls) is None


def test_which_of_two_is_meant_is_not_guessed(provider: Provider, calls: TwilioCalls) -> None:
    provider.status, provider.body = 200, listed(call("CA1"), call("CA2"))
    with pytest.raises(Unreadable):
        find(calls)


def test_the_instant_means_the_same_in_any_zone(provider: Provider, calls: TwilioCalls) -> None:
    provider.status, provider.body = 200, listed(call("CA_ours"))
    assert find(calls, SINCE.astimezone(ZoneInfo("Asia/Shanghai"))) == Found("CA_ours", "queued")


def test_a_list_that_cannot_be_read_is_asked_for_later(provider: Provider, calls: TwilioCalls) -> None:
    provider.status, provider.body = 503, refusal(20503, 503)
    with pytest.raises(ConnectionError):
        find(calls)


def test_in_a_fast_world_the_time_of_a_request_is_longer() -> None:
    """A second of the machine may be two hours of the world: the call is still the same."""
    provider = Provider(200, listed(call("CA_ours", created=SINCE + timedelta(hours=2))))
    server = provider.serve()
    try:
        base = f"http://127.0.0.1:{server.server_address[1]}"
        client = Client(ACCOUNT, TOKEN, http_client=RoutedHttpClient(base, timeout=SHORT))
        assert find(TwilioCalls(client, Clock.starting(SINCE, 7_200))) == Found("CA_ours", "queued")
        assert find(TwilioCalls(client, Clock.real())) is None
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(("sandbox", "base"), [(True, ""), (False, "http://127.0.0.1:9010")])
def test_sandbox_and_production_are_not_mixed(sandbox: bool, base: str) -> None:
    settings = Settings(
        sandbox=sandbox, twilio_base=base, twilio_account_sid=ACCOUNT, twilio_auth_token=SecretStr(TOKEN)
    )
    with pytest.raises(CannotStart):
        TwilioCalls.from_settings(settings, Clock.real())


def test_how_a_call_stands_is_asked_by_its_id(provider: Provider, calls: TwilioCalls) -> None:
    ended = format_datetime(SINCE + timedelta(minutes=1))
    provider.status, provider.body = 200, call("CA_ours", "completed", answered_by="human", end_time=ended)
    assert calls.fetch("CA_ours") == Standing("CA_ours", "completed", "human", SINCE + timedelta(minutes=1))
    [(method, path, _, _)] = provider.seen
    assert (method, path) == ("GET", f"/api/2010-04-01/Accounts/{ACCOUNT}/Calls/CA_ours.json")


@pytest.mark.parametrize(("status", "code", "kind"), [(404, 20404, Unreadable), (503, 20503, ConnectionError)])
def test_a_call_that_is_not_known_is_told_from_a_carrier_that_is_silent(
    provider: Provider, calls: TwilioCalls, status: int, code: int, kind: type[Exception]
) -> None:
    provider.status, provider.body = status, refusal(code, status)
    with pytest.raises(kind):
        calls.fetch("CA_ours")


def test_no_answer_about_a_call_is_no_news(provider: Provider, calls: TwilioCalls) -> None:
    provider.drop = True
    with pytest.raises(ConnectionError):
        calls.fetch("CA_ours")
