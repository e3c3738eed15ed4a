"""One pair of presses for all tests of a process: they take seconds to start and a moment per paper."""

from collections.abc import Iterator

import pytest

from forbear.documents.presses import Presses


@pytest.fixture(scope="session")
def presses() -> Iterator[Presses]:
    with Presses(1, ready_seconds=90, job_seconds=60) as presses:
        yield presses
