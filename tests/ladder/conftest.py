"""One installation for all rungs of a scenario: each has people of its own."""

from collections.abc import Iterator

import pytest

from forbear.settings import Settings
from tests.conftest import Hands
from tests.ledger.house import NOON, House


@pytest.fixture
def hands() -> Hands:
    """A Monday noon in Chicago."""
    return Hands(NOON)


@pytest.fixture
def house(module_database: Settings, hands: Hands) -> Iterator[House]:
    house = House(module_database, hands)
    yield house
    house.close()
