"""Whose law: the packs of states and cities, parts of a kingdom, and no answer where the evidence is of two countries."""

import pytest

from forbear.whereabouts.clues import Address
from forbear.whereabouts.law import packs_of

SHIPPED = frozenset({"US", "US-NY", "US-NYC", "US-MA", "US-TX", "CN", "GB", "GB-EAW", "GB-SCT", "GB-NIR", "SG"})
MANHATTAN = Address("US", "NY", "10001", "New York")


@pytest.mark.parametrize(
    ("address", "packs"),
    [
        (MANHATTAN, ["US", "US-NY", "US-NYC"]),
        (Address("US", "NY", "11201", "Brooklyn"), ["US", "US-NY", "US-NYC"]),
        (Address("US", "NY", "12201", "Albany"), ["US", "US-NY"]),
        (Address("US", "NY"), ["US", "US-NY", "US-NYC"]),
        (Address("US", "NM", "87110", "Albuquerque"), ["US"]),
        # No state can be read, and half of the states have a law of their own.
        (Address("US"), []),
        (Address("US", "Ruritania", None, "Brooklyn"), []),
        (Address("US", "Massachusetts", None, "Boston"), ["US", "US-MA"]),
        (Address("US", "N.Y.", None, "New York"), ["US", "US-NY", "US-NYC"]),
        (Address("US", " new  york ", None, "Albany"), ["US", "US-NY"]),
        (Address("CN", "四川省"), ["CN"]),
        (Address("GB", None, "SW1A 1AA"), ["GB", "GB-EAW"]),
        (Address("GB", None, "EH1 1AA"), ["GB", "GB-SCT"]),
        (Address("GB", None, "BT1 1AA"), ["GB", "GB-NIR"]),
        (Address("GB", None, "TD15 1AA"), ["GB", "GB-EAW", "GB-SCT"]),
        (Address("GB", "Wales"), ["GB", "GB-EAW"]),
        (Address("GB"), ["GB", "GB-EAW", "GB-NIR", "GB-SCT"]),
        (Address("BR"), []),
    ],
)
def test_the_packs_of_an_address(address: Address, packs: list[str]) -> None:
    assert packs_of([address], [], SHIPPED) == packs


def test_a_phone_is_asked_only_where_there_is_no_address() -> None:
    boston = ("US", "+16175550100")
    assert packs_of([], [boston], SHIPPED) == ["US", "US-MA"]
    assert packs_of([Address("US", "TX", "75001")], [boston], SHIPPED) == ["US", "US-TX"]
    assert packs_of([Address("CN")], [boston], SHIPPED) == ["CN"]
    assert packs_of([Address("US")], [boston], SHIPPED) == ["US", "US-MA"]


@pytest.mark.parametrize("number", ["+12125550100", "+19175550100", "+13475550100"])
def test_a_number_of_the_city_brings_the_citys_pack(number: str) -> None:
    assert packs_of([], [("US", number)], SHIPPED) == ["US", "US-NY", "US-NYC"]


def test_a_british_number_may_be_of_any_nation() -> None:
    assert packs_of([], [("GB", "+447700900123")], SHIPPED) == ["GB", "GB-EAW", "GB-NIR", "GB-SCT"]


def test_a_number_of_no_state_is_no_answer() -> None:
    assert packs_of([], [("US", "+18005550100")], SHIPPED) == []


def test_two_addresses_of_one_country_add_up() -> None:
    assert packs_of([MANHATTAN, Address("US", "MA", "02108")], [], SHIPPED) == ["US", "US-MA", "US-NY", "US-NYC"]


@pytest.mark.parametrize("addresses", [[], [MANHATTAN, Address("CN")]])
def test_nothing_and_two_countries_are_no_answer(addresses: list[Address]) -> None:
    assert packs_of(addresses, [], SHIPPED) == []
