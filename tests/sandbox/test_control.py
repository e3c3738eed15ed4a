"""The control plane as a stranger uses it: the log, what was delivered, faults of any request, a clock that leaps."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import httpx
import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from tests.sandbox.box import ACCOUNT, AUTH_TOKEN, OURS, Answer, Box, Receiver, eventually

MESSAGES = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"


@pytest.fixture
def raw(box: Box) -> httpx.Client:
    return httpx.Client(base_url=f"{box.url}/api", auth=(ACCOUNT, AUTH_TOKEN), trust_env=False)


def lines(box: Box, after: int = 0) -> list[dict[str, Any]]:
    return box.control.get("/log", params={"after": after}).raise_for_status().json()


def attempts(box: Box, sid: str, many: int) -> list[dict[str, Any]] | None:
    """What was sent about a message, once it was so much."""
    found = box.control.get("/deliveries", params={"sid": sid}).raise_for_status().json()
    return found if len(found) == many else None


def test_the_log_can_be_read_from_where_one_stopped(box: Box, twilio: Client, phone: str) -> None:
    last = max((line["seq"] for line in lines(box)), default=0)
    box.arm("500_after_accept", phone=phone)
    with pytest.raises(TwilioRestException):
        twilio.messages.create(to=phone, from_=OURS, body="Hello")
    with pytest.raises(TwilioRestException):
        twilio.messages.create(to=phone, from_=OURS)
    accepted = [line for line in lines(box, last) if line.get("to") == phone]
    assert [(line["channel"], line["status"]) for line in accepted] == [("sms", "queued")]
    assert {key: value for key, value in accepted[0].items() if key != "seq"} in box.log()


def test_every_attempt_to_call_back_can_be_seen(box: Box, receiver: Receiver, twilio: Client, phone: str) -> None:
    path = f"/seen/{phone[1:]}"
    receiver.answers[path] = [Answer(503, "busy")]
    url = f"{receiver.url}{path}?t=1#rc=2&rp=all"
    sid = str(twilio.messages.create(to=phone, from_=OURS, body="Hello", status_callback=url).sid)
    eventually(lambda: len(receiver.at(path)) == 3)
    told = eventually(lambda: attempts(box, sid, 3))
    assert {one["url"] for one in told} == {f"{receiver.url}{path}?t=1"}
    assert sorted((one["status"], one["failure"]) for one in told) == [(204, None), (204, None), (503, "5xx")]
    assert {one["params"]["MessageStatus"] for one in told} == {"sent", "delivered"}
    assert sorted(one["tries"] for one in told) == [0, 0, 1]


def test_an_address_nobody_answers_at_is_seen_too(box: Box, twilio: Client, phone: str) -> None:
    sid = str(twilio.messages.create(to=phone, from_=OURS, body="x", status_callback="http://127.0.0.1:9/").sid)
    told = eventually(lambda: attempts(box, sid, 4))
    assert {(one["status"], one["failure"]) for one in told} == {(None, "ct")}


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [("429", 429, 20429), ("500_before_accept", 500, 20500), ("refuse; code=20404", 404, 20404)],
)
def test_a_request_that_creates_nothing_orders_its_own_failure(
    raw: httpx.Client, fault: str, status: int, code: int
) -> None:
    answer = raw.get(MESSAGES, headers={"X-Sandbox-Fault": fault})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert raw.get(MESSAGES).status_code == 200


def test_a_list_can_be_cut_off_or_outlast_its_reader(raw: httpx.Client) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        raw.get(MESSAGES, headers={"X-Sandbox-Fault": "drop_before_accept"})
    with pytest.raises(httpx.ReadTimeout):
        raw.get(MESSAGES, headers={"X-Sandbox-Fault": "slow"}, timeout=0.3)


@pytest.mark.parametrize("header", ["earthquake", "slow; machine_seconds=nan", "slow; machine_seconds=-1", "429; x=1"])
def test_a_fault_nobody_can_read_is_refused(raw: httpx.Client, header: str) -> None:
    answer = raw.get(MESSAGES, headers={"X-Sandbox-Fault": header})
    assert (answer.status_code, answer.json()["code"]) == (400, 20001)


def test_one_fault_can_be_withdrawn(box: Box, new_phone: Callable[[], str]) -> None:
    first, second = (
        box.control.post("/faults", json={"kind": "429", "phone": new_phone()}).json()["id"] for _ in range(2)
    )
    assert box.control.delete(f"/faults/{first}").status_code == 204
    assert box.control.delete(f"/faults/{first}").status_code == 404
    left = {fault["id"] for fault in box.control.get("/faults").json()}
    assert second in left
    assert first not in left
    box.control.delete(f"/faults/{second}").raise_for_status()


def test_a_delay_of_which_nobody_says_how_long_is_one_all_the_same(box: Box, phone: str) -> None:
    armed = box.control.post("/faults", json={"kind": "slow", "phone": phone}).json()
    assert armed["machine_seconds"] == 15
    box.control.delete(f"/faults/{armed['id']}").raise_for_status()


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/faults", {"kind": "429", "count": 3}),
        ("/faults", {"kind": "slow", "machine_seconds": -1}),
        ("/handsets", {"phone": "+12125550123", "status": "delivered"}),
        ("/inbound", {"phone": "+12125550123", "to": OURS, "body": "x", "from": "me"}),
        ("/calls", {"phone": "+12125550123", "to": OURS, "says": "hello"}),
        ("/lookups", {"phone": "+12125550123", "line": "mobile"}),
        ("/clock", {"speed": 0}),
        ("/clock", {"advance_world_seconds": -1}),
        ("/clock", {"pace": 2}),
        ("/clock", []),
    ],
)
def test_what_the_control_plane_does_not_know_is_a_mistake(box: Box, path: str, told: object) -> None:
    assert box.control.post(path, json=told).status_code == 422


def test_the_clock_leaps_and_changes_its_pace(box: Box) -> None:
    before = box.control.get("/clock").json()
    try:
        leapt = box.control.post("/clock", json={"advance_world_seconds": 86_400, "speed": 1}).json()
        ahead = datetime.fromisoformat(leapt["now"]) - datetime.fromisoformat(before["now"])
        assert ahead.total_seconds() >= 86_400
        assert leapt["speed"] == 1
        assert box.control.post("/clock", json={"speed": 60}).json()["speed"] == 60
    finally:
        whole = {name: before[name] for name in ("origin", "anchor", "speed")}
        assert box.control.post("/clock", json=whole).raise_for_status().json()["speed"] == before["speed"]
