"""One sandbox process and one application for all tests of this folder; tests keep apart by phone number and path."""

import itertools
from collections.abc import Callable, Iterator

import pytest
import stripe
from twilio.rest import Client

from tests.sandbox.box import STRIPE_KEY, Box, Receiver, twilio_client

_numbers = itertools.count()


@pytest.fixture(scope="session")
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.stop()


@pytest.fixture(scope="session")
def box(tmp_path_factory: pytest.TempPathFactory, receiver: Receiver) -> Iterator[Box]:
    with Box(tmp_path_factory.mktemp("sandbox"), receiver) as box:
        yield box
        assert box.stop() == 0


@pytest.fixture(scope="session")
def twilio(box: Box) -> Client:
    return twilio_client(box.url)


@pytest.fixture
def payments(box: Box) -> stripe.StripeClient:
    return stripe.StripeClient(STRIPE_KEY, base_addresses={"api": f"{box.url}/stripe"}, max_network_retries=2)


@pytest.fixture
def new_phone() -> Callable[[], str]:
    """A number of the reserved range that no other test uses."""

    def phone() -> str:
        area, line = divmod(next(_numbers), 99)
        return f"+1{213 + area}5550{100 + line}"

    return phone


@pytest.fixture
def phone(new_phone: Callable[[], str]) -> str:
    return new_phone()
