"""What goes wrong between the application and the carrier, as the real SDK meets it."""

import pytest
import requests
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.rest import Client

from tests.sandbox.box import OURS, Box, eventually, twilio_client


def accepted(box: Box, phone: str) -> int:
    return sum(line.get("channel") == "sms" and line["to"] == phone for line in box.log())


@pytest.mark.parametrize(
    ("kind", "code", "sent"), [("429", 20429, 0), ("500_before_accept", 20500, 0), ("500_after_accept", 20500, 1)]
)
def test_errors_before_and_after_acceptance(box: Box, phone: str, kind: str, code: int, sent: int) -> None:
    twilio = twilio_client(box.url)
    box.arm(kind, phone=phone)
    with pytest.raises(TwilioRestException) as caught:
        twilio.messages.create(to=phone, from_=OURS, body="x")
    assert (caught.value.status, caught.value.code) == (int(kind[:3]), code)
    assert accepted(box, phone) == sent
    twilio.messages.create(to=phone, from_=OURS, body="x")
    assert accepted(box, phone) == sent + 1


@pytest.mark.parametrize(("kind", "sent"), [("drop_before_accept", 0), ("drop_after_accept", 1)])
def test_a_dropped_connection_gives_no_answer(box: Box, twilio: Client, phone: str, kind: str, sent: int) -> None:
    box.arm(kind, phone=phone)
    with pytest.raises(requests.exceptions.ConnectionError):
        twilio.messages.create(to=phone, from_=OURS, body="x")
    assert accepted(box, phone) == sent
    assert len(twilio.messages.list(to=phone)) == sent


def test_a_slow_answer_outlasts_the_client_and_the_message_is_sent_all_the_same(box: Box, phone: str) -> None:
    box.arm("slow", phone=phone, machine_seconds=1.5)
    with pytest.raises(requests.exceptions.ReadTimeout):
        twilio_client(box.url, timeout=0.3).messages.create(to=phone, from_=OURS, body="x")
    eventually(lambda: accepted(box, phone) == 1)


def test_a_lagging_list_does_not_show_the_newest(box: Box, twilio: Client, phone: str) -> None:
    twilio.messages.create(to=phone, from_=OURS, body="x")
    box.arm("list_lag", phone=phone, world_seconds=36_000)
    assert twilio.messages.list(to=phone) == []
    assert len(twilio.messages.list(to=phone)) == 1


def test_a_list_that_is_refused_raises_the_bare_error(twilio: Client) -> None:
    with pytest.raises(TwilioException):
        twilio.messages.get_page("https://api.twilio.com/2010-04-01/Accounts/AC0/Messages.json")


def test_faults_are_counted_shown_and_disarmed(box: Box, twilio: Client, phone: str) -> None:
    box.arm("429", phone=phone, times=None)
    for _ in range(2):
        with pytest.raises(TwilioRestException):
            twilio.messages.create(to=phone, from_=OURS, body="x")
    armed = box.control.get("/faults").json()
    assert [(fault["kind"], fault["phone"], fault["times"]) for fault in armed] == [("429", phone, None)]
    box.control.delete("/faults").raise_for_status()
    assert twilio.messages.create(to=phone, from_=OURS, body="x").status == "queued"


def test_an_unknown_fault_is_refused(box: Box) -> None:
    assert box.control.post("/faults", json={"kind": "earthquake"}).status_code == 422
