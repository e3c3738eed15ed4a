"""One round of looking after what waits in silence; see `workflows.upkeep`."""

from temporalio import activity

from forbear.contracts.decision import UpkeepReport
from forbear.ports.book import Unsettled, UpkeepBook
from forbear.ports.sms import SmsCarrier


class UpkeepActivities:
    def __init__(self, book: UpkeepBook, carrier: SmsCarrier) -> None:
        self._book = book
        self._carrier = carrier

    @activity.defn(name="look_after")
    def look_after(self) -> UpkeepReport:
        """Expire claims, reconcile lost answers, wake idle accounts, seal the audit rows, and say so."""
        expired = self._book.expire_claims()
        waiting = self._book.unsettled()
        settled = sum(self._reconcile(touch) for touch in waiting)
        seen, woken = self._book.wake_idle()
        report = UpkeepReport(
            accounts_seen=seen,
            accounts_woken=woken,
            claims_expired=expired,
            unknown_seen=len(waiting),
            unknown_settled=settled,
            rows_sealed=self._book.seal(),
        )
        self._book.report(report)
        return report

    def _reconcile(self, touch: Unsettled) -> bool:
        """Ask the provider for a message whose answer was lost. False while that is still open."""
        try:
            found = self._carrier.find(
                to=touch.to, sender=touch.sender, since=touch.since, marker_sha256=touch.marker_sha256
            )
        except ConnectionError:
            return False
        return self._book.settle(touch, found) != "waiting"
