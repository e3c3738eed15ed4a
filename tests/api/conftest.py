"""One API for the tests of a file; the clock stands at nine in Chicago at the start of each."""

from collections.abc import Iterator

import pytest

from forbear.settings import Settings
from tests.api.house import Client, House, serving
from tests.conftest import MONDAY_MORNING


@pytest.fixture(scope="module")
def served(module_database: Settings) -> Iterator[House]:
    with serving(module_database) as house:
        yield house


@pytest.fixture
def house(served: House) -> House:
    served.hands.set(MONDAY_MORNING)
    return served


@pytest.fixture
def one(house: House) -> Client:
    """A lender of a tenant that works for two."""
    return house.clients["one"]


@pytest.fixture
def two(house: House) -> Client:
    """The other lender of the same tenant."""
    return house.clients["two"]


@pytest.fixture
def bank(house: House) -> Client:
    """A lender of another tenant."""
    return house.clients["bank"]
