"""What a round of upkeep looks after, in memory: a book, providers that answer, hang or are away, and Temporal's list."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from activities.upkeep import UpkeepActivities
from forbear.clock import Clock
from forbear.contracts.decision import UpkeepReport
from forbear.ports.book import OpenAccount, Settled, Unsettled
from forbear.ports.cases import OpenCase
from forbear.ports.payments import Begun, OpenCheckout, PaymentOrder, ProviderPayment
from forbear.ports.replies import Ear, Written
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


class Runs:
    """Temporal's list of running workflows, or its absence."""

    def __init__(self, *running: str, away: bool = False) -> None:
        self.listed, self.away = running, away

    def running(self, accounts: Sequence[str]) -> frozenset[str]:
        if self.away:
            raise ConnectionError
        return frozenset(accounts) & frozenset(self.listed)


class Cases:
    """Three open cases, of which two are late."""

    def __init__(self) -> None:
        self.missing: list[str] = []

    def count_open(self) -> int:
        return 3

    def wake_idle(self) -> int:
        return 2

    def stretch(self) -> list[OpenCase]:
        return [OpenCase("ten_1", f"cas_{number}") for number in range(3)]

    def start_missing(self, missing: Sequence[OpenCase]) -> int:
        self.missing = [one.case for one in missing]
        return len(missing)


class Checkouts:
    """Two payments were begun; remembers how the provider says they stand."""

    def __init__(self) -> None:
        self.learnt: list[tuple[str, str]] = []

    def begun(self) -> list[OpenCheckout]:
        return [OpenCheckout("ten_1", "len_1", f"chk_{number}", f"cs_{number}") for number in range(2)]

    def settle(self, checkout: OpenCheckout, payment: ProviderPayment) -> int:
        self.learnt.append((checkout.checkout, payment.state))
        return int(payment.state == "paid")


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
