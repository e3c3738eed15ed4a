"""A lender that sends by a Messaging Service: created, found again and listened to, with the real SDK against the box."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from twilio.rest import Client

from forbear.channels.sms_twilio import TwilioCarrier
from forbear.channels.twilio_http import RoutedHttpClient
from forbear.ports.sms import Accepted, Refused, SmsText, Unknown
from tests.sandbox.box import ACCOUNT, AUTH_TOKEN, Box, Receiver

BORROWER, WRITER = "+12125550161", "+12125550162"
TOKEN = "service000token1"
MARKER = hashlib.sha256(TOKEN.encode()).hexdigest()
LONG_AGO, FAR_AHEAD = datetime(2020, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    receiver = Receiver()
    running = Box(tmp_path_factory.mktemp("services"), receiver)
    yield running
    running.stop()
    receiver.stop()


@pytest.fixture(scope="module")
def client(box: Box) -> Client:
    return Client(ACCOUNT, AUTH_TOKEN, http_client=RoutedHttpClient(box.url))


@pytest.fixture(scope="module")
def pool(client: Client) -> tuple[str, list[str]]:
    """A service and the numbers behind it."""
    service = str(client.messaging.v1.services.create(friendly_name="Reminders").sid)
    numbers = [client.incoming_phone_numbers.create(area_code="212") for _ in range(2)]
    for number in numbers:
        client.messaging.v1.services(service).phone_numbers.create(phone_number_sid=str(number.sid))
    return service, [str(number.phone_number) for number in numbers]


def text(sender: str, to: str = BORROWER) -> SmsText:
    return SmsText(
        touch="tch_1",
        provider="twilio",
        template="reminder-friendly",
        language="en",
        values={},
        to=to,
        sender=sender,
        body=f"Please see https://pay.example.com/p/{TOKEN}",
        callback_url="https://pay.example.com/cb?t=tch_1",
        validity=timedelta(hours=3),
    )


def test_it_sends_by_the_service_and_no_number_of_its_own(
    box: Box, client: Client, pool: tuple[str, list[str]]
) -> None:
    sent = TwilioCarrier(client).send(text(pool[0]))
    assert isinstance(sent, Accepted)
    assert sent.status == "accepted"
    assert client.messages(sent.provider_id).fetch().messaging_service_sid == pool[0]
    assert [each["to"] for each in box.control.get("/messages").json()].count(BORROWER) == 1


def test_a_lost_answer_is_found_by_the_service_whatever_number_it_chose(
    box: Box, client: Client, pool: tuple[str, list[str]]
) -> None:
    carrier, to = TwilioCarrier(client), "+12125550163"
    box.arm("500_after_accept", phone=to)
    assert isinstance(carrier.send(text(pool[0], to)), Unknown)
    where = {"provider": "twilio", "touch": "tch_1", "to": to, "marker_sha256": MARKER}
    found = carrier.find(sender=pool[0], since=LONG_AGO, **where)
    assert found is not None
    assert carrier.find(sender="MG" + "9" * 32, since=LONG_AGO, **where) is None, "another service's is not ours"


def test_what_people_write_to_any_number_of_the_pool_is_listed_newest_first(
    box: Box, client: Client, pool: tuple[str, list[str]]
) -> None:
    service, numbers = pool
    said = [("first", numbers[0]), ("second", numbers[1]), ("third", numbers[0])]
    for body, to in said:
        box.control.post("/inbound", json={"phone": WRITER, "to": to, "body": body}).raise_for_status()
    listed = TwilioCarrier(client).written_to(service, since=LONG_AGO, until=FAR_AHEAD)
    texts = [written.text for written in listed if written.sender == WRITER]
    assert sorted(texts) == ["first", "second", "third"]
    assert texts.index("third") < texts.index("first")


def test_a_service_without_numbers_is_ours_to_mend(client: Client) -> None:
    service = str(client.messaging.v1.services.create(friendly_name="Empty").sid)
    refused = TwilioCarrier(client).send(text(service, "+12125550164"))
    assert isinstance(refused, Refused)
    assert refused.ours
