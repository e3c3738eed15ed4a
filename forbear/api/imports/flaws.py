"""What can be wrong with an imported file or with one of its rows: a stable code, a sentence, and what to do about it.

A sentence never quotes a cell, because results are stored and read by programs that log.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from pydantic import ValidationError

from forbear.api.import_rows import COMPONENTS
from forbear.api.problems import pointer, reason_of
from forbear.errors import BadInput

MAX_CELL: Final = 20_000
MAX_BYTES: Final = 50_000_000
MAX_PLAIN: Final = 500_000_000
REMEDIES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "encoding": "Convert the file to UTF-8, or send encoding=gb18030 if it is GB18030, GBK or GB2312.",
        "gzip_broken": "Compress the file again and send it whole.",
        "too_large": "Split the file; at most 50 MB are taken, and 500 MB once they are unpacked.",
        "csv_broken": "Put cells with commas, quotes or line breaks in quotes, and double the quotes inside.",
        "delimiter": "Separate the columns by commas.",
        "column_missing": "Add the column to the header, or correct its name.",
        "column_unknown": "Begin the file with a header. Rename or remove a column that is not in the documentation.",
        "column_twice": "Keep one of the columns.",
        "not_ndjson": "Write one JSON object a line, each the body of POST /v1/accounts.",
        "no_rows": "Send at least one account.",
        "cells": "Give the row as many cells as the header has, and put cells with commas in quotes.",
        "nul": "Remove the NUL characters; the export may be damaged.",
        "too_long": f"Shorten the cell to {MAX_CELL} characters.",
        "formula": "Remove the leading = + - @, tab or line break, or write the text without it.",
        "duplicate": "Send each account once.",
        "missing": "Fill it in.",
        "amount": "Write it as 1234.50, with a point and without separators.",
        "amount_negative": "Set a credit off before enrolling.",
        "zone": "Write an IANA name such as America/Chicago or Asia/Shanghai, or leave it empty: the account is then "
        "held until a zone is known.",
        "phone": "Write it in international form such as +12125550100, or leave it empty.",
        "email": "Correct it, or leave it empty.",
        "date": "Write it as 2026-03-02.",
        "instant": "Write it as 2026-03-02T09:00:00Z.",
        "playbook": "Use the name of a playbook.",
        "currency": "Write the ISO 4217 code, such as USD or CNY.",
        "language": "Write the language tag, such as en or zh-Hans.",
        "reference": "Use 1 to 100 printable ASCII characters.",
        "not_json": "Write the account as one JSON object on one line.",
        "erased": "Enrol this account without the person whose data was erased.",
        "internal": "Nothing was changed for this row. Report the id of the import and the line.",
        "invalid": "Correct it as the documentation of POST /v1/accounts says.",
    }
)
"""Every code, and what to do where nothing more is known."""
_ENDINGS: Final = (
    ("_zone", "zone"),
    ("/zone", "zone"),
    ("birth_date", "date"),
    ("due_since", "date"),
    ("_at", "instant"),
    ("as_of", "instant"),
    ("/at", "instant"),
    ("phone", "phone"),
    ("email", "email"),
    ("playbook", "playbook"),
    ("currency", "currency"),
    ("language", "language"),
    ("loan_number", "reference"),
    ("external_id", "reference"),
)
_AMOUNTS: Final = frozenset({*COMPONENTS, *COMPONENTS.values(), "components"})
_KEY: Final = re.compile(r"[a-z0-9_]{1,40}")


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing wrong with a row; `column` is as the lender wrote it, or a JSON pointer."""

    code: str
    column: str | None
    problem: str
    remedy: str = ""

    def told(self, line: int) -> dict[str, Any]:
        """As results show it."""
        remedy = self.remedy or REMEDIES[self.code]
        return {
            "line": line,
            "column": self.column,
            "code": self.code,
            "problem": self.problem,
            "remedy": remedy,
        }


class Unreadable(Exception):
    """The file as a whole cannot be taken: nothing of it is enrolled."""

    def __init__(
        self, code: str, problem: str, *, line: int | None = None, column: str | None = None, byte: int | None = None
    ) -> None:
        super().__init__(code)
        self.told = {
            "code": code,
            "line": line,
            "column": column,
            "byte": byte,
            "problem": problem,
            "remedy": REMEDIES[code],
        }


def of_input(error: BadInput, column: str, *, empty: bool = False) -> Flaw:
    """A flaw of what the ledger's checks or the reading of cells say."""
    if empty:
        return Flaw("missing", column, "is empty")
    code = code_of(column, error.field)
    if code == "amount" and "negative" in error.problem:
        code = "amount_negative"
    return Flaw(code, column, error.problem, error.remedy)


def of_form(error: ValidationError) -> list[tuple[str, str, bool]]:
    """Pointer, reason and whether it is missing, for each place a form refuses."""
    return [
        (pointer(_place(each["loc"], each["type"])), reason_of(each), each["type"] == "missing")
        for each in error.errors(include_url=False, include_input=False)
    ]


def code_of(column: str, field: str) -> str:
    """The code of a place by its name."""
    leaf = column.rpartition("/")[2]
    if leaf in _AMOUNTS or field.rpartition(".")[2] in COMPONENTS:
        return "amount"
    return next((code for ending, code in _ENDINGS if column.endswith(ending)), "invalid")


def _place(loc: tuple[str | int, ...], kind: str) -> list[str | int]:
    """Without pydantic's marks for branches of a union, and without names that only the sender knows."""
    ours = loc[:-1] if kind == "extra_forbidden" else loc
    return [part for part in ours if isinstance(part, int) or _KEY.fullmatch(part)]
