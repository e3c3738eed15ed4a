"""A round of upkeep asks the carrier what people wrote, and goes on with the rest when something cannot be done."""

from datetime import datetime
from decimal import Decimal

import pytest
from temporalio.exceptions import CancelledError
from temporalio.testing import ActivityEnvironment

from activities.upkeep import UpkeepActivities
from forbear.errors import PartlyDone
from forbear.ports.book import Settled, Unsettled
from forbear.ports.payments import Begun, PaymentOrder, ProviderPayment
from forbear.ports.rounds import each
from forbear.ports.sms import Found
from tests.activities.upkeeping import NOW, Book, Carrier, Cases, Checkouts, Replies, Runs, lost


@pytest.mark.parametrize("away", [False, True])
def test_what_people_wrote_is_caught_up_on_where_the_carrier_answers(away: bool) -> None:
    book, replies, carrier = Book(), Replies(), Carrier(away=away)
    report = ActivityEnvironment().run(UpkeepActivities(book, {"sms": carrier}, replies, carrier).look_after)
    assert replies.taken == ([] if away else [("+12125550198", ["SM1"])])
    assert report.replies_caught_up == (0 if away else 1)
    assert (report.accounts_seen, book.sealed, book.reports) == (3, 1, [report])


class Unlucky(Book):
    """Three lost answers, of which the second cannot be settled; gives no claims back; cannot seal."""

    def __init__(self) -> None:
        super().__init__()
        self.settled: list[str] = []

    def expire_claims(self) -> int:
        raise PartlyDone("claims", done=2, failed=1)

    def unsettled(self) -> list[Unsettled]:
        return [lost(f"tch_{number}") for number in range(3)]

    def settle(self, touch: Unsettled, found: Found | None) -> Settled:
        if touch.touch == "tch_1":
            raise ValueError("a row that cannot be")
        self.settled.append(touch.touch)
        return "absent"

    def seal(self) -> int:
        raise OSError("the disk is full")


class Finding(Carrier):
    def find(
        self, *, provider: str, touch: str, to: str, sender: str, since: datetime, marker_sha256: str
    ) -> Found | None:
        return None


def test_what_fails_is_counted_and_stops_nothing_else() -> None:
    book, replies, carrier = Unlucky(), Replies(), Finding()
    report = ActivityEnvironment().run(UpkeepActivities(book, {"sms": carrier}, replies, carrier).look_after)
    assert book.settled == ["tch_0", "tch_2"]
    assert (report.claims_expired, report.unknown_seen, report.unknown_settled) == (2, 3, 2)
    assert (report.replies_caught_up, report.accounts_seen, report.rows_sealed) == (1, 3, 0)
    assert report.failed == 3, "a claim, an answer and the seals"
    assert book.reports == [report]


def test_open_accounts_without_a_workflow_are_started() -> None:
    book, replies, carrier = Book(), Replies(), Carrier()
    upkeep = UpkeepActivities(book, {"sms": carrier}, replies, carrier, runs=Runs("acc_0", "acc_2", "acc_9"))
    report = ActivityEnvironment().run(upkeep.look_after)
    assert book.missing == ["acc_1"]
    assert (report.accounts_without_run, report.failed) == (1, 0)


def test_no_account_is_taken_for_lost_when_temporal_gives_no_list() -> None:
    book, replies, carrier = Book(), Replies(), Carrier()
    report = ActivityEnvironment().run(
        UpkeepActivities(book, {"sms": carrier}, replies, carrier, runs=Runs(away=True)).look_after
    )
    assert book.missing == []
    assert (report.accounts_without_run, report.failed, book.sealed) == (0, 1, 1)


def test_cases_are_looked_after_as_accounts_are() -> None:
    book, replies, carrier, cases = Book(), Replies(), Carrier(), Cases()
    runs = Runs("cas_0", "cas_2", "acc_1")
    upkeep = UpkeepActivities(book, {"sms": carrier}, replies, carrier, cases=cases, case_runs=runs)
    report = ActivityEnvironment().run(upkeep.look_after)
    assert cases.missing == ["cas_1"]
    assert (report.cases_seen, report.cases_woken, report.cases_without_run, report.failed) == (3, 2, 1, 0)


def test_no_case_is_taken_for_lost_when_temporal_gives_no_list() -> None:
    book, replies, carrier, cases = Book(), Replies(), Carrier(), Cases()
    upkeep = UpkeepActivities(book, {"sms": carrier}, replies, carrier, cases=cases, case_runs=Runs(away=True))
    report = ActivityEnvironment().run(upkeep.look_after)
    assert cases.missing == []
    assert (report.cases_seen, report.cases_without_run, report.failed, book.sealed) == (3, 0, 1, 1)


class Provider:
    """The first payment is made; the second cannot be looked at."""

    def begin(self, order: PaymentOrder) -> Begun:
        raise AssertionError("upkeep begins nothing")

    def fetch(self, provider_id: str) -> ProviderPayment:
        if provider_id == "cs_1":
            raise ConnectionError
        return ProviderPayment(provider_id, "chk_0", "paid", Decimal(100), "USD", NOW)


def test_payments_that_no_webhook_told_of_are_asked_about() -> None:
    book, replies, carrier, checkouts = Book(), Replies(), Carrier(), Checkouts()
    upkeep = UpkeepActivities(book, {"sms": carrier}, replies, carrier, checkouts=checkouts, payments=Provider())
    report = ActivityEnvironment().run(upkeep.look_after)
    assert checkouts.learnt == [("chk_0", "paid")]
    assert (report.payments_seen, report.payments_settled, report.failed) == (2, 1, 0)


def test_a_round_that_is_cancelled_ends() -> None:
    book, replies, carrier = Book(), Replies(), Carrier()
    env = ActivityEnvironment()
    env.cancel()
    with pytest.raises(CancelledError):
        env.run(UpkeepActivities(book, {"sms": carrier}, replies, carrier).look_after)
    assert book.reports == []


def test_no_item_has_its_turn_after_a_cancellation() -> None:
    asked: list[int] = []

    def do(item: int) -> int:
        asked.append(item)
        raise CancelledError("now")

    with pytest.raises(CancelledError):
        each("part", [1, 2], do, name=str)
    assert asked == [1]
