"""A statement of account: every line that changed what is owed until a day, and what is owed then, by component.

One statement comes from a ledger's entries or from a reckoned balance, and is written as text, JSON or CSV with the
same figures. Its lines add up to its foot; a statement whose do not cannot be made.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any, Final

from forbear.money.balance import AccruedRow, Balance
from forbear.money.components import COMPONENTS, Component
from forbear.money.currency import write_amount
from forbear.money.exact import CONTEXT, NOTHING, ZERO, total

ORDER: Final = ("opening", "charge", "interest", "adjustment", "credit", "payment", "reversal")
"""What comes first on one day: a payment meets all that the day put on the account."""


@dataclass(frozen=True, slots=True)
class Booked:
    """One entry of a ledger, in its own component; entries of one reference and day make one line."""

    day: date
    kind: str
    reference: str
    component: Component
    amount: Decimal
    row: AccruedRow | None = None
    """Of interest: how it was reckoned."""


@dataclass(frozen=True, slots=True)
class Line:
    """One change: by how much of each component, and what was owed in all after it."""

    day: date
    kind: str
    reference: str
    changed: Mapping[Component, Decimal]
    amount: Decimal
    balance: Decimal
    row: AccruedRow | None = None
    """Of interest: from when to when, on what and at which rate."""


@dataclass(frozen=True, slots=True)
class Statement:
    """An account by the end of a day. `zone` says whose days they are, where entries were instants."""

    account: str
    currency: str
    as_of: date
    lines: tuple[Line, ...]
    owed: Mapping[Component, Decimal]
    zone: str = ""
    notes: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        for component in COMPONENTS:
            if total(line.changed.get(component, ZERO) for line in self.lines) != self.owed[component]:
                raise ValueError(f"the lines of {component} do not add up to what is owed")

    @property
    def total(self) -> Decimal:
        return total(self.owed.values())


def of_entries(
    account: str,
    currency: str,
    entries: Iterable[Booked],
    as_of: date,
    zone: str = "",
    *,
    notes: tuple[str, ...] = (),
) -> Statement:
    """The statement of a ledger that keeps its entries allocated; later entries are left out."""

    def one_line(entry: Booked) -> tuple[date, int, str, str]:
        return entry.day, ORDER.index(entry.kind), entry.kind, entry.reference

    counted = sorted((entry for entry in entries if entry.day <= as_of), key=one_line)
    drafts: list[Line] = []
    for (day, _, kind, reference), group in groupby(counted, key=one_line):
        changed: dict[Component, Decimal] = {}
        row = None
        for entry in group:
            row = entry.row
            changed[entry.component] = CONTEXT.add(changed.get(entry.component, NOTHING), entry.amount)
        drafts.append(_line(day, kind, reference, changed, row))
    owed: dict[Component, Decimal] = {}
    for component in COMPONENTS:
        owed[component] = total(line.changed.get(component, ZERO) for line in drafts)
    return Statement(account, currency, as_of, _running(drafts), owed, zone, notes)


def of_balance(account: str, currency: str, claim: Balance) -> Statement:
    """The statement of a reckoned account, with a line for each row of interest, on the day on which it ends."""
    drafts = [_line(each.posting.day, each.posting.kind, each.posting.id, each.changed) for each in claim.taken]
    drafts += [_line(row.end, "interest", row.name, {row.component: row.interest}, row) for row in claim.rows]
    drafts.sort(key=lambda line: (line.day, ORDER.index(line.kind), line.reference))
    return Statement(account, currency, claim.as_of, _running(drafts), claim.owed)


def _line(
    day: date, kind: str, reference: str, changed: Mapping[Component, Decimal], row: AccruedRow | None = None
) -> Line:
    return Line(day, kind, reference, changed, total(changed.values()), NOTHING, row)


def _running(drafts: Iterable[Line]) -> tuple[Line, ...]:
    found: list[Line] = []
    balance = NOTHING
    for each in drafts:
        balance = CONTEXT.add(balance, each.amount)
        found.append(Line(each.day, each.kind, each.reference, each.changed, each.amount, balance, each.row))
    return tuple(found)


def as_json(statement: Statement) -> dict[str, Any]:
    """The statement as plain values; amounts are decimal strings."""

    def money(amount: Decimal) -> str:
        return write_amount(amount, statement.currency)

    return {
        "account": statement.account,
        "currency": statement.currency,
        "as_of": str(statement.as_of),
        "zone": statement.zone or None,
        "lines": [
            {
                "day": str(line.day),
                "kind": line.kind,
                "reference": line.reference,
                "changed": {component: money(line.changed[component]) for component in _held(line.changed)},
                "amount": money(line.amount),
                "balance": money(line.balance),
                "interest": None if line.row is None else _row(line.row, money(line.row.base)),
            }
            for line in statement.lines
        ],
        "owed": {component: money(statement.owed[component]) for component in COMPONENTS},
        "total": money(statement.total),
        "notes": list(statement.notes),
    }


def _held(changed: Mapping[Component, Decimal]) -> list[Component]:
    return [component for component in COMPONENTS if changed.get(component)]


def _row(row: AccruedRow, base: str) -> dict[str, str]:
    return {
        "start": str(row.start),
        "end": str(row.end),
        "days": str(row.days),
        "base": base,
        "rate": f"{row.rate:f}",
        "day_count": row.by or "daily",
    }
