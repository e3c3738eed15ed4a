"""The ladder of one text, from its decision to its receipt and reconciliation: whichever call fails, at most one is sent.

A scenario runs with the n-th call failing, once or from then on, before or after its effect; then everything heals,
comes to rest, and the ledger must say of the touch what the carrier says.
"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from temporalio.testing import ActivityEnvironment

from activities.contact import ContactActivities
from activities.texts import Texts
from activities.upkeep import UpkeepActivities
from forbear.channels.inbound_words import read
from forbear.channels.wording import SmsWording
from forbear.contracts.decision import Asked, Contact, ContactOrder, Decision
from forbear.ledger import audit, receipts
from forbear.ledger.deciding import DecidingBook
from forbear.ledger.listening import ListeningBook
from forbear.ledger.tables.accounts import Account
from forbear.ledger.tables.contacts import Touch
from forbear.ledger.touching import TouchingBook
from forbear.ledger.upkeeping import UpkeepingBook
from forbear.ledger.verify import verify
from forbear.ports.replies import Written
from forbear.ports.sms import Accepted, Found, Sending, SmsText, Unknown
from tests.conftest import Hands
from tests.ladder.breaking import EVERY_WAY, BreakingLedger, Rung, Sound, climb, open_ledger, patiently
from tests.ledger.house import NOON, PACKS, PLAYBOOKS, House, eager
from tests.season.faulty import LOST, Nth, faulty

FEWEST_RUNGS = 4
HEALING = timedelta(minutes=20)
SETTLED = {"sent", "delivered", "failed", "undelivered"}
AREAS = ("312", "773", "872", "630", "708", "847", "815", "309")
_numbers = itertools.count()


@dataclass
class Carrier:
    """Takes every message; may keep its answer to itself."""

    hands: Hands
    loses_answers: bool
    taken: list[tuple[str, datetime]] = field(default_factory=list[tuple[str, datetime]])

    def send(self, text: SmsText) -> Sending:
        self.taken.append((text.touch, self.hands.at))
        return Unknown("timeout") if self.loses_answers else Accepted(f"SM{text.touch[-16:]}", "queued")

    def find(
        self, *, provider: str, touch: str, to: str, sender: str, since: datetime, marker_sha256: str
    ) -> Found | None:
        del provider, to, sender, since, marker_sha256
        known = any(taken == touch for taken, _ in self.taken)
        return Found(f"SM{touch[-16:]}", "sent") if known else None

    def written_to(self, number: str, *, since: datetime, until: datetime) -> list[Written]:
        del number, since, until
        return []


class OneText:
    """One account, one text, and everyone who works on it."""

    def __init__(self, house: House, ledger: BreakingLedger, hands: Hands, *, loses_answers: bool) -> None:
        self.house, self.ledger, self.hands = house, ledger, hands
        self.carrier = Carrier(hands, loses_answers)
        serial = next(_numbers)
        _, self.account = house.borrower(f"+1{AREAS[serial // 100]}55501{serial % 100:02}")

    def run(self, rung: Rung) -> Nth:
        plan = rung.plan()
        type(self.ledger).plan = plan
        try:
            self._everyone(plan)
        finally:
            type(self.ledger).plan = Sound()
        return plan

    def _everyone(self, plan: Nth) -> None:
        """Decide, contact once, hear the receipt, look after what waits: each as often as its caller tries it."""
        carrier = faulty(self.carrier, plan, "carrier")
        decided: list[Decision] = []
        deciding = DecidingBook(self.ledger, PLAYBOOKS, PACKS, decide=eager)
        asked = Asked(tenant=self.house.tenant, account=self.account, run="run-1", number=0)
        patiently(lambda: decided.append(deciding.decide(asked)))
        if decided and isinstance(decided[0], Contact):
            order = ContactOrder(tenant=self.house.tenant, account=self.account, touch=decided[0].touch)
            touching = TouchingBook(self.ledger, self.house.settings, PLAYBOOKS, PACKS)
            sender = ContactActivities(
                touching, {"sms": Texts(carrier, faulty(SmsWording(), plan, "wording"))}, self.ledger.clock
            )
            _once(lambda: sender.contact(order))
            if self.carrier.taken and not self.carrier.loses_answers:
                patiently(lambda: self._receipt(order.touch))
        if self.carrier.loses_answers:
            self.hands.advance(HEALING)
            _once(lambda: self._reconcile(carrier))

    def _reconcile(self, carrier: Carrier) -> None:
        """The part of upkeep that this ladder is about, so that it stays short."""
        book = UpkeepingBook(self.ledger, self.house.settings)
        book.expire_claims()
        for touch in book.unsettled():
            found = carrier.find(
                provider=touch.provider,
                touch=touch.touch,
                to=touch.to,
                sender=touch.sender,
                since=touch.since,
                marker_sha256=touch.marker_sha256,
            )
            book.settle(touch, found)

    def _receipt(self, touch: str) -> None:
        with self.ledger.api(self.house.tenant, self.house.lender) as session:
            receipts.add_receipt(
                session, touch_id=touch, source="callback", status="delivered", provider_id=f"SM{touch[-16:]}",
                at=self.house.now,
            )  # fmt: skip

    def _look_after(self, carrier: Carrier) -> None:
        upkeep = UpkeepActivities(
            UpkeepingBook(self.ledger, self.house.settings), {"sms": carrier}, ListeningBook(self.ledger, read), carrier
        )
        ActivityEnvironment().run(upkeep.look_after)

    def check(self, rung: Rung) -> None:
        """What must hold at any time."""
        assert len(self.carrier.taken) <= 1, f"sent twice: {rung}"
        with self.house.worker() as session:
            for touch in session.scalars(select(Touch).where(Touch.account == self.account)):
                assert touch.state == receipts.refolded(session, touch.id), f"{touch.id} is not its receipts: {rung}"
            account = session.get_one(Account, self.account)
            assert account.next_at is not None, f"idle: {rung}"
            assert account.next_reason, f"idle: {rung}"

    def heal(self) -> None:
        """What was asked and never answered is asked again; leases end; upkeep comes round."""
        _once(lambda: self._everyone(Nth(0, "once", "before")))
        self.hands.advance(HEALING)
        self._look_after(self.carrier)

    def check_rest(self, rung: Rung) -> None:
        """What must hold once everything is well again."""
        self.check(rung)
        with self.house.worker() as session:
            touches = session.scalars(select(Touch).where(Touch.account == self.account)).all()
            states = {touch.id: touch.state for touch in touches}
        assert len(states) == 1, f"{len(states)} touches for one decision: {rung}"
        assert set(states.values()) <= SETTLED, f"{states}: {rung}"
        for touch, state in states.items():
            was_sent = any(taken == touch for taken, _ in self.carrier.taken)
            assert was_sent == (state in {"sent", "delivered"}), f"the carrier and the ledger differ, {state}: {rung}"


def _once(do: Callable[[], object]) -> None:
    try:
        do()
    except LOST:
        return


def _ladder(house: House, hands: Hands, mode: str, when: str, *, loses_answers: bool) -> int:
    def scenario(rung: Rung) -> Nth:
        hands.set((hands.at + timedelta(days=1)).replace(hour=NOON.hour, minute=0))
        text = OneText(house, ledger, hands, loses_answers=loses_answers)
        plan = text.run(rung)
        text.check(rung)
        text.heal()
        text.check_rest(rung)
        return plan

    ledger = open_ledger(house.settings, house.ledger.clock)
    try:
        rungs = climb(scenario, mode, when)
    finally:
        ledger.close()
    audit.seal(house.ledger, house.settings.data)
    assert verify(house.ledger, house.settings.data) == []
    return rungs


@EVERY_WAY
def test_a_text_and_its_receipt(house: House, hands: Hands, mode: str, when: str) -> None:
    assert _ladder(house, hands, mode, when, loses_answers=False) >= FEWEST_RUNGS


@EVERY_WAY
def test_a_text_whose_answer_is_lost(house: House, hands: Hands, mode: str, when: str) -> None:
    assert _ladder(house, hands, mode, when, loses_answers=True) >= FEWEST_RUNGS
