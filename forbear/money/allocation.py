"""Taking a payment off what is owed, component by component, in a fixed order.

What is left depends only on the sum of the payments: neither splitting a payment nor the order of several changes
it. Money beyond everything owed is reported and never lost; `allocate_payment` keeps it as a credit on the principal.
Over several debts a payment goes in turn, the debtor's choice first, or in proportion.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext
from itertools import groupby
from typing import Generic, Literal, TypeVar

from forbear.money.components import ALLOCATION_ORDER, Component
from forbear.money.exact import CENT, CONTEXT, NOTHING, product, rounded_down, total

Part = TypeVar("Part", bound=str)
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Allocation(Generic[Part]):
    """What of a payment went to each part, what is left of each part, and what found nothing owed."""

    paid: dict[Part, Decimal]
    left: dict[Part, Decimal]
    unallocated: Decimal


def allocate(order: Sequence[Part], balances: Mapping[Part, Decimal], payment: Decimal) -> Allocation[Part]:
    """Pay the parts one after the other. A part with a credit (below zero) takes nothing."""
    if payment < ZERO:
        raise ValueError("a payment is not negative")
    rest = payment
    paid: dict[Part, Decimal] = {}
    with localcontext(CONTEXT):
        for part in order:
            paid[part] = min(rest, max(balances.get(part, ZERO), ZERO))
            rest -= paid[part]
        left = {part: balances.get(part, ZERO) - paid[part] for part in order}
    return Allocation(paid=paid, left=left, unallocated=rest)


def allocate_payment(balances: Mapping[Component, Decimal], payment: Decimal) -> dict[Component, Decimal]:
    """What a payment takes off each component; only components it touches. Their sum is the payment."""
    allocation = allocate(ALLOCATION_ORDER, balances, payment)
    paid = dict(allocation.paid)
    paid["principal"] += allocation.unallocated
    return {component: amount for component, amount in paid.items() if amount}


@dataclass(frozen=True, slots=True)
class Shares:
    """What of a payment went to each debt, in the order they were given, and what exceeds them all."""

    shares: tuple[Decimal, ...]
    unallocated: Decimal


def allocate_pro_rata(debts: Sequence[Decimal], payment: Decimal) -> Shares:
    """A payment in proportion to the debts: rounded down, then a cent each to the largest remainders, earlier first."""
    owed = total(debts)
    given = min(payment, owed)
    if not given:
        return Shares((NOTHING,) * len(debts), payment)
    exact = [product(given, debt) for debt in debts]
    shares = [rounded_down(each, owed) for each in exact]
    cents = int(CONTEXT.divide(CONTEXT.subtract(given, total(shares)), CENT))
    left = [CONTEXT.subtract(each, product(share, owed)) for each, share in zip(exact, shares, strict=True)]
    for place in sorted(range(len(debts)), key=lambda place: (CONTEXT.minus(left[place]), place))[:cents]:
        shares[place] = CONTEXT.add(shares[place], CENT)
    return Shares(tuple(shares), CONTEXT.subtract(payment, given))


@dataclass(frozen=True, slots=True)
class Debt:
    """One of several debts of a person, with what decides its turn."""

    id: str
    amount: Decimal
    due_on: date
    secured: Decimal = ZERO
    """How much of it stands secured: the least secured comes first."""
    burden: Decimal = ZERO
    """What it costs the debtor a year: the most burdensome comes first."""
    disputed: bool = False


Turn = Literal["cn_560", "earliest", "dearest"]
"""Article 560 of the Civil Code; the earliest due first (Clayton's Case); the highest rate first (a card's excess)."""


def allocate_over(
    debts: Sequence[Debt], payment: Decimal, as_of: date, chosen: Sequence[str] = (), turn: Turn = "cn_560"
) -> Allocation[str]:
    """A payment over several debts of a kind: as was chosen by whoever may choose, else in the turn of the law.

    By article 560 that is: due before not due, then the least secured, the most burdensome, the earliest due. What is
    equal in all of a turn shares in proportion. A disputed debt takes nothing unless the debtor chose it.
    """
    unknown = set(chosen) - {debt.id for debt in debts}
    if unknown:
        raise ValueError("a chosen debt is not among the debts")
    shares, rest = dict.fromkeys((debt.id for debt in debts), NOTHING), payment
    for group in _in_turn(debts, as_of, chosen, turn):
        found = allocate_pro_rata([debt.amount for debt in group], rest)
        shares |= {debt.id: share for debt, share in zip(group, found.shares, strict=True)}
        rest = found.unallocated
    left = {debt.id: CONTEXT.subtract(debt.amount, shares[debt.id]) for debt in debts}
    return Allocation(shares, left, rest)


def _in_turn(debts: Sequence[Debt], as_of: date, chosen: Sequence[str], turn: Turn) -> Iterator[list[Debt]]:
    by_id = {debt.id: debt for debt in debts}
    for debt in dict.fromkeys(chosen):
        yield [by_id[debt]]

    def place(debt: Debt) -> tuple[bool, Decimal, Decimal, date]:
        bare = max(CONTEXT.subtract(debt.amount, debt.secured), ZERO)
        part = CONTEXT.divide(bare, debt.amount) if debt.amount else ZERO
        least_secured, dearest = CONTEXT.minus(part), CONTEXT.minus(debt.burden)
        return {
            "cn_560": (debt.due_on > as_of, least_secured, dearest, debt.due_on),
            "earliest": (False, ZERO, ZERO, debt.due_on),
            "dearest": (False, ZERO, dearest, date.min),
        }[turn]

    others = [debt for debt in debts if debt.id not in chosen and not debt.disputed]
    for _, group in groupby(sorted(others, key=place), key=place):
        yield list(group)
