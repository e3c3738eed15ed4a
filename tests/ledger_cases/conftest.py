"""A tenant whose accounts have legal cases, on a real database, for each test."""

from collections.abc import Iterator

import pytest

from forbear.settings import Settings
from tests.conftest import Hands
from tests.ledger.house import NOON
from tests.ledger_cases.court_house import CourtHouse


@pytest.fixture
def house(module_database: Settings, hands: Hands) -> Iterator[CourtHouse]:
    hands.set(NOON)
    house = CourtHouse(module_database, hands)
    yield house
    house.close()
