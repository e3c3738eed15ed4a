"""The real Twilio SDK cannot tell the carrier from Twilio."""

import json
import os
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.rest import Client
from twilio.rest.api.v2010.account.message import MessageInstance

from tests.sandbox.box import ACCOUNT, AUTH_TOKEN, OURS, Box, eventually, twilio_client

SERVICE = "MG" + "0" * 31 + "1"
MESSAGES = f"/api/2010-04-01/Accounts/{ACCOUNT}/Messages"
FIELDS = {
    "sid", "account_sid", "messaging_service_sid", "from", "to", "body", "status", "num_segments", "num_media",
    "direction", "date_created", "date_sent", "date_updated", "price", "price_unit", "error_code", "error_message",
    "uri", "api_version", "subresource_uris",
}  # fmt: skip
ENVELOPE = {
    "messages", "end", "first_page_uri", "next_page_uri", "page", "page_size", "previous_page_uri", "start", "uri",
}  # fmt: skip


@pytest.fixture
def raw(box: Box) -> httpx.Client:
    return httpx.Client(base_url=box.url, auth=(ACCOUNT, AUTH_TOKEN), trust_env=False)


def delivered_one(client: Client, sid: str | None) -> MessageInstance | None:
    """The message, once it is delivered."""
    message = client.messages(str(sid)).fetch()
    return message if str(message.status) == "delivered" else None


def refused(client: Client, **params: Any) -> TwilioRestException:
    with pytest.raises(TwilioRestException) as caught:
        client.messages.create(**params)
    return caught.value


def test_a_created_message_is_queued_and_can_be_fetched(twilio: Client, phone: str) -> None:
    created = twilio.messages.create(to=phone, from_=OURS, body="You have a message from Example Lending.")
    assert re.fullmatch(r"SM[0-9a-f]{32}", created.sid or "")
    assert (created.status, created.direction, created.num_segments) == ("queued", "outbound-api", "1")
    assert created.date_sent is None
    assert created.price is None
    fetched = twilio.messages(str(created.sid)).fetch()
    assert (fetched.to, fetched.from_, fetched.body) == (phone, OURS, created.body)
    delivered = eventually(lambda: delivered_one(twilio, created.sid))
    assert delivered.date_sent is not None
    assert delivered.price == "-0.00790"


def test_wire_format_has_text_numbers_world_dates_and_the_providers_headers(
    raw: httpx.Client, box: Box, phone: str
) -> None:
    answer = raw.post(
        f"{MESSAGES}.json", data={"To": phone, "From": OURS, "Body": "短信" * 40, "UnknownNewParameter": "x"}
    )
    body = answer.json()
    assert answer.status_code == 201
    assert set(body) == FIELDS
    assert (body["num_segments"], body["num_media"]) == ("2", "0")
    assert body["date_created"].endswith("+0000")
    assert abs(parsedate_to_datetime(body["date_created"]) - box.clock.now()) < timedelta(days=1)
    assert body["uri"] == f"{MESSAGES.removeprefix('/api')}/{body['sid']}.json"
    assert re.fullmatch(r"RQ[0-9a-f]{32}", answer.headers["Twilio-Request-Id"])
    assert "Twilio-Concurrent-Requests" in answer.headers


def test_the_list_filters_by_number_and_day_and_pages(twilio: Client, box: Box, phone: str) -> None:
    sids = [twilio.messages.create(to=phone, from_=OURS, body=f"text {number}").sid for number in range(5)]
    listed = twilio.messages.list(to=phone, from_=OURS, page_size=2)
    assert [message.sid for message in listed] == sids[::-1]
    assert twilio.messages.list(to=phone, from_="+12125550198") == []
    eventually(lambda: all(m.date_sent for m in twilio.messages.list(to=phone)))
    today = box.clock.now().astimezone(UTC)
    assert len(twilio.messages.list(to=phone, date_sent_after=today - timedelta(days=1))) == 5
    assert twilio.messages.list(to=phone, date_sent_before=today - timedelta(days=2)) == []


def test_pages_keep_their_place_when_messages_arrive(twilio: Client, phone: str) -> None:
    sids = [twilio.messages.create(to=phone, from_=OURS, body=f"text {number}").sid for number in range(3)]
    first = twilio.messages.page(to=phone, page_size=2)
    assert [message.sid for message in first] == [sids[2], sids[1]]
    twilio.messages.create(to=phone, from_=OURS, body="another")
    second = first.next_page()
    assert second is not None
    assert [message.sid for message in second] == [sids[0]]
    assert second.next_page() is None
    back = second.previous_page()
    assert back is not None
    assert [message.sid for message in back] == [sids[2], sids[1]]


