"""The ledger as a machine: any order of what can happen to it, on a real database, keeps its promises.

After every step the whole record is looked at again and compared with a model that can contradict it.
"""

import os
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from forbear.contracts.decision import Asked, Close, Contact, ContactOrder, Decision, Outcome, Rest
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
from tests.ledger.races import Result, start, until_blocked

pytestmark = pytest.mark.counted

EXAMPLES, STEPS = (300, 60) if os.environ.get("FORBEAR_PROVE") == "1" else (12, 50)
NUMBERS = ("+13125550101", "+13125550102")
ANSWERS: dict[str, Sending | None] = {
    "accepted": None,
    "refused": Refused(code="30001"),
    "opted_out": Refused(code="21610", permanent=True, opted_out=True),
    "unknown": Unknown(why="reset"),
}
MOST_ACCOUNTS = 6
A_DAYS_HOURS = 24
EVENTS = ("pay", "stop", "opt_out")
STOPS: tuple[StopKind, ...] = ("dispute", "hardship", "attorney", "cease")


class LedgerMachine(RuleBasedStateMachine):
    """Two people, and a third who shares the first one's number with another lender."""

    installation: ClassVar[Settings]
    accounts: Bundle[str] = Bundle("accounts")

    def __init__(self) -> None:
        super().__init__()
        self.hands = Hands(NOON)
        self.house = House(self.installation, self.hands)
        self.model = Model()
        self.answers: dict[Asked, Decision] = {}
        self.orders: dict[str, ContactOrder] = {}
        self.states: dict[str, str] = {}
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

    @precondition(lambda self: len(self.model.debts) < MOST_ACCOUNTS)
    @rule(target=accounts, who=st.integers(0, 2))
    def enrol(self, who: int) -> str:
        return self._enrol(who)

    def _enrol(self, who: int) -> str:
        person, number, lender = self.people[who]
        account = self.house.account(person, lender=lender, amount="100.00")
        self.model.debts[account] = Debt(person, number, lender, Decimal(100))
        return account

    @rule(account=accounts, event=st.sampled_from(EVENTS), data=st.data())
    def happens(self, account: str, event: str, data: st.DataObject) -> None:
        with self.house.api(self.model.debts[account].lender) as session:
            learn = self._write(session, account, event, data)
        learn()

    def _write(self, session: Session, account: str, event: str, data: st.DataObject) -> Callable[[], None]:
        """Write a fact; what is returned tells the model of it."""
        debt, model = self.model.debts[account], self.model
        if event == "pay":
            amount = data.draw(st.sampled_from(["10.00", "100.00"]))
            payment = facts.post_payment(self.house, session, account, amount, lender=debt.lender)
            return lambda: debt.paid(payment, Decimal(amount))
        if event == "stop":
            kind: StopKind = data.draw(st.sampled_from(STOPS))
            about = data.draw(st.sampled_from([None, account]))
            stop = facts.place_stop(
                self.house, session, debt.person, kind, lender=debt.lender, account=about, written=True
            )
            return lambda: model.stopped.setdefault(Placed(stop, debt.person, about))
        facts.opt_out(self.house, session, debt.number, debt.person, lender=debt.lender)
        return lambda: model.opted_out.setdefault((debt.number, debt.lender))

    @precondition(lambda self: self.model.can_be_undone())
    @rule(everything=st.booleans(), data=st.data())
    def is_undone(self, data: st.DataObject, *, everything: bool) -> None:
        """A stop is lifted, a START comes, a payment bounces; or all of them do."""
        choice = self.model.can_be_undone()
        for undone in choice if everything else [data.draw(st.sampled_from(choice))]:
            self._undo(undone)

    def _undo(self, undone: Placed | tuple[str, str]) -> None:
        if isinstance(undone, Placed):
            with self.house.worker() as session:
                stops.lift_stop(session, tenant=self.house.tenant, stop=undone.id, at=self.house.now)
            del self.model.stopped[undone]
        elif undone in self.model.opted_out:
            self.house.opt_in(undone[0], lender=undone[1])
            del self.model.opted_out[undone]
        else:
            debt = self.model.debts[undone[0]]
            self.house.reverse(undone[1], lender=debt.lender)
            debt.reversed(undone[1])

    @rule(hours=st.sampled_from([1, 10, 24, 48, 72]))
    def time_passes(self, hours: int) -> None:
        """To a later hour, or to a coming noon; and the lender's nightly file confirms the balances."""
        self.hands.advance(timedelta(hours=hours))
        if hours >= A_DAYS_HOURS:
            self.hands.set(self.hands.at.replace(hour=NOON.hour, minute=0, second=0))
        with self.house.worker() as session:
            session.execute(update(Account).values(balance_as_of=self.house.now))

    @rule(account=accounts, until=st.sampled_from(["claimed", "prepared", *ANSWERS, "not_written"]))
    def touch(self, account: str, until: str) -> None:
        """Decide, and where a touch is claimed, carry it as far as `until`: there the worker dies, or is done."""
        asked = self.house.asked(account)
        claimed = self._decided(asked, self.house.deciding().decide(asked))
        if claimed is not None and until != "claimed":
            self._prepare(claimed)
            if until != "prepared":
                self._record(claimed, until)

    def _decided(self, asked: Asked, decision: Decision) -> ContactOrder | None:
        self.answers[asked] = decision
        if not isinstance(decision, Contact):
            return None
        self.model.must_allow(asked.account)
        order = self.house.order(asked.account, decision.touch)
        self.orders[decision.touch] = order
        return order

    @precondition(lambda self: self.answers)
    @rule(data=st.data())
    def ask_again(self, data: st.DataObject) -> None:
        """A worker that died between its commit and its answer."""
        asked = list(self.answers)[data.draw(st.integers(0, len(self.answers) - 1))]
        first, again = self.answers[asked], self.house.deciding().decide(asked)
        if isinstance(first, Close) and self.house.standing(asked.account).state == "open":
            assert isinstance(again, Rest), "a chargeback opened it again: the old close is void"
        else:
            assert again == first

    @rule(account=accounts, event=st.sampled_from(EVENTS), commits=st.booleans(), data=st.data())
    def race_to_claim(self, account: str, event: str, *, commits: bool, data: st.DataObject) -> None:
        """A fact about a related account is written, and not yet committed, when this account is asked."""
        asked = self.house.asked(account)
        decision = self._race(account, event, lambda: self.house.deciding().decide(asked), data, commits=commits)
        self._decided(asked, decision)

    @precondition(lambda self: self._in("claimed"))
    @rule(event=st.sampled_from(EVENTS), commits=st.booleans(), data=st.data())
    def race_to_send(self, event: str, *, commits: bool, data: st.DataObject) -> None:
        """The same when the sender takes its last look."""
        order = data.draw(st.sampled_from(self._in("claimed")))
        ready = self._race(order.account, event, lambda: self.house.touching().prepare(order), data, commits=commits)
        self._prepared(order, ready)

    def _race(
        self, account: str, event: str, work: Callable[[], Result], data: st.DataObject, *, commits: bool
    ) -> Result:
        about = data.draw(st.sampled_from(self.model.near(account)))
        with self.house.api(self.model.debts[about].lender) as session:
            learn = self._write(session, about, event, data)
            running = start(work)
            assert until_blocked(self.house.ledger, "worker", running), "the same people: one waits for the other"
            if not commits:
                session.rollback()
        if commits:
            learn()
        return running.result()

    def _in(self, *states: str) -> list[ContactOrder]:
        """Touches in one of these states, in the order in which they were claimed."""
        return [order for touch, order in self.orders.items() if self.states.get(touch) in states]

    @precondition(lambda self: self.orders)
    @rule(data=st.data())
    def prepare(self, data: st.DataObject) -> None:
        """Also twice, as after a crash, and long after the claim."""
        self._prepare(data.draw(st.sampled_from(self._in("claimed") or list(self.orders.values()))))

    def _prepare(self, order: ContactOrder) -> None:
        self._prepared(order, self.house.touching().prepare(order))

    def _prepared(self, order: ContactOrder, ready: Dispatch | Outcome) -> None:
        if isinstance(ready, Dispatch):
            self.model.handed_out[order.touch] += 1
            self.model.must_allow(order.account)
            assert ready.dispatch_by > self.house.now
        else:
            assert ready.state != "claimed"

    def _reportable(self) -> list[ContactOrder]:
        """Only who was handed a touch has anything to say of it, and nothing once it is certainly unsent."""
        unsent = self.model.given_up
        return [
            order for order in self.orders.values() if self.model.handed_out[order.touch] and order.touch not in unsent
        ]

    @precondition(lambda self: self._reportable())
    @rule(data=st.data(), answer=st.sampled_from([*ANSWERS, "not_written"]))
    def record(self, data: st.DataObject, answer: str) -> None:
        self._record(data.draw(st.sampled_from(self._reportable())), answer)

    def _record(self, order: ContactOrder, answer: str) -> None:
        if not self.model.handed_out[order.touch]:
            return  # the last look withheld it
        before = self.house.touch(order.touch).state
        if answer == "not_written":
            outcome = self.house.touching().cancel(order, "not written")
        else:
            outcome = self.house.record(order, ANSWERS[answer])
        if answer == "opted_out" and order.touch not in self.model.wanted_no_more:  # told again, it undoes no START
            debt = self.model.debts[order.account]
            self.model.wanted_no_more.add(order.touch)
            self.model.opted_out.setdefault((debt.number, debt.lender))
        if before in {"sent", "delivered", "undelivered"}:
            assert outcome.state == before, "what the provider had is not taken back"
        if outcome.state == "failed":
            self.model.given_up.add(order.touch)

    @precondition(lambda self: self._reportable())
    @rule(data=st.data(), status=st.sampled_from(["queued", "sent", "delivered", "undelivered", "receiving"]))
    def callback(self, data: st.DataObject, status: str) -> None:
        order = data.draw(st.sampled_from(self._reportable()))
        before = self.house.touch(order.touch).state
        with self.house.api(self.model.debts[order.account].lender) as session:
            after = add_receipt(
                session,
                touch_id=order.touch,
                source="callback",
                status=status,
                provider_id=f"SM{order.touch[-16:]}",
                code="30008" if status == "undelivered" else None,
                at=self.house.now,
            )
        assert before != "delivered" or after == "delivered", "a late callback takes nothing back"
        assert status == "receiving" or after in {"sent", "delivered", "undelivered"}, "the provider has it"

    @precondition(lambda self: self._in("claimed", "dispatching"))
    @rule()
    def leases_end(self) -> None:
        """Workers died: between claim and dispatch, or between dispatch and record."""
        self.hands.advance(timedelta(seconds=self.house.settings.lease_seconds + 1))
        self.house.upkeeping().expire_claims()

    @precondition(lambda self: self._in("unknown"))
    @rule(data=st.data())
    def patience_ends(self, data: st.DataObject) -> None:
        """The provider's list shows no such message."""
        order = data.draw(st.sampled_from(self._in("unknown")))
        row = self.house.touch(order.touch)
        one = Unsettled(
            tenant=order.tenant,
            account=order.account,
            touch=order.touch,
            channel="sms",
            provider=row.provider,
            to="",
            sender=row.sender,
            marker_sha256="",
            since=row.claimed_at,
            patience_over=True,
        )
        assert self.house.upkeeping().settle(one, None) == "absent"
        self.model.given_up.add(order.touch)

    @invariant()
    def the_record_keeps_its_promises(self) -> None:
        heard = select(func.array_agg(Receipt.status)).where(Receipt.touch == Touch.id).scalar_subquery()
        with self.house.worker() as session:
            record = [(touch, statuses or []) for touch, statuses in session.execute(select(Touch, heard))]
            claims = session.scalars(select(func.count()).where(Stored.kind == "contact")).one()
        self.states = {touch.id: touch.state for touch, _ in record}
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


@pytest.mark.timeout(1_800)
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
