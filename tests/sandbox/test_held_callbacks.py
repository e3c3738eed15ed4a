"""Callbacks that wait for another: none is lost, none is posted twice, whatever becomes of the one they wait for."""

from collections import Counter
from typing import Any

import pytest
from twilio.rest import Client

from tests.sandbox.answering import Voice
from tests.sandbox.box import ACCOUNT, AUTH_TOKEN, OURS, Box, Receiver, eventually

MESSAGES = f"/api/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
UNREADABLE = "http://127.0.0.1:9/a&#127;b"


@pytest.fixture
def path(phone: str) -> str:
    return f"/held/{phone[1:]}"


def send(box: Box, phone: str, path: str, fault: str) -> None:
    text = {"To": phone, "From": OURS, "Body": "x", "StatusCallback": f"{box.receiver.url}{path}#rc=5&rp=all"}
    headers = {"X-Sandbox-Fault": fault}
    url = f"{box.url}{MESSAGES}"
    box.control.post(url, data=text, headers=headers, auth=(ACCOUNT, AUTH_TOKEN)).raise_for_status()


def told(receiver: Receiver, path: str, many: int) -> list[str]:
    """The statuses a path was told, once they were so many."""
    eventually(lambda: len(receiver.at(path)) >= many)
    return [seen.form["MessageStatus"] for seen in receiver.at(path)]


def nothing_left(box: Box) -> bool:
    return not {"advance", "post", "post_held"} & set(box.control.get("/agenda").json())


def test_the_last_callback_of_all_comes_after_a_while(box: Box, receiver: Receiver, phone: str, path: str) -> None:
    box.control.post("/handsets", json={"phone": phone, "outcome": "silent"}).raise_for_status()
    send(box, phone, path, "callback_reordered")
    assert told(receiver, path, 1) == ["sent"]


def test_a_held_callback_is_posted_once_behind_a_doubled_one(
    box: Box, receiver: Receiver, phone: str, path: str
) -> None:
    send(box, phone, path, "callback_reordered, callback_duplicated")
    told(receiver, path, 3)
    eventually(lambda: nothing_left(box))
    assert Counter(told(receiver, path, 3)) == {"delivered": 2, "sent": 1}


def test_where_every_callback_is_reordered_none_is_lost(box: Box, receiver: Receiver, phone: str, path: str) -> None:
    send(box, phone, path, "callback_reordered; times=all")
    assert told(receiver, path, 2) == ["delivered", "sent"]


def test_a_callback_behind_one_to_an_address_nobody_can_read_comes_all_the_same(
    box: Box, receiver: Receiver, twilio: Client, phone: str, path: str
) -> None:
    voice = Voice(box, receiver, twilio)
    voice.documents[path] = f"<Record recordingStatusCallback='{UNREADABLE}'/>"
    voice.script(phone, acts=[{"say": "Hello"}])
    receiver.site = voice
    box.arm("callback_reordered", phone=phone, product="calls")
    events = {"status_callback": voice.url(f"{path}/status"), "status_callback_event": ["answered", "completed"]}
    sid = voice.call(phone, path, **events)
    voice.ended(sid)
    eventually(lambda: len(receiver.at(f"{path}/status")) == 2)
    sent = eventually(lambda: [one for one in attempts(box, sid) if "\x7f" in one["url"]])
    assert {(one["status"], one["failure"]) for one in sent} == {(None, "ct")}


def attempts(box: Box, sid: str) -> list[dict[str, Any]]:
    return box.control.get("/deliveries", params={"sid": sid}).raise_for_status().json()
