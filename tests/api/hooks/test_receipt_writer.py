"""Callbacks that come together are stored together; each is answered for itself, and only what is in the record."""

import asyncio
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from httpx import Response

from forbear.api.hooks import receipt_writer
from forbear.api.hooks.admission import Admission
from forbear.api.hooks.receipt_writer import ReceiptWriter
from forbear.ledger.engine import Ledger
from forbear.ledger.receipt_batches import News, store
from forbear.services.processes import poll_until
from tests.api.hooks.carrier import Carrier
from tests.api.pages.site import Borrower, Site

A_WHILE = 30.0
MOST, KEPT = 8, 2


class Gate:
    """Holds the writer before each batch until it is opened, and keeps what the batches were."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.batches: list[list[News]] = []

    def store(self, ledger: Ledger, news: Sequence[News]) -> list[bool]:
        self.batches.append(list(news))
        assert self.open.wait(A_WHILE)
        return store(ledger, news)

    @property
    def waiting(self) -> int:
        return len(self.batches[0]) if self.batches else 0


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    gate = Gate()
    monkeypatch.setattr(receipt_writer, "store", gate.store)
    yield gate
    gate.open.set()


@pytest.fixture
def admission(site: Site) -> Iterator[Admission]:
    """Few places; nobody waits for a turn, as each call of a test has an event loop of its own."""
    before = site.app.state.admission
    site.app.state.admission = Admission(working=MOST, most=MOST, kept=KEPT)
    yield site.app.state.admission
    site.app.state.admission = before


def held(gate: Gate, carrier: Carrier, borrower: Borrower) -> threading.Thread:
    """One callback is being stored, so that all others come together."""
    first = threading.Thread(target=carrier.tell, args=(borrower, "queued"))
    first.start()
    assert poll_until(lambda: gate.waiting == 1, A_WHILE)
    return first


def all_inside(site: Site, carrier: Carrier, gate: Gate, told: Sequence[tuple[Borrower, str, str]]) -> list[Response]:
    """The answers to all of these, of which none was stored before the last one had come."""
    admission: Admission = site.app.state.admission
    first = held(gate, carrier, told[0][0])
    with ThreadPoolExecutor(len(told)) as callers:
        asked = [callers.submit(carrier.tell, borrower, status, sid=sid) for borrower, status, sid in told]
        assert poll_until(lambda: admission.inside == len(told) + 1, A_WHILE)
        gate.open.set()
        answers = [each.result(A_WHILE) for each in asked]
    first.join(A_WHILE)
    return answers


def test_what_arrives_meanwhile_is_one_batch_and_each_is_in_the_record(
    site: Site, carrier: Carrier, gate: Gate, admission: Admission
) -> None:
    people = [site.borrower() for _ in range(MOST - KEPT - 1)]
    answers = all_inside(site, carrier, gate, [(each, "delivered", "") for each in people])
    assert [answer.status_code for answer in answers] == [204] * len(people)
    assert [len(batch) for batch in gate.batches] == [1, len(people)]
    for each in people:
        assert site.house.touch(each.order.touch).state == "delivered"
    assert admission.inside == 0


def test_one_that_cannot_be_stored_fails_alone(site: Site, carrier: Carrier, gate: Gate, admission: Admission) -> None:
    good, bad, other = (site.borrower() for _ in range(3))
    answers = all_inside(
        site, carrier, gate, [(good, "sent", ""), (bad, "delivered", "SM\x00"), (other, "delivered", "")]
    )
    assert [answer.status_code for answer in answers] == [204, 500, 204]
    assert answers[1].headers["content-type"] == "application/problem+json"
    assert len(gate.batches[1]) == len(answers)
    for borrower, status in ((good, "sent"), (other, "delivered")):
        assert status in site.house.receipts(borrower.order.touch)
    assert "delivered" not in site.house.receipts(bad.order.touch)


def test_whoever_comes_beyond_the_places_is_told_so_and_who_was_let_in_is_kept(
    site: Site, carrier: Carrier, gate: Gate, admission: Admission
) -> None:
    people = [site.borrower() for _ in range(MOST - KEPT)]
    late = site.borrower()
    with ThreadPoolExecutor(len(people)) as callers:
        asked = [callers.submit(carrier.tell, each, "delivered") for each in people]
        assert poll_until(lambda: admission.inside == len(people), A_WHILE)
        refused = carrier.tell(late, "delivered")
        assert all("delivered" not in site.house.receipts(each.order.touch) for each in people)
        gate.open.set()
        assert [each.result(A_WHILE).status_code for each in asked] == [204] * len(people)
    assert (refused.status_code, refused.json()["code"], int(refused.headers["retry-after"])) == (503, "busy", 1)
    assert "delivered" not in site.house.receipts(late.order.touch)
    assert carrier.tell(late, "delivered").status_code == 204
    for each in (*people, late):
        assert site.house.receipts(each.order.touch).count("delivered") == 1


@pytest.mark.parametrize(
    ("status", "code"), [("undelivered", "30005"), ("failed", "21610"), ("delivered", "30005"), ("teleported", "")]
)
def test_news_with_consequences_never_waits_in_a_batch(
    carrier: Carrier, borrower: Borrower, gate: Gate, status: str, code: str
) -> None:
    assert carrier.tell(borrower, status, code=code).status_code == 204
    assert gate.batches == []
    assert status in borrower.site.house.receipts(borrower.order.touch)


def test_a_carriers_opt_out_holds_before_it_is_answered_while_plain_news_waits(
    site: Site, carrier: Carrier, borrower: Borrower, gate: Gate
) -> None:
    first = held(gate, carrier, site.borrower())
    assert carrier.tell(borrower, "failed", code="21610").status_code == 204
    assert len(borrower.opt_outs()) == 1
    gate.open.set()
    first.join(A_WHILE)


def test_a_writer_that_ends_stores_what_waits_and_sends_the_rest_away(
    site: Site, borrower: Borrower, gate: Gate
) -> None:
    writer = ReceiptWriter(site.house.ledger)

    def told(status: str) -> News:
        return News(borrower.order.touch, status, None, None, site.house.now)

    async def play() -> None:
        asking = [asyncio.ensure_future(writer.stored(told(status))) for status in ("queued", "sent", "delivered")]
        assert await asyncio.to_thread(poll_until, lambda: bool(gate.batches), A_WHILE)
        ending = asyncio.ensure_future(asyncio.to_thread(writer.stop))
        gate.open.set()
        assert await asyncio.gather(*asking) == [True] * len(asking)
        await ending
        assert not await writer.stored(told("read"))

    asyncio.run(play())
    assert {"queued", "sent", "delivered"} <= set(site.house.receipts(borrower.order.touch))


def test_whoever_stopped_asking_holds_up_nobody(site: Site, borrower: Borrower, gate: Gate) -> None:
    writer, other = ReceiptWriter(site.house.ledger), site.borrower()

    async def play() -> bool:
        gone = asyncio.ensure_future(writer.stored(News(borrower.order.touch, "sent", None, None, site.house.now)))
        assert await asyncio.to_thread(poll_until, lambda: bool(gate.batches), A_WHILE)
        stays = asyncio.ensure_future(writer.stored(News(other.order.touch, "sent", None, None, site.house.now)))
        gone.cancel()
        gate.open.set()
        return await stays

    assert asyncio.run(play())
    writer.stop()
    assert "sent" in site.house.receipts(other.order.touch)
