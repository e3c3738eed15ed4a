"""The activities of a case: the question is passed on, and whoever makes a packet is seen to be alive meanwhile."""

import threading
from datetime import UTC, datetime

import pytest
from temporalio.testing import ActivityEnvironment

from activities import case as activities
from activities.case import CaseActivities, PacketActivities
from forbear.contracts.cases import CaseAsked, CaseDecision, CaseRest, PacketOrder, PacketOutcome

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ORDER = PacketOrder(tenant="ten_1", case="cas_1", packet="pkt_1")


class Book:
    def decide(self, asked: CaseAsked) -> CaseDecision:
        return CaseRest(until=NOON, wake_at=NOON, reason=f"{asked.case} waits")


class SlowShop:
    """Makes a packet for as long as it takes somebody to be seen alive a few times; or breaks."""

    def __init__(self, *, breaks: bool = False) -> None:
        self.seen_alive, self.breaks = threading.Semaphore(0), breaks

    def make(self, order: PacketOrder) -> PacketOutcome:
        alive = [self.seen_alive.acquire(timeout=20) for _ in range(3)]
        if self.breaks:
            raise ConnectionError("no database")
        return PacketOutcome(packet=order.packet, state="prepared" if all(alive) else "failed", reason="")


def test_the_question_is_passed_on() -> None:
    asked = CaseAsked(tenant="ten_1", case="cas_1", run="run-1", number=0)
    answer: CaseDecision = ActivityEnvironment().run(CaseActivities(Book()).decide_case, asked)
    assert answer.reason == "cas_1 waits"


@pytest.mark.parametrize("breaks", [False, True])
def test_a_worker_gives_signs_of_life_for_as_long_as_it_makes_a_packet(
    monkeypatch: pytest.MonkeyPatch, *, breaks: bool
) -> None:
    monkeypatch.setattr(activities, "BEAT_SECONDS", 0.02)
    shop, running = SlowShop(breaks=breaks), threading.active_count()
    environment = ActivityEnvironment()
    environment.on_heartbeat = lambda *_: shop.seen_alive.release()
    make = PacketActivities(shop).make_packet
    if breaks:
        with pytest.raises(ConnectionError):
            environment.run(make, ORDER)
    else:
        assert environment.run(make, ORDER).state == "prepared"
    assert threading.active_count() == running, "nobody beats any more"
