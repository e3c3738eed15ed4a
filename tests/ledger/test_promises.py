"""Promises are kept or broken by entries, never by a click."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from forbear.cadence.decide import decide as decide_by_playbook
from forbear.contracts.decision import Contact, Rest
from forbear.errors import BadInput
from forbear.ledger import promises
from forbear.ledger.promises import Booked, ends_at, standing
from forbear.ledger.tables.accounts import Promise
from tests.conftest import Hands
from tests.ledger.house import A_DAY, House, eager

MADE = datetime(2026, 3, 2, 15, tzinfo=UTC)
DUE = date(2026, 3, 6)
ENDS = datetime(2026, 3, 8, 6, tzinfo=UTC)
"""A day after the sixth is over in Chicago."""
OPENING = Booked("opening", Decimal(100), MADE - A_DAY, MADE - A_DAY, None)


def paid(amount: int, received: datetime, booked: datetime | None = None, payment: str = "pay_1") -> Booked:
    return Booked("payment", Decimal(-amount), received, booked or received, payment)


def bounced(amount: int, at: datetime, payment: str = "pay_1") -> Booked:
    return Booked("reversal", Decimal(amount), at, at, payment)


def test_a_promise_ends_a_day_after_its_last_day_where_the_person_lives() -> None:
    assert ends_at(DUE, "America/Chicago") == ENDS
    assert ends_at(DUE, "Asia/Shanghai") == datetime(2026, 3, 7, 16, tzinfo=UTC)
    assert ends_at(DUE, None) == datetime(2026, 3, 8, tzinfo=UTC)
    assert ends_at(date(2026, 3, 8), "America/Chicago") == datetime(2026, 3, 10, 5, tzinfo=UTC), "summer time began"


@pytest.mark.parametrize(
    ("entries", "before", "after"),
    [
        ([], "open", "broken"),
        ([paid(40, MADE + A_DAY)], "open", "broken"),
        ([paid(50, MADE + A_DAY)], "kept", "kept"),
        ([paid(60, MADE + A_DAY)], "kept", "kept"),
        ([paid(20, MADE + A_DAY), paid(30, MADE + 2 * A_DAY, payment="pay_2")], "kept", "kept"),
        # What was paid and booked before the promise was known when it was made.
        ([paid(50, MADE - A_DAY)], "open", "broken"),
        # A lender books days: a payment 'of this morning' booked after the promise keeps it.
        ([paid(50, MADE - timedelta(hours=5), MADE + A_DAY)], "kept", "kept"),
        ([paid(50, MADE + A_DAY), bounced(50, MADE + 2 * A_DAY)], "open", "broken"),
        ([paid(100, MADE + A_DAY), bounced(100, ENDS + 9 * A_DAY)], "open", "broken"),
        ([paid(50, ENDS)], "open", "broken"),
        ([paid(50, ENDS - timedelta(seconds=1), ENDS + A_DAY)], "kept", "kept"),
        # Nothing is owed any more, though less came than was promised.
        (
            [Booked("adjustment", Decimal(-70), MADE + A_DAY, MADE + A_DAY, None), paid(30, MADE + A_DAY)],
            "kept",
            "kept",
        ),
    ],
)
def test_standing(entries: list[Booked], before: str, after: str) -> None:
    booked = [OPENING, *entries]
    assert standing(Decimal(50), MADE, ENDS, booked, ENDS - timedelta(seconds=1)) == before
    assert standing(Decimal(50), MADE, ENDS, booked, ENDS) == after


@given(
    amounts=st.lists(st.integers(1, 40), max_size=6),
    promised=st.integers(1, 60),
    data=st.data(),
)
def test_only_the_sum_counts_and_not_the_order(amounts: list[int], promised: int, data: st.DataObject) -> None:
    entries = [OPENING, *(paid(amount, MADE + A_DAY, payment=f"pay_{n}") for n, amount in enumerate(amounts))]
    shuffled = data.draw(st.permutations(entries))
    expected = "kept" if sum(amounts) >= min(promised, 100) else "broken"
    assert standing(Decimal(promised), MADE, ENDS, shuffled, ENDS) == expected


def promise(house: House, account: str, person: str, amount: str = "50.00", days: int = 3) -> str:
    with house.api() as session:
        return promises.make_promise(
            session,
            tenant=house.tenant,
            lender=house.lender,
            account=account,
            person=person,
            amount=Decimal(amount),
            currency="USD",
            due_on=(house.now + days * A_DAY).date(),
            via="page",
            now=house.now,
        )


def states(house: House, account: str) -> list[str]:
    with house.worker() as session:
        statement = select(Promise.state).where(Promise.account == account).order_by(Promise.made_at, Promise.id)
        return list(session.scalars(statement))


def settle(house: House, account: str) -> None:
    with house.worker() as session:
        promises.settle(session, account, house.now)


def test_an_open_promise_holds_and_a_broken_one_is_followed_up(house: House, hands: Hands) -> None:
    person, account = house.borrower()
    promise(house, account, person, days=2)
    held = house.ask(account, decide_by_playbook)
    assert isinstance(held, Rest)
    assert held.rule == "PROMISE.OPEN"
    assert held.until == ends_at((house.now + 2 * A_DAY).date(), "America/Chicago")
    hands.set(held.until - timedelta(seconds=1))
    assert isinstance(house.ask(account, decide_by_playbook), Rest)
    assert states(house, account) == ["open"]
    hands.set(held.until)
    house.ask(account, decide_by_playbook)
    assert states(house, account) == ["broken"]


def test_a_payment_keeps_and_its_reversal_breaks(house: House, hands: Hands) -> None:
    person, account = house.borrower()
    promise(house, account, person)
    payment = house.pay(account, "50.00")
    assert states(house, account) == ["kept"]
    house.reverse(payment)
    assert states(house, account) == ["open"]
    hands.advance(6 * A_DAY)
    settle(house, account)
    assert states(house, account) == ["broken"]


def test_a_kept_promise_no_longer_holds(house: House) -> None:
    person, account = house.borrower()
    promise(house, account, person)
    house.pay(account, "50.00")
    assert isinstance(house.ask(account, eager), Contact)


def test_a_new_promise_replaces_an_open_one(house: House, hands: Hands) -> None:
    person, account = house.borrower()
    promise(house, account, person)
    hands.advance(timedelta(hours=1))
    promise(house, account, person, amount="30.00", days=5)
    assert states(house, account) == ["replaced", "open"]
    assert house.told(account).count("promise_made") == 2
    house.pay(account, "50.00")
    assert states(house, account) == ["replaced", "kept"]


def test_a_promise_of_nothing_is_refused(house: House) -> None:
    person, account = house.borrower()
    with pytest.raises(BadInput, match="amount"):
        promise(house, account, person, amount="0.00")
    assert states(house, account) == []
