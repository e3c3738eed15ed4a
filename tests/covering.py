"""`covers`: says which of the known dangers a test makes happen, and fails if it did not."""

from collections.abc import Generator
from contextlib import contextmanager

from structlog.testing import capture_logs

from forbear.hazards import HAZARDS


@contextmanager
def covers(name: str) -> Generator[None]:
    """What runs inside must log this hazard's name."""
    assert name in HAZARDS, f"{name} is no hazard of forbear/hazards.py"
    with capture_logs() as logged:
        yield
    assert name in {entry["event"] for entry in logged}, f"{name} did not happen"
