"""The Alibaba adapter and answers that the sandbox's provider does not give: redirects, refused questions, days to come."""

import json
import threading
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any

import pytest
from alibabacloud_dysmsapi20170525.client import Client
from alibabacloud_dysmsapi20170525.models import QuerySendDetailsRequest

from forbear.channels.aliyun_client import client
from forbear.channels.sms_aliyun import AliyunCarrier
from forbear.clock import Clock
from forbear.ports.sms import Unknown, Unreadable
from tests.channels.aliyun import WORDING, look_for, settings, text


@pytest.fixture
def phone() -> str:
    return "+8619900001235"


class Answering(BaseHTTPRequestHandler):
    """A provider that gives every call the same answer; it counts them."""

    calls: list[str]
    status: int
    told: dict[str, str]

    def do_POST(self) -> None:
        self.calls.append(self.path)
        body = json.dumps(self.told).encode()
        self.send_response(self.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base names it so
        """Silent: it would print addresses."""


@contextmanager
def answering(status: int, **told: str) -> Generator[tuple[AliyunCarrier, list[str]]]:
    calls: list[str] = []
    handler = type("Handler", (Answering,), {"calls": calls, "status": status, "told": told})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield AliyunCarrier(client(settings(f"http://127.0.0.1:{server.server_port}")), WORDING, read_seconds=5), calls
        server.shutdown()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed_and_its_text_stays_unknown(phone: str, status: int) -> None:
    with answering(status) as (carrier, calls):
        assert isinstance(carrier.send(text(phone)), Unknown)
        assert len(calls) == 1


def test_a_request_that_the_provider_saw_before_is_unknown(phone: str) -> None:
    with answering(400, Code="SignatureNonceUsed", Message="used", RequestId="r") as (carrier, calls):
        assert isinstance(carrier.send(text(phone)), Unknown)
        assert len(calls) == 1


@pytest.mark.parametrize(
    ("status", "code", "of_itself"),
    [
        (200, "isv.MOBILE_NUMBER_ILLEGAL", True),
        (200, "isv.SOMETHING_NEW", True),
        (200, "isv.ACCOUNT_ABNORMAL", False),
        (200, "isp.SYSTEM_ERROR", False),
        (400, "Throttling.User", False),
        (403, "InvalidAccessKeyId.NotFound", False),
        (503, "ServiceUnavailable", False),
    ],
)
def test_a_refused_question_tells_whether_the_next_may_be_answered(
    phone: str, status: int, code: str, of_itself: bool
) -> None:
    with answering(status, Code=code, Message="no", RequestId="r") as (carrier, _):
        with pytest.raises(ConnectionError) as caught:
            look_for(carrier, phone, "tch_1", datetime(2026, 3, 2, tzinfo=UTC))
        assert isinstance(caught.value, Unreadable) == of_itself


@pytest.mark.parametrize(
    ("hour", "days"),
    [(1, ["20260302"]), (15, ["20260302"]), (16, ["20260302", "20260303"]), (72, ["20260302", "20260303"])],
)
def test_no_day_to_come_is_asked_about(
    monkeypatch: pytest.MonkeyPatch, free_address: str, hour: int, days: list[str]
) -> None:
    asked: list[str] = []

    def listing(self: Client, request: QuerySendDetailsRequest, runtime: object) -> Any:
        asked.append(str(request.send_date))
        dtos = SimpleNamespace(sms_send_detail_dto=[])
        return SimpleNamespace(body=SimpleNamespace(code="OK", sms_send_detail_dtos=dtos))

    monkeypatch.setattr(Client, "query_send_details_with_options", listing)
    midnight = datetime(2026, 3, 2, tzinfo=UTC)
    clock = Clock.real(lambda: midnight + timedelta(hours=hour))
    carrier = AliyunCarrier(client(settings(free_address)), WORDING, clock=clock)
    assert look_for(carrier, "+8619900001234", "tch_1", midnight + timedelta(minutes=30)) is None
    assert asked == days
