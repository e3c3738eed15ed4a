"""What takes long is made once in a run of tests: by whichever worker needs it first, while the other waits for it."""

import fcntl
import os
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

MADE = "made"
RUN = "PYTEST_XDIST_TESTRUNUID"


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """A folder that all workers of this run share; what is in it is read alone, or written by one at a time."""
    folder = shared(factory) / name
    with one_at_a_time(folder):
        if not (folder / MADE).exists():
            folder.mkdir()  # refused where a worker failed to make it: what that left behind is no start for another
            make(folder)
            (folder / MADE).touch()
    return folder


def shared(factory: pytest.TempPathFactory) -> Path:
    """The temporary folder of this run: of all its workers, if it has any."""
    own = factory.getbasetemp()
    return own.parent if RUN in os.environ else own


@contextmanager
def one_at_a_time(folder: Path) -> Generator[None]:
    """Hold a folder against the other workers; whoever dies lets go of it."""
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
