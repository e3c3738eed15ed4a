"""What nobody means to send: every part of the box says no to it, and lives on."""

import base64
from typing import Any

import httpx
import pytest

from tests.sandbox.box import ACCOUNT, AUTH_TOKEN, OURS, Box

API = f"/2010-04-01/Accounts/{ACCOUNT}"
LONG = "9" * 5_000
HELLO = "<Response><Say>Hello</Say></Response>"
TEN_YEARS = 10 * 366 * 86_400


@pytest.fixture
def raw(box: Box) -> httpx.Client:
    return httpx.Client(base_url=f"{box.url}/api", auth=(ACCOUNT, AUTH_TOKEN), trust_env=False)


def refused(answer: httpx.Response) -> tuple[int, int]:
    return answer.status_code, answer.json()["code"]


@pytest.mark.parametrize("given", ["é".encode(), "é".encode("latin-1"), base64.b64encode(b"\xff:\xff"), b"a"])
def test_credentials_nobody_can_read_are_wrong(box: Box, given: bytes) -> None:
    answer = httpx.get(f"{box.url}/api{API}/Keys.json", headers={b"Authorization": b"Basic " + given}, trust_env=False)
    assert refused(answer) == (401, 20003)


def test_numbers_of_thousands_of_digits_are_numbers(raw: httpx.Client, phone: str) -> None:
    to = {"To": phone, "From": OURS}
    assert refused(raw.post(f"{API}/Messages.json", data={**to, "Body": "x", "ValidityPeriod": LONG})) == (400, 90007)
    long = dict.fromkeys(("Timeout", "TimeLimit", "MachineDetectionTimeout"), LONG)
    assert raw.post(f"{API}/Calls.json", data={**to, "Twiml": HELLO, **long}).status_code == 201
    offered = raw.get(f"{API}/AvailablePhoneNumbers/US/Local.json", params={"PageSize": LONG})
    assert len(offered.json()["available_phone_numbers"]) > 50
    assert raw.get(f"{API}/Messages.json", params={"PageSize": LONG}).status_code == 200
    service = raw.post("/v1/Services", data={"FriendlyName": "x", "ValidityPeriod": LONG})
    assert service.status_code == 201


@pytest.mark.parametrize("header", ["callback_delayed", "list_lag", "slow", "callback_delayed; times=all"])
@pytest.mark.parametrize("seconds", ["1e12", "1e300", str(TEN_YEARS + 1), "-1"])
def test_nothing_is_delayed_beyond_all_time_by_a_header(
    raw: httpx.Client, phone: str, header: str, seconds: str
) -> None:
    fault = {"X-Sandbox-Fault": f"{header}; world_seconds={seconds}"}
    text = {"To": phone, "From": OURS, "Body": "x", "StatusCallback": "http://127.0.0.1:9/"}
    assert refused(raw.post(f"{API}/Messages.json", data=text, headers=fault)) == (400, 20001)
    assert refused(raw.get(f"{API}/Messages.json", headers=fault)) == (400, 20001)


@pytest.mark.parametrize("times", ["0", "-1", "1.5", "none"])
def test_a_fault_of_no_times_is_refused(raw: httpx.Client, times: str) -> None:
    fault = {"X-Sandbox-Fault": f"429; times={times}"}
    assert refused(raw.post(f"{API}/Messages.json", headers=fault)) == (400, 20001)


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/faults", {"kind": "callback_delayed", "world_seconds": 1e12}),
        ("/faults", {"kind": "list_lag", "world_seconds": TEN_YEARS + 1}),
        ("/faults", {"kind": "slow", "machine_seconds": 1e300}),
        ("/handsets", {"phone": "+12125550123", "queued_world_seconds": 1e300}),
        ("/calls/handsets", {"phone": "+12125550123", "script": {"ring_seconds": 1e12}}),
        ("/calls/handsets", {"phone": "+12125550123", "script": {"acts": [{"hang_up": True, "after": 1e300}]}}),
    ],
)
def test_nothing_is_delayed_beyond_all_time_by_the_control_plane(box: Box, path: str, told: dict[str, Any]) -> None:
    answer = box.control.post(path, json=told)
    assert (answer.status_code, answer.json()["detail"][0]["type"]) == (422, "less_than_equal")


def test_ten_years_are_not_beyond_all_time(box: Box, raw: httpx.Client, phone: str) -> None:
    box.control.post("/handsets", json={"phone": phone, "queued_world_seconds": TEN_YEARS}).raise_for_status()
    fault = {"X-Sandbox-Fault": f"callback_delayed; world_seconds={TEN_YEARS}"}
    text = {"To": phone, "From": OURS, "Body": "x", "StatusCallback": "http://127.0.0.1:9/"}
    assert raw.post(f"{API}/Messages.json", data=text, headers=fault).status_code == 201
    lag = {"X-Sandbox-Fault": f"list_lag; world_seconds={TEN_YEARS}"}
    assert raw.get(f"{API}/Messages.json", params={"To": phone}, headers=lag).json()["messages"] == []
    assert box.control.get("/health").status_code == 200


@pytest.mark.parametrize(
    "query",
    ["/log?after=99999999999999999999", "/log?after=-99999999999999999999", "/calls?limit=99999999999999999999"],
)
def test_numbers_the_memory_cannot_count_to_are_refused(box: Box, query: str) -> None:
    assert box.control.get(query).status_code == 422


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/inbound", r'{"phone": "+12125550123", "to": "+12125550199", "body": "\ud800"}'),
        ("/handsets", r'{"phone": "\ud800"}'),
        ("/handsets", r'{"phone": "+12125550123", "\ud800": 1}'),
        ("/handsets", '{"phone": "+12125550123", "queued_world_seconds": NaN}'),
        ("/faults", r'{"kind": "\ud800"}'),
        ("/clock", r'{"\ud800": 1}'),
        ("/clock", r'{"speed": "\ud800"}'),
    ],
)
def test_what_cannot_be_written_in_utf8_is_a_mistake_too(box: Box, path: str, body: str) -> None:
    answer = box.control.post(path, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    assert answer.json()["detail"]


@pytest.mark.parametrize("tail", ["/a b", "/a\tb", "/a\nb", "/a\x00b", "/a\x7fb"])
def test_an_address_with_blanks_or_control_characters_is_refused(raw: httpx.Client, phone: str, tail: str) -> None:
    given = {"To": phone, "From": OURS, "StatusCallback": f"http://127.0.0.1:9{tail}"}
    assert refused(raw.post(f"{API}/Messages.json", data={**given, "Body": "x"})) == (400, 21609)
    assert refused(raw.post(f"{API}/Calls.json", data={**given, "Twiml": HELLO})) == (400, 21609)
