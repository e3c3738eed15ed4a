"""What terms make grow: from the terms that were agreed, each from its day on, to accruals and to what falls due.

Terms follow each other: those of a day hold until later ones do. An instalment is owed from the day after it fell
due; a late fee on the first day on which its days of grace are over, of what is then still unpaid.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal
from itertools import pairwise

from forbear.money.agreed import Agreed, Cap, Instalment, Rate
from forbear.money.balance import Accrual, Terms, balance
from forbear.money.components import Component
from forbear.money.day_count import DayCount
from forbear.money.exact import CENT, CONTEXT, ZERO, total
from forbear.money.late_fees import late_fee
from forbear.money.postings import Posting, charge
from forbear.money.steps import Step, Steps

A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Contract:
    """All terms of an account, in the order of their days.

    Attributes:
        agreed: each holds until the next.
        late_since: the first day on which the account was late; a penalty runs from then if it names no day.
        unit: the smallest amount of the currency.
        ended: the day from which nothing grows any more, if the account was closed.
    """

    agreed: tuple[Agreed, ...]
    late_since: date
    unit: Decimal = CENT
    ended: date | None = None

    def uncapped(self) -> "Contract":
        """The same as if no cap held, to show what is waived for it."""
        return replace(self, agreed=tuple(replace(each, cap=None) for each in self.agreed))

    def stretches(self) -> Iterator[tuple[Agreed, date | None]]:
        """Terms, and the first day on which they hold no more."""
        for each, later in pairwise([*self.agreed, None]):
            ends = [day for day in (later and later.since, self.ended) if day is not None]
            if each is not None:
                yield each, min(ends, default=None)


def grown(contract: Contract) -> Terms:
    """The terms as an account is reckoned by them."""
    accruals = [each for agreed, end in contract.stretches() for each in _accruals(agreed, end, contract.late_since)]
    orders = tuple((each.since, each.order) for each in contract.agreed)
    return Terms(tuple(accruals), later=orders, unit=contract.unit)


def _accruals(agreed: Agreed, end: date | None, late_since: date) -> Iterator[Accrual]:
    room = None if agreed.cap is None else agreed.cap.rate
    penalty, interest = agreed.penalty, agreed.interest
    late = end if penalty is None else max(agreed.since, penalty.since or late_since)
    if interest is not None:
        until = end if penalty is None or penalty.on_top else _first(late, end)
        rate, clause = _cut(interest, room, agreed.day_count, agreed.cap)
        yield Accrual("contract interest", "interest", _steps(agreed.since, until, rate), rate.by, clause=clause)
        if room is not None and agreed.day_count is not None and penalty is not None and penalty.on_top:
            room = CONTEXT.subtract(room, rate.yearly(agreed.day_count))
    if penalty is not None and late is not None:
        rate, clause = _cut(penalty.rate, room, agreed.day_count, agreed.cap)
        steps = _steps(late, end, rate)
        yield Accrual("penalty interest", "penalty_interest", steps, rate.by, clause=clause)
    if agreed.compound:
        first = agreed.since if penalty is None or late is None else late
        rate = interest if penalty is None else penalty.rate
        if rate is not None:
            steps = _steps(first, end, rate)
            yield Accrual("interest on interest", "compound_interest", steps, rate.by, on="charged_interest")


def _first(*days: date | None) -> date | None:
    return min((day for day in days if day is not None), default=None)


def _cut(rate: Rate, room: Decimal | None, basis: DayCount | None, cap: Cap | None) -> tuple[Rate, str]:
    """The rate, or what the cap leaves of it, with the clause that cut it."""
    if room is None or basis is None or cap is None or rate.yearly(basis) <= room:
        return rate, ""
    return Rate(max(room, ZERO), basis), cap.told


def _steps(first: date, end: date | None, rate: Rate) -> Steps:
    if end is None:
        return (Step(first, rate.value),)
    return (Step(first, rate.value), Step(end, ZERO)) if first < end else ()


def fallen_due(contract: Contract, postings: Sequence[Posting], after: date, until: date) -> list[Posting]:
    """The instalments and late fees that come on the account after a day, until and with another.

    Args:
        contract: the terms.
        postings: everything else that is posted; what is unpaid when a fee comes depends on it.
        after: the day whose balance was confirmed: what fell due by then is in it.
        until: the last day.
    """
    found: list[Posting] = []
    for agreed, end in contract.stretches():
        for each in agreed.instalments:
            late = each.due + A_DAY
            if max(after + A_DAY, agreed.since) <= late <= until and (end is None or late < end):
                parts: dict[Component, Decimal] = {"principal": each.principal, "interest": each.interest}
                found += [
                    charge(f"instalment {each.due} {part}", late, part, sum_) for part, sum_ in parts.items() if sum_
                ]
    terms = grown(contract)
    for day, agreed, each in sorted(_fee_days(contract, after, until), key=lambda fee: fee[0]):
        owed = balance([*postings, *found], terms, day - A_DAY).owed
        unpaid = max(CONTEXT.add(owed["principal"], owed["interest"]), ZERO)
        overdue = min(total((each.principal, each.interest)), unpaid)
        fee = late_fee(overdue, (day - each.due).days, agreed.fee, agreed.fee_limit).amount
        if fee := fee.quantize(contract.unit, rounding=ROUND_DOWN, context=CONTEXT):
            found.append(charge(f"late fee of {each.due}", day, "fee", fee))
    return found


def _fee_days(contract: Contract, after: date, until: date) -> Iterator[tuple[date, Agreed, Instalment]]:
    """Of each instalment the first day on which its days of grace are over, within the stretch of its terms."""
    for agreed, end in contract.stretches():
        if agreed.fee is None or agreed.fee_limit is None:
            continue
        grace = max(agreed.fee.grace_days, agreed.fee_limit.grace_days)
        for each in agreed.instalments:
            day = each.due + timedelta(days=grace + 1)
            if max(after + A_DAY, agreed.since) <= day <= until and (end is None or day < end):
                yield day, agreed, each
