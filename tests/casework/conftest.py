"""A house of one lender for each test, in a database shared by the tests of one file."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from forbear.settings import Settings
from tests.casework.filing import CN, GB, US, Country, Filing
from tests.conftest import Hands
from tests.ledger.house import House

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
NOW = datetime(2026, 3, 16, 12, tzinfo=UTC)


@pytest.fixture
def house(module_database: Settings, hands: Hands) -> Iterator[House]:
    hands.set(AT)
    house = House(module_database, hands)
    yield house
    house.close()


def _settled(house: House, country: Country, hands: Hands) -> Filing:
    filing = Filing(house, country, hands)
    filing.settle_in()
    return filing


@pytest.fixture
def china(house: House, hands: Hands) -> Filing:
    return _settled(house, CN, hands)


@pytest.fixture
def america(house: House, hands: Hands) -> Filing:
    return _settled(house, US, hands)


@pytest.fixture
def england(house: House, hands: Hands) -> Filing:
    return _settled(house, GB, hands)
