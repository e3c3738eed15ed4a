"""What comes next for a legal case, and the making of its packets: each one call of a port."""

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import copy_context
from threading import Event, Thread

from temporalio import activity

from forbear.contracts.cases import CaseAsked, CaseDecision, PacketOrder, PacketOutcome
from forbear.ports.cases import CaseBook, PacketShop

BEAT_SECONDS = 10.0
"""Machine time between two signs of life; the workflow misses them after a minute."""


class CaseActivities:
    def __init__(self, book: CaseBook) -> None:
        self._book = book

    @activity.defn(name="decide_case")
    def decide_case(self, asked: CaseAsked) -> CaseDecision:
        """Decide, and write down what follows; the same question gets the same answer."""
        return self._book.decide(asked)


class PacketActivities:
    def __init__(self, shop: PacketShop) -> None:
        self._shop = shop

    # What was begun is finished even where nobody waits for it any more: whoever asks next finds the packet made.
    @activity.defn(name="make_packet", no_thread_cancel_exception=True)
    def make_packet(self, order: PacketOrder) -> PacketOutcome:
        """Make a packet that was asked for; one that is made already stays as it is."""
        with _signs_of_life():
            return self._shop.make(order)


@contextmanager
def _signs_of_life() -> Generator[None]:
    """Tell Temporal now and then that this worker lives: a shop that renders a hundred pages has no moment for it."""
    over = Event()

    def beat() -> None:
        activity.heartbeat()
        while not over.wait(BEAT_SECONDS):
            activity.heartbeat()

    beating = Thread(target=copy_context().run, args=(beat,), name="packet-alive", daemon=True)
    beating.start()
    try:
        yield
    finally:
        over.set()
        beating.join()
