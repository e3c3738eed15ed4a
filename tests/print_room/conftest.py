"""The ledger tests' small tenant, and a letter in it, for tests that carry letters from shelf to shelf."""

from collections.abc import Iterator

import pytest

from forbear.settings import Settings
from tests.conftest import Hands
from tests.ledger.house import NOON, House


@pytest.fixture
def house(module_database: Settings, hands: Hands) -> Iterator[House]:
    hands.set(NOON)
    house = House(module_database, hands)
    yield house
    house.close()
