"""One round of looking after what waits in silence; see `workflows.upkeep`.

Each part, and within it each item, has its turn whatever became of the others: a touch that cannot be settled must not
keep a STOP that no webhook brought waiting. What failed is counted, and the next round tries it again.
"""

from collections.abc import Callable
from typing import TypeVar

import structlog
from temporalio import activity
from temporalio.exceptions import CancelledError

from forbear.contracts.decision import UpkeepReport
from forbear.errors import PartlyDone
from forbear.ports.book import Unsettled, UpkeepBook
from forbear.ports.following import FollowBook
from forbear.ports.payments import CheckoutBook, OpenCheckout, PaymentProvider
from forbear.ports.replies import Ear, ReplyBook, ReplyListing
from forbear.ports.rounds import each
from forbear.ports.runs import Runs
from forbear.ports.sms import Found, SmsCarrier

T = TypeVar("T")
log = structlog.get_logger("forbear.upkeep")


class UpkeepActivities:
    """Upkeep over its ports; without `runs`, `checkouts` or `follow` their part of a round is left out."""

    def __init__(
        self,
        book: UpkeepBook,
        carrier: SmsCarrier,
        replies: ReplyBook,
        listing: ReplyListing,
        *,
        runs: Runs | None = None,
        checkouts: CheckoutBook | None = None,
        payments: PaymentProvider | None = None,
        follow: FollowBook | None = None,
    ) -> None:
        self._book = book
        self._carrier = carrier
        self._replies = replies
        self._listing = listing
        self._runs = runs
        self._checkouts = checkouts
        self._payments = payments
        self._follow = follow
        self._mute: set[str] = set()

    @activity.defn(name="look_after")
    def look_after(self) -> UpkeepReport:
        """Expire claims, reconcile lost answers, hear what was missed, wake idle accounts, seal, and say so."""
        round_ = _Round()
        self._mute.clear()
        expired = round_.count("claims", self._book.expire_claims)
        waiting = round_.part("lost answers", self._book.unsettled, [])
        settled = round_.count(
            "lost answers", lambda: each("lost answers", waiting, self._reconcile, name=lambda touch: touch.touch)
        )
        sent = round_.part("reports", lambda: [] if self._follow is None else self._follow.unreported(), [])
        reported = round_.count(
            "reports", lambda: each("reports", sent, self._ask_fate, name=lambda touch: touch.touch)
        )
        ears = round_.part("replies", self._replies.ears, [])
        caught_up = round_.count("replies", lambda: each("replies", ears, self._catch_up, name=lambda ear: ear.lender))
        begun = round_.part("payments", self._begun, [])
        paid = round_.count(
            "payments", lambda: each("payments", begun, self._ask_about, name=lambda checkout: checkout.checkout)
        )
        report = UpkeepReport(
            claims_expired=expired,
            unknown_seen=len(waiting),
            unknown_settled=settled,
            reports_asked=len(sent),
            reports_pulled=reported,
            replies_caught_up=caught_up,
            payments_seen=len(begun),
            payments_settled=paid,
            accounts_seen=round_.count("open accounts", self._book.count_open),
            accounts_woken=round_.count("idle accounts", self._book.wake_idle),
            accounts_without_run=round_.count("missing workflows", self._start_missing),
            rows_sealed=round_.count("seals", self._book.seal),
            rows_purged=round_.count("purge", self._book.purge),
        ).model_copy(update={"failed": round_.failed})
        self._book.report(report)
        return report

    def _reconcile(self, touch: Unsettled) -> bool:
        """Ask the provider for a message whose answer was lost. False while that is still open."""
        activity.heartbeat()
        try:
            found = self._look_for(touch)
        except ConnectionError:
            return False
        return self._book.settle(touch, found) != "waiting"

    def _ask_fate(self, touch: Unsettled) -> bool:
        """Ask the provider what became of a message that it took, where it tells nobody by itself.

        One that does not answer is not asked again in this round: each question would cost the others its time-out.
        """
        activity.heartbeat()
        if touch.provider in self._mute:
            return False
        try:
            found = self._look_for(touch)
        except ConnectionError:
            self._mute.add(touch.provider)
            return False
        return self._follow is not None and self._follow.learn(touch, found)

    def _look_for(self, touch: Unsettled) -> Found | None:
        return self._carrier.find(
            provider=touch.provider,
            touch=touch.touch,
            to=touch.to,
            sender=touch.sender,
            since=touch.since,
            marker_sha256=touch.marker_sha256,
        )

    def _catch_up(self, ear: Ear) -> int:
        """Ask the provider what people wrote, and take what no webhook brought."""
        activity.heartbeat()
        try:
            listed = self._listing.written_to(ear.number, since=ear.since, until=ear.until)
        except ConnectionError:
            return 0
        return self._replies.take_missed(ear, listed)

    def _begun(self) -> list[OpenCheckout]:
        return [] if self._checkouts is None or self._payments is None else self._checkouts.begun()

    def _ask_about(self, checkout: OpenCheckout) -> int:
        """Look at a payment that was begun and of which no webhook told the end."""
        activity.heartbeat()
        if self._checkouts is None or self._payments is None:
            return 0
        try:
            payment = self._payments.fetch(checkout.provider_id)
        except ConnectionError:
            return 0
        return self._checkouts.settle(checkout, payment)

    def _start_missing(self) -> int:
        """Compare a stretch of the open accounts with what Temporal runs, and start what is not there."""
        if self._runs is None:
            return 0
        stretch = self._book.stretch()
        running = self._runs.running([each.account for each in stretch]) if stretch else frozenset[str]()
        return self._book.start_missing([each for each in stretch if each.account not in running])


class _Round:
    """Counts what failed in one round, and lets the next part begin all the same."""

    def __init__(self) -> None:
        self.failed = 0

    def count(self, part: str, do: Callable[[], int]) -> int:
        """What a part counted, also when some of its items failed."""
        try:
            return self.part(part, do, 0)
        except PartlyDone as partly:
            self.failed += partly.failed
            return partly.done

    def part(self, part: str, do: Callable[[], T], instead: T) -> T:
        activity.heartbeat()
        if activity.is_cancelled():
            raise CancelledError("upkeep is to stop")
        try:
            return do()
        except (PartlyDone, CancelledError):
            raise  # the one is counted by `count`, the other ends the round
        except Exception as error:  # noqa: BLE001  whatever it is, the other parts have their turn
            self.failed += 1
            log.error("upkeep_part_failed", part=part, error=type(error).__name__)  # noqa: TRY400  a trace may quote a row
            return instead
