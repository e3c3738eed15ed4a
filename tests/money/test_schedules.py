"""Plans and settlements: examples reckoned by hand, and sums that hold for every plan."""

from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forbear.money.components import COMPONENTS, Component
from forbear.money.schedules import Loan, annuity, equal_principal, every, level_amount, monthly, sums
from forbear.money.settlements import settle, share_of
from tests.oracle.examples import counts

pytestmark = pytest.mark.timeout(600)

START = date(2026, 1, 31)
principals = st.integers(min_value=10_000, max_value=10**10).map(lambda n: Decimal(n) / 100)
rates = st.integers(min_value=0, max_value=3_600).map(lambda n: Decimal(n) / 10_000)
parts = st.integers(min_value=1, max_value=60)
cents = st.integers(min_value=0, max_value=10**8).map(lambda n: Decimal(n) / 100)


def test_equal_parts_without_interest_end_with_what_is_left() -> None:
    plan = equal_principal(Loan(Decimal("100.00"), START), monthly(date(2026, 2, 28), 3))
    assert [str(part.amount) for part in plan] == ["33.33", "33.33", "33.34"]
    assert [str(part.left) for part in plan] == ["66.67", "33.34", "0.00"]


def test_months_keep_their_day_where_it_exists() -> None:
    assert [str(day) for day in monthly(date(2027, 12, 31), 4)] == [
        "2027-12-31", "2028-01-31", "2028-02-29", "2028-03-31",
    ]  # fmt: skip
    assert [str(day) for day in every(date(2026, 1, 1), 14, 2)] == ["2026-01-01", "2026-01-15"]


def test_equal_principal_has_falling_interest() -> None:
    plan = equal_principal(Loan(Decimal("12000.00"), START, Decimal("0.12")), monthly(date(2026, 2, 28), 12))
    assert [str(part.interest) for part in plan[:3]] == ["120.00", "110.00", "100.00"]
    assert {str(part.principal) for part in plan} == {"1000.00"}
    assert [str(each) for each in sums(plan)] == ["12000.00", "780.00", "12780.00"]


def test_an_annuity_is_level_but_for_its_last_part() -> None:
    plan = annuity(Loan(Decimal("10000.00"), START, Decimal("0.12")), monthly(date(2026, 2, 28), 12))
    assert {str(part.amount) for part in plan[:-1]} == {"888.49"}
    assert str(plan[0].interest) == "100.00"
    assert plan[-1].left == 0
    assert abs(plan[-1].amount - Decimal("888.49")) < Decimal("0.10")


def test_interest_by_days_follows_the_days() -> None:
    loan = Loan(Decimal("36500.00"), date(2026, 1, 1), Decimal("0.10"), "ACT/365")
    plan = equal_principal(loan, (date(2026, 1, 11), date(2026, 1, 12)))
    assert [str(part.interest) for part in plan] == ["100.00", "5.00"]


@pytest.mark.counted
@counts(80, 3_000)
@given(principals, rates, parts)
def test_every_plan_pays_off_exactly_its_principal(principal: Decimal, rate: Decimal, count: int) -> None:
    due, loan = monthly(date(2026, 2, 28), count), Loan(principal, START, rate)
    for plan in (equal_principal(loan, due), annuity(loan, due)):
        paid, interest, amount = sums(plan)
        assert paid == principal
        assert amount == paid + interest
        assert plan[-1].left == 0
        assert all(part.principal > 0 and part.interest >= 0 for part in plan)
        assert all(later.left < earlier.left for earlier, later in pairwise(plan))
        assert [part.number for part in plan] == list(range(1, count + 1))


@pytest.mark.counted
@counts(80, 3_000)
@given(principals, rates.filter(bool), parts)
def test_the_level_amount_is_what_paying_it_leaves_nothing_of(principal: Decimal, rate: Decimal, count: int) -> None:
    """Reckoned forwards without rounding, the level amount leaves no more than its own rounding grown over time."""
    level, left = level_amount(principal, rate, count), principal
    for _ in range(count):
        left = left * (1 + rate / 12) - level
    assert abs(left) <= Decimal("0.006") * count * (1 + rate / 12) ** count


@pytest.mark.parametrize(
    ("loan", "due", "says"),
    [
        (Loan(Decimal("0.05"), START), monthly(START, 12), "more parts than cents"),
        (Loan(Decimal("0.00"), START), monthly(START, 1), "more than nothing"),
        (Loan(Decimal("10.00"), START, Decimal("-0.1")), monthly(START, 1), "from nothing up"),
        (Loan(Decimal("10.00"), START), (), "at least one"),
        (Loan(Decimal("10.00"), START), (date(2026, 1, 30),), "before its first day"),
        (Loan(Decimal("10.00"), START), (date(2026, 3, 1), date(2026, 2, 1)), "follow each other"),
        (Loan(Decimal("10.00"), START), (date(2026, 3, 1), date(2026, 3, 1)), "follow each other"),
    ],
)
def test_what_is_no_plan(loan: Loan, due: tuple[date, ...], says: str) -> None:
    for plan in (equal_principal, annuity):
        with pytest.raises(ValueError, match=says):
            plan(loan, due)


def test_an_annuity_that_would_not_fall_is_refused() -> None:
    loan = Loan(Decimal("100.00"), date(2020, 1, 1), Decimal("0.36"), "ACT/365")
    with pytest.raises(ValueError, match="does not fit"):
        annuity(loan, (date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)))


@pytest.mark.counted
@counts(80, 3_000)
@given(st.dictionaries(st.sampled_from(COMPONENTS), cents, min_size=6, max_size=6), st.integers(1, 100))
def test_a_settlement_pays_and_waives_what_is_owed(owed: dict[Component, Decimal], percent: int) -> None:
    amount = share_of(owed, Decimal(percent) / 100)
    if not amount:
        return
    found = settle(owed, amount)
    assert sum(found.paid.values()) == amount
    assert found.waiver + amount == sum(owed.values())
    assert {part: found.paid[part] + found.waived[part] for part in COMPONENTS} == owed


def test_a_settlement_pays_the_principal_first() -> None:
    owed: dict[Component, Decimal] = {"principal": Decimal("100.00"), "penalty_interest": Decimal("40.00")}
    found = settle(owed, Decimal("110.00"))
    assert (found.paid["principal"], found.waived["penalty_interest"]) == (Decimal("100.00"), Decimal("30.00"))


@pytest.mark.parametrize("amount", ["0.00", "-1.00", "100.01"])
def test_a_settlement_over_everything_or_for_nothing_is_refused(amount: str) -> None:
    with pytest.raises(ValueError, match="at most what is owed"):
        settle({"principal": Decimal("100.00")}, Decimal(amount))


def test_a_debt_in_credit_is_not_settled() -> None:
    with pytest.raises(ValueError, match="in credit"):
        settle({"principal": Decimal("100.00"), "fee": Decimal("-1.00")}, Decimal("50.00"))
