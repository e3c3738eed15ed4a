"""One print house for the tests of a file; tests keep apart by touch and address."""

from collections.abc import Iterator

import pytest

from tests.post.box import PostBox
from tests.sandbox.box import Receiver


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.stop()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, receiver: Receiver) -> Iterator[PostBox]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        house = PostBox(tmp_path_factory.mktemp("post"), receiver, monkeypatch)
    with house.box:
        yield house


@pytest.fixture
def house(running: PostBox) -> Iterator[PostBox]:
    """Without any fault but those that the test arms."""
    yield running
    running.calm()
