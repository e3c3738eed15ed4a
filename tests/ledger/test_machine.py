"""The ledger as a machine: any order of what can happen to it, on a real database, keeps its promises.

After every step the whole record is looked at again and compared with a model that can contradict it.
"""

import os
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import ClassVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from forbear.contracts.decision import Asked, Contact, ContactOrder, Decision
from forbear.contracts.words import StopKind
from forbear.ledger import stops
from forbear.ledger.receipts import add_receipt
from forbear.ledger.tables.accounts import Account
from forbear.ledger.tables.contacts import Decision as Stored
from forbear.ledger.tables.contacts import Receipt, Touch
from forbear.ports.book import Dispatch, Unsettled
from forbear.ports.sms import Refused, Sending, Unknown
from forbear.settings import Settings
from tests.conftest import Hands
from tests.ledger import facts
from tests.ledger.house import NOON, House
from tests.ledger.machine_model import Debt, Model, Placed, check_limits, check_states
from tests.ledger.races import start, until_blocked

EXAMPLES, STEPS = (400, 50) if os.environ.get("FORBEAR_PROVE") == "1" else (40, 25)
NUMBERS = ("+13125550101", "+13125550102")
ANSWERS: dict[str, Sending | None] = {
    "accepted": None,
    "refused": Refused(code="30001"),
    "opted_out": Refused(code="21610", permanent=True, opted_out=True),
    "unknown": Unknown(why="reset"),
}
Claimed = ContactOrder | MultipleResults[ContactOrder]


