"""The columns of an export that tell a loan's terms, and the places in the enrolment that they become.

Late fees and instalments have no columns: they are told by the API. What is written in a cell goes on as it stands, and
the reader of terms says what is wrong with it.
"""

import re
from collections.abc import Sequence
from typing import Any, Final, Protocol

Json = dict[str, Any]
COLUMNS: Final[dict[tuple[str, ...], str]] = {
    ("interest", "rate"): "interest_rate",
    ("interest", "daily_rate"): "daily_rate",
    ("day_count",): "day_count",
    ("penalty", "rate"): "penalty_rate",
    ("penalty", "uplift"): "penalty_uplift",
    ("cap", "rate"): "rate_cap",
    ("cap", "reference"): "rate_cap_reference",
    ("cap", "multiple"): "rate_cap_multiple",
    ("cap", "formed_on"): "contract_date",
}
"""Columns whose cells are values as they stand, by their place in the terms."""
OTHERS: Final = {"compound": "compounding", "order": "payment_order", "since": "terms_since"}
WHOLE: Final = {"interest": "interest_rate", "penalty": "penalty_rate", "cap": "rate_cap"}
FLAGS: Final = {"yes": True, "no": False}
BETWEEN: Final = re.compile(r"[\s;,、，；]+")


class Cells(Protocol):
    """The cells of a row."""

    def text(self, column: str) -> str: ...
    def day(self, column: str) -> str | None: ...
    def refuse(self, column: str, problem: str, remedy: str) -> None: ...


def to_terms(cells: Cells) -> Json:
    """The terms that a row tells; empty where it tells none.

    A contract's day alone tells none: books have one for many loans without a cap.
    """
    terms: Json = {}
    for place, column in COLUMNS.items():
        if (written := cells.text(column)) and (column != "contract_date" or cells.text("rate_cap_reference")):
            at = terms if len(place) == 1 else terms.setdefault(place[0], {})
            at[place[-1]] = written
    if compounding := cells.text("compounding"):
        if compounding not in FLAGS:
            cells.refuse("compounding", "is neither yes nor no", "Write yes or no, or leave it empty.")
        terms["compound"] = FLAGS.get(compounding, False)
    if order := [word for word in BETWEEN.split(cells.text("payment_order")) if word]:
        terms["order"] = order
    if since := cells.day("terms_since"):
        terms["since"] = since
    return terms


def column_of(path: Sequence[str]) -> str:
    """The column behind a place in the terms."""
    known = COLUMNS.get(tuple(path[:2])) or COLUMNS.get(tuple(path[:1]))
    first = path[0] if path else "since"
    return known or OTHERS.get(first) or WHOLE.get(first, first)
