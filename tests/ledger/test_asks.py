"""Decisions that ask people: a task and no claim, once, taken back when nobody needs to go, and done in the end."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from forbear.contracts.decision import Close, Contact, Decision, Rest
from forbear.errors import BadInput
from forbear.ledger import books, promises
from forbear.ledger.begun import Held, Promised
from forbear.ledger.deciding import DecidingBook
from forbear.ledger.tables.accounts import Account, LegalCase
from forbear.ledger.tables.contacts import Decision as Stored
from forbear.ledger.tables.contacts import Touch
from forbear.ledger.tables.tasks import Task
from forbear.ledger.tables.visits import Visit
from forbear.settings import Settings
from tests.conftest import Hands
from tests.ledger.at_work import OFFICERS, address, end, read, start, started
from tests.ledger.chinese import BEIJING, ChineseHouse
from tests.ledger.house import A_DAY, AN_HOUR, NOON, PACKS, PLAYBOOKS

MORNING = NOON.replace(hour=1)
"""09:00 in Beijing."""


class LoanHouse(ChineseHouse):
    """A guaranteed loan on its first day late."""

    def loan(self) -> tuple[str, str]:
        _, person, account = self.chinese()
        address(self, person, text="示例路1号", zone=BEIJING)
        with self.worker() as session:
            session.execute(
                update(Account)
                .where(Account.id == account)
                .values(playbook="cn-guaranteed-loan", due_since=(self.now - A_DAY).date(), debt_kind="other")
            )
        return person, account

    def next(self, account: str) -> Decision:
        self.confirm(account)
        return DecidingBook(self.ledger, PLAYBOOKS, PACKS).decide(self.asked(account))

    def pay_all(self, account: str) -> str:
        with self.api() as session:
            return books.post_payment(
                session,
                tenant=self.tenant,
                lender=self.lender,
                account=account,
                external_id=f"P-{account[-6:]}",
                source="lender",
                amount=Decimal("1200.00"),
                currency="CNY",
                received_at=self.now,
                now=self.now,
            )

    def promised(self, person: str, account: str) -> None:
        with self.api() as session:
            promises.make_promise(
                session,
                tenant=self.tenant,
                lender=self.lender,
                account=account,
                person=person,
                amount=Decimal("1200.00"),
                currency="CNY",
                due_on=(self.now + A_DAY).date(),
                via="page",
                now=self.now,
            )

    def confirm(self, account: str) -> None:
        with self.worker() as session:
            session.get_one(Account, account).balance_as_of = self.now

    def tasks(self, account: str) -> list[Task]:
        with self.worker() as session:
            return list(session.scalars(select(Task).where(Task.account == account).order_by(Task.opened_at, Task.id)))

    def visits(self, task: str) -> list[str]:
        with self.worker() as session:
            return list(session.scalars(select(Visit.state).where(Visit.task == task)))

    def touches(self, account: str) -> list[Touch]:
        with self.worker() as session:
            return list(session.scalars(select(Touch).where(Touch.account == account)))


@pytest.fixture
def house(module_database: Settings, hands: Hands) -> Iterator[LoanHouse]:
    hands.set(MORNING)
    house = LoanHouse(module_database, hands)
    yield house
    house.close()


def rested(answer: Decision, rule: str = "TASK.OPEN") -> Rest:
    assert isinstance(answer, Rest), answer
    assert answer.rule == rule
    return answer


def test_an_ask_opens_one_task_and_claims_nothing(house: LoanHouse) -> None:
    person, account = house.loan()
    first = rested(house.next(account))
    second = rested(house.next(account))
    (made,) = house.tasks(account)
    assert (made.kind, made.role, made.step, made.state) == ("visit", "officer", "first-visit", "open")
    assert (made.person, made.template, made.language) == (person, "first-visit", "zh-Hans")
    assert made.expires_at is not None
    assert house.touches(account) == []
    assert first.until == house.now
    assert house.now < second.until <= made.expires_at
    standing = house.standing(account)
    assert (standing.next_at, standing.next_rule) == (second.until, "TASK.OPEN")


def test_the_question_of_an_ask_is_kept_with_its_permit(house: LoanHouse) -> None:
    _, account = house.loan()
    house.next(account)
    with house.worker() as session:
        stored = session.execute(
            select(Stored.step, Stored.touch, Stored.kind, Stored.permit, Stored.asked).where(Stored.account == account)
        ).one()
    assert (stored.step, stored.touch, stored.kind) == ("first-visit", None, "rest")
    assert stored.permit["verdict"] == "allow"
    assert stored.asked["case"]["attempt"]["staff"] == 2


def test_from_the_ask_to_the_promise_of_the_first_visit(house: LoanHouse, hands: Hands) -> None:
    """The harm to the credit record explained, why it is late, a dated promise; then nobody goes any more."""
    _, account = house.loan()
    house.next(account)
    (made,) = house.tasks(account)
    hands.advance(3 * AN_HOUR)
    started(house, made.id, OFFICERS)
    rested(house.next(account), "TOUCH.UNSETTLED")
    when, ticks = Promised((house.now + A_DAY).date()), ["credit_harm"]
    with pytest.raises(BadInput, match="credit_harm"):
        end(house, made.id, "met_borrower", OFFICERS, cause="money_stuck", promise=when)
    with pytest.raises(BadInput, match="cause"):
        end(house, made.id, "met_borrower", OFFICERS, ticked=ticks, promise=when)
    with pytest.raises(BadInput, match="promise"):
        end(house, made.id, "met_borrower", OFFICERS, cause="money_stuck", ticked=ticks)
    end(house, made.id, "met_borrower", OFFICERS, cause="money_stuck", ticked=ticks, promise=when)
    assert house.told(account)[-1] == "task_closed"
    rested(house.next(account), "PROMISE.OPEN")
    (touch,) = house.touches(account)
    assert (touch.result, touch.code) == ("visited", "met_borrower+credit_harm")


def test_the_absence_of_a_promise_is_recorded(house: LoanHouse) -> None:
    _, account = house.loan()
    house.next(account)
    (made,) = house.tasks(account)
    started(house, made.id, OFFICERS)
    end(house, made.id, "met_borrower", OFFICERS, cause="market", ticked=["credit_harm"], no_promise=True)
    (touch,) = house.touches(account)
    assert touch.code == "met_borrower+credit_harm+no_promise"


def test_calls_go_on_while_a_visit_waits_and_run_out_by_the_day(house: LoanHouse, hands: Hands) -> None:
    _, account = house.loan()
    house.next(account)
    house.next(account)
    hands.set(MORNING + A_DAY)
    rested(house.next(account))
    assert [(task.step, task.state) for task in house.tasks(account)] == [
        ("first-visit", "open"),
        ("daily-call", "open"),
    ]
    hands.set(MORNING + 2 * A_DAY)
    rested(house.next(account))
    states = [(task.step, task.state) for task in house.tasks(account)]
    assert states == [("first-visit", "open"), ("daily-call", "expired"), ("daily-call", "open")]


@pytest.mark.parametrize("why", ["paid", "stopped", "promised"])
def test_tasks_are_taken_back_when_nobody_needs_to_go(house: LoanHouse, why: str) -> None:
    person, account = house.loan()
    house.next(account)
    (made,) = house.tasks(account)
    if why == "paid":
        house.pay_all(account)
    elif why == "stopped":
        house.stop(person, "dispute", account=account)
    else:
        house.promised(person, account)
    assert isinstance(start(house, made.id, OFFICERS), Held)
    answer = house.next(account)
    assert isinstance(answer, Close if why == "paid" else Rest)
    assert read(house, made.id).state == "withdrawn"


def test_a_late_balance_file_takes_no_visit_back_and_lets_none_begin(house: LoanHouse) -> None:
    _, account = house.loan()
    house.next(account)
    (made,) = house.tasks(account)
    with house.worker() as session:
        session.get_one(Account, account).balance_as_of = house.now - 4 * A_DAY
    rested(DecidingBook(house.ledger, PLAYBOOKS, PACKS).decide(house.asked(account)), "POLICY.BALANCE")
    assert (read(house, made.id).state, house.visits(made.id)) == ("open", ["requested"])
    held = start(house, made.id, OFFICERS)
    assert isinstance(held, Held)
    assert held.rule == "POLICY.BALANCE"
    house.confirm(account)
    started(house, made.id, OFFICERS)


@pytest.mark.parametrize("why", ["promised", "run out"])
def test_a_visit_ends_with_the_task_that_a_decision_takes_back(house: LoanHouse, hands: Hands, why: str) -> None:
    person, account = house.loan()
    house.next(account)
    (made,) = house.tasks(account)
    assert house.visits(made.id) == ["requested"]
    if why == "promised":
        house.promised(person, account)
    else:
        hands.set(made.expires_at or house.now)
    house.next(account)
    assert read(house, made.id).state == ("withdrawn" if why == "promised" else "expired")
    assert house.visits(made.id) == ["withdrawn"]


def test_repaid_a_proposal_goes_to_legal_staff_once_and_holds_nothing(house: LoanHouse) -> None:
    _, account = house.loan()
    payment = house.pay_all(account)
    assert isinstance(house.next(account), Close)
    with house.worker() as session:
        cases = session.scalars(select(LegalCase).where(LegalCase.account == account)).all()
    assert [case.kind for case in cases] == ["blacklist_proposal"]
    house.reverse(payment)
    again = house.next(account)
    assert not isinstance(again, Close)
    assert isinstance(again, Rest)
    assert again.stage != "legal"


def test_the_notice_of_the_seventh_day_is_a_letter_that_is_claimed(house: LoanHouse, hands: Hands) -> None:
    _, account = house.loan()
    hands.set(MORNING + 7 * A_DAY)
    answer = house.next(account)
    assert isinstance(answer, Contact)
    assert answer.channel == "letter"
    touch = house.touch(answer.touch)
    assert (touch.step, touch.template, touch.provider, touch.window_closes) == ("notice", "notice", "print_room", None)
