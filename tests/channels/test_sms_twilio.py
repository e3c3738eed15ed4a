"""The Twilio adapter with the real SDK against the sandbox's carrier over a real socket: each answer and its meaning."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr
from twilio.rest import Client

from forbear.channels.sms_twilio import TwilioCarrier
from forbear.channels.twilio_http import RoutedHttpClient
from forbear.errors import CannotStart
from forbear.ports.sms import Accepted, Refused, SmsText, Unknown
from forbear.settings import Settings
from tests.sandbox.box import ACCOUNT, AUTH_TOKEN, OURS, Box, Receiver

BORROWER = "+12125550123"
TOKEN = "abcdefghij123456"
SHORT = 1.0
"""Seconds; the slow provider answers after twice that."""
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    receiver = Receiver()
    running = Box(tmp_path_factory.mktemp("carrier"), receiver)
    yield running
    running.stop()
    receiver.stop()


@pytest.fixture
def carrier(box: Box) -> TwilioCarrier:
    return TwilioCarrier(Client(ACCOUNT, AUTH_TOKEN, http_client=RoutedHttpClient(box.url, timeout=SHORT)))


def text(to: str = BORROWER, body: str = f"Please see https://pay.example.com/p/{TOKEN}") -> SmsText:
    return SmsText(
        touch="tch_1",
        provider="twilio",
        template="reminder-friendly",
        language="en",
        values={},
        to=to,
        sender=OURS,
        body=body,
        callback_url="https://pay.example.com/cb?t=tch_1",
        validity=timedelta(hours=3),
    )


def test_an_accepted_text_is_there_once_with_our_values(box: Box, carrier: TwilioCarrier) -> None:
    sent = carrier.send(text("+12125550130"))
    assert isinstance(sent, Accepted)
    assert sent.status == "queued"
    kept = [m for m in box.control.get("/messages").json() if m["to"] == "+12125550130"]
    assert [m["sid"] for m in kept] == [sent.provider_id]


@pytest.mark.parametrize(
    ("to", "code", "flags"),
    [
        ("+15005550001", "21211", {"permanent"}),
        ("+15005550004", "21610", {"permanent", "opted_out"}),
        ("+15005550009", "21614", {"permanent"}),
        ("+15005550003", "21408", {"ours"}),
    ],
)
def test_a_refusal_says_whose_it_is(carrier: TwilioCarrier, to: str, code: str, flags: set[str]) -> None:
    refused = carrier.send(text(to))
    assert isinstance(refused, Refused)
    assert refused.code == code
    assert {name for name in ("permanent", "opted_out", "ours") if getattr(refused, name)} == flags


def test_too_many_at_once_was_certainly_not_taken(box: Box, carrier: TwilioCarrier) -> None:
    box.arm("429", phone=BORROWER)
    assert carrier.send(text()) == Refused("429")


@pytest.mark.parametrize(
    ("number", "fault", "taken"),
    [
        ("+12125550140", "500_before_accept", 0),
        ("+12125550141", "500_after_accept", 1),
        ("+12125550142", "drop_before_accept", 0),
        ("+12125550143", "drop_after_accept", 1),
    ],
)
def test_a_server_error_or_a_lost_answer_is_unknown_and_sent_once(
    box: Box, carrier: TwilioCarrier, number: str, fault: str, taken: int
) -> None:
    box.arm(fault, phone=number)
    assert isinstance(carrier.send(text(number)), Unknown)
    made = [m for m in box.control.get("/messages").json() if m["to"] == number]
    assert len(made) == taken


def test_a_slow_provider_is_given_up_on_as_unknown(box: Box, carrier: TwilioCarrier) -> None:
    box.arm("slow", phone="+12125550170", machine_seconds=2 * SHORT)
    assert isinstance(carrier.send(text("+12125550170")), Unknown)


def test_a_closed_port_is_a_certain_no(free_address: str) -> None:
    nobody = TwilioCarrier(Client(ACCOUNT, AUTH_TOKEN, http_client=RoutedHttpClient(free_address, timeout=SHORT)))
    assert nobody.send(text()) == Refused("connection-refused")


def test_a_lost_message_is_found_by_its_link_and_no_other_is(box: Box, carrier: TwilioCarrier) -> None:
    number, since = "+12125550171", box.clock.now()
    box.arm("500_after_accept", phone=number)
    assert isinstance(carrier.send(text(number)), Unknown)
    marker = hashlib.sha256(TOKEN.encode()).hexdigest()
    found = carrier.find(provider="twilio", touch="tch_1", to=number, sender=OURS, since=since, marker_sha256=marker)
    assert found is not None
    assert [found.provider_id] == [m["sid"] for m in box.control.get("/messages").json() if m["to"] == number]
    assert (
        carrier.find(provider="twilio", touch="tch_1", to=number, sender=OURS, since=since, marker_sha256="0" * 64)
        is None
    )
    later = since + timedelta(days=30)
    assert (
        carrier.find(provider="twilio", touch="tch_1", to=number, sender=OURS, since=later, marker_sha256=marker)
        is None
    )


def test_a_list_that_cannot_be_read_is_not_taken_for_an_empty_one(free_address: str) -> None:
    nobody = TwilioCarrier(Client(ACCOUNT, AUTH_TOKEN, http_client=RoutedHttpClient(free_address, timeout=SHORT)))
    with pytest.raises(ConnectionError):
        nobody.find(provider="twilio", touch="tch_1", to=BORROWER, sender=OURS, since=LONG_AGO, marker_sha256="0" * 64)


def test_wrong_credentials_are_ours_to_mend(box: Box) -> None:
    stranger = TwilioCarrier(Client(ACCOUNT, "wrong", http_client=RoutedHttpClient(box.url, timeout=SHORT)))
    refused = stranger.send(text())
    assert isinstance(refused, Refused)
    assert refused.ours


def test_while_tokens_are_exchanged_the_first_is_ours(box: Box) -> None:
    settings = Settings(
        sandbox=True,
        twilio_base=box.url,
        twilio_account_sid=ACCOUNT,
        twilio_auth_token=SecretStr(f"{AUTH_TOKEN}, an-older-one"),
    )
    assert isinstance(TwilioCarrier.from_settings(settings).send(text("+12125550172")), Accepted)


def test_no_request_leaves_for_another_host_or_another_sandbox() -> None:
    with pytest.raises(CannotStart, match="loopback"):
        RoutedHttpClient("https://carrier.example.com")
    with pytest.raises(CannotStart, match="not Twilio's"):
        RoutedHttpClient("http://127.0.0.1:9").request("GET", "https://example.com/x")


@pytest.mark.parametrize(("sandbox", "base"), [(True, ""), (False, "http://127.0.0.1:9")])
def test_sandbox_and_production_cannot_be_mixed(sandbox: bool, base: str) -> None:
    with pytest.raises(CannotStart, match="belongs to the sandbox alone"):
        TwilioCarrier.from_settings(Settings(sandbox=sandbox, twilio_base=base, twilio_account_sid=ACCOUNT))
