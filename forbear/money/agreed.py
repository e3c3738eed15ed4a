"""The terms of a contract as its lender tells them: read strictly, with the cap that a law or a contract sets.

Rates are fractions, a year or a day; days are half-open. The cap holds for all that is asked for the use of the money:
where it is lower than what was agreed, the lower is reckoned and the clause says so. What cannot be held against a
yearly cap on the principal, interest on interest and late fees, is refused beside one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, Final, cast

from forbear.errors import BadInput
from forbear.money.components import ALLOCATION_ORDER, COMPONENTS, Component
from forbear.money.day_count import DAY_COUNTS, DAYS_OF_YEAR, DayCount
from forbear.money.exact import CONTEXT, NOTHING, product
from forbear.money.late_fees import AgreedFee, FeeLimit
from forbear.money.rates import ReferenceRate, load
from forbear.money.reading import Node

MOST_GRACE: Final = 365
MOST_SOURCE: Final = 200
ONE: Final = Decimal(1)
MOST_A_YEAR, MOST_A_DAY, MOST_UPLIFT = ONE, Decimal("0.02"), Decimal(2)
"""Whoever sends more has sent per cent for a fraction: twelve where 0.12 was meant."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate a year by a day count, or a day where `by` is None."""

    value: Decimal
    by: DayCount | None

    def yearly(self, basis: DayCount) -> Decimal:
        return self.value if self.by is not None else product(self.value, DAYS_OF_YEAR[basis])


@dataclass(frozen=True, slots=True)
class Penalty:
    """The rate on what is late; in place of the contract's own unless `on_top`. `since` None: once it is late."""

    rate: Rate
    since: date | None
    on_top: bool


@dataclass(frozen=True, slots=True)
class Cap:
    """The most a year on the principal, by the terms' day count, and its name."""

    rate: Decimal
    told: str


@dataclass(frozen=True, slots=True)
class Instalment:
    """What falls due on a day; it is late, and owed, from the day after."""

    due: date
    principal: Decimal
    interest: Decimal


@dataclass(frozen=True, slots=True)
class Agreed:
    """The terms of an account from a day on, until later ones hold."""

    since: date
    day_count: DayCount | None = None
    interest: Rate | None = None
    penalty: Penalty | None = None
    compound: bool = False
    cap: Cap | None = None
    order: tuple[Component, ...] = ALLOCATION_ORDER
    fee: AgreedFee | None = None
    fee_limit: FeeLimit | None = None
    instalments: tuple[Instalment, ...] = ()


def read(raw: object, currency: str, path: str = "terms") -> Agreed:
    """Read terms; `BadInput` names the field as it was sent.

    Args:
        raw: a JSON object. An empty one says that nothing grows, and needs its day alone.
        currency: of the account, in whose smallest units amounts are.
        path: of the object.
    """
    node = Node(raw, path)
    since = node.day("since")
    by = cast("DayCount", node.choice("day_count", DAY_COUNTS)) if node.has("day_count") else None
    interest = _rate(node.child("interest"), by) if node.has("interest") else None
    penalty = _penalty(node.child("penalty"), by, interest) if node.has("penalty") else None
    compound = node.flag("compound") if node.has("compound") else False
    cap = _cap(node.child("cap")) if node.has("cap") else None
    order = cast("tuple[Component, ...]", node.words("order", COMPONENTS)) if node.has("order") else ALLOCATION_ORDER
    fee, limit = _late_fee(node.child("late_fee"), currency) if node.has("late_fee") else (None, None)
    instalments = _instalments(node, currency) if node.has("instalments") else ()
    node.done()
    found = Agreed(since, by, interest, penalty, compound, cap, order, fee, limit, instalments)
    _check(node, found)
    return found


def _check(node: Node, found: Agreed) -> None:
    """What only holds between the members."""
    rates = [found.interest, None if found.penalty is None else found.penalty.rate]
    if found.compound and not any(rates):
        raise node.refuse("compound", "there is no rate at which interest bears interest", "Give interest or penalty")
    if found.fee is not None and not found.instalments:
        raise node.refuse("late_fee", "nothing falls due for which it could be asked", "Give the instalments")
    if found.cap is None:
        return
    if found.compound:
        raise node.refuse("cap", "interest on interest cannot be held against it", "Leave out compound or the cap")
    if found.fee is not None:
        raise node.refuse("cap", "late fees cannot be held against it", "Leave out late_fee or the cap")
    if found.day_count is None:
        raise node.refuse("day_count", "is missing beside a yearly cap", f"Send one of {', '.join(DAY_COUNTS)}")
    if found.day_count not in DAYS_OF_YEAR and any(rate is not None and rate.by is None for rate in rates):
        names = ", ".join(DAYS_OF_YEAR)
        raise node.refuse("day_count", "does not say what a daily rate is a year", f"Send one of {names}")


