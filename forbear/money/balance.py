"""What is owed on any day, by component: postings and terms in, balances and the rows of the interest out.

An account is reckoned from its first posting, day of change by day of change, so that a payment found later, or a
payment undone, re-ages everything after it. The interest of each stretch is one printed row, rounded half up, and the
components are sums of rows and postings and of nothing else: whoever has the paper can add it up again.

A row ends where the base or the rate changes, and on every day on which money is put on or taken off by a credit, a
payment or a reversal. A day is half-open: what is paid on a day carries no interest for that day. Interest never bears
interest by having accrued; it does once it was charged, and only where the terms say so.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, localcontext
from typing import Final, Literal

from forbear.money.allocation import allocate
from forbear.money.components import ALLOCATION_ORDER, COMPONENTS, Component
from forbear.money.day_count import DayCount, Length, between, by_the_day
from forbear.money.exact import CENT, CONTEXT, FOUR_PLACES, NOTHING, ZERO, product, rounded, total
from forbear.money.interest import simple
from forbear.money.postings import Posting, in_turn
from forbear.money.steps import Steps, check_order

Base = Literal["principal", "charged_interest"]
MOVES_MONEY: Final = frozenset({"credit", "payment", "reversal"})


@dataclass(frozen=True, slots=True)
class Accrual:
    """Interest that the terms let grow: on what, at which rates, counted how, and as which component it is owed.

    `rates` are yearly, or daily where `by` is None. Before its first step nothing grows; a step to nought ends it.
    """

    name: str
    component: Component
    rates: Steps
    by: DayCount | None
    on: Base = "principal"
    clause: str = ""
    """Of the contract or the law, as a schedule names it."""

    def length(self, start: date, end: date) -> Length:
        return by_the_day((end - start).days) if self.by is None else between(start, end, self.by)

    def rate_on(self, day: date) -> Decimal:
        return next((step.value for step in reversed(self.rates) if step.first <= day), ZERO)


@dataclass(frozen=True, slots=True)
class Terms:
    """How an account grows, and the order in which a payment is taken off it."""

    accruals: tuple[Accrual, ...] = ()
    order: tuple[Component, ...] = ALLOCATION_ORDER
    later: tuple[tuple[date, tuple[Component, ...]], ...] = ()
    """Orders that hold instead, each from a day on; the days increase."""
    unit: Decimal = CENT
    """To what each row is rounded: the smallest amount of the currency."""

    def order_on(self, day: date) -> tuple[Component, ...]:
        return next((order for first, order in reversed(self.later) if first <= day), self.order)


@dataclass(frozen=True, slots=True)
class AccruedRow:
    """The interest of one stretch, with all that is needed to reckon it again."""

    name: str
    component: Component
    start: date
    end: date
    days: int
    base: Decimal
    rate: Decimal
    by: DayCount | None
    on: Base
    interest: Decimal
    clause: str = ""


@dataclass(frozen=True, slots=True)
class Growing:
    """Interest that goes on after the day asked for."""

    accrual: Accrual
    base: Decimal
    rate: Decimal

    def on_day(self, day: date) -> Decimal:
        """What that one day adds, as exactly as it can be written."""
        if self.accrual.by == "30/360":
            return CONTEXT.divide(product(self.base, self.rate), Decimal(360))
        length = self.accrual.length(day, date.fromordinal(day.toordinal() + 1))
        return CONTEXT.divide(product(self.base, self.rate, length.top), Decimal(length.bottom))


@dataclass(frozen=True, slots=True)
class Taken:
    """A posting, and by how much it changed each component."""

    posting: Posting
    changed: Mapping[Component, Decimal]


@dataclass(frozen=True, slots=True)
class Balance:
    """What is owed by the end of a day, and how it came about."""

    as_of: date
    owed: Mapping[Component, Decimal]
    rows: tuple[AccruedRow, ...]
    taken: tuple[Taken, ...]
    principal: tuple[tuple[date, Decimal], ...]
    """The principal, from each day on which it became another."""
    growing: tuple[Growing, ...] = ()
    unit: Decimal = CENT

    @property
    def total(self) -> Decimal:
        return total(self.owed.values())

    @property
    def per_diem(self) -> Decimal:
        """What each further day adds, to four decimals, as long as nothing is posted and no rate changes."""
        return rounded(total(each.on_day(self.as_of) for each in self.growing), to=FOUR_PLACES)


@dataclass(slots=True)
class _Account:
    """The account while it is reckoned."""

    terms: Terms
    owed: dict[Component, Decimal] = field(default_factory=lambda: dict.fromkeys(COMPONENTS, NOTHING))
    charged_interest: Decimal = ZERO
    rows: list[AccruedRow] = field(default_factory=list[AccruedRow])
    taken: list[Taken] = field(default_factory=list[Taken])
    principal: list[tuple[date, Decimal]] = field(default_factory=list[tuple[date, Decimal]])
    charged_paid: dict[str, Decimal] = field(default_factory=dict[str, Decimal])
    running: dict[int, tuple[date, Decimal, Decimal]] = field(default_factory=dict[int, tuple[date, Decimal, Decimal]])
    """Of each accrual that runs: since when, on what base, at what rate."""

    def base(self, on: Base) -> Decimal:
        return max(self.owed["principal"] if on == "principal" else self.charged_interest, ZERO)

    def close(self, place: int, end: date) -> None:
        """End the row of an accrual, and owe its interest."""
        start, base, rate = self.running.pop(place, (end, ZERO, ZERO))
        if start == end:
            return
        accrual = self.terms.accruals[place]
        length = accrual.length(start, end)
        interest = simple(base, rate, length, self.terms.unit)
        row = AccruedRow(
            accrual.name,
            accrual.component,
            start,
            end,
            length.days,
            base,
            rate,
            accrual.by,
            accrual.on,
            interest,
            accrual.clause,
        )
        self.rows.append(row)
        self.owed[accrual.component] += interest

    def close_all(self, end: date) -> None:
        for place in range(len(self.terms.accruals)):
            self.close(place, end)

    def go_on(self, day: date) -> None:
        """From this day on, with the bases and rates that now hold."""
        for place, accrual in enumerate(self.terms.accruals):
            now = self.base(accrual.on), accrual.rate_on(day)
            if place in self.running and self.running[place][1:] != now:
                self.close(place, day)
            if place not in self.running and all(now):
                self.running[place] = (day, *now)
        if not self.principal or self.principal[-1][1] != self.owed["principal"]:
            self.principal.append((day, self.owed["principal"]))

    def post(self, posting: Posting) -> None:
        changed = self.change(posting)
        for component, amount in changed.items():
            self.owed[component] += amount
        self.taken.append(Taken(posting, {component: amount for component, amount in changed.items() if amount}))

    def change(self, posting: Posting) -> dict[Component, Decimal]:
        """What a posting adds to each component; it also keeps how much of the charged interest is not paid."""
        if posting.kind == "reversal":
            undone = next(each for each in self.taken if each.posting.id == posting.reverses)
            self.charged_interest += self.charged_paid[posting.reverses]
            return {component: -amount for component, amount in undone.changed.items()}
        if posting.kind == "opening" and posting.component is not None:
            return {posting.component: posting.amount}
        paid: dict[Component, Decimal]
        if posting.component is None:
            found = allocate(self.terms.order_on(posting.day), self.owed, posting.amount)
            paid = {component: found.paid[component] for component in COMPONENTS}
            paid["principal"] += found.unallocated
        elif posting.kind == "charge":
            self.charged_interest += posting.amount if posting.component == "interest" else ZERO
            return {posting.component: posting.amount}
        else:
            paid = {posting.component: min(posting.amount, max(self.owed[posting.component], ZERO))}
        off_charged = min(paid.get("interest", ZERO), self.charged_interest)
        self.charged_interest -= off_charged
        self.charged_paid[posting.id] = off_charged
        return {component: -amount for component, amount in paid.items()}


def balance(postings: Iterable[Posting], terms: Terms, as_of: date) -> Balance:
    """What is owed by the end of `as_of`: with the interest of all days before it, and what that day itself moved."""
    if any(sorted(order) != sorted(COMPONENTS) for order in (terms.order, *(order for _, order in terms.later))):
        raise ValueError("the order of a payment names each component once")
    for accrual in terms.accruals:
        check_order(accrual.rates)
    counted, account = in_turn(postings, as_of), _Account(terms)
    with localcontext(CONTEXT):
        for day in _days(counted, terms, as_of):
            of_day = [posting for posting in counted if posting.day == day]
            if any(posting.kind in MOVES_MONEY for posting in of_day):
                account.close_all(day)
            for posting in of_day:
                account.post(posting)
            account.go_on(day)
        account.close_all(as_of)
        if counted:
            account.go_on(as_of)
    growing = tuple(Growing(terms.accruals[place], *now[1:]) for place, now in sorted(account.running.items()))
    rows, taken, principal = tuple(account.rows), tuple(account.taken), tuple(account.principal)
    return Balance(as_of, account.owed, rows, taken, principal, growing, terms.unit)


def _days(counted: Sequence[Posting], terms: Terms, as_of: date) -> list[date]:
    """Every day on which something may change, from the first posting on."""
    if not counted:
        return []
    steps = {step.first for accrual in terms.accruals for step in accrual.rates}
    return sorted({posting.day for posting in counted} | {day for day in steps if counted[0].day < day < as_of})
