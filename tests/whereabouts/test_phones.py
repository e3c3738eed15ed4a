"""Zones of numbers: what an area code says, that a mobile's is marked as such, and that some numbers say nothing."""

import pytest

from forbear.whereabouts.phones import zones_of_number
from forbear.whereabouts.us import states_of


@pytest.mark.parametrize(
    ("number", "zones"),
    [
        ("+12125550100", {"America/New_York"}),
        ("+18505550100", {"America/New_York", "America/Chicago"}),
        ("+19285550100", {"America/Phoenix", "America/Denver"}),
        ("+8619900000101", {"Asia/Shanghai"}),
        ("+886912345678", {"Asia/Taipei"}),
        ("+12505550100", {"America/Vancouver"}),
    ],
)
def test_an_area_code_has_its_clocks(number: str, zones: set[str]) -> None:
    assert {clue.zone for clue in zones_of_number(number, mobile=True)} == zones
    assert {clue.kind for clue in zones_of_number(number, mobile=True)} == {"area_code_mobile"}


def test_the_lender_knows_whether_an_american_number_is_a_mobile() -> None:
    assert {clue.kind for clue in zones_of_number("+12125550100", mobile=False)} == {"area_code_landline"}


def test_a_number_that_can_be_no_mobile_is_a_landline() -> None:
    assert {clue.kind for clue in zones_of_number("+442079460123", mobile=True)} == {"area_code_landline"}


@pytest.mark.parametrize("number", ["+18005550100", "+448000000000", "+80012345678"])
def test_a_number_at_home_anywhere_says_nothing(number: str) -> None:
    assert zones_of_number(number, mobile=False) == ()


@pytest.mark.parametrize("number", ["+12125550100", "+8619900000101"])
def test_a_clue_never_quotes_the_number(number: str) -> None:
    for clue in zones_of_number(number, mobile=True):
        assert not any(digit.isdigit() for digit in clue.source)


@pytest.mark.parametrize(
    ("number", "states"),
    [("+12125550100", ["NY"]), ("+16175550100", ["MA"]), ("+12505550100", []), ("+8619900000101", [])],
)
def test_the_states_of_an_area_code(number: str, states: list[str]) -> None:
    assert states_of(number) == states
