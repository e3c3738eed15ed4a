"""Packs of parts of a country ask the country's as well, however they are named."""

import pytest

from forbear.rules.packs import load

PACKS = load()


@pytest.mark.parametrize("name", sorted(each for each in PACKS.by_jurisdiction if "-" in each))
def test_a_part_asks_the_whole(name: str) -> None:
    stack = list(PACKS.stack((name,)))
    country = name.partition("-")[0]
    assert stack[0] == country
    assert stack[-1] in {name, "POLICY"}
    assert name in stack


def test_the_city_asks_the_state_too() -> None:
    names = [name for name in PACKS.stack(("US-NYC",)) if name != "POLICY"]
    assert names == ["US", "US-NY", "US-NYC"]
