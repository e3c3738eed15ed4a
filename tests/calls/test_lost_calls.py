"""A call whose answer was lost: looked for by what is known of it, settled once, and never placed again."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from forbear.contracts.decision import Outcome
from forbear.ports.sms import Found, Refused, Unknown
from forbear.settings import Settings
from tests.api.hooks.caller import Phone, calling
from tests.api.pages.site import Site


@pytest.fixture(scope="module")
def site(module_database: Settings) -> Iterator[Site]:
    site = Site(module_database)
    yield site
    site.close()


@pytest.fixture
def phone(site: Site) -> Phone:
    site.reset()
    return Phone(site)


def lose(phone: Phone) -> str:
    decision = phone.house.ask(phone.account, calling)
    order = phone.house.order(phone.account, decision.touch)  # pyright: ignore[reportAttributeAccessIssue]  a contact
    phone.house.touching().prepare(order)
    phone.house.record(order, Unknown("no answer"))
    again = phone.house.touching().prepare(order)
    assert isinstance(again, Outcome), "it is handed out once"
    return order.touch


def test_it_is_looked_for_by_its_numbers_without_a_link(phone: Phone) -> None:
    touch = lose(phone)
    [sought] = [each for each in phone.house.upkeeping().unsettled() if each.touch == touch]
    assert (sought.channel, sought.provider, sought.to, sought.marker_sha256) == ("call", "twilio", phone.number, "")
    assert sought.sender.startswith("+")


@pytest.mark.parametrize(
    ("status", "state"),
    [("queued", "sent"), ("completed", "delivered"), ("no-answer", "undelivered"), ("busy", "undelivered")],
)
def test_what_is_found_was_made(phone: Phone, status: str, state: str) -> None:
    touch = lose(phone)
    [sought] = [each for each in phone.house.upkeeping().unsettled() if each.touch == touch]
    assert phone.house.upkeeping().settle(sought, Found(f"CA{touch[-16:]}", status)) == "found"
    assert phone.house.touch(touch).state == state


def test_what_is_not_listed_in_time_was_never_made(phone: Phone) -> None:
    touch = lose(phone)
    phone.site.hands.advance(timedelta(minutes=30))
    [sought] = [each for each in phone.house.upkeeping().unsettled() if each.touch == touch]
    assert phone.house.upkeeping().settle(sought, None) == "absent"
    assert phone.house.touch(touch).state == "failed"


def test_a_number_that_the_carrier_calls_none_is_not_called_again(phone: Phone) -> None:
    decision = phone.house.ask(phone.account, calling)
    order = phone.house.order(phone.account, decision.touch)  # pyright: ignore[reportAttributeAccessIssue]  a contact
    phone.house.touching().prepare(order)
    phone.house.record(order, Refused("21217", permanent=True))
    assert phone.house.touch(order.touch).state == "failed"
    assert phone.house.point(phone.person).state == "invalid"
