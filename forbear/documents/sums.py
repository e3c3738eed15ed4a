"""Whether the amounts that a paper is told lead to each other: a schedule that does not add up is never printed.

Rows with `amount`, `cumulative` and `remaining` are a schedule; `planned` is the sum of the payments; `owed_before` is
what is `waived` and what is still `to_pay`. Whoever uses these names means these sums.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import accumulate
from types import SimpleNamespace
from typing import Final, cast

from forbear.documents.filling import Flaw, Value

PAYMENTS, AMOUNT, CUMULATIVE, REMAINING, PLANNED = "payments", "amount", "cumulative", "remaining", "planned"
PARTS: Final = ("owed_before", "waived", "to_pay")
REMEDY: Final = "Give amounts that add up"


def sum_flaws(values: Mapping[str, Value]) -> Iterator[Flaw]:
    """Every field whose amounts do not lead to the others. Values are those of `filling.fill`, without a flaw."""
    for name, value in values.items():
        if isinstance(value, tuple) and value and isinstance(value[0], SimpleNamespace):
            yield from _schedule_flaws(name, cast("tuple[SimpleNamespace, ...]", value))
    paid, planned = _amounts(values.get(PAYMENTS), AMOUNT), values.get(PLANNED)
    if paid and isinstance(planned, Decimal) and sum(paid) != planned:
        yield Flaw(PLANNED, "is not the sum of the payments", REMEDY)
    parts = [values.get(name) for name in PARTS]
    if all(isinstance(part, Decimal) for part in parts):
        before, waived, left = cast("list[Decimal]", parts)
        if before != waived + left:
            yield Flaw(PARTS[0], "is not what is waived and what is to be paid", REMEDY)


def _schedule_flaws(name: str, rows: tuple[SimpleNamespace, ...]) -> Iterator[Flaw]:
    amounts, paid, left = (_amounts(rows, column) for column in (AMOUNT, CUMULATIVE, REMAINING))
    if not amounts:
        return
    running = list(accumulate(amounts))
    for number, (row, right) in enumerate(zip(paid, running, strict=False)):
        if row != right:
            yield Flaw(f"{name}.{number}.{CUMULATIVE}", "is not the sum of the payments until then", REMEDY)
            break
    for number, (row, done) in enumerate(zip(left, running, strict=False)):
        if row != running[-1] - done:
            yield Flaw(f"{name}.{number}.{REMAINING}", "is not the sum of the payments after that", REMEDY)
            break


def _amounts(rows: Value, column: str) -> list[Decimal]:
    """The amounts of a column; none where the rows have no such column or not one in each."""
    if not isinstance(rows, tuple):
        return []
    found: list[object] = [getattr(row, column, None) for row in rows]
    return cast("list[Decimal]", found) if all(isinstance(each, Decimal) for each in found) else []
