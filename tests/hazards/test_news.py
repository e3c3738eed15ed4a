"""Dangers in what comes from outside: forged webhooks, replies found late, files taken up again."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from forbear.api.hooks import carrier as hook
from forbear.channels.inbound_words import read
from forbear.ledger import import_files
from forbear.ledger.listening import ListeningBook
from forbear.ports.replies import Ear, Written
from forbear.settings import Settings
from tests.api.hooks.carrier import Carrier
from tests.api.pages.site import Borrower, Site
from tests.conftest import Hands
from tests.covering import covers
from tests.ladder.breaking import Sound, open_ledger
from tests.ladder.test_import import OneImport
from tests.ledger.house import NOON, House
from tests.season.faulty import Died, Nth

NUMBER = "+13125550101"


@pytest.fixture
def house(database: Settings, hands: Hands) -> Iterator[House]:
    hands.set(NOON)
    house = House(database, hands)
    yield house
    house.close()


@pytest.fixture
def site(database: Settings) -> Iterator[Site]:
    site = Site(database)
    yield site
    site.close()


def forge(carrier: Carrier, borrower: Borrower) -> None:
    """The contract of the hook: what nobody signed is refused and leaves no trace."""
    before = borrower.site.house.receipts(borrower.order.touch)
    answer = carrier.tell(borrower, "undelivered", code="30005", signature="AAAA")
    assert answer.status_code == 403, "a forged receipt was taken"
    assert borrower.site.house.receipts(borrower.order.touch) == before, "a forged receipt left a trace"


def test_a_forged_receipt_is_refused(site: Site) -> None:
    borrower = site.borrower()
    with covers("callback.forged"):
        forge(Carrier(site), borrower)


def test_a_receipt_trusted_without_signature_is_seen(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A planted bug: the contract above must fail on a hook that does not look at signatures."""

    def trusting(*_: object) -> bool:
        return True

    monkeypatch.setattr(hook, "is_genuine", trusting)
    with pytest.raises(AssertionError, match="a forged receipt was taken"):
        forge(Carrier(site), site.borrower())


def ear_of(house: House) -> Ear:
    [ear] = ListeningBook(house.ledger, read).ears()
    return ear


def written(text: str, at_minute: int, serial: int) -> Written:
    return Written(NUMBER, text, f"SMin{serial}", NOON + timedelta(minutes=at_minute))


def test_a_stop_that_no_webhook_brought_is_found(house: House) -> None:
    house.borrower(NUMBER)
    with covers("reply.caught_up"):
        assert ListeningBook(house.ledger, read).take_missed(ear_of(house), [written("STOP", 1, 1)]) == 1


def test_a_start_found_late_does_not_lift_a_later_stop(house: House) -> None:
    house.borrower(NUMBER)
    book, ear = ListeningBook(house.ledger, read), ear_of(house)
    start, stop = written("START", 1, 1), written("STOP", 2, 2)
    book.take_missed(ear, [stop])
    with covers("reply.start_outdated"):
        book.take_missed(ear, [stop, start])
    assert house.opt_in(NUMBER) == 1, "the STOP still held"


def test_an_import_is_taken_up_where_it_was_left(house: House, hands: Hands) -> None:
    ledger = open_ledger(house.settings, house.ledger.clock)
    one = OneImport(house, ledger)
    type(ledger).plan = plan = Nth(0, "once", "before", Died)
    one.run(plan)  # counts the calls of a whole import
    other = OneImport(house, ledger)
    other.run(Nth(plan.calls - 2, "from then on", "before", Died))
    hands.advance(import_files.LEASE + timedelta(seconds=1))
    with covers("import.resumed"):
        other.run(Sound())
    ledger.close()
