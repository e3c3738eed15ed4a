"""One installation for the lives of a module: each case has people of its own."""

from collections.abc import Iterator

import pytest

from forbear.settings import Settings
from tests.case_life.handing_over import CaseHouse
from tests.conftest import Hands
from tests.ledger.house import NOON


@pytest.fixture
def hands() -> Hands:
    """A Monday noon in Chicago, which is Tuesday in China."""
    return Hands(NOON)


@pytest.fixture
def house(module_database: Settings, hands: Hands) -> Iterator[CaseHouse]:
    house = CaseHouse(module_database, hands)
    yield house
    house.close()
