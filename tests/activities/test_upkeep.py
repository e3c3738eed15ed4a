"""A round of upkeep asks the carrier what people wrote, and goes on with the rest when something cannot be done."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from temporalio.exceptions import CancelledError
from temporalio.testing import ActivityEnvironment

from activities.upkeep import UpkeepActivities
from forbear.clock import Clock
from forbear.contracts.decision import UpkeepReport
from forbear.errors import PartlyDone
from forbear.ports.book import OpenAccount, Settled, Unsettled
from forbear.ports.payments import Begun, OpenCheckout, PaymentOrder, ProviderPayment
from forbear.ports.replies import Ear, Written
from forbear.ports.rounds import each
from forbear.ports.sms import Found, Sending, SmsText, Unreadable

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
EARS = [Ear("ten_1", "len_1", "+12125550198", NOW - timedelta(hours=1), NOW)]
WRITTEN = [Written("+12125550123", "please stop texting me", "SM1", NOW)]


class Book:
    """Nothing waits in it; remembers that it was asked to seal, and what was reported."""

    def __init__(self) -> None:
        self.sealed = 0
        self.reports: list[UpkeepReport] = []
        self.missing: list[str] = []

    def expire_claims(self) -> int:
        return 0

    def end_visits(self) -> int:
        return 0

    def give_back(self) -> int:
        return 0

    def call_for_help(self) -> int:
        return 0

    def unsettled(self) -> list[Unsettled]:
        return []

    def settle(self, touch: Unsettled, found: Found | None) -> Settled:
        raise AssertionError(touch, found)

    def count_open(self) -> int:
        return 3

    def wake_idle(self) -> int:
        return 0

    def stretch(self) -> list[OpenAccount]:
        return [OpenAccount("ten_1", f"acc_{number}") for number in range(3)]

    def start_missing(self, missing: Sequence[OpenAccount]) -> int:
        self.missing = [one.account for one in missing]
        return len(missing)

    def purge(self) -> int:
        return 0

    def seal(self) -> int:
        self.sealed += 1
        return 0

    def report(self, report: UpkeepReport) -> None:
        self.reports.append(report)


class Replies:
    """One number of ours; takes what it is given."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, list[str]]] = []

    def ears(self) -> list[Ear]:
        return EARS

    def take_missed(self, ear: Ear, listed: Sequence[Written]) -> int:
        self.taken.append((ear.number, [written.provider_id for written in listed]))
        return len(listed)


class Carrier:
    """Lists one message, or cannot be reached."""

    def __init__(self, *, away: bool = False) -> None:
        self.away = away

    def send(self, text: SmsText) -> Sending:
        raise AssertionError("upkeep sends nothing")

    def find(
        self, *, provider: str, touch: str, to: str, sender: str, since: datetime, marker_sha256: str
    ) -> Found | None:
        raise AssertionError("nothing is open")

    def written_to(self, number: str, *, since: datetime, until: datetime) -> list[Written]:
        assert (number, since, until) == (EARS[0].number, EARS[0].since, EARS[0].until)
        if self.away:
            raise ConnectionError
        return WRITTEN


@pytest.mark.parametrize("away", [False, True])
def test_what_people_wrote_is_caught_up_on_where_the_carrier_answers(away: bool) -> None:
    book, replies, carrier = Book(), Replies(), Carrier(away=away)
    report = ActivityEnvironment().run(UpkeepActivities(book, {"sms": carrier}, replies, carrier).look_after)
    assert replies.taken == ([] if away else [("+12125550198", ["SM1"])])
    assert report.replies_caught_up == (0 if away else 1)
    assert (report.accounts_seen, book.sealed, book.reports) == (3, 1, [report])


def lost(touch: str) -> Unsettled:
    return Unsettled(
        tenant="ten_1",
        account="acc_1",
        touch=touch,
        channel="sms",
        provider="twilio",
        to="+12125550123",
        sender="+12125550198",
        marker_sha256="0" * 64,
        since=NOW,
        patience_over=True,
    )


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


class Runs:
    """Temporal's list of running workflows, or its absence."""

    def __init__(self, *running: str, away: bool = False) -> None:
        self.listed, self.away = running, away

    def running(self, accounts: Sequence[str]) -> frozenset[str]:
        if self.away:
            raise ConnectionError
        return frozenset(accounts) & frozenset(self.listed)


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


class Checkouts:
    """Two payments were begun; remembers how the provider says they stand."""

    def __init__(self) -> None:
        self.learnt: list[tuple[str, str]] = []

    def begun(self) -> list[OpenCheckout]:
        return [OpenCheckout("ten_1", "len_1", f"chk_{number}", f"cs_{number}") for number in range(2)]

    def settle(self, checkout: OpenCheckout, payment: ProviderPayment) -> int:
        self.learnt.append((checkout.checkout, payment.state))
        return int(payment.state == "paid")


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


@dataclass
class Hanging:
    """Providers that take their read time-out for every question, and then have no answer; or answer as slowly."""

    at: datetime = NOW
    seconds: int = 10
    answers: bool = False
    unreadable: str = ""
    asked: list[str] = field(default_factory=list[str])

    @property
    def clock(self) -> Clock:
        return Clock.real(lambda: self.at)

    def _wait(self, what: str) -> None:
        self.asked.append(what)
        self.at += timedelta(seconds=self.seconds)
        if what == self.unreadable:
            raise Unreadable
        if not self.answers:
            raise ConnectionError

    def send(self, text: SmsText) -> Sending:
        raise AssertionError("upkeep sends nothing")

    def find(
        self, *, provider: str, touch: str, to: str, sender: str, since: datetime, marker_sha256: str
    ) -> Found | None:
        self._wait(touch)
        return None

    def written_to(self, number: str, *, since: datetime, until: datetime) -> list[Written]:
        self._wait("replies")
        return []

    def begin(self, order: PaymentOrder) -> Begun:
        raise AssertionError("upkeep begins nothing")

    def fetch(self, provider_id: str) -> ProviderPayment:
        self._wait("payments")
        raise ConnectionError


