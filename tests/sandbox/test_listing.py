"""Lists as a stranger reads them: pages by number, to and fro by the addresses given, while messages come and go."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from twilio.rest import Client

from tests.sandbox.box import ACCOUNT, AUTH_TOKEN, OURS, Box, eventually

MESSAGES = f"/api/2010-04-01/Accounts/{ACCOUNT}/Messages.json"


@pytest.fixture
def raw(box: Box) -> httpx.Client:
    return httpx.Client(base_url=f"{box.url}/api", auth=(ACCOUNT, AUTH_TOKEN), trust_env=False)


def bodies(page: dict[str, Any]) -> list[str]:
    return [message["body"] for message in page["messages"]]


def sent(twilio: Client, phone: str, many: int) -> None:
    for number in range(many):
        twilio.messages.create(to=phone, from_=OURS, body=str(number))


def test_a_page_can_be_asked_for_by_its_number(raw: httpx.Client, twilio: Client, phone: str) -> None:
    sent(twilio, phone, 5)
    path = MESSAGES.removeprefix("/api")
    pages = [raw.get(path, params={"To": phone, "PageSize": 2, "Page": page}).json() for page in range(4)]
    assert [bodies(page) for page in pages] == [["4", "3"], ["2", "1"], ["0"], []]
    assert [(page["page"], page["start"]) for page in pages] == [(0, 0), (1, 2), (2, 4), (3, 6)]
    assert [page["next_page_uri"] is None for page in pages] == [False, False, True, True]
    assert [page["previous_page_uri"] is None for page in pages] == [True, False, False, False]


def test_the_addresses_of_other_pages_lead_there_and_back(raw: httpx.Client, twilio: Client, phone: str) -> None:
    sent(twilio, phone, 5)
    page = raw.get(MESSAGES.removeprefix("/api"), params={"To": phone, "PageSize": 2}).json()
    there = [bodies(page)]
    while page["next_page_uri"]:
        page = raw.get(page["next_page_uri"]).json()
        there.append(bodies(page))
    back = [bodies(page)]
    while page["previous_page_uri"]:
        page = raw.get(page["previous_page_uri"]).json()
        back.append(bodies(page))
    assert there == [["4", "3"], ["2", "1"], ["0"]] == list(reversed(back))


def test_who_deletes_while_reading_reads_each_message_once(twilio: Client, phone: str) -> None:
    sent(twilio, phone, 5)
    eventually(lambda: all(str(one.status) == "delivered" for one in twilio.messages.list(to=phone)))
    read = []
    for message in twilio.messages.stream(to=phone, page_size=2):
        read.append(message.body)
        assert message.delete()
    assert read == ["4", "3", "2", "1", "0"]
    assert twilio.messages.list(to=phone) == []


def test_a_plus_that_nobody_escaped_is_understood(raw: httpx.Client, twilio: Client, phone: str) -> None:
    sent(twilio, phone, 1)
    assert bodies(raw.get(f"{MESSAGES.removeprefix('/api')}?To={phone}&From={OURS}").json()) == ["0"]


def test_numbers_are_found_by_their_title(twilio: Client, new_phone: Callable[[], str]) -> None:
    one, other = new_phone(), new_phone()
    for number, title in ((one, "Desk one"), (other, "Desk two")):
        twilio.incoming_phone_numbers.create(phone_number=number, friendly_name=title)
    found = twilio.incoming_phone_numbers.list(friendly_name="Desk two")
    assert [number.phone_number for number in found] == [other]