def _rate(node: Node, by: DayCount | None, *others: str) -> Rate:
    """A yearly rate, which needs a day count, or a daily one."""
    given = [name for name in ("rate", "daily_rate", *others) if node.has(name)]
    if len(given) != 1:
        raise node.refuse(given[-1] if given else "rate", "is not the one rate", "Give one rate, a year or a day")
    daily = given == ["daily_rate"]
    found = Rate(_share(node, given[0], MOST_A_DAY if daily else MOST_A_YEAR), None if daily else by)
    if given == ["rate"] and by is None:
        raise node.refuse("rate", "is a year's, and no day count is told", f"Give day_count: {', '.join(DAY_COUNTS)}")
    if not others:
        node.done()
    return found


def _share(node: Node, key: str, most: Decimal) -> Decimal:
    found = node.rate(key)
    if found > most:
        raise node.refuse(key, f"is more than {most}", "Send a fraction: 0.09 for nine per cent")
    return found


def _penalty(node: Node, by: DayCount | None, interest: Rate | None) -> Penalty:
    since = node.day("since") if node.has("since") else None
    on_top = node.flag("on_top") if node.has("on_top") else False
    if node.has("uplift") and not node.has("rate") and not node.has("daily_rate"):
        if interest is None:
            raise node.refuse("uplift", "there is no interest to raise", "Give interest, or the penalty's own rate")
        uplift = _share(node, "uplift", MOST_UPLIFT)
        rate = Rate(product(interest.value, CONTEXT.add(ONE, uplift)), interest.by)
    else:
        rate = _rate(node, by, "uplift")
    node.done()
    return Penalty(rate, since, on_top)


@cache
def reference_rates() -> Mapping[str, ReferenceRate]:
    """The shipped tables, read once."""
    return load()


def _cap(node: Node) -> Cap:
    """A yearly rate, or a multiple of a reference rate on the day on which the contract was made."""
    if node.has("rate"):
        rate = _share(node, "rate", MOST_A_YEAR)
        node.done()
        return Cap(rate, f"no more than {rate:f} a year")
    tables = reference_rates()
    named = [name for name, table in tables.items() if table.unit == "year"]
    reference, multiple, day = node.choice("reference", named), node.rate("multiple"), node.day("formed_on")
    node.done()
    try:
        rate = product(tables[reference].on(day), multiple)
    except BadInput as error:
        raise node.refuse("formed_on", error.problem, error.remedy) from None
    return Cap(rate, f"no more than {rate.normalize():f} a year: {multiple:f} times {reference} of {day}")


def _late_fee(node: Node, currency: str) -> tuple[AgreedFee, FeeLimit]:
    """A fee needs the law that allows it, with its source: without one nothing may be asked."""

    def money(at: Node, key: str) -> Decimal | None:
        return at.amount_in(currency, key) if at.has(key) else None

    def share(at: Node, key: str) -> Decimal | None:
        return _share(at, key, ONE) if at.has(key) else None

    def grace(at: Node) -> int:
        return at.number("grace_days", MOST_GRACE) if at.has("grace_days") else 0

    agreed = AgreedFee(
        money(node, "flat") or NOTHING, share(node, "rate") or Decimal(0), money(node, "floor") or NOTHING, grace(node)
    )
    law = node.child("limit")
    limit = FeeLimit(
        law.line("source", MOST_SOURCE),
        most=money(law, "most"),
        most_rate=share(law, "most_rate"),
        grace_days=grace(law),
    )
    law.done()
    node.done()
    return agreed, limit


def _instalments(node: Node, currency: str) -> tuple[Instalment, ...]:
    found: list[Instalment] = []
    for each in node.children("instalments"):
        due = each.day("due")
        parts = [each.amount_in(currency, name) if each.has(name) else NOTHING for name in ("principal", "interest")]
        each.done()
        if found and due <= found[-1].due:
            raise each.refuse("due", f"does not come after {found[-1].due}", "Sort them, each day once")
        found.append(Instalment(due, *parts))
    return tuple(found)


Json = dict[str, Any]


def merged(told: Mapping[str, Any], patch: Mapping[str, Any]) -> Json:
    """A merge patch (RFC 7396) over terms as they were told: null takes a member out, objects are merged too."""
    found = dict(told)
    for name, value in patch.items():
        if value is None:
            found.pop(name, None)
        elif isinstance(value, Mapping):
            held = found.get(name)
            found[name] = merged(held if isinstance(held, Mapping) else {}, cast("Mapping[str, Any]", value))
        else:
            found[name] = value
    return found
