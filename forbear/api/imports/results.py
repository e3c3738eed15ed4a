"""The results of an import as a stream: NDJSON for programs, CSV for people with a spreadsheet.

A spreadsheet takes a cell that begins with = + - @ for a formula, and what stands in the cells came from a file: such
a cell gets an apostrophe in front, which spreadsheets do not show.
"""

import csv
import io
import json
from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

from forbear.api.imports.records import FORMULA
from forbear.ledger.import_files import Settled

COLUMNS: Final = ("line", "external_id", "status", "account", "code", "column", "problem", "remedy")
PROBLEM: Final = ("line", "column", "code", "problem", "remedy")
ROWS: Final = 500
"""Written as one block, because each block is a step between threads."""


def ndjson(rows: Iterator[Settled]) -> Iterator[bytes]:
    """One object a record."""
    while block := list(islice(rows, ROWS)):
        yield "".join(_line(row) for row in block).encode()


def spreadsheet(rows: Iterator[Settled]) -> Iterator[bytes]:
    """One line for each problem of a record, and one for a record without; a spreadsheet opens it as UTF-8."""
    yield ("\ufeff" + ",".join(COLUMNS) + "\r\n").encode()
    while block := list(islice(rows, ROWS)):
        out = io.StringIO(newline="")
        writer = csv.writer(out)
        for row in block:
            writer.writerows(_cells(row))
        yield out.getvalue().encode()


def escaped(cell: object) -> str:
    """The cell as text that no spreadsheet computes."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(FORMULA) else text


def _line(row: Settled) -> str:
    told: dict[str, Any] = {
        "line": row.line,
        "external_id": row.external_id,
        "status": row.status,
        "account": row.account,
        "problems": [{name: problem.get(name) for name in PROBLEM} for problem in row.problems],
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")) + "\n"


def _cells(row: Settled) -> Iterator[list[str]]:
    first = (row.line, row.external_id, row.status, row.account)
    for problem in row.problems or ({},):
        rest = (problem.get(name) for name in COLUMNS[len(first) :])
        yield [escaped(cell) for cell in (*first, *rest)]
