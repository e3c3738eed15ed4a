"""Status callbacks: which, how signed, how often tried, and what can go wrong with them."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from tests.sandbox.box import AUTH_TOKEN, OURS, Answer, Box, Receiver, Seen, eventually, twilio_client

VALIDATOR = RequestValidator(AUTH_TOKEN)
Send = Callable[..., str]


@pytest.fixture
def path(phone: str) -> str:
    return f"/callback/{phone.removeprefix('+')}"


@pytest.fixture
def send(twilio: Client, receiver: Receiver, phone: str, path: str) -> Send:
    """Sends a text whose callbacks reach `path`; returns its sid."""

    def send(fragment: str = "#rc=5&rp=all", **more: Any) -> str:
        callback = f"{receiver.url}{path}?t=ref&k=a%2Fb{fragment}"
        given = {"to": phone, "from_": OURS, "body": "hello", "status_callback": callback} | more
        return str(twilio.messages.create(**given).sid)

    return send


def statuses(seen: list[Seen]) -> list[str]:
    return [one.form["MessageStatus"] for one in seen]


def final(receiver: Receiver, path: str) -> Seen:
    done = {"delivered", "undelivered", "failed"}
    return eventually(lambda: next((one for one in receiver.at(path) if one.form["MessageStatus"] in done), None))


def test_callbacks_tell_sent_and_delivered_but_never_the_first_status(
    receiver: Receiver, send: Send, path: str, phone: str
) -> None:
    sid = send()
    last = final(receiver, path).form
    eventually(lambda: len(receiver.at(path)) >= 2)
    assert sorted(statuses(receiver.at(path))) == ["delivered", "sent"]
    assert {name: last[name] for name in ("MessageSid", "SmsSid", "SmsStatus", "To", "From", "ApiVersion")} == {
        "MessageSid": sid,
        "SmsSid": sid,
        "SmsStatus": "delivered",
        "To": phone,
        "From": OURS,
        "ApiVersion": "2010-04-01",
    }
    assert len(last["RawDlrDoneDate"]) == 10
    assert not {"Body", "ErrorCode"} & set(last)


def test_callbacks_are_signed_over_the_address_without_its_fragment(receiver: Receiver, send: Send, path: str) -> None:
    send()
    seen = final(receiver, path)
    assert "#" not in seen.url
    assert VALIDATOR.validate(seen.url, seen.form, seen.headers["x-twilio-signature"])
    assert not VALIDATOR.validate(seen.url + "x", seen.form, seen.headers["x-twilio-signature"])


def test_a_messaging_service_also_tells_queued(receiver: Receiver, send: Send, path: str) -> None:
    service = "MG" + "0" * 31 + "2"
    send(from_=None, messaging_service_sid=service)
    assert final(receiver, path).form["MessagingServiceSid"] == service
    eventually(lambda: len(receiver.at(path)) >= 3)
    assert sorted(statuses(receiver.at(path))) == ["delivered", "queued", "sent"]


def test_no_callback_is_posted_inside_the_request(receiver: Receiver, send: Send, path: str) -> None:
    gate = threading.Event()
    receiver.answers[path] = [Answer(gate=gate)]
    send()
    gate.set()
    final(receiver, path)


def test_failures_are_retried_as_the_fragment_says_with_one_token(receiver: Receiver, send: Send, path: str) -> None:
    receiver.answers[path] = [Answer(503), Answer(404), Answer(204)]
    send("#rc=5&rp=4xx,5xx")
    eventually(lambda: len(receiver.at(path)) == 4)
    by_status: dict[str, set[str]] = {}
    for seen in receiver.at(path):
        by_status.setdefault(seen.form["MessageStatus"], set()).add(seen.headers["i-twilio-idempotency-token"])
    assert {status: len(tokens) for status, tokens in by_status.items()} == {"sent": 1, "delivered": 1}
    assert by_status["sent"] != by_status["delivered"]


def test_without_overrides_an_error_answer_loses_the_event(receiver: Receiver, send: Send, path: str, box: Box) -> None:
    receiver.answers[path] = [Answer(503), Answer(503)]
    sid = send("")
    eventually(lambda: "delivered" in box.states(sid) and len(receiver.at(path)) == 2)
    eventually(lambda: "post" not in box.control.get("/agenda").json())
    assert len(receiver.at(path)) == 2


def test_retries_end(receiver: Receiver, send: Send, path: str, box: Box) -> None:
    receiver.answers[path] = [Answer(503)] * 20
    send("#rc=2&rp=all")
    eventually(lambda: len(receiver.at(path)) == 6)
    eventually(lambda: "post" not in box.control.get("/agenda").json())
    assert len(receiver.at(path)) == 6


@pytest.mark.parametrize(
    ("outcome", "end"),
    [
        ("unreachable", ("undelivered", 30003)),
        ("landline", ("undelivered", 30006)),
        ("filtered", ("undelivered", 30007)),
        ("internal_error", ("failed", 30500)),
    ],
)
def test_handsets_fail_with_the_providers_codes(
    box: Box, send: Send, phone: str, outcome: str, end: tuple[str, int]
) -> None:
    box.control.post("/handsets", json={"phone": phone, "outcome": outcome})
    sid = send()
    seen = final(box.receiver, f"/callback/{phone.removeprefix('+')}").form
    assert (seen["MessageStatus"], int(seen["ErrorCode"])) == end
    fetched = twilio_client(box.url).messages(sid).fetch()
    assert (str(fetched.status), fetched.error_code) == end
    assert fetched.error_message
    last = [line for line in box.log() if line.get("sid") == sid][-1]
    assert (last["status"], last["error_code"]) == end


def test_a_message_that_outstays_its_validity_is_not_sent(
    box: Box, receiver: Receiver, send: Send, path: str, phone: str
) -> None:
    box.control.post("/handsets", json={"phone": phone, "queued_world_seconds": 4_000})
    sid = send(validity_period=600)
    seen = final(receiver, path).form
    assert (seen["MessageStatus"], seen["ErrorCode"]) == ("failed", "30036")
    assert box.states(sid) == ["queued", "failed"]


def test_a_queue_shorter_than_the_validity_delivers(
    box: Box, receiver: Receiver, send: Send, path: str, phone: str
) -> None:
    box.control.post("/handsets", json={"phone": phone, "queued_world_seconds": 1_000})
    send(validity_period=30_000)
    assert final(receiver, path).form["MessageStatus"] == "delivered"


def test_a_silent_handset_never_reports(box: Box, receiver: Receiver, send: Send, path: str, phone: str) -> None:
    box.control.post("/handsets", json={"phone": phone, "outcome": "silent"})
    sid = send()
    eventually(lambda: box.states(sid) == ["queued", "sent"] and receiver.at(path))
    eventually(lambda: "advance" not in box.control.get("/agenda").json())
    assert statuses(receiver.at(path)) == ["sent"]


def test_a_duplicated_callback_comes_twice_with_one_token(
    box: Box, receiver: Receiver, send: Send, path: str, phone: str
) -> None:
    box.arm("callback_duplicated", phone=phone)
    send()
    eventually(lambda: len(receiver.at(path)) == 3)
    sent = [
        seen.headers["i-twilio-idempotency-token"] for seen in receiver.at(path) if seen.form["MessageStatus"] == "sent"
    ]
    assert len(sent) == 2
    assert len(set(sent)) == 1


def test_a_reordered_callback_comes_after_the_next(
    box: Box, receiver: Receiver, send: Send, path: str, phone: str
) -> None:
    box.arm("callback_reordered", phone=phone)
    send()
    eventually(lambda: len(receiver.at(path)) == 2)
    assert statuses(receiver.at(path)) == ["delivered", "sent"]


def test_a_lost_callback_never_comes(box: Box, receiver: Receiver, send: Send, path: str, phone: str) -> None:
    box.arm("callback_lost", phone=phone, times=None)
    sid = send()
    eventually(lambda: "delivered" in box.states(sid))
    box.control.delete("/faults").raise_for_status()
    assert not receiver.at(path)


def test_a_delayed_callback_comes_world_hours_later(
    box: Box, receiver: Receiver, send: Send, path: str, phone: str
) -> None:
    box.arm("callback_delayed", phone=phone, world_seconds=86_400)
    send()
    final(receiver, path)
    assert statuses(receiver.at(path)) == ["delivered"]
    box.jump(box.clock.now() + timedelta(days=1))
    eventually(lambda: len(receiver.at(path)) == 2)
    assert statuses(receiver.at(path)) == ["delivered", "sent"]


def test_a_bad_signature_does_not_validate(box: Box, receiver: Receiver, send: Send, path: str, phone: str) -> None:
    box.arm("callback_bad_signature", phone=phone, times=2)
    send()
    seen = final(receiver, path)
    assert not VALIDATOR.validate(seen.url, seen.form, seen.headers["x-twilio-signature"])


def test_new_parameters_and_missing_report_dates_come_signed(
    box: Box, receiver: Receiver, send: Send, path: str, phone: str
) -> None:
    box.arm("callback_new_parameter", phone=phone, times=2)
    box.arm("callback_no_report_date", phone=phone, times=2)
    send()
    seen = final(receiver, path)
    assert seen.form["NewParameter"] == "1"
    assert "RawDlrDoneDate" not in seen.form
    assert VALIDATOR.validate(seen.url, seen.form, seen.headers["x-twilio-signature"])


def test_an_address_that_never_answers_holds_up_nobody_else(receiver: Receiver, send: Send, path: str) -> None:
    never, hole = threading.Event(), f"{path}/never"
    receiver.answers[hole] = [Answer(gate=never) for _ in range(200)]
    try:
        for _ in range(40):
            send(status_callback=f"{receiver.url}{hole}")
        eventually(lambda: len(receiver.at(hole)) >= 32)
        send()
        eventually(lambda: sorted(statuses(receiver.at(path))) == ["delivered", "sent"], patience=10.0)
        assert len(receiver.at(hole)) == 32
    finally:
        receiver.answers[hole] = []
        never.set()