def test_queued_messages_have_no_sending_date_and_escape_date_filters(raw: httpx.Client, box: Box, phone: str) -> None:
    box.control.post("/handsets", json={"phone": phone, "queued_world_seconds": 30_000})
    raw.post(f"{MESSAGES}.json", data={"To": phone, "From": OURS, "Body": "waits"})
    listed = raw.get(f"{MESSAGES}.json", params={"To": phone}).json()
    dated = raw.get(f"{MESSAGES}.json", params={"To": phone, "DateSent>": "2020-01-01"}).json()
    assert (len(listed["messages"]), dated["messages"]) == (1, [])
    assert set(listed) == ENVELOPE
    assert listed["uri"].startswith(f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json?")


def test_a_body_can_be_redacted_and_a_finished_message_deleted(twilio: Client, box: Box, phone: str) -> None:
    sid = str(twilio.messages.create(to=phone, from_=OURS, body="private words").sid)
    assert twilio.messages(sid).update(body="").body == ""
    assert twilio.messages(sid).fetch().body == ""
    eventually(lambda: "delivered" in box.states(sid))
    assert twilio.messages(sid).delete()
    with pytest.raises(TwilioRestException) as caught:
        twilio.messages(sid).fetch()
    assert (caught.value.status, caught.value.code) == (404, 20404)


def test_a_message_on_its_way_cannot_be_deleted(twilio: Client, box: Box, phone: str) -> None:
    box.control.post("/handsets", json={"phone": phone, "queued_world_seconds": 30_000})
    sid = str(twilio.messages.create(to=phone, from_=OURS, body="waits").sid)
    with pytest.raises(TwilioRestException) as caught:
        twilio.messages(sid).delete()
    assert (caught.value.status, caught.value.code) == (409, 20009)


def test_a_scheduled_message_waits_and_can_be_cancelled(twilio: Client, box: Box, phone: str) -> None:
    soon = box.clock.now() + timedelta(hours=10)
    schedule: dict[str, Any] = {"schedule_type": "fixed", "messaging_service_sid": SERVICE, "body": "later"}
    kept = twilio.messages.create(to=phone, send_at=soon, **schedule)
    dropped = twilio.messages.create(to=phone, send_at=soon + timedelta(hours=20), **schedule)
    assert (kept.status, dropped.status) == ("scheduled", "scheduled")
    assert twilio.messages(str(dropped.sid)).update(status="canceled").status == "canceled"
    box.jump(soon)
    eventually(lambda: box.states(str(kept.sid)) == ["scheduled", "queued", "sent", "delivered"])
    with pytest.raises(TwilioRestException) as caught:
        twilio.messages(str(kept.sid)).update(status="canceled")
    assert caught.value.code == 30409
    assert refused(twilio, to=phone, send_at=box.clock.now() + timedelta(seconds=60), **schedule).code == 35114


def test_a_messaging_service_accepts_first_and_chooses_its_number_later(twilio: Client, phone: str) -> None:
    created = twilio.messages.create(to=phone, messaging_service_sid=SERVICE, body="through a service")
    assert (created.status, created.from_, created.num_segments) == ("accepted", None, "0")
    done = eventually(lambda: delivered_one(twilio, created.sid))
    assert (done.messaging_service_sid, done.num_segments) == (SERVICE, "1")
    assert done.from_ is not None


def test_wrong_credentials_are_told_to_authenticate(box: Box, raw: httpx.Client, phone: str) -> None:
    error = refused(twilio_client(box.url, token="wrong"), to=phone, from_=OURS, body="x")
    assert (error.status, error.code) == (401, 20003)
    assert raw.get(MESSAGES.replace(ACCOUNT, "AC" + "9" * 32) + ".json").status_code == 401


def test_unknown_addresses_are_not_found(raw: httpx.Client, twilio: Client) -> None:
    assert raw.get(f"{MESSAGES}/SM{'f' * 32}.json").json() == {
        "code": 20404,
        "message": f"The requested resource {MESSAGES.removeprefix('/api')}/SM{'f' * 32}.json was not found",
        "more_info": "https://www.twilio.com/docs/errors/20404",
        "status": 404,
    }
    with pytest.raises(TwilioException):
        twilio.queues.list(limit=1)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"to": ""}, 21604),
        ({"to": "12125550101"}, 21211),
        ({"to": "+1212555010"}, 21211),
        ({"to": "+15005550001"}, 21211),
        ({"to": "+15005550002"}, 21612),
        ({"to": "+15005550003"}, 21408),
        ({"to": "+15005550004"}, 21610),
        ({"to": "+15005550009"}, 21614),
        ({"from_": None}, 21603),
        ({"from_": "+15005550001"}, 21212),
        ({"from_": "+15005550007"}, 21606),
        ({"from_": "+15005550008"}, 21611),
        ({"from_": "not a sender!"}, 21212),
        ({"messaging_service_sid": "MG1"}, 21705),
        ({"body": ""}, 21602),
        ({"body": "x" * 1601}, 21617),
        ({"validity_period": 0}, 90007),
        ({"validity_period": 36001}, 90007),
        ({"status_callback": "http://under_score.example.com/x"}, 21609),
        ({"schedule_type": "fixed"}, 35118),
    ],
)
def test_refusals_have_the_providers_codes(twilio: Client, phone: str, changes: dict[str, Any], code: int) -> None:
    error = refused(twilio, **({"to": phone, "from_": OURS, "body": "x"} | changes))
    assert (error.status, error.code) == (400, code)
    assert error.uri


