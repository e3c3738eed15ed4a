"""One pair of presses for all tests of a process: they take seconds to start and a moment per paper."""

import pytest

from forbear.documents.presses import Presses


@pytest.fixture(scope="session")
def presses(press: Presses) -> Presses:
    return press
