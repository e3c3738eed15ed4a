"""What is put on and taken off an account: an opening, charges, credits, payments and reversals, each from its day.

Postings are never changed. One that comes to light later is simply there when the account is reckoned again, with the
day from which it counts: the account is then as if it had been known all along.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, Literal

from forbear.money.components import Component

Kind = Literal["opening", "charge", "credit", "payment", "reversal"]
IN_TURN: Final[dict[Kind, int]] = {"opening": 0, "charge": 1, "credit": 2, "payment": 3, "reversal": 4}
"""What comes first on one day: a payment meets all that the day charged."""


@dataclass(frozen=True, slots=True)
class Posting:
    """One posting.

    An opening, a charge or a credit names its component; a payment is allocated by the account's terms; a reversal
    names the payment that it undoes, and puts back what that took. Only an opening may be below zero: a credit that was
    brought in. Its interest accrued before and bears none; what was charged before is brought in as a charge.
    """

    id: str
    day: date
    kind: Kind
    amount: Decimal = Decimal(0)
    component: Component | None = None
    reverses: str = ""


def opening(name: str, day: date, component: Component, amount: Decimal) -> Posting:
    """What is brought in of a component, be it owed or a credit."""
    return Posting(name, day, "opening", amount, component)


def charge(name: str, day: date, component: Component, amount: Decimal) -> Posting:
    return Posting(name, day, "charge", amount, component)


def credit(name: str, day: date, component: Component, amount: Decimal) -> Posting:
    """A waiver: it takes off what is owed of the component, and no more."""
    return Posting(name, day, "credit", amount, component)


def payment(name: str, day: date, amount: Decimal) -> Posting:
    return Posting(name, day, "payment", amount)


def reversal(name: str, day: date, of: str) -> Posting:
    return Posting(name, day, "reversal", reverses=of)


def in_turn(postings: Iterable[Posting], as_of: date) -> list[Posting]:
    """The postings that count by the end of a day, in the order in which they do.

    A payment that was undone as of its own day was never made. Postings of a kind and day follow each other by id.

    Raises:
        ValueError: two postings of one id, one below zero, or a reversal of no payment, of an undone or a later one.
    """
    every = list(postings)
    _check(every)
    by_id = {each.id: each for each in every}
    never = {each.reverses for each in every if each.kind == "reversal" and by_id[each.reverses].day == each.day}
    counted = [each for each in every if each.day <= as_of and not {each.id, each.reverses} & never]
    return sorted(counted, key=lambda each: (each.day, IN_TURN[each.kind], each.id))


def _check(postings: Sequence[Posting]) -> None:
    by_id = {each.id: each for each in postings}
    if len(by_id) < len(postings):
        raise ValueError("two postings have one id")
    undone: set[str] = set()
    for each in postings:
        if each.amount < 0 and each.kind != "opening":
            raise ValueError("a posting is not negative: a credit, a payment or a reversal takes off")
        if (each.component is None) == (each.kind in {"opening", "charge", "credit"}):
            raise ValueError("an opening, a charge and a credit name their component, a payment and a reversal do not")
        if each.kind == "reversal":
            _check_reversal(each, by_id.get(each.reverses), undone)
            undone.add(each.reverses)


def _check_reversal(each: Posting, undoes: Posting | None, undone: set[str]) -> None:
    if undoes is None or undoes.kind != "payment":
        raise ValueError("a reversal undoes a payment")
    if each.reverses in undone:
        raise ValueError("a payment is undone once")
    if each.day < undoes.day:
        raise ValueError("a reversal does not come before its payment")
