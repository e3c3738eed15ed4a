"""Texts within China from claim to receipt: the real activities and ledger, the real SDK, the sandbox's provider.

What is held here: sent once whatever becomes of the answer, told apart when it was lost, and followed to its end.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from structlog.testing import capture_logs
from temporalio.testing import ActivityEnvironment

from activities.contact import ContactActivities
from activities.texts import Texts
from activities.upkeep import UpkeepActivities
from forbear.channels.inbound_words import read
from forbear.channels.sms_routed import RoutedCarrier
from forbear.channels.wording import SmsWording
from forbear.contracts.decision import ContactOrder, Outcome, UpkeepReport
from forbear.ledger import receipts
from forbear.ledger.following import GIVEN_UP_AFTER, FollowingBook
from forbear.ledger.listening import ListeningBook
from forbear.ports.replies import Written
from forbear.ports.sms import Accepted, Found
from forbear.settings import Settings
from tests.conftest import Hands
from tests.ledger.chinese import ChineseHouse
from tests.sandbox.box import Receiver, eventually
from tests.sandbox.domestic import DomesticBox

MORNING = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
"""10:00 in Beijing, a Monday."""


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DomesticBox]:
    receiver = Receiver()
    with DomesticBox(tmp_path_factory.mktemp("domestic"), receiver, speed=60) as running:
        yield running
    receiver.stop()


class Work:
    """The worker's activities for texts, and its upkeep."""

    def __init__(self, settings: Settings, box: DomesticBox) -> None:
        self.hands = Hands(MORNING)
        self.house, self.box = ChineseHouse(settings, self.hands), box
        house = self.house
        provider = box.carrier(read_seconds=1.0)
        self.carrier = RoutedCarrier({"aliyun": provider}, _NoReplies())
        self.following = FollowingBook(house.ledger)
        self.contact = ContactActivities(
            house.touching(), {"sms": Texts(self.carrier, SmsWording())}, house.ledger.clock
        )
        listening = ListeningBook(house.ledger, read)
        self.upkeep = UpkeepActivities(
            house.upkeeping(), {"sms": self.carrier}, listening, self.carrier, follow=self.following
        )

    def send(self, spoil: Callable[[str], None] = lambda _phone: None) -> tuple[str, ContactOrder, Outcome]:
        """Write to somebody new: number, order, outcome."""
        phone, _, account = self.house.chinese()
        order = self.house.claim_text(account, self.hands)
        self.box.jump(self.hands.at)
        spoil(phone)
        return phone, order, self.contact.contact(order)

    def look_after(self) -> UpkeepReport:
        return ActivityEnvironment().run(self.upkeep.look_after)

    def pull(self, order: ContactOrder) -> str:
        """Rounds of upkeep until the touch has come to its end."""

        def state() -> str | None:
            self.hands.advance(timedelta(minutes=10))
            self.look_after()
            now = self.house.touch(order.touch).state
            return None if now == "sent" else now

        return eventually(state)


class _NoReplies:
    def written_to(self, number: str, *, since: datetime, until: datetime) -> list[Written]:
        raise AssertionError("a signature has no list of replies")


@pytest.fixture
def work(database: Settings, box: DomesticBox) -> Iterator[Work]:
    work = Work(database, box)
    yield work
    work.house.close()


def test_a_text_goes_once_and_its_delivery_is_pulled(work: Work) -> None:
    phone, order, outcome = work.send()
    assert outcome.state == "sent"
    touch = work.house.touch(order.touch)
    [kept] = work.box.kept(phone)
    assert (kept["OutId"], kept["BizId"]) == (order.touch, touch.provider_id)
    assert touch.segments == 2
    assert work.pull(order) == "delivered"
    assert set(work.house.receipts(order.touch)) == {"dispatching", "accepted", "delivered"}
    assert work.house.touch(order.touch).provider_id == kept["BizId"]
    assert work.contact.contact(order).state == "delivered"
    assert len(work.box.kept(phone)) == 1


def test_a_failed_delivery_is_pulled_with_its_code_and_wakes_the_account(work: Work) -> None:
    _, order, _ = work.send(lambda phone: work.box.handset(phone, "blocked"))
    assert work.pull(order) == "undelivered"
    assert work.house.touch(order.touch).code == "MOBILE_IN_BLACK"
    assert work.house.told(order.account)[-1] == "touch_undelivered"
    assert work.house.point(work.house.touch(order.touch).person).state == "unreachable"


@pytest.mark.parametrize("fault", ["500_after_accept", "drop_after_accept", "slow"])
def test_a_lost_answer_is_found_and_nothing_is_sent_twice(work: Work, fault: str) -> None:
    def spoil(phone: str) -> None:
        work.box.arm(fault, phone=phone, machine_seconds=2)

    phone, order, outcome = work.send(spoil)
    assert outcome.state == "unknown"
    assert work.contact.contact(order).state == "unknown"
    report = work.look_after()
    assert (report.unknown_seen, report.unknown_settled) == (1, 1)
    assert work.house.touch(order.touch).state in {"sent", "delivered"}
    assert work.house.told(order.account)[0] == "touch_reconciled"
    assert work.pull(order) == "delivered"
    assert len(work.box.kept(phone)) == 1


