"""A text of which every callback was lost: the provider is asked by its id, and what it says counts as a callback would.

The real SDK and the real ledger meet the sandbox's carrier.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from temporalio.testing import ActivityEnvironment
from twilio.rest import Client

from activities.texts import Texts
from activities.upkeep import UpkeepActivities
from forbear.channels.sms_routed import RoutedCarrier
from forbear.channels.sms_twilio import TwilioCarrier
from forbear.channels.twilio_http import RoutedHttpClient
from forbear.channels.wording import SmsWording
from forbear.contracts.decision import ContactOrder
from forbear.ledger.following import GIVEN_UP_AFTER, FollowingBook
from forbear.ledger.receipts import add_receipt
from forbear.ledger.tables.contacts import Touch
from forbear.ledger.tables.tasks import Task
from forbear.ports.sms import Accepted, Found
from forbear.settings import Settings
from tests.activities.upkeeping import Book, Replies
from tests.activities.upkeeping import Carrier as Silent
from tests.conftest import Hands
from tests.ledger.house import NOON, House
from tests.sandbox.box import ACCOUNT, AUTH_TOKEN, OURS, Box, Receiver, eventually

WELL, OFF, FILTERED, GONE, UNREPORTED = (f"+131255501{number}" for number in range(60, 65))
HABITS = {
    WELL: "never_answers",
    OFF: "unreachable",
    FILTERED: "filtered",
    GONE: "unknown_number",
    UNREPORTED: "no_delivery_report",
}
A_MINUTE = timedelta(minutes=1)


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    receiver = Receiver()
    people = [{"phone": phone, "habit": habit, "zone": "America/Chicago"} for phone, habit in HABITS.items()]
    with Box(tmp_path_factory.mktemp("silence"), receiver, people=people) as running:
        running.arm("callback_lost", times=None)
        yield running
    receiver.stop()


class Work:
    """A lender's house, the carrier, and upkeep between them."""

    def __init__(self, settings: Settings, hands: Hands, box: Box) -> None:
        self.house, self.hands, self.box = House(settings, hands), hands, box
        twilio = TwilioCarrier(Client(ACCOUNT, AUTH_TOKEN, http_client=RoutedHttpClient(box.url)))
        self.carrier = RoutedCarrier({"twilio": twilio}, twilio, by_id={"twilio": twilio})
        self.following = FollowingBook(self.house.ledger)
        self.upkeep = UpkeepActivities(Book(), {}, Replies(), Silent(), follow=self.following, fates=self.carrier)

    def send(self, phone: str) -> ContactOrder:
        """Write to somebody by the carrier; it has all that will ever become of it."""
        order, ready = self.house.prepared(self.house.borrower(phone)[1])
        way = Texts(self.carrier, SmsWording())
        made = way.make(ready)
        sending = way.send(replace(ready, sender=OURS), made)
        assert isinstance(sending, Accepted), sending
        self.house.record(order, sending)
        last = {"sent"} if phone == UNREPORTED else {"delivered", "undelivered"}
        eventually(lambda: last & set(self.box.states(sending.provider_id)))
        self.hands.advance(A_MINUTE)
        return order

    def round(self) -> tuple[int, int]:
        report = ActivityEnvironment().run(self.upkeep.look_after)
        assert report.failed == 0
        return report.reports_asked, report.reports_pulled


@pytest.fixture
def work(database: Settings, hands: Hands, box: Box) -> Iterator[Work]:
    hands.set(NOON)
    work = Work(database, hands, box)
    yield work
    work.house.close()


def stands(work: Work, order: ContactOrder) -> tuple[str, str | None]:
    touch = work.house.touch(order.touch)
    return touch.state, touch.code


@pytest.mark.parametrize(
    ("phone", "state", "code", "point", "task"),
    [
        (WELL, "delivered", None, "valid", None),
        (OFF, "undelivered", "30003", "valid", None),
        (GONE, "undelivered", "30005", "invalid", "number"),
        (FILTERED, "undelivered", "30007", "valid", "route"),
    ],
)
def test_what_became_of_it_is_asked_once_and_means_what_a_callback_would(  # noqa: PLR0917  a row of the table
    work: Work, phone: str, state: str, code: str | None, point: str, task: str | None
) -> None:
    order = work.send(phone)
    assert stands(work, order) == ("sent", None)
    assert work.round() == (1, 1)
    assert stands(work, order) == (state, code)
    assert work.house.point(work.house.touch(order.touch).person).state == point
    with work.house.worker() as session:
        assert session.scalars(select(Task.kind)).all() == ([task] if task else [])
    assert work.round() == (0, 0), "what is known is not asked again"


def test_one_that_no_carrier_reports_is_asked_ever_less_often_and_then_stands(work: Work) -> None:
    order, asked = work.send(UNREPORTED), 0
    for _ in range(4 * 24):
        asked += work.round()[0]
        work.hands.advance(timedelta(hours=1))
    assert stands(work, order) == ("sent", None)
    assert 10 < asked < 30
    assert work.hands.at > NOON + GIVEN_UP_AFTER
    assert work.round() == (0, 0)


def test_what_is_asked_never_takes_a_state_back(work: Work) -> None:
    order = work.send(WELL)
    [one] = work.following.unreported()
    with work.house.worker() as session:
        add_receipt(session, touch_id=order.touch, source="callback", status="delivered", at=work.house.now)
    assert not work.following.learn(one, Found(one.provider_id, "sending"))
    work.following.learn(one, Found(one.provider_id, "undelivered", "30003"))
    assert stands(work, order) == ("delivered", None)


def test_one_that_the_provider_does_not_have_keeps_no_other_waiting(work: Work) -> None:
    lost, found = work.house.prepared(work.house.borrower("+13125550165")[1])[0], work.send(WELL)
    work.house.record(lost, Accepted(provider_id="SM" + "0" * 32, status="queued"))
    work.hands.advance(A_MINUTE)
    assert work.round() == (2, 1)
    assert stands(work, found)[0] == "delivered"
    assert stands(work, lost)[0] == "sent"
    assert work.round() == (0, 0), "it was asked about, and rests"


def test_a_provider_that_refuses_our_key_was_not_asked(work: Work) -> None:
    order = work.send(WELL)
    stranger = TwilioCarrier(Client(ACCOUNT, "wrong", http_client=RoutedHttpClient(work.box.url)))
    with pytest.raises(ConnectionError):
        stranger.fetch(str(work.house.touch(order.touch).provider_id))


def test_calls_and_letters_are_followed_elsewhere(work: Work) -> None:
    order = work.send(WELL)
    with work.house.worker() as session:
        session.get_one(Touch, order.touch).channel = "call"
    assert work.following.unreported() == []
