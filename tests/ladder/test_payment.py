"""The ladder of one payment, from the lender's call to the account that closes: booked once, and nobody is texted after."""

import itertools
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import func, select

from forbear.contracts.decision import Asked, Close
from forbear.ledger import audit, books, outbox
from forbear.ledger.deciding import DecidingBook
from forbear.ledger.owed import owed_on
from forbear.ledger.tables.accounts import Account, Payment
from forbear.ledger.upkeeping import UpkeepingBook
from forbear.ledger.verify import verify
from tests.conftest import Hands
from tests.ladder.breaking import EVERY_WAY, BreakingLedger, Rung, Sound, climb, open_ledger, patiently
from tests.ledger.house import NOON, PACKS, PLAYBOOKS, House, eager
from tests.season.faulty import Nth

FEWEST_RUNGS = 3
AMOUNT = "100.00"
_numbers = itertools.count()


class OnePayment:
    """One account whose whole balance comes; the fact is relayed, and the account asks what comes next."""

    def __init__(self, house: House, ledger: BreakingLedger, serial: int) -> None:
        self.house, self.ledger, self.name = house, ledger, f"ladder-{serial}"
        _, self.account = house.borrower("+13125550150", amount=AMOUNT)
        self.number = 0
        self.closed = False

    def run(self, plan: Nth | Sound) -> None:
        type(self.ledger).plan = plan
        try:
            patiently(self._post)
            patiently(self._relay)
        finally:
            type(self.ledger).plan = Sound()

    def _post(self) -> None:
        with self.ledger.api(self.house.tenant, self.house.lender) as session:
            books.post_payment(
                session,
                tenant=self.house.tenant,
                lender=self.house.lender,
                account=self.account,
                external_id=self.name,
                source="lender",
                amount=Decimal(AMOUNT),
                currency="USD",
                received_at=NOON,
                now=self.house.now,
            )

    def _relay(self) -> None:
        """Tell, let the account decide, and only then put the fact away: the order in which nothing is lost."""
        with self.ledger.relay() as session:
            facts = outbox.waiting(session, 1_000)
        if any(fact.account == self.account for fact in facts):
            self._decide()
        with self.ledger.relay() as session:
            outbox.delivered(session, [fact.id for fact in facts], self.house.now)

    def _decide(self) -> None:
        deciding = DecidingBook(self.ledger, PLAYBOOKS, PACKS, decide=eager)
        asked = Asked(tenant=self.house.tenant, account=self.account, run="run-1", number=self.number)
        self.closed = isinstance(deciding.decide(asked), Close)
        self.number += 1

    def check(self, rung: Rung, *, healed: bool) -> None:
        with self.house.worker() as session:
            count = session.scalars(select(func.count(Payment.id)).where(Payment.account == self.account)).one()
            left = owed_on(session, session.get_one(Account, self.account), self.house.now).total
        account = self.house.standing(self.account)
        assert count <= 1, f"booked {count} times: {rung}"
        assert left == Decimal(AMOUNT) * (1 - count), f"{left} left after {count} payments: {rung}"
        assert (account.state == "closed") != bool(account.next_reason), f"neither closed nor with a reason: {rung}"
        if healed:
            assert (count, account.state, self.closed) == (1, "closed", True), f"not closed by its payment: {rung}"


@EVERY_WAY
def test_a_payment_that_ends_a_cadence(house: House, hands: Hands, mode: str, when: str) -> None:
    def scenario(rung: Rung) -> Nth:
        hands.advance(timedelta(minutes=5))
        payment, plan = OnePayment(house, ledger, next(_numbers)), rung.plan()
        payment.run(plan)
        payment.check(rung, healed=False)
        hands.advance(timedelta(minutes=5))
        UpkeepingBook(house.ledger, house.settings).wake_idle()
        payment.run(Sound())
        payment.check(rung, healed=True)
        return plan

    ledger = open_ledger(house.settings, house.ledger.clock)
    try:
        rungs = climb(scenario, mode, when)
    finally:
        ledger.close()
    assert rungs >= FEWEST_RUNGS
    audit.seal(house.ledger, house.settings.data)
    assert verify(house.ledger, house.settings.data) == []