class LedgerMachine(RuleBasedStateMachine):
    """Two people, and a third who shares the first one's number with another lender."""

    installation: ClassVar[Settings]
    accounts: Bundle[str] = Bundle("accounts")
    touches: Bundle[ContactOrder] = Bundle("touches")
    payments: Bundle[tuple[str, str]] = Bundle("payments")
    stops: Bundle[Placed] = Bundle("stops")

    def __init__(self) -> None:
        super().__init__()
        self.hands = Hands(NOON)
        self.house = House(self.installation, self.hands)
        self.model = Model()
        self.answers: dict[Asked, Decision] = {}
        other = self.house.add_lender()
        self.people = [
            (self.house.person(), number, lender)
            for number, lender in (
                (NUMBERS[0], self.house.lender),
                (NUMBERS[1], self.house.lender),
                (NUMBERS[0], other),
            )
        ]
        for person, number, lender in self.people:
            self.house.phone(person, number, lender=lender)

    def teardown(self) -> None:
        self.house.close()

    @initialize(target=accounts)
    def first_accounts(self) -> MultipleResults[str]:
        return multiple(*(self._enrol(who) for who in range(3)))

    @rule(target=accounts, who=st.integers(0, 2))
    def enrol(self, who: int) -> str:
        return self._enrol(who)

    def _enrol(self, who: int) -> str:
        person, number, lender = self.people[who]
        account = self.house.account(person, lender=lender, amount="100.00")
        self.model.debts[account] = Debt(person, number, lender, Decimal(100))
        return account

    @rule(target=payments, account=accounts, amount=st.sampled_from(["30.00", "100.00"]))
    def pay(self, account: str, amount: str) -> tuple[str, str]:
        debt = self.model.debts[account]
        payment = self.house.pay(account, amount, lender=debt.lender)
        debt.paid(payment, Decimal(amount))
        return account, payment

    @rule(paid=consumes(payments))
    def reverse(self, paid: tuple[str, str]) -> None:
        debt = self.model.debts[paid[0]]
        self.house.reverse(paid[1], lender=debt.lender)
        debt.owed += debt.payments[paid[1]]

    @rule(
        target=stops,
        account=accounts,
        kind=st.sampled_from(["dispute", "hardship", "attorney", "cease"]),
        of_account=st.booleans(),
    )
    def stop(self, account: str, kind: StopKind, *, of_account: bool) -> Placed:
        with self.house.api(self.model.debts[account].lender) as session:
            placed = self._place(session, account, kind, account if of_account else None)
        self.model.stopped.add(placed)
        return placed

    def _place(self, session: Session, account: str, kind: StopKind, about: str | None) -> Placed:
        debt = self.model.debts[account]
        stop = facts.place_stop(self.house, session, debt.person, kind, lender=debt.lender, account=about, written=True)
        return Placed(stop, debt.person, about)

    @rule(placed=consumes(stops))
    def lift(self, placed: Placed) -> None:
        with self.house.worker() as session:
            stops.lift_stop(session, tenant=self.house.tenant, stop=placed.id, at=self.house.now)
        self.model.stopped.discard(placed)

    @rule(account=accounts)
    def opt_out(self, account: str) -> None:
        debt = self.model.debts[account]
        self.house.opt_out(debt.number, debt.person, lender=debt.lender)
        self.model.opted_out.add((debt.number, debt.lender))

    @rule(account=accounts)
    def opt_in(self, account: str) -> None:
        debt = self.model.debts[account]
        self.house.opt_in(debt.number, lender=debt.lender)
        self.model.opted_out.discard((debt.number, debt.lender))

    @rule(hours=st.sampled_from([1, 6, 24, 72]))
    def time_passes(self, hours: int) -> None:
        """And the lender's nightly file confirms the balances."""
        self.hands.advance(timedelta(hours=hours))
        with self.house.worker() as session:
            session.execute(update(Account).values(balance_as_of=self.house.now))

    @rule(target=touches, account=accounts)
    def decide(self, account: str) -> Claimed:
        asked = self.house.asked(account)
        return self._decided(asked, self.house.deciding().decide(asked))

    def _decided(self, asked: Asked, decision: Decision) -> Claimed:
        self.answers[asked] = decision
        if not isinstance(decision, Contact):
            return multiple()
        self.model.must_allow(asked.account)
        return self.house.order(asked.account, decision.touch)

    @rule(data=st.data())
    def ask_again(self, data: st.DataObject) -> None:
        """A worker that died between its commit and its answer."""
        if self.answers:
            asked = list(self.answers)[data.draw(st.integers(0, len(self.answers) - 1))]
            assert self.house.deciding().decide(asked) == self.answers[asked]

    @rule(
        target=touches,
        account=accounts,
        event=st.sampled_from(["pay", "stop", "opt_out"]),
        commits=st.booleans(),
        data=st.data(),
    )
    def race(self, account: str, event: str, *, commits: bool, data: st.DataObject) -> Claimed:
        """A fact about a related account is written, and not yet committed, when this account is asked."""
        about = data.draw(st.sampled_from(self.model.near(account)))
        asked = self.house.asked(account)
        with self.house.api(self.model.debts[about].lender) as session:
            learn = self._write(session, about, event)
            running = start(lambda: self.house.deciding().decide(asked))
            assert until_blocked(self.house.ledger, "worker", running), "the same people: one waits for the other"
            if not commits:
                session.rollback()
        if commits:
            learn()
        return self._decided(asked, running.result())

    def _write(self, session: Session, account: str, event: str) -> Callable[[], None]:
        """Write a fact; what is returned tells the model of it."""
        debt, model = self.model.debts[account], self.model
        if event == "stop":
            placed = self._place(session, account, "cease", None)
            return lambda: model.stopped.add(placed)
        if event == "pay":
            payment = facts.post_payment(self.house, session, account, lender=debt.lender)
            return lambda: debt.paid(payment, Decimal(100))
        facts.opt_out(self.house, session, debt.number, debt.person, lender=debt.lender)
        return lambda: model.opted_out.add((debt.number, debt.lender))

    @rule(touch=touches)
    def prepare(self, touch: ContactOrder) -> None:
        """Also twice, as after a crash, and long after the claim."""
        ready = self.house.touching().prepare(touch)
        if isinstance(ready, Dispatch):
            self.model.handed_out[touch.touch] += 1
            self.model.must_allow(touch.account)
            assert ready.dispatch_by > self.house.now
        else:
            assert ready.state != "claimed"

    def _may_report(self, touch: ContactOrder) -> bool:
        """Only who was handed a touch has anything to say of it, and nothing once it is certainly unsent."""
        return bool(self.model.handed_out[touch.touch]) and touch.touch not in self.model.given_up

    @rule(touch=touches, answer=st.sampled_from([*ANSWERS, "not_written"]))
    def record(self, touch: ContactOrder, answer: str) -> None:
        if not self._may_report(touch):
            return
        before = self.house.touch(touch.touch).state
        if answer == "not_written":
            outcome = self.house.touching().cancel(touch, "not written")
        else:
            outcome = self.house.record(touch, ANSWERS[answer])
        if answer == "opted_out":
            debt = self.model.debts[touch.account]
            self.model.opted_out.add((debt.number, debt.lender))
        if before in {"sent", "delivered", "undelivered"}:
            assert outcome.state == before, "what the provider had is not taken back"
        if outcome.state == "failed":
            self.model.given_up.add(touch.touch)

    @rule(touch=touches, status=st.sampled_from(["queued", "sent", "delivered", "undelivered", "receiving"]))
    def callback(self, touch: ContactOrder, status: str) -> None:
        if not self._may_report(touch):
            return
        with self.house.api(self.model.debts[touch.account].lender) as session:
            add_receipt(
                session,
                touch_id=touch.touch,
                source="callback",
                status=status,
                provider_id=f"SM{touch.touch[-16:]}",
                code="30008" if status == "undelivered" else None,
                at=self.house.now,
            )

    @rule()
    def leases_end(self) -> None:
        """Workers died: between claim and dispatch, or between dispatch and record."""
        self.hands.advance(timedelta(seconds=self.house.settings.lease_seconds + 1))
        self.house.upkeeping().expire_claims()

    @rule(touch=touches)
    def patience_ends(self, touch: ContactOrder) -> None:
        """The provider's list shows no such message."""
        row = self.house.touch(touch.touch)
        if row.state != "unknown":
            return
        one = Unsettled(
            tenant=touch.tenant,
            account=touch.account,
            touch=touch.touch,
            channel="sms",
            to="",
            sender=row.sender,
            marker_sha256="",
            since=row.claimed_at,
            patience_over=True,
        )
        assert self.house.upkeeping().settle(one, None) == "absent"
        self.model.given_up.add(touch.touch)

    @invariant()
    def the_record_keeps_its_promises(self) -> None:
        heard = select(func.array_agg(Receipt.status)).where(Receipt.touch == Touch.id).scalar_subquery()
        with self.house.worker() as session:
            record = [(touch, statuses or []) for touch, statuses in session.execute(select(Touch, heard))]
            claims = session.scalars(select(func.count()).where(Stored.kind == "contact")).one()
        check_limits(touch for touch, _ in record)
        check_states(record)
        assert claims == len(record), "each decision to contact claimed one touch"
        assert max(self.model.handed_out.values(), default=0) <= 1, "handed out once"

    @invariant()
    def every_open_account_has_an_instant_and_a_reason(self) -> None:
        with self.house.worker() as session:
            rows = session.execute(select(Account.id, Account.state, Account.next_at, Account.next_reason))
            for account, state, next_at, reason in rows:
                assert state == "closed" or (next_at is not None and reason), account


def test_the_ledger_keeps_its_promises_in_any_order(module_database: Settings) -> None:
    class Here(LedgerMachine):
        installation = module_database

    slow = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=slow,
            print_blob=True,
        ),
    )
