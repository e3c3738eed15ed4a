"""What goes wrong with calls: armed by the control plane or ordered by the request itself."""

from collections.abc import Callable
from typing import Any

import pytest
import requests
from twilio.base.exceptions import TwilioRestException
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from tests.sandbox.answering import Voice
from tests.sandbox.box import ACCOUNT, AUTH_TOKEN, OURS, Box, Receiver, RoutedHttpClient, eventually, twilio_client

VALIDATOR = RequestValidator(AUTH_TOKEN)
HELLO = "<Response><Say>Hello</Say></Response>"


@pytest.fixture
def base(phone: str) -> str:
    return f"/faults/{phone[1:]}"


@pytest.fixture
def voice(box: Box, receiver: Receiver, twilio: Client, base: str) -> Voice:
    voice = Voice(box, receiver, twilio)
    voice.documents[base] = "<Say>Hello</Say>"
    voice.documents[f"{base}/fallback"] = "<Say>Sorry</Say>"
    receiver.site = voice
    return voice


def accepted(box: Box, phone: str) -> int:
    return sum(line.get("kind") == "accepted" and line["to"] == phone for line in box.log())


def ordering(box: Box, fault: str) -> Client:
    """A client whose every request orders a fault."""
    client = twilio_client(box.url)
    assert isinstance(client.http_client, RoutedHttpClient)
    assert client.http_client.session is not None
    client.http_client.session.headers["X-Sandbox-Fault"] = fault
    return client


@pytest.mark.parametrize("by_header", [False, True])
@pytest.mark.parametrize(
    "case",
    [("refuse", 21214, 0), ("429", 20429, 0), ("500_before_accept", 20500, 0), ("500_after_accept", 20500, 1)],
)
def test_errors_before_and_after_acceptance(
    box: Box, phone: str, case: tuple[str, int, int], *, by_header: bool
) -> None:
    kind, code, placed = case
    if not by_header:
        box.arm(kind, phone=phone, product="calls")
    with pytest.raises(TwilioRestException) as caught:
        ordering(box, kind if by_header else "").calls.create(to=phone, from_=OURS, twiml=HELLO)
    assert caught.value.code == code
    assert accepted(box, phone) == placed
    assert len(twilio_client(box.url).calls.list(to=phone)) == placed


@pytest.mark.parametrize(("kind", "placed"), [("drop_before_accept", 0), ("drop_after_accept", 1)])
def test_a_dropped_connection_gives_no_answer(box: Box, twilio: Client, phone: str, kind: str, placed: int) -> None:
    box.arm(kind, phone=phone, product="calls")
    with pytest.raises(requests.exceptions.ConnectionError):
        twilio.calls.create(to=phone, from_=OURS, twiml=HELLO)
    assert accepted(box, phone) == placed
    assert len(twilio.calls.list(to=phone)) == placed


def test_a_slow_answer_outlasts_the_client_and_the_call_is_placed_all_the_same(box: Box, phone: str) -> None:
    box.arm("slow", phone=phone, machine_seconds=1.5, product="calls")
    with pytest.raises(requests.exceptions.ReadTimeout):
        twilio_client(box.url, timeout=0.3).calls.create(to=phone, from_=OURS, twiml=HELLO)
    eventually(lambda: accepted(box, phone) == 1)


def test_a_fault_of_one_product_leaves_the_others_alone(box: Box, twilio: Client, phone: str) -> None:
    box.arm("429", phone=phone, product="calls", times=None)
    twilio.messages.create(to=phone, from_=OURS, body="x")
    with pytest.raises(TwilioRestException):
        twilio.calls.create(to=phone, from_=OURS, twiml=HELLO)
    box.control.delete("/faults").raise_for_status()


def test_a_refusal_has_the_code_the_order_names(box: Box, twilio: Client, phone: str) -> None:
    box.arm("refuse", phone=phone, code=21610, product="messages")
    with pytest.raises(TwilioRestException) as caught:
        twilio.messages.create(to=phone, from_=OURS, body="x")
    assert (caught.value.status, caught.value.code) == (400, 21610)


def test_an_order_nobody_can_read_is_refused(box: Box, phone: str) -> None:
    with pytest.raises(TwilioRestException) as caught:
        ordering(box, "earthquake; times=2").messages.create(to=phone, from_=OURS, body="x")
    assert (caught.value.status, caught.value.code) == (400, 20001)
    assert not [line for line in box.log() if line.get("to") == phone]