def test_an_answer_that_comes_after_the_text_was_found_is_of_the_same_text(work: Work) -> None:
    phone, order, _ = work.send(lambda phone: work.box.arm("drop_after_accept", phone=phone))
    work.look_after()
    assert work.house.touch(order.touch).provider_id is None
    [kept] = work.box.kept(phone)
    with capture_logs() as logs:
        work.house.record(order, Accepted(kept["BizId"], "accepted"))
    assert work.house.touch(order.touch).provider_id == kept["BizId"]
    assert "touch.second_provider_id" not in [line["event"] for line in logs]


@pytest.mark.parametrize("fault", ["500_before_accept", "drop_before_accept"])
def test_what_was_never_taken_counts_until_that_is_certain(work: Work, fault: str) -> None:
    phone, order, outcome = work.send(lambda phone: work.box.arm(fault, phone=phone))
    assert outcome.state == "unknown"
    assert work.look_after().unknown_settled == 0
    work.hands.advance(timedelta(minutes=20))
    assert work.look_after().unknown_settled == 1
    assert work.house.touch(order.touch).state == "failed"
    assert not work.box.kept(phone)


def test_a_forged_report_changes_nothing_and_only_makes_us_ask(work: Work) -> None:
    _, order, _ = work.send(lambda phone: work.box.handset(phone, "silent"))
    before = work.house.touch(order.touch)
    for _ in range(3):
        with work.house.api() as session:
            receipts.add_receipt(
                session, touch_id=order.touch, source="callback", status=receipts.HINT, at=work.house.now
            )
    after = work.house.touch(order.touch)
    assert (after.state, after.provider_id, after.code, after.settled_at) == (
        before.state, before.provider_id, before.code, before.settled_at,
    )  # fmt: skip
    [asked] = [one for one in work.following.unreported() if one.touch == order.touch]
    assert not work.following.learn(asked, Found(None, "sent"))
    assert order.touch not in [one.touch for one in work.following.unreported()], "asked about, and no news since"
    work.look_after()
    assert work.house.touch(order.touch).state == "sent"
    assert work.house.told(order.account) == []


def test_a_hint_about_a_claim_that_was_not_sent_leaves_it_a_claim(work: Work) -> None:
    _, _, account = work.house.chinese()
    order = work.house.claim_text(account, work.hands)
    with work.house.api() as session:
        receipts.add_receipt(session, touch_id=order.touch, source="callback", status=receipts.HINT, at=work.house.now)
    assert work.house.touch(order.touch).state == "claimed"
    work.box.jump(work.hands.at)
    assert work.contact.contact(order).state == "sent"


def test_silence_is_asked_about_ever_less_often_and_at_last_not_at_all(work: Work) -> None:
    _, order, _ = work.send(lambda phone: work.box.handset(phone, "silent"))
    asked = list[datetime]()
    while work.hands.at < MORNING + GIVEN_UP_AFTER + timedelta(days=1):
        for one in work.following.unreported():
            assert not work.following.learn(one, Found(None, "sent"))
            asked.append(work.hands.at)
        work.hands.advance(timedelta(minutes=7))
    pauses = [later - sooner for sooner, later in pairwise(asked)]
    assert 8 <= len(asked) <= 40
    assert pauses[-1] > 10 * pauses[0]
    assert asked[-1] < MORNING + GIVEN_UP_AFTER + timedelta(hours=3)
    assert work.house.touch(order.touch).state == "sent"


def test_a_provider_that_does_not_answer_is_asked_once_a_round(work: Work) -> None:
    for _ in range(3):
        work.send(lambda phone: work.box.handset(phone, "silent"))
    work.hands.advance(timedelta(minutes=1))
    asked = list[str]()

    class Down(RoutedCarrier):
        def find(self, **sought: Any) -> Found | None:
            asked.append(sought["touch"])
            raise ConnectionError("down")

    down = Down({}, _NoReplies())
    listening = ListeningBook(work.house.ledger, read)
    upkeep = UpkeepActivities(work.house.upkeeping(), {"sms": down}, listening, down, follow=work.following)
    report: UpkeepReport = ActivityEnvironment().run(upkeep.look_after)
    assert (report.reports_asked, report.reports_pulled, report.failed, len(asked)) == (3, 0, 0, 1)


def test_every_text_has_its_turn_however_many_there_are(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("forbear.ledger.following.LOOKED_AT", 3)
    monkeypatch.setattr("forbear.ledger.following.ASKED_ABOUT", 2)
    ours = {work.send(lambda phone: work.box.handset(phone, "silent"))[1].touch for _ in range(5)}
    work.hands.advance(timedelta(minutes=1))
    following, seen = FollowingBook(work.house.ledger), set[str]()
    for _ in range(40):
        found = [one.touch for one in following.unreported()]
        assert len(found) <= 2
        seen.update(found)
    assert ours <= seen
