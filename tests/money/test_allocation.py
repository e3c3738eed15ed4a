"""A payment over components: the published case, and what must hold for every balance and payment."""

import json
import random
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forbear.money.allocation import allocate, allocate_payment
from forbear.money.components import ALLOCATION_ORDER, COMPONENTS, Component

VECTORS = Path(__file__).parents[1] / "vectors" / "money.jsonl"
cents = st.integers(min_value=0, max_value=10**9).map(lambda n: Decimal(n) / 100)
signed = st.integers(min_value=-(10**6), max_value=10**9).map(lambda n: Decimal(n) / 100)
balances = st.dictionaries(st.sampled_from(COMPONENTS), signed, max_size=6)


def _cases() -> list[dict[str, dict[str, object]]]:
    lines = VECTORS.read_text(encoding="utf-8").splitlines()
    return [case for case in map(json.loads, lines) if case["given"]["kind"] == "allocation"]


def _decimals(amounts: dict[str, str]) -> dict[str, Decimal]:
    return {part: Decimal(amount) for part, amount in amounts.items()}


def _after(owed: dict[Component, Decimal], payments: list[Decimal]) -> dict[Component, Decimal]:
    left: dict[Component, Decimal] = {component: owed.get(component, Decimal(0)) for component in COMPONENTS}
    for payment in payments:
        for component, amount in allocate_payment(left, payment).items():
            left[component] -= amount
    return left


def test_there_are_published_cases() -> None:
    assert _cases()


@pytest.mark.parametrize("case", _cases(), ids=lambda case: case["id"])
def test_published_cases(case: dict[str, dict[str, object]]) -> None:
    given_, expect = case["given"], case["expect"]
    got = allocate(given_["order"], _decimals(given_["balances"]), Decimal(given_["payment"]))  # pyright: ignore[reportArgumentType]  a vector is open JSON
    assert got.paid == _decimals(expect["paid"])  # pyright: ignore[reportArgumentType]  likewise
    assert got.left == _decimals(expect["left"])  # pyright: ignore[reportArgumentType]  likewise
    assert got.unallocated == Decimal(expect["unallocated"])  # pyright: ignore[reportArgumentType]  likewise


@given(balances, cents)
def test_nothing_is_lost_and_no_part_is_overpaid(owed: dict[Component, Decimal], payment: Decimal) -> None:
    got = allocate(ALLOCATION_ORDER, owed, payment)
    assert sum(got.paid.values()) + got.unallocated == payment
    for component in COMPONENTS:
        assert 0 <= got.paid[component] <= max(owed.get(component, Decimal(0)), Decimal(0))
        assert got.left[component] == owed.get(component, Decimal(0)) - got.paid[component]


@given(balances, cents)
def test_a_later_part_is_paid_only_when_earlier_ones_are_settled(
    owed: dict[Component, Decimal], payment: Decimal
) -> None:
    got = allocate(ALLOCATION_ORDER, owed, payment)
    for earlier, later in pairwise(ALLOCATION_ORDER):
        if got.paid[later]:
            assert got.left[earlier] <= 0


@given(balances, st.lists(cents, min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_splits_and_orders_leave_the_same(
    owed: dict[Component, Decimal], payments: list[Decimal], shuffler: random.Random
) -> None:
    shuffled = list(payments)
    shuffler.shuffle(shuffled)
    assert _after(owed, payments) == _after(owed, shuffled) == _after(owed, [sum(payments, Decimal(0))])


@given(balances, cents)
def test_an_overpayment_is_a_credit_on_the_principal(owed: dict[Component, Decimal], payment: Decimal) -> None:
    taken = allocate_payment(owed, payment)
    assert sum(taken.values()) == payment
    assert all(amount > 0 for amount in taken.values())


def test_a_negative_payment_is_refused() -> None:
    with pytest.raises(ValueError, match="not negative"):
        allocate(ALLOCATION_ORDER, {}, Decimal("-0.01"))