def test_a_lagging_list_does_not_show_the_newest(box: Box, twilio: Client, phone: str) -> None:
    twilio.calls.create(to=phone, from_=OURS, twiml=HELLO)
    box.arm("list_lag", phone=phone, world_seconds=36_000, product="calls")
    assert twilio.calls.list(to=phone) == []
    assert ordering(box, "list_lag; world_seconds=36000").calls.list(to=phone) == []
    assert len(twilio.calls.list(to=phone)) == 1


@pytest.mark.parametrize("product", ["messages", "calls"])
def test_a_callback_comes_before_the_answer(voice: Voice, phone: str, base: str, product: str) -> None:
    client, path = ordering(voice.box, "callback_before_answer"), f"{base}/early"
    given: dict[str, Any] = {"to": phone, "from_": OURS, "status_callback": voice.url(path)}
    if product == "messages":
        client.messages.create(body="x", **given)
    else:
        client.calls.create(twiml=HELLO, **given)
    assert voice.receiver.at(path)


@pytest.fixture
def told(voice: Voice, phone: str, base: str) -> Callable[[str], list[dict[str, str]]]:
    """Place a call under an ordered fault; its callbacks once it is over and nothing is left to post."""

    def told(fault: str) -> list[dict[str, str]]:
        path, events = f"{base}/status", ["initiated", "ringing", "answered", "completed"]
        client = ordering(voice.box, fault)
        given: dict[str, Any] = {"status_callback": voice.url(path), "status_callback_event": events}
        sid = str(client.calls.create(to=phone, from_=OURS, url=voice.url(base), **given).sid)
        voice.ended(sid)
        eventually(lambda: not {"post", "call_fetch", "call_turn"} & set(voice.box.control.get("/agenda").json()))
        return [seen.form | {"valid": str(_valid(seen))} for seen in voice.receiver.at(path)]

    return told


def _valid(seen: Any) -> bool:
    return VALIDATOR.validate(seen.url, seen.form, seen.headers["x-twilio-signature"])


Told = Callable[[str], list[dict[str, str]]]


def numbers(forms: list[dict[str, str]]) -> list[str]:
    return sorted(form["SequenceNumber"] for form in forms)


def test_callbacks_are_doubled_delayed_and_lost(told: Told) -> None:
    assert numbers(told("callback_duplicated; times=all")) == ["0", "0", "1", "1", "2", "2", "3", "3"]


def test_lost_callbacks_never_come(told: Told) -> None:
    assert told("callback_lost; times=all") == []


def test_a_reordered_callback_comes_after_the_next(told: Told) -> None:
    forms = told("callback_reordered")
    order = [form["SequenceNumber"] for form in forms]
    assert order.index("0") > order.index("1")


def test_a_delayed_callback_comes_when_the_call_is_over(told: Told) -> None:
    forms = told("callback_delayed; world_seconds=7200")
    assert forms[-1]["SequenceNumber"] == "0"


def test_bad_signatures_and_unknown_fields(told: Told) -> None:
    forms = told("callback_bad_signature; times=2, callback_new_parameter; times=all")
    assert sorted(form["valid"] for form in forms) == ["False", "False", "True", "True"]
    assert {form["NewParameter"] for form in forms} == {"1"}


def test_a_request_for_instructions_comes_twice_and_is_performed_once(voice: Voice, phone: str, base: str) -> None:
    voice.box.arm("twiml_duplicated", phone=phone)
    sid = voice.call(phone, base)
    voice.ended(sid)
    assert len(voice.receiver.at(base)) == 2
    assert voice.said(sid) == ["Hello"]


def test_a_lost_answer_goes_to_the_fallback(voice: Voice, phone: str, base: str) -> None:
    voice.box.arm("twiml_answer_lost", phone=phone)
    sid = voice.call(phone, base, fallback_url=voice.url(f"{base}/fallback"))
    voice.ended(sid)
    assert voice.said(sid) == ["Sorry"]
    assert len(voice.receiver.at(base)) == 1


def test_a_badly_signed_request_for_instructions(voice: Voice, phone: str, base: str) -> None:
    voice.box.arm("twiml_bad_signature", phone=phone)
    voice.ended(voice.call(phone, base))
    assert not _valid(voice.receiver.at(base)[0])


def test_the_accounts_own_address_only(box: Box) -> None:
    answer = requests.get(f"{box.url}/api/2010-04-01/Accounts/{ACCOUNT}/Calls.json", timeout=10)
    assert (answer.status_code, answer.json()["code"]) == (401, 20003)
