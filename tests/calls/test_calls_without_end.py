"""A call whose end was lost on its way to us: its carrier is asked, and what it says counts as a callback would."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from temporalio.testing import ActivityEnvironment

from activities.upkeep import UpkeepActivities
from forbear.ledger.call_rounds import CallRoundsBook
from forbear.ports.calls import Standing
from forbear.ports.sms import Unreadable
from forbear.ports.tracking import Posted
from forbear.settings import Settings
from tests.activities.upkeeping import Book, Hanging, Replies
from tests.api.hooks.caller import Phone, Ringing
from tests.api.pages.site import Site

LONG = timedelta(minutes=16)


@pytest.fixture(scope="module")
def site(module_database: Settings) -> Iterator[Site]:
    site = Site(module_database)
    yield site
    site.close()


@pytest.fixture
def phone(site: Site) -> Phone:
    site.reset()
    return Phone(site)


def asked(book: CallRoundsBook, ringing: Ringing) -> Posted | None:
    return next((one for one in book.unended() if one.touch == ringing.order.touch), None)


@pytest.mark.parametrize(
    ("status", "answered_by", "becomes"),
    [
        ("completed", "human", ("delivered", "connected")),
        ("completed", "machine_end_beep", ("delivered", "machine_no_message")),
        ("no-answer", None, ("undelivered", "no_answer")),
        ("busy", None, ("undelivered", "busy")),
        ("canceled", None, ("failed", None)),
    ],
)
def test_what_the_carrier_tells_is_the_end(
    phone: Phone, status: str, answered_by: str | None, becomes: tuple[str, str | None]
) -> None:
    ringing, book = phone.rung(), CallRoundsBook(phone.house.ledger)
    assert asked(book, ringing) is None, "it may still be going on"
    phone.site.hands.advance(LONG)
    call = asked(book, ringing)
    assert call is not None
    assert call.provider_id == ringing.sid
    assert book.learn(call, Standing(ringing.sid, status, answered_by))
    assert ringing.touch == becomes
    assert asked(book, ringing) is None
    assert phone.told().count("call_ended") == 1


def test_one_that_rings_on_or_is_unknown_is_asked_about_again_later(phone: Phone) -> None:
    ringing, book = phone.rung(), CallRoundsBook(phone.house.ledger)
    for standing in (Standing(ringing.sid, "queued"), None):
        phone.site.hands.advance(LONG)
        call = asked(book, ringing)
        assert call is not None
        assert not book.learn(call, standing)
        assert asked(book, ringing) is None
        assert ringing.touch == ("sent", None)
    phone.site.hands.advance(timedelta(days=8))
    assert asked(book, ringing) is None
    assert ringing.touch == ("undelivered", "no_answer"), "nobody will tell any more"
    assert phone.told().count("call_ended") == 1
    assert asked(book, ringing) is None
    assert phone.told().count("call_ended") == 1
    late = Posted(phone.house.tenant, ringing.order.touch, "twilio", ringing.sid)
    assert book.learn(late, Standing(ringing.sid, "completed", "human"))
    assert ringing.touch == ("delivered", "connected"), "told after all, it is believed"


def test_one_whose_end_was_told_is_nobodys(phone: Phone) -> None:
    ringing = phone.rung()
    ringing.status("busy")
    phone.site.hands.advance(LONG)
    assert asked(CallRoundsBook(phone.house.ledger), ringing) is None


class Line:
    """Knows of some calls."""

    def __init__(self, **known: str) -> None:
        self.known = known

    def fetch(self, provider_id: str) -> Standing:
        if provider_id not in self.known:
            raise Unreadable("no such call")
        return Standing(provider_id, self.known[provider_id])


def test_a_round_asks_each_and_one_unknown_keeps_no_other_waiting(phone: Phone) -> None:
    first, second = phone.rung(), Phone(phone.site).rung()
    phone.site.hands.advance(LONG)
    hanging, book = Hanging(answers=True, seconds=0), CallRoundsBook(phone.house.ledger)
    upkeep = UpkeepActivities(
        Book(), {}, Replies(), hanging, calls=book, line=Line(**{second.sid: "busy"}), clock=hanging.clock
    )
    report = ActivityEnvironment().run(upkeep.look_after)
    assert (report.calls_ended, report.failed) == (1, 0)
    assert report.calls_asked >= len((first, second)), "other tests' calls are asked about too"
    assert (first.touch, second.touch) == (("sent", None), ("undelivered", "busy"))
