"""What is owed by terms: grown since the last confirmed balance, re-aged by what comes late, and replaced by the lender's word."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import event, func, select

from forbear.cadence import decision as cadence
from forbear.cadence.standing import first_to_speak
from forbear.contracts.decision import Close, Contact, Rest
from forbear.ledger import audit, terms
from forbear.ledger.confirming import confirm_balance
from forbear.ledger.owed import book_of, owed_on
from forbear.ledger.promises import make_promise, settle
from forbear.ledger.reckoning import reckon
from forbear.ledger.statements import statement_of
from forbear.ledger.tables.accounts import Account, Entry, Payment, Promise
from forbear.ledger.tables.record import AuditRow
from forbear.ledger.verify import verify
from forbear.money.recomputing import faults
from forbear.money.statements import Statement
from tests.conftest import Hands
from tests.ledger.drawn_loans import Loan, confirm, lend, live, pay, reverse
from tests.ledger.house import A_DAY, House, eager

TEN_PER_CENT = {"since": "2026-01-01", "day_count": "ACT/365", "interest": {"rate": "0.10"}}
"""Ten dollars a day on 36,500."""
MONDAY = date(2026, 3, 2)
STATEMENTS = 8
"""Of a decision that claims a text, its scope included; docs/performance.md measures them."""


def told(house: House, account: str, **members: Any) -> None:
    with house.api() as session:
        assert terms.tell(session, session.get_one(Account, account), {**TEN_PER_CENT, **members}, house.now)


def owed(house: House, account: str, day: date | None = None) -> dict[str, Decimal]:
    with house.worker() as session:
        found = owed_on(session, session.get_one(Account, account), house.now, day)
    return {part: amount for part, amount in found.parts.items() if amount}


def statement(house: House, account: str, day: date | None = None) -> Statement:
    with house.worker() as session:
        return statement_of(session, account, day, house.now)


def lines(found: Statement) -> list[tuple[int, str, str]]:
    return [(line.day.day, line.kind, str(line.amount)) for line in found.lines]


def says(house: House, account: str, *, as_of: datetime | None = None, **parts: str) -> str:
    """The lender confirms a balance."""
    with house.api() as session:
        return confirm_balance(
            session, tenant=house.tenant, lender=house.lender, account=account, as_of=as_of or house.now,
            components={name: Decimal(amount) for name, amount in parts.items()}, now=house.now,  # pyright: ignore[reportArgumentType]  named as they are
        )  # fmt: skip


def paid(house: House, account: str, amount: str, at: datetime) -> str:
    with house.api() as session:
        loan = Loan(account, "USD", Random(1))
        return pay(house, session, loan, at, Decimal(amount))


@pytest.fixture
def account(house: House) -> str:
    """36,500 dollars at ten per cent, confirmed at noon of Monday, 2 March, in Chicago."""
    _, account = house.borrower(amount="36500.00")
    told(house, account)
    return account


def test_without_terms_or_a_confirmed_balance_nothing_grows(house: House, hands: Hands) -> None:
    _, bare = house.borrower("+13125550111", amount="36500.00")
    _, unconfirmed = house.borrower("+13125550112", amount="36500.00", balance_as_of=None)
    told(house, unconfirmed)
    hands.advance(10 * A_DAY)
    for account in (bare, unconfirmed):
        assert owed(house, account) == {"principal": Decimal("36500.00")}
        assert lines(statement(house, account)) == [(2, "opening", "36500.0000")]
        assert statement(house, account).notes == ()


def test_interest_grows_on_the_borrowers_days_and_is_not_written_by_being_looked_at(
    house: House, hands: Hands, account: str
) -> None:
    assert owed(house, account) == {"principal": Decimal("36500.00")}
    hands.advance(timedelta(hours=11, minutes=59))  # a minute to midnight in Chicago, the next day in Greenwich
    assert owed(house, account) == {"principal": Decimal("36500.00")}
    hands.advance(timedelta(minutes=2))
    assert owed(house, account) == {"principal": Decimal("36500.00"), "interest": Decimal("10.00")}
    assert owed(house, account, MONDAY + 30 * A_DAY)["interest"] == Decimal("300.00")
    assert owed(house, account, MONDAY - A_DAY) == {}
    found = statement(house, account, MONDAY + 3 * A_DAY)
    assert lines(found) == [(2, "opening", "36500.0000"), (5, "interest", "30.00")]
    assert found.lines[1].row is not None
    assert (found.lines[1].row.days, found.lines[1].row.start) == (3, MONDAY)
    assert "confirmed the balance of 2026-03-02" in found.notes[0]
    with house.worker() as session:
        assert session.scalars(select(func.count(Entry.id)).where(Entry.account == account)).one() == 1


def test_a_payment_takes_what_has_grown_and_one_that_comes_late_ages_everything_after_it_anew(
    house: House, hands: Hands, account: str
) -> None:
    hands.advance(5 * A_DAY)
    first = paid(house, account, "100.00", house.now)
    with house.worker() as session:
        parts = select(Entry.component, Entry.amount).where(Entry.payment == first).order_by(Entry.component)
        assert [tuple(row) for row in session.execute(parts)] == [("interest", -50), ("principal", -50)]
    hands.advance(5 * A_DAY)
    assert owed(house, account) == {"principal": Decimal("36450.00"), "interest": Decimal("49.93")}
    late = paid(house, account, "18250.00", house.now - 8 * A_DAY)
    assert lines(statement(house, account)) == [
        (2, "opening", "36500.0000"),
        (4, "interest", "20.00"),
        (4, "payment", "-18250.0000"),
        (7, "interest", "15.02"),
        (7, "payment", "-100.0000"),
        (12, "interest", "24.91"),
    ]
    house.reverse(late)
    assert owed(house, account)["interest"] == Decimal("24.91") + Decimal("20.00"), "undone, it puts back what it took"
    with house.worker() as session:
        for payment in (first, late):
            amount = session.get_one(Payment, payment).amount
            shares = select(func.sum(Entry.amount)).where(Entry.payment == payment)
            assert session.scalars(shares).one() == -amount


def test_the_lenders_word_wins_and_the_difference_is_told_apart_from_the_interest(
    house: House, hands: Hands, account: str
) -> None:
    hands.advance(3 * A_DAY)
    shown = owed(house, account)
    assert says(house, account, principal="36500.00", interest="30.00") == "confirmed"
    assert owed(house, account) == shown
    hands.advance(2 * A_DAY)
    assert says(house, account, principal="36500.00", interest="48.00") == "adjusted"
    assert owed(house, account) == {"principal": Decimal("36500.00"), "interest": Decimal("48.00")}
    hands.advance(A_DAY)
    assert owed(house, account)["interest"] == Decimal("58.00")
    assert lines(statement(house, account)) == [
        (2, "opening", "36500.0000"),
        (5, "interest", "30.0000"),
        (7, "interest", "20.0000"),
        (7, "adjustment", "-2.0000"),
        (8, "interest", "10.00"),
    ]
    # Of days before, the statement says what everybody was told then.
    assert owed(house, account, MONDAY + 4 * A_DAY)["interest"] == Decimal("40.00")
    assert owed(house, account, MONDAY + 2 * A_DAY)["interest"] == Decimal("20.00")
    assert says(house, account, as_of=house.now - 2 * A_DAY, principal="1.00") == "outdated"
    with house.ledger.worker(house.tenant) as session:
        rows = session.scalars(select(Entry).where(Entry.account == account, Entry.kind == "interest")).all()
        assert {row.reckoned["rate"] for row in rows if row.reckoned} == {"0.10"}


def test_a_payment_from_before_the_confirmed_balance_takes_nothing_of_what_has_grown_since(
    house: House, hands: Hands, account: str
) -> None:
    hands.advance(3 * A_DAY)
    says(house, account, principal="36500.00")
    hands.advance(A_DAY)
    paid(house, account, "18250.00", house.now - 2 * A_DAY)
    assert owed(house, account) == {"principal": Decimal("18250.00"), "interest": Decimal("5.00")}


def test_a_correction_of_terms_is_reckoned_from_the_confirmed_balance_on(
    house: House, hands: Hands, account: str
) -> None:
    hands.advance(2 * A_DAY)
    says(house, account, principal="36500.00", interest="20.00")
    hands.advance(2 * A_DAY)
    with house.api() as session:
        row = session.get_one(Account, account)
        assert terms.change(session, row, {"interest": {"rate": "0.20"}}, house.now)
        assert not terms.change(session, row, {"interest": {"rate": "0.20"}}, house.now), "told again, it is no news"
    assert owed(house, account)["interest"] == Decimal("60.00")
    with house.api() as session:
        assert terms.change(
            session, session.get_one(Account, account), {"since": "2026-03-05", "interest": None}, house.now
        )
    assert owed(house, account)["interest"] == Decimal("40.00")
    with house.api() as session:
        assert terms.change(session, session.get_one(Account, account), None, house.now)
        assert terms.terms_view(session, account) is None


def test_interest_that_remains_keeps_an_account_open_and_what_is_closed_grows_no_more(
    house: House, hands: Hands, account: str
) -> None:
    hands.advance(A_DAY)
    house.pay(account, "36500.00")
    assert owed(house, account) == {"principal": Decimal("10.00")}
    assert not isinstance(house.ask(account), Close)
    with house.worker() as session:
        assert session.scalars(select(func.sum(Entry.amount)).where(Entry.account == account)).one() == 0
    hands.advance(timedelta(hours=1))
    last = house.pay(account, "10.00")
    assert isinstance(house.ask(account), Close)
    told(house, account, since="2026-03-04", instalments=[{"due": "2026-03-05", "principal": "70.00"}])
    hands.advance(9 * A_DAY)
    assert owed(house, account) == {}
    house.reverse(last)
    assert house.standing(account).state == "open"
    assert owed(house, account)["principal"] == Decimal("80.00")


def test_a_text_is_held_back_once_nothing_is_owed_and_not_while_interest_is(house: House, hands: Hands) -> None:
    _, account = house.borrower("+13125550113", amount="36500.00")
    told(house, account)
    hands.advance(A_DAY)
    order = house.claim(account)
    house.pay(account, "36500.00")
    ready = house.touching().prepare(order)
    assert getattr(ready, "values", {}).get("amount") == "10.00"


def test_a_balance_that_nobody_confirmed_is_stale_with_terms_too(house: House, hands: Hands, account: str) -> None:
    hands.advance(4 * A_DAY)
    decision = house.ask(account)
    assert isinstance(decision, Rest)
    assert decision.rule == "POLICY.BALANCE"


def test_a_promise_is_not_kept_while_interest_is_owed(house: House, hands: Hands, account: str) -> None:
    hands.advance(A_DAY)
    with house.api() as session:
        person = session.get_one(Account, account).borrower
        promise = make_promise(
            session, tenant=house.tenant, lender=house.lender, account=account, person=person,
            amount=Decimal("36510.00"), currency="USD", due_on=MONDAY + 3 * A_DAY, via="lender", now=house.now,
        )  # fmt: skip
    paid(house, account, "36500.00", house.now)
    with house.api() as session:
        assert session.get_one(Promise, promise).state == "open"
    paid(house, account, "10.00", house.now)
    with house.api() as session:
        settle(session, account, house.now)
        assert session.get_one(Promise, promise).state == "kept"


def test_two_debts_of_a_person_agree_on_which_speaks_by_all_that_is_owed(house: House, hands: Hands) -> None:
    person = house.person()
    house.phone(person, "+13125550114")
    grows = house.account(person, amount="36500.00")
    stands = house.account(person, amount="36505.00")
    told(house, grows)
    hands.advance(A_DAY)
    spoken = [isinstance(house.ask(each, _first_to_speak), Contact) for each in (grows, stands)]
    assert spoken == [True, False]


def _first_to_speak(life: Any, playbook: Any, packs: Any, now: datetime) -> Any:
    if first_to_speak(life, now):
        return eager(life, playbook, packs, now)
    return cadence.Rest(now + A_DAY, "another debt speaks", "DEBT.OTHER", stage="M1")


def test_terms_cost_a_decision_nothing_where_there_are_none(house: House, hands: Hands) -> None:
    _, first = house.borrower("+13125550117")
    _, bare = house.borrower("+13125550115")
    _, grows = house.borrower("+13125550116")
    told(house, grows)
    sent: list[str] = []
    with house.worker() as session:
        bind = session.get_bind()

    def count(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    house.ask(first)  # which keeps the rules, once
    event.listen(bind, "before_cursor_execute", count)
    try:
        house.ask(bare)
        without = len(sent)
        assert without <= STATEMENTS, sent
        assert not [statement for statement in sent if "FROM loan_terms" in statement and "EXISTS" not in statement]
        sent.clear()
        house.ask(grows)
        assert len(sent) > without
    finally:
        event.remove(bind, "before_cursor_execute", count)


def test_drawn_loans_add_up_whatever_happens_to_them(house: House, hands: Hands) -> None:
    """Shares make the payment, rows can be reckoned again by the other side, a paper of a day stays what it was."""
    draw = Random(7)
    with house.api() as session:
        loans = [lend(house, session, number, Random(draw.random())) for number in range(24)]
    for _ in range(5):
        hands.advance(timedelta(hours=23))
        with house.api() as session:
            for loan in loans:
                live(house, session, loan)
                if loan.paid and loan.draw.random() < 0.2:
                    reverse(house, session, loan, loan.paid.pop())
                if loan.draw.random() < 0.2:
                    confirm(house, session, loan)
    hands.advance(A_DAY)
    with house.worker() as session:
        for loan in loans:
            account = session.get_one(Account, loan.id)
            book = book_of(session, account, terms.told_of(session, loan.id))
            today = book.latest(book.day(house.now))
            now = reckon(book, today)
            assert now.claim is None or faults(now.claim) == []
            assert reckon(book, today) == now
            assert statement_of(session, loan.id, None, house.now).owed == now.owed
            _whole_payments(session.scalars(select(Payment).where(Payment.account == loan.id)).all(), session)


def _whole_payments(payments: Sequence[Payment], session: Any) -> None:
    for payment in payments:
        parts = session.scalars(select(Entry.amount).where(Entry.payment == payment.id)).all()
        assert sum(parts) == -payment.amount


def test_terms_and_reckoned_entries_are_in_the_chain_of_the_record(
    house: House, hands: Hands, account: str, tmp_path: Path
) -> None:
    hands.advance(A_DAY)
    says(house, account, principal="36500.00", interest="10.00")
    audit.seal_tenant(house.ledger, tmp_path, house.tenant)
    assert [problem for problem in verify(house.ledger, tmp_path) if problem.tenant == house.tenant] == []
    kinds = ("terms_told", "entry_posted", "balance_confirmed")
    with house.worker() as session:
        noted = session.scalars(select(AuditRow.kind).where(AuditRow.account == account, AuditRow.kind.in_(kinds)))
        assert list(noted.all()) == ["terms_told", "entry_posted", "balance_confirmed"]
