"""A small tenant on a real database that can be asked, paid, stopped and sent from: what the ledger's tests start from."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from forbear.cadence import decision as cadence
from forbear.cadence.life import Life
from forbear.cadence.permits import usable
from forbear.cadence.playbooks import Playbook, load_all
from forbear.contracts.decision import Asked, Contact, ContactOrder, Decision, Outcome
from forbear.contracts.words import StopKind, SuppressionScope
from forbear.ledger.deciding import Decide, DecidingBook
from forbear.ledger.touching import TouchingBook
from forbear.ledger.upkeeping import UpkeepingBook
from forbear.ports.book import Dispatch
from forbear.ports.sms import Accepted, Sending
from forbear.rules.packs import Packs
from forbear.rules.packs import load as load_packs
from forbear.settings import Settings
from tests.ledger import facts
from tests.ledger.installed import Installed
from tests.ledger.wanting import contact, weighed

PLAYBOOKS = load_all()
PACKS = load_packs()
AN_HOUR = timedelta(hours=1)
A_DAY = timedelta(days=1)
NOON = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)
"""12:00 in Chicago, a Monday."""


def eager(life: Life, playbook: Playbook, packs: Packs, now: datetime) -> cadence.Decision:
    """A cadence without manners: it contacts whenever the rules allow it, so that only they hold it back."""
    if life.balance <= 0 or life.state == "closed":
        return cadence.Close("paid in full")
    if life.in_flight:
        return cadence.Rest(now + timedelta(hours=6), "a touch is not settled", "TOUCH.UNSETTLED", stage="M1")
    if any(promise.state == "open" for promise in life.promises):
        return cadence.Rest(now + timedelta(days=1), "a payment is promised", "PROMISE.OPEN", stage="M1")
    person = life.borrower
    for point in usable(person, "sms"):
        permit, question = weighed(life, person, point, channel="sms", playbook=playbook, packs=packs, now=now)
        if permit.verdict == "allow":
            return contact(
                life,
                person,
                point,
                permit,
                question,
                channel="sms",
                template="reminder-friendly",
                step="friendly",
            )
        until = permit.until or now + timedelta(days=7)
        return cadence.Rest(min(until, now + timedelta(days=7)), "held", permit.rules[0], permit, "M1", question)
    return cadence.Rest(now + timedelta(days=7), "no number", "POINT.NONE", stage="M1")


class House(Installed):
    """Asks, sends and learns through the books that the worker uses."""

    def __init__(self, settings: Settings, hands: Callable[[], datetime], *, speed: int = 1) -> None:
        super().__init__(settings, hands, speed=speed)
        self._numbers: dict[str, int] = {}

    def pay(self, account: str, amount: str = "100.00", *, lender: str = "") -> str:
        with self.api(lender) as session:
            return facts.post_payment(self, session, account, amount, lender=lender)

    def reverse(self, payment: str, *, lender: str = "") -> str:
        with self.api(lender) as session:
            return facts.reverse_payment(self, session, payment, lender=lender)

    def stop(self, person: str, kind: StopKind = "dispute", **fields: Any) -> str:
        with self.api() as session:
            return facts.place_stop(self, session, person, kind, **fields)

    def opt_out(
        self, number: str, person: str | None = None, *, lender: str = "", scope: SuppressionScope = "number"
    ) -> str:
        with self.api(lender) as session:
            return facts.opt_out(self, session, number, person, lender=lender, scope=scope)

    def opt_in(self, number: str, *, lender: str = "") -> int:
        with self.api(lender) as session:
            return facts.opt_in(self, session, number, lender=lender)

    def consent(self, account: str, *, lender: str = "") -> str:
        with self.api(lender) as session:
            return facts.give_consent(self, session, account)

    def deciding(self, decide: Decide = eager) -> DecidingBook:
        return DecidingBook(self.ledger, PLAYBOOKS, PACKS, decide=decide)

    def touching(self) -> TouchingBook:
        return TouchingBook(self.ledger, self.settings, PLAYBOOKS, PACKS)

    def upkeeping(self) -> UpkeepingBook:
        return UpkeepingBook(self.ledger, self.settings)

    def asked(self, account: str, number: int | None = None, run: str = "run-1") -> Asked:
        if number is None:
            number = self._numbers.get(account, 0)
            self._numbers[account] = number + 1
        return Asked(tenant=self.tenant, account=account, run=run, number=number)

    def ask(self, account: str, decide: Decide = eager) -> Decision:
        """The next decision of an account."""
        return self.deciding(decide).decide(self.asked(account))

    def claim(self, account: str) -> ContactOrder:
        """Decide, and insist that a touch was claimed."""
        decision = self.ask(account)
        assert isinstance(decision, Contact), decision
        return self.order(account, decision.touch)

    def order(self, account: str, touch: str) -> ContactOrder:
        return ContactOrder(tenant=self.tenant, account=account, touch=touch)

    def prepared(self, account: str) -> tuple[ContactOrder, Dispatch]:
        order = self.claim(account)
        ready = self.touching().prepare(order)
        assert isinstance(ready, Dispatch), ready
        return order, ready

    def record(self, order: ContactOrder, sending: Sending | None = None) -> Outcome:
        sending = sending or Accepted(provider_id=f"SM{order.touch[-16:]}", status="queued")
        return self.touching().record(order, sending, body_sha256="00" * 32, segments=1)