class Busy(Book):
    """Many lost answers; writes down which part had its turn, with the number of questions asked by then."""

    def __init__(self, provider: Hanging) -> None:
        super().__init__()
        self.provider = provider
        self.turns: list[tuple[str, int]] = []
        self.settled: list[str] = []

    def _turn(self, part: str) -> int:
        self.turns.append((part, len(self.provider.asked)))
        return 1

    def expire_claims(self) -> int:
        return self._turn("claims")

    def wake_idle(self) -> int:
        return self._turn("idle")

    def start_missing(self, missing: Sequence[OpenAccount]) -> int:
        return self._turn("missing")

    def seal(self) -> int:
        return self._turn("seal")

    def purge(self) -> int:
        return self._turn("purge")

    def unsettled(self) -> list[Unsettled]:
        return [lost(f"tch_{number:03}") for number in range(500)]

    def settle(self, touch: Unsettled, found: Found | None) -> Settled:
        self.settled.append(touch.touch)
        return "waiting"


class Sent:
    """A hundred texts of which no end is known."""

    def __init__(self) -> None:
        self.learnt: list[str] = []

    def unreported(self) -> list[Unsettled]:
        return [lost(f"sent_{number}") for number in range(100)]

    def learn(self, touch: Unsettled, found: Found | None) -> bool:
        self.learnt.append(touch.touch)
        return False


def upkeep_over(hanging: Hanging, book: Busy, sent: Sent) -> UpkeepActivities:
    return UpkeepActivities(
        book,
        {"sms": hanging},
        Replies(),
        hanging,
        runs=Runs(),
        checkouts=Checkouts(),
        payments=hanging,
        follow=sent,
        clock=hanging.clock,
    )


def test_a_provider_that_hangs_costs_one_time_out_and_the_record_is_looked_after_before() -> None:
    hanging, sent = Hanging(), Sent()
    book = Busy(hanging)
    upkeep = upkeep_over(hanging, book, sent)
    report = ActivityEnvironment().run(upkeep.look_after)
    assert book.turns == [(part, 0) for part in ("claims", "idle", "missing", "seal", "purge")]
    assert hanging.asked == ["replies", "payments"], "the texts' provider was asked once, and the payments' once"
    assert (book.settled, sent.learnt, report.failed) == ([], [], 0)
    ActivityEnvironment().run(upkeep.look_after)
    assert hanging.asked == ["replies", "payments"] * 2, "in the next round each is asked again"


def test_a_provider_that_answers_slowly_gets_a_time_for_each_part_and_every_item_has_its_turn() -> None:
    hanging, sent = Hanging(answers=True), Sent()
    book = Busy(hanging)
    upkeep, began = upkeep_over(hanging, book, sent), hanging.at
    ActivityEnvironment().run(upkeep.look_after)
    assert hanging.at - began < timedelta(minutes=3)
    assert (book.settled, sent.learnt) == (
        ["tch_000", "tch_001", "tch_002", "tch_003"],
        ["sent_0", "sent_1", "sent_2", "sent_3"],
    )
    ActivityEnvironment().run(upkeep.look_after)
    assert book.settled[4:] == ["tch_004", "tch_005", "tch_006", "tch_007"]


def test_one_question_that_a_provider_refuses_keeps_no_other_from_being_asked() -> None:
    hanging, sent = Hanging(answers=True, seconds=0, unreadable="tch_000"), Sent()
    book = Busy(hanging)
    ActivityEnvironment().run(upkeep_over(hanging, book, sent).look_after)
    assert (len(book.settled), len(sent.learnt)) == (499, 100)


def test_one_item_that_always_times_out_does_not_keep_the_same_others_waiting() -> None:
    class Poisoned(Hanging):
        def find(self, **named: Any) -> Found | None:
            self.answers = named["touch"] != "tch_000"
            self._wait(named["touch"])
            return None

    hanging, sent = Poisoned(answers=True, seconds=0), Sent()
    book = Busy(hanging)
    upkeep = upkeep_over(hanging, book, sent)
    ActivityEnvironment().run(upkeep.look_after)
    assert book.settled == []
    hanging.answers = True
    ActivityEnvironment().run(upkeep.look_after)
    assert len(book.settled) == 499


@pytest.mark.parametrize("swallowed", [False, True])
def test_a_cancellation_amid_the_items_ends_the_round_at_once(swallowed: bool) -> None:
    """As a thread gets it: raised amid a question, where an adapter may take it for its own error."""
    env = ActivityEnvironment()

    class Cancelled(Hanging):
        def find(self, **named: Any) -> Found | None:
            self.asked.append(named["touch"])
            env.cancel()
            if swallowed:
                raise ConnectionError
            raise CancelledError("now")

    hanging, sent = Cancelled(answers=True, seconds=0), Sent()
    book = Busy(hanging)
    with pytest.raises(CancelledError):
        env.run(upkeep_over(hanging, book, sent).look_after)
    assert (hanging.asked, book.reports, sent.learnt) == (["replies", "tch_000"], [], [])


def test_no_item_has_its_turn_after_a_cancellation() -> None:
    asked: list[int] = []

    def do(item: int) -> int:
        asked.append(item)
        raise CancelledError("now")

    with pytest.raises(CancelledError):
        each("part", [1, 2], do, name=str)
    assert asked == [1]
