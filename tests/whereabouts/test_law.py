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
        (Address("US"), ["US"]),
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


def test_two_addresses_of_one_country_add_up() -> None:
    assert packs_of([MANHATTAN, Address("US", "MA", "02108")], [], SHIPPED) == ["US", "US-MA", "US-NY", "US-NYC"]


@pytest.mark.parametrize("addresses", [[], [Address("US"), Address("CN")]])
def test_nothing_and_two_countries_are_no_answer(addresses: list[Address]) -> None:
    assert packs_of(addresses, [], SHIPPED) == []