def test_the_magic_sender_is_valid(twilio: Client, phone: str) -> None:
    assert twilio.messages.create(to=phone, from_="+15005550006", body="x").status == "queued"


def test_a_number_does_not_write_to_itself(twilio: Client) -> None:
    assert refused(twilio, to=OURS, from_=OURS, body="x").code == 21266


def test_the_log_has_one_line_at_acceptance_and_one_per_later_state(twilio: Client, box: Box, phone: str) -> None:
    callback = f"{box.receiver.url}/log?a=1&t=token-of-the-touch#rc=5&rp=all"
    sid = str(twilio.messages.create(to=phone, from_=OURS, body="hello", status_callback=callback).sid)
    eventually(lambda: "delivered" in box.states(sid))
    accepted, *later = [line for line in box.log() if line["sid"] == sid]
    assert accepted == {
        "at": accepted["at"],
        "channel": "sms",
        "to": phone,
        "from": OURS,
        "sid": sid,
        "ref": "token-of-the-touch",
        "status": "queued",
        "body_sha256": "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
    }
    assert [set(line) for line in later] == [{"at", "sid", "status"}] * 2
    assert [line["status"] for line in later] == ["sent", "delivered"]
    instants = [datetime.fromisoformat(line["at"]) for line in [accepted, *later]]
    assert instants == sorted(instants)
    assert accepted["at"].endswith("Z")


def test_a_refused_message_is_not_in_the_log(twilio: Client, box: Box, new_phone: Callable[[], str]) -> None:
    phone = new_phone()
    refused(twilio, to=phone, from_=OURS, body="")
    assert not [line for line in box.log() if line.get("to") == phone]


def test_answers_agree_with_the_providers_own_description(raw: httpx.Client, phone: str) -> None:
    """Checks against the OpenAPI file named by FORBEAR_TWILIO_SPEC; without it, against the fields listed here."""
    created = raw.post(f"{MESSAGES}.json", data={"To": phone, "From": OURS, "Body": "x"}).json()
    listed = raw.get(f"{MESSAGES}.json", params={"To": phone, "PageSize": 1}).json()
    assert set(created) == FIELDS
    assert set(listed) == ENVELOPE
    named = os.environ.get("FORBEAR_TWILIO_SPEC")
    if named:
        spec = json.loads(Path(named).read_text())
        operations = spec["paths"]["/2010-04-01/Accounts/{AccountSid}/Messages.json"]
        for method, status, body in (("post", "201", created), ("get", "200", listed)):
            schema = operations[method]["responses"][status]["content"]["application/json"]["schema"]
            jsonschema.validate(body, nullable({**schema, "components": spec["components"]}))


def nullable(schema: Any) -> Any:
    """OpenAPI 3.0 says `nullable`, JSON Schema says type null."""
    if isinstance(schema, list):
        return [nullable(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    changed = {name: nullable(part) for name, part in schema.items()}
    if changed.get("nullable") is True and isinstance(changed.get("type"), str):
        changed["type"] = [changed["type"], "null"]
    return changed
