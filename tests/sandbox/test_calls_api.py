"""The real Twilio SDK cannot tell the carrier's calls from Twilio's: shapes, statuses, codes, lists."""

import re
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import pytest
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.rest import Client

from tests.sandbox.answering import Voice
from tests.sandbox.box import ACCOUNT, AUTH_TOKEN, OURS, Answer, Box, Receiver, eventually

CALLS = f"/api/2010-04-01/Accounts/{ACCOUNT}/Calls"
HELLO = "<Response><Say>Hello</Say></Response>"
LONG = "<Response><Pause length='5000'/></Response>"
FIELDS = {
    "sid", "date_created", "date_updated", "parent_call_sid", "account_sid", "to", "to_formatted", "from",
    "from_formatted", "phone_number_sid", "status", "start_time", "end_time", "duration", "price", "price_unit",
    "direction", "answered_by", "api_version", "annotation", "forwarded_from", "group_sid", "caller_name", "queue_time",
    "trunk_sid", "uri", "subresource_uris",
}  # fmt: skip


@pytest.fixture
def voice(box: Box, receiver: Receiver, twilio: Client) -> Voice:
    return Voice(box, receiver, twilio)


def refused(client: Client, **params: Any) -> TwilioRestException:
    with pytest.raises(TwilioRestException) as caught:
        client.calls.create(**params)
    return caught.value


def test_a_created_call_is_queued_answered_and_completed(voice: Voice, phone: str) -> None:
    created = voice.twilio.calls.create(to=phone, from_=OURS, twiml=HELLO)
    assert re.fullmatch(r"CA[0-9a-f]{32}", created.sid or "")
    assert (created.status, created.direction, created.duration, created.price) == (
        "queued",
        "outbound-api",
        None,
        None,
    )
    call = voice.ended(str(created.sid))
    assert (str(call.status), call.to, call.duration, call.price) == ("completed", phone, "1", "-0.01400")
    assert call.start_time < call.end_time
    assert voice.said(str(created.sid)) == ["Hello"]


def test_wire_format_has_text_numbers_and_world_dates(box: Box, phone: str) -> None:
    with httpx.Client(base_url=box.url, auth=(ACCOUNT, AUTH_TOKEN), trust_env=False) as raw:
        answer = raw.post(f"{CALLS}.json", data={"To": phone, "From": OURS, "Twiml": HELLO, "UnknownNewOne": "x"})
    body = answer.json()
    assert answer.status_code == 201
    assert set(body) == FIELDS
    assert body["queue_time"].isdecimal()
    assert body["to_formatted"] == f"({phone[2:5]}) {phone[5:8]}-{phone[8:]}"
    assert abs(parsedate_to_datetime(body["date_created"]) - box.clock.now()) < timedelta(days=1)
    assert body["uri"] == f"{CALLS.removeprefix('/api')}/{body['sid']}.json"
    assert "Twilio-Request-Id" in answer.headers


@pytest.mark.parametrize(
    ("answers", "status", "sip"),
    [
        ("busy", "busy", "486"),
        ("refuses", "busy", "603"),
        ("no_answer", "no-answer", "487"),
        ("failed", "failed", "404"),
    ],
)
def test_calls_nobody_takes(voice: Voice, phone: str, answers: str, status: str, sip: str) -> None:
    voice.script(phone, answers=answers)
    path = f"/unanswered/{phone[1:]}"
    sid = voice.call(phone, twiml=HELLO, status_callback=voice.url(path))
    call = voice.ended(sid)
    assert (str(call.status), call.duration) == (status, "0")
    told = eventually(lambda: voice.receiver.at(path))[0].form
    assert (told["CallStatus"], told["SipResponseCode"], told["CallDuration"]) == (status, sip, "0")
    assert voice.transcript(sid)["entries"] == []


def test_a_call_rings_no_longer_than_its_timeout(voice: Voice, phone: str) -> None:
    voice.script(phone, ring_seconds=40)
    assert str(voice.ended(voice.call(phone, twiml=HELLO, timeout=20)).status) == "no-answer"
    assert str(voice.ended(voice.call(phone, twiml=HELLO, timeout=40)).status) == "completed"


def test_more_calls_than_the_rate_allows_wait_their_turn(box: Box, twilio: Client, phone: str) -> None:
    with box.at_walking_pace():
        calls = [twilio.calls.create(to=phone, from_=OURS, twiml=HELLO) for _ in range(4)]
        waits = [int(str(call.queue_time)) for call in calls]
        statuses = [str(twilio.calls(str(call.sid)).fetch().status) for call in calls]
    assert waits == sorted(waits)
    assert 1_500 < waits[3] - waits[0] <= 3_000
    assert statuses[3] == "queued"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"to": ""}, 21201),
        ({"to": "nobody"}, 21217),
        ({"to": "+15005550001"}, 21217),
        ({"to": "+15005550002"}, 21214),
        ({"to": "+15005550003"}, 21215),
        ({"to": "+15005550004"}, 21216),
        ({"from_": ""}, 21213),
        ({"from_": "+15005550001"}, 21212),
        ({"twiml": ""}, 21205),
        ({"twiml": "", "url": "no address"}, 21205),
        ({"twiml": "", "application_sid": "AP" + "0" * 32}, 21218),
        ({"twiml": "x" * 4_001}, 21235),
        ({"send_digits": "abc"}, 21208),
        ({"machine_detection": "Enable", "async_amd": "true"}, 21262),
        ({"status_callback": "nowhere"}, 21609),
    ],
)
def test_refusals_have_the_providers_codes(twilio: Client, phone: str, changes: dict[str, Any], code: int) -> None:
    error = refused(twilio, **({"to": phone, "from_": OURS, "twiml": HELLO} | changes))
    assert (error.status, error.code) == (400, code)


