"""The pages of staff over a real ledger: one desk for the tests of a file, people of its own for each."""

from collections.abc import Iterator

import pytest

from forbear.settings import Settings
from tests.api.staff.desk import Colleague, Desk


@pytest.fixture(scope="module")
def _desk(module_database: Settings) -> Iterator[Desk]:
    desk = Desk(module_database)
    yield desk
    desk.close()


@pytest.fixture
def desk(_desk: Desk) -> Desk:
    """Monday noon, everything in order."""
    _desk.reset()
    return _desk


@pytest.fixture
def caller(desk: Desk) -> Colleague:
    """Signed in, and may call."""
    return desk.hire("caller").signed_in()
