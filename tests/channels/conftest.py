"""A loopback address where nobody listens."""

import pytest

from forbear.services.ports import free_port


@pytest.fixture
def free_address() -> str:
    return f"http://127.0.0.1:{free_port()}"