def test_a_refused_call_is_not_in_the_log(twilio: Client, box: Box, phone: str) -> None:
    refused(twilio, to=phone, from_=OURS, twiml="")
    assert not [line for line in box.log() if line.get("to") == phone]


def test_the_list_filters_and_pages(voice: Voice, phone: str) -> None:
    voice.script(phone, answers="busy")
    sids = [voice.call(phone, twiml=HELLO) for _ in range(5)]
    for sid in sids:
        voice.ended(sid)
    calls = voice.twilio.calls
    assert [call.sid for call in calls.list(to=phone, from_=OURS, page_size=2)] == sids[::-1]
    assert calls.list(to=phone, status="completed") == []
    today = voice.box.clock.now().astimezone(UTC)
    assert len(calls.list(to=phone, status="busy", start_time_after=today - timedelta(days=1))) == 5
    assert calls.list(to=phone, end_time_before=today - timedelta(days=2)) == []


def test_a_queued_call_is_cancelled_and_an_answered_one_hung_up(voice: Voice, phone: str) -> None:
    voice.script(phone, ring_seconds=3)
    with voice.box.at_walking_pace():
        first, second = voice.call(phone, twiml=LONG), voice.call(phone, twiml=LONG)
        assert str(voice.twilio.calls(second).update(status="canceled").status) == "canceled"
    eventually(lambda: str(voice.twilio.calls(first).fetch().status) == "in-progress")
    assert str(voice.twilio.calls(first).update(status="canceled").status) == "in-progress"
    assert str(voice.twilio.calls(first).update(status="completed").status) == "completed"
    for sid in (first, second):
        with pytest.raises(TwilioRestException) as caught:
            voice.twilio.calls(sid).update(status="completed")
        assert (caught.value.status, caught.value.code) == (400, 21220)


def test_a_call_in_progress_is_sent_elsewhere(voice: Voice, phone: str) -> None:
    with voice.box.at_walking_pace():  # else somebody may answer before we ask
        sid = voice.call(phone, twiml="<Response><Say>One</Say><Pause length='900'/><Say>Two</Say></Response>")
        with pytest.raises(TwilioRestException) as caught:
            voice.twilio.calls(sid).update(twiml=HELLO)
    assert caught.value.code == 21220
    eventually(lambda: str(voice.twilio.calls(sid).fetch().status) == "in-progress")
    eventually(lambda: voice.box.control.get("/agenda").json().get("call_turn"))
    voice.twilio.calls(sid).update(twiml=HELLO)
    voice.ended(sid)
    assert voice.said(sid)[-1] == "Hello"
    assert "Two" not in voice.said(sid)


def test_only_a_call_that_is_over_can_be_deleted(voice: Voice, phone: str) -> None:
    sid = voice.call(phone, twiml=LONG)
    with pytest.raises(TwilioRestException) as caught:
        voice.twilio.calls(sid).delete()
    assert caught.value.status == 409
    eventually(lambda: str(voice.twilio.calls(sid).fetch().status) == "in-progress")
    voice.twilio.calls(sid).update(status="completed")
    assert voice.twilio.calls(sid).delete()
    with pytest.raises(TwilioException):
        voice.twilio.calls(sid).fetch()


def test_the_log_tells_acceptance_answer_and_end(voice: Voice, phone: str) -> None:
    sid = voice.call(phone, twiml=HELLO, status_callback=voice.url("/log?t=token-of-the-touch"))
    voice.ended(sid)
    accepted, answered, ended = voice.lines(sid)
    both = {"channel": "call", "sid": sid, "from": OURS, "to": phone, "ref": "token-of-the-touch"}
    assert accepted == {"at": accepted["at"], "kind": "accepted", "status": "queued"} | both
    assert answered == {"at": answered["at"], "kind": "answered", "status": "in-progress", "answered_by": None} | both
    assert (ended["kind"], ended["status"], ended["seconds"], ended["left_sha256"]) == ("ended", "completed", 1, None)
    assert accepted["at"] < answered["at"] < ended["at"]


def test_a_call_lists_what_was_asked_and_told(voice: Voice, phone: str) -> None:
    status, path = f"{voice.receiver.url}/told{phone[1:]}", f"/listed{phone[1:]}"
    voice.receiver.answers[path] = [Answer(200, HELLO, {"Content-Type": "text/xml"})]
    sid = voice.call(phone, path, status_callback=status)
    voice.ended(sid)
    eventually(lambda: len(voice.twilio.calls(sid).events.list()) == 2)
    told, asked = (vars(event) for event in voice.twilio.calls(sid).events.list())
    assert (told["request"]["url"], told["request"]["parameters"]["CallStatus"]) == (status, "completed")
    assert (asked["request"]["method"], asked["request"]["parameters"]["CallSid"]) == ("POST", sid)
    assert (asked["response"]["response_code"], asked["response"]["content_type"]) == (200, "text/xml")
    assert asked["response"]["response_body"] == HELLO
    assert voice.twilio.calls(sid).notifications.list() == []
