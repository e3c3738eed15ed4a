"""The relay's book: what waits is seen once, oldest first, a notification ends the wait, and one relay leads."""

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from forbear.ledger import outbox
from forbear.ledger.engine import Ledger
from forbear.ledger.relaying import RelayingBook
from forbear.settings import Settings

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
TENANT = "ten_1"


@pytest.fixture
def ledger(database: Settings) -> Iterator[Ledger]:
    with Ledger.open(database) as opened:
        yield opened


@pytest.fixture
def book(ledger: Ledger) -> Iterator[RelayingBook]:
    made = RelayingBook(ledger)
    yield made
    made.close()


def tell(ledger: Ledger, *accounts: str) -> None:
    for account in accounts:
        with ledger.worker(TENANT) as session:
            outbox.tell(session, tenant=TENANT, account=account, fact="payment_received", at=NOW)


def test_facts_wait_oldest_first_until_they_are_delivered(ledger: Ledger, book: RelayingBook) -> None:
    tell(ledger, "acc_1", "acc_2", "acc_3")
    first = book.waiting(2)
    assert [(telling.account, telling.fact, telling.tenant) for telling in first] == [
        ("acc_1", "payment_received", TENANT),
        ("acc_2", "payment_received", TENANT),
    ]
    book.delivered([telling.id for telling in first])
    assert [telling.account for telling in book.waiting(10)] == ["acc_3"]


def test_a_commit_ends_the_wait(ledger: Ledger, book: RelayingBook) -> None:
    assert book.waiting(1) == []
    begun = time.monotonic()
    telling = threading.Timer(0.2, tell, (ledger, "acc_1"))
    telling.start()
    book.wait(20)
    telling.join()
    assert time.monotonic() - begun < 10
    assert len(book.waiting(10)) == 1


def test_one_relay_leads_until_its_connection_ends(ledger: Ledger, book: RelayingBook) -> None:
    tell(ledger, "acc_1")
    other = RelayingBook(ledger)
    assert len(book.waiting(10)) == 1
    assert other.waiting(10) == []
    book.close()
    assert len(other.waiting(10)) == 1
    other.close()


def test_a_connection_that_was_cut_is_made_again(ledger: Ledger, book: RelayingBook) -> None:
    tell(ledger, "acc_1")
    assert len(book.waiting(10)) == 1
    assert book._ears is not None
    book._ears.close()
    assert len(book.waiting(10)) == 1
