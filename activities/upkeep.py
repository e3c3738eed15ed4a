"""One round of looking after what waits in silence; see `workflows.upkeep`."""

from temporalio import activity

from forbear.contracts.decision import UpkeepReport
from forbear.ports.book import Unsettled, UpkeepBook
from forbear.ports.replies import Ear, ReplyBook, ReplyListing
from forbear.ports.sms import SmsCarrier


class UpkeepActivities:
    def __init__(self, book: UpkeepBook, carrier: SmsCarrier, replies: ReplyBook, listing: ReplyListing) -> None:
        self._book = book
        self._carrier = carrier
        self._replies = replies
        self._listing = listing

    @activity.defn(name="look_after")
    def look_after(self) -> UpkeepReport:
        """Expire claims, reconcile lost answers, hear what was missed, wake idle accounts, seal, and say so."""
        expired = self._book.expire_claims()
        waiting = self._book.unsettled()
        settled = sum(self._reconcile(touch) for touch in waiting)
        caught_up = sum(self._catch_up(ear) for ear in self._replies.ears())
        activity.heartbeat()
        seen, woken = self._book.wake_idle()
        report = UpkeepReport(
            accounts_seen=seen,
            accounts_woken=woken,
            claims_expired=expired,
            unknown_seen=len(waiting),
            unknown_settled=settled,
            replies_caught_up=caught_up,
            rows_sealed=self._book.seal(),
        )
        self._book.report(report)
        return report

    def _reconcile(self, touch: Unsettled) -> bool:
        """Ask the provider for a message whose answer was lost. False while that is still open."""
        activity.heartbeat()
        try:
            found = self._carrier.find(
                provider=touch.provider,
                touch=touch.touch,
                to=touch.to,
                sender=touch.sender,
                since=touch.since,
                marker_sha256=touch.marker_sha256,
            )
        except ConnectionError:
            return False
        return self._book.settle(touch, found) != "waiting"

    def _catch_up(self, ear: Ear) -> int:
        """Ask the provider what people wrote, and take what no webhook brought."""
        activity.heartbeat()
        try:
            listed = self._listing.written_to(ear.number, since=ear.since, until=ear.until)
        except ConnectionError:
            return 0
        return self._replies.take_missed(ear, listed)
