"""A statement of account as text for a reader, and as CSV for whoever adds it up in a spreadsheet."""

import csv
import io
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from forbear.money.components import COMPONENTS
from forbear.money.currency import write_amount
from forbear.money.exact import ZERO
from forbear.money.statements import Line, Statement

WORDS: Final = {
    "opening": "Balance brought in",
    "charge": "Charge",
    "credit": "Waiver",
    "interest": "Interest",
    "adjustment": "Adjustment",
    "payment": "Payment received",
    "reversal": "Payment reversed",
}
NAMES: Final = {component: component.replace("_", " ") for component in COMPONENTS}
ROW: Final = ("start", "end", "days", "base", "rate", "day_count")
COLUMNS: Final = ("day", "kind", "reference", *ROW, *COMPONENTS, "amount", "balance")
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def as_text(statement: Statement) -> str:
    """Aligned lines, each with its parts, and the foot by component."""
    code = statement.currency
    where = f" ({statement.zone} days)" if statement.zone else ""
    told = [f"Statement of account {statement.account}", f"As of the end of {statement.as_of}{where}, in {code}", ""]
    rows = [(str(line.day), _what(line, code), _plain(line.amount, code), _plain(line.balance, code))
            for line in statement.lines]  # fmt: skip
    told += _aligned([("Day", "What", "Amount", "Balance"), *rows]) if rows else ["Nothing was booked until then."]
    told += ["", "Owed"]
    foot = [(NAMES[part], _plain(statement.owed[part], code)) for part in COMPONENTS if statement.owed[part]]
    foot.append(("total", _plain(statement.total, code)))
    width, figures = (max(len(row[place]) for row in foot) for place in (0, 1))
    told += [f"  {name.ljust(width)}  {amount.rjust(figures)}" for name, amount in foot]
    told += ["", *statement.notes] if statement.notes else []
    return "\n".join(told) + "\n"


def as_csv(statement: Statement) -> str:
    """A line for each line; empty cells where there is nothing. No cell begins as a formula does, but for figures."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for line in statement.lines:
        row = line.row
        interest = (row.start, row.end, row.days, _plain(row.base, statement.currency), f"{row.rate:f}") if row else ()
        parts = [line.changed.get(component, ZERO) for component in COMPONENTS]
        writer.writerow(
            [
                line.day,
                line.kind,
                _harmless(line.reference),
                *(interest or [""] * (len(ROW) - 1)),
                (row.by or "daily") if row else "",
                *(_plain(part, statement.currency) if part else "" for part in parts),
                _plain(line.amount, statement.currency),
                _plain(line.balance, statement.currency),
            ]
        )
    owed = [_plain(statement.owed[component], statement.currency) for component in COMPONENTS]
    foot = _plain(statement.total, statement.currency)
    writer.writerow([statement.as_of, "total", "", *[""] * len(ROW), *owed, foot, foot])
    return out.getvalue()


def _plain(amount: Decimal, currency: str) -> str:
    return write_amount(amount, currency)


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text


def _what(line: Line, currency: str) -> str:
    told = WORDS[line.kind]
    row = line.row
    if row is not None:
        base, by = _plain(row.base, currency), row.by or "a day"
        return f"{line.reference}: {base} at {row.rate:f} ({by}), {row.days} days from {row.start}"
    parts = [
        f"{NAMES[component]} {_plain(line.changed[component], currency)}"
        for component in COMPONENTS
        if line.changed.get(component)
    ]
    return f"{told}: {', '.join(parts)}" if parts else told


def _aligned(rows: Sequence[tuple[str, str, str, str]]) -> list[str]:
    widths = [max(len(row[place]) for row in rows) for place in range(4)]
    return [
        f"{day.ljust(widths[0])}  {what.ljust(widths[1])}  {amount.rjust(widths[2])}  {balance.rjust(widths[3])}"
        for day, what, amount, balance in rows
    ]
