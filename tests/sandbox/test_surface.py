"""What a stranger meets first: who is let in, methods, addresses with and without `.json`, odd forms, other hosts."""

from xml.etree import ElementTree as ET

import httpx
import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from tests.sandbox.box import ACCOUNT, AUTH_TOKEN, OURS, Box, RoutedHttpClient

ROOT = f"/api/2010-04-01/Accounts/{ACCOUNT}"
MESSAGES = f"{ROOT}/Messages"


@pytest.fixture
def raw(box: Box) -> httpx.Client:
    return httpx.Client(base_url=box.url, auth=(ACCOUNT, AUTH_TOKEN), trust_env=False)


@pytest.mark.parametrize("given", [None, ("", ""), (ACCOUNT, "wrong"), ("wrong", AUTH_TOKEN)])
def test_who_is_not_let_in_is_told_how_to_ask(box: Box, given: tuple[str, str] | None) -> None:
    answer = httpx.get(f"{box.url}{MESSAGES}.json", auth=given, trust_env=False)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Basic realm="Twilio API"'
    more = "https://www.twilio.com/docs/errors/20003"
    assert answer.json() == {"code": 20003, "message": "Authenticate", "more_info": more, "status": 401}


def test_the_account_tells_of_itself(twilio: Client) -> None:
    account = twilio.api.v2010.accounts(ACCOUNT).fetch()
    assert (account.status, account.type, account.owner_account_sid) == ("active", "Full", ACCOUNT)
    assert [one.sid for one in twilio.api.v2010.accounts.list()] == [ACCOUNT]
    assert twilio.api.v2010.account.balance.fetch().currency == "USD"


def test_a_key_speaks_for_the_account_until_it_is_deleted(box: Box, twilio: Client) -> None:
    key = twilio.new_keys.create(friendly_name="for a test")
    speaker = Client(key.sid, key.secret, ACCOUNT, http_client=RoutedHttpClient(box.url, 30.0))
    assert speaker.messages.list(limit=1) is not None
    assert key.sid in {one.sid for one in twilio.keys.list()}
    assert twilio.keys(str(key.sid)).delete()
    with pytest.raises(TwilioRestException) as refused:
        speaker.api.v2010.accounts(ACCOUNT).fetch()
    assert refused.value.status == 401


@pytest.mark.parametrize("path", [f"{MESSAGES}.json", f"{ROOT}/Calls.json", "/messaging/v1/Services"])
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS"])
def test_a_method_that_means_nothing_is_not_allowed(raw: httpx.Client, path: str, method: str) -> None:
    answer = raw.request(method, path)
    assert (answer.status_code, answer.json()["code"], answer.json()["status"]) == (405, 20004, 405)


@pytest.mark.parametrize("host", ["api", "messaging", "lookups"])
def test_addresses_nobody_knows_are_not_found_at_any_host(raw: httpx.Client, host: str) -> None:
    answer = raw.get(f"/{host}/v9/Nothing")
    assert answer.status_code == 404
    assert answer.json()["code"] == 20404
    assert answer.json()["message"] == "The requested resource /v9/Nothing was not found"


def test_without_json_in_the_address_the_answer_is_xml(raw: httpx.Client, phone: str) -> None:
    created = raw.post(MESSAGES, data={"To": phone, "From": OURS, "Body": "1 < 2 & 你好"})
    assert (created.status_code, created.headers["Content-Type"]) == (201, "application/xml")
    message = ET.fromstring(created.content)  # noqa: S314  our own carrier's answer
    assert message.findtext("Message/Body") == "1 < 2 & 你好"
    sid = message.findtext("Message/Sid")
    listed = ET.fromstring(raw.get(MESSAGES, params={"To": phone}).content)  # noqa: S314  likewise
    assert [one.text for one in listed.findall("Messages/Message/Sid")] == [sid]
    refused = ET.fromstring(raw.post(MESSAGES, data={"To": phone, "From": OURS}).content)  # noqa: S314  likewise
    assert (refused.findtext("RestException/Code"), refused.findtext("RestException/Status")) == ("21602", "400")
    assert raw.get(f"{MESSAGES}/{sid}.json").json()["sid"] == sid


def test_forms_nobody_means_are_refused_and_break_nothing(raw: httpx.Client) -> None:
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    many = raw.post(f"{MESSAGES}.json", content="&".join(["a=b"] * 2_000), headers=kind)
    assert (many.status_code, many.json()["code"]) == (400, 20001)
    spoilt = raw.post(f"{MESSAGES}.json", content=b"To=%FF%zz&From=\xff", headers=kind)
    assert (spoilt.status_code, spoilt.json()["code"]) == (400, 21211)
    other = raw.post(f"{MESSAGES}.json", json={"To": "+12125550123"})
    assert (other.status_code, other.json()["code"]) == (400, 21604)


def test_other_hosts_are_found_below_the_one_address_too(box: Box) -> None:
    """A client that only changes `https://api.twilio.com`, whatever host it wanted."""
    http = RoutedHttpClient(box.url, 30.0)
    client = Client(ACCOUNT, AUTH_TOKEN, http_client=http)
    service = client.messaging.v1.services.create(friendly_name="One address")
    with httpx.Client(base_url=f"{box.url}/api", auth=(ACCOUNT, AUTH_TOKEN), trust_env=False) as raw:
        assert raw.get(f"/v1/Services/{service.sid}").json()["friendly_name"] == "One address"
        assert raw.get("/v2/PhoneNumbers/+12125550123").json()["valid"] is True
        assert raw.delete("/v1/Services").status_code == 405
        assert raw.get("/v1/Services/MG").json()["message"] == "The requested resource /v1/Services/MG was not found"
