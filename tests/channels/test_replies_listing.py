"""What people wrote, read from the carrier's list with the real SDK: only theirs, only ours, only the span asked for."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from twilio.rest import Client

from forbear.channels.sms_twilio import CLOCK_SLACK, TwilioCarrier
from forbear.channels.twilio_http import RoutedHttpClient
from tests.sandbox.box import ACCOUNT, AUTH_TOKEN, OURS, Box, Receiver

WRITER = "+12125550141"
LONG_AGO, FAR_AHEAD = datetime(2020, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    receiver = Receiver()
    running = Box(tmp_path_factory.mktemp("carrier"), receiver)
    yield running
    running.stop()
    receiver.stop()


def carrier(url: str) -> TwilioCarrier:
    return TwilioCarrier(Client(ACCOUNT, AUTH_TOKEN, http_client=RoutedHttpClient(url)))


def test_it_lists_what_was_written_to_a_number_newest_first(box: Box) -> None:
    sids = [box.says(WRITER, "please stop texting me"), box.says(WRITER, "thank you")]
    other = {"phone": WRITER, "to": "+12125550198", "body": "to somebody else"}
    box.control.post("/inbound", json=other).raise_for_status()
    listed = carrier(box.url).written_to(OURS, since=LONG_AGO, until=FAR_AHEAD)
    ours = [written for written in listed if written.sender == WRITER]
    assert [written.provider_id for written in ours] == list(reversed(sids))
    assert [written.text for written in ours] == ["thank you", "please stop texting me"]


def test_only_the_span_asked_for_is_listed(box: Box) -> None:
    sid = box.says("+12125550142", "hello")
    [written] = [
        each for each in carrier(box.url).written_to(OURS, since=LONG_AGO, until=FAR_AHEAD) if each.provider_id == sid
    ]
    before, after = written.at - timedelta(seconds=1), written.at + CLOCK_SLACK + timedelta(seconds=1)
    for since, until in ((LONG_AGO, before), (after, FAR_AHEAD)):
        listed = carrier(box.url).written_to(OURS, since=since, until=until)
        assert sid not in {each.provider_id for each in listed}


def test_a_carrier_that_cannot_be_asked_says_so(free_address: str) -> None:
    with pytest.raises(ConnectionError):
        carrier(free_address).written_to(OURS, since=LONG_AGO, until=FAR_AHEAD)
