"""Zones of postal addresses: split states and counties keep every clock, and what is not known is not guessed."""

import pytest

from forbear.whereabouts.addresses import zones_of_address
from forbear.whereabouts.clues import Address, zones_of_country


def zones(address: Address) -> set[str]:
    return {clue.zone for clue in zones_of_address(address)}


@pytest.mark.parametrize(
    ("address", "expected", "source"),
    [
        (Address("US", "NY", "10001", "New York"), {"America/New_York"}, "postal code"),
        (Address("US", "AZ", "85001", "Phoenix"), {"America/Phoenix"}, "postal code"),
        # The Navajo Nation keeps summer time inside a state that does not; the county has both.
        (Address("US", "AZ", "86515", "Window Rock"), {"America/Phoenix", "America/Denver"}, "postal code"),
        (Address("US", "AZ", None, None), {"America/Phoenix", "America/Denver"}, "state"),
        (Address("US", "TX", "79901", "El Paso"), {"America/Denver"}, "postal code"),
        (Address("US", "TN", None, None), {"America/New_York", "America/Chicago"}, "state"),
        (Address("US", "TN", "99999", "Nashville"), {"America/Chicago"}, "town and state"),
        (Address("US", "FL", "32401-0001", "Panama City"), {"America/Chicago"}, "postal code"),
        # A code of another state than the written one: both are kept.
        (Address("US", "NM", "10001", None), {"America/Denver", "America/New_York"}, "state"),
        (Address("US", None, "10001", None), {"America/New_York"}, "postal code"),
        (Address("CN", "广东省", "510000", "广州"), {"Asia/Shanghai"}, "province"),
        (Address("CN", "新疆维吾尔自治区", None, None), {"Asia/Shanghai", "Asia/Urumqi"}, "province"),
        (Address("CN", "Xinjiang", None, None), {"Asia/Shanghai", "Asia/Urumqi"}, "province"),
        (Address("AU", "QLD"), {"Australia/Brisbane"}, "state"),
        (Address("AU", "nsw"), {"Australia/Sydney", "Australia/Broken_Hill", "Australia/Lord_Howe"}, "state"),
        (Address("GB", None, "EH1 1AA"), {"Europe/London"}, "country"),
        (Address("TW"), {"Asia/Taipei"}, "country"),
    ],
)
def test_every_clock_that_may_hang_there(address: Address, expected: set[str], source: str) -> None:
    found = zones_of_address(address)
    assert {clue.zone for clue in found} == expected
    assert {(clue.kind, clue.source) for clue in found} == {("address", source)}


@pytest.mark.parametrize("address", [Address("US"), Address("US", "ZZ", "00000"), Address("XX"), Address("AQ")])
def test_nothing_is_guessed(address: Address) -> None:
    assert zones_of_address(address) == ()


def test_a_country_of_one_clock_and_one_of_many() -> None:
    assert zones_of_country("IN") == ("Asia/Kolkata",)
    assert len(zones_of_country("CA")) > 5
    assert len(zones(Address("AU"))) > 5


def test_two_names_of_one_clock_are_one_clue() -> None:
    """Indiana's eleven zones have agreed for years: what is left are its two clocks."""
    assert len(zones(Address("US", "IN"))) == 2
