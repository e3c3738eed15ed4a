"""From lines to records: the rows of a CSV file or of NDJSON, each with its place and what is wrong with its shape.

A record's number counts records; its line is that of the file on which it begins, whatever line breaks stand in quotes.
"""

import csv
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from forbear.api.import_columns import REQUIRED, canonical
from forbear.api.imports.flaws import MAX_CELL, Flaw, Unreadable
from forbear.api.imports.source import MAX_LINE, Encoding, Lines

Format = Literal["csv", "ndjson"]
FORMULA: Final = tuple("=+-@\t\r\n＝＋－＠")
HARMLESS: Final = re.compile(r"[+-]?[0-9][0-9 ().,/-]*|\+[ (]*[0-9][0-9 ()./-]*")
"""A number, or a phone number."""
NDJSON_START: Final = ("{", "[")


@dataclass(frozen=True, slots=True)
class Record:
    """One row of the file: cells by our column names, or a JSON value; or flaws, where it has no proper shape."""

    number: int
    line: int
    cells: dict[str, str] = field(default_factory=dict[str, str])
    body: Any = None
    flaws: tuple[Flaw, ...] = ()


class Reading:
    """A file being read.

    Attributes:
        format: as declared, else as its first line shows.
        encoding: likewise.
        compressed: whether it came as gzip.
        headers: our column names to what the file calls them.
    """

    def __init__(
        self,
        parts: Iterable[bytes],
        *,
        format: Format | None,  # noqa: A002  the parameter's name on the wire
        encoding: Encoding | None,
        compressed: bool = False,
    ) -> None:
        self._lines = Lines(parts, encoding=encoding, compressed=compressed)
        self.encoding, self.compressed = self._lines.encoding, self._lines.compressed
        self.headers: dict[str, str] = {}
        self._first = next((line for line in self._lines if line.strip()), "")
        if not self._first:
            raise Unreadable("no_rows", "holds nothing", line=1)
        self.format: Format = format or ("ndjson" if self._first.lstrip().startswith(NDJSON_START) else "csv")

    def __iter__(self) -> Iterator[Record]:
        """All records.

        Raises:
            Unreadable: the file as a whole cannot be taken.
        """
        return self._csv() if self.format == "csv" else self._ndjson()

    def _csv(self) -> Iterator[Record]:
        lines = self._lines
        reader = csv.reader(_again(self._first, lines), strict=True)
        begins = lines.number
        number, names = 0, list[str]()
        while True:
            lines.room = MAX_LINE
            try:
                cells = next(reader, None)
            except csv.Error:
                raise Unreadable("csv_broken", "the quotes do not fit", line=begins) from None
            if cells is None:
                return
            if not self.headers:
                self.headers = header(cells, begins)
                names = list(self.headers)
            elif any(cell and not cell.isspace() for cell in cells):
                number += 1
                yield _row(number, begins, names, self.headers, cells)
            begins = lines.number + 1

    def _ndjson(self) -> Iterator[Record]:
        lines, number = self._lines, 0
        for line in _again(self._first, lines):
            lines.room = MAX_LINE
            if not line.strip():
                continue
            number += 1
            value = _value(line)
            if isinstance(value, dict):
                yield Record(number, lines.number, body=value)
            elif number == 1:
                raise Unreadable("not_ndjson", "the first line is no JSON object", line=lines.number)
            else:
                yield Record(number, lines.number, flaws=(Flaw("not_json", None, "is not one JSON object"),))


def header(cells: Sequence[str], line: int) -> dict[str, str]:
    """Our names of the columns, in their order, with those the file uses.

    Raises:
        Unreadable: tells the column that is missing, unknown or there twice. An unknown one by its place from 1: of a
            file without a header it is somebody's cell, and what is told is kept in clear.
    """
    if len(cells) == 1 and any(mark in cells[0] for mark in ";\t|"):
        raise Unreadable("delimiter", "the header has only one column", line=line)
    found: dict[str, str] = {}
    for place, cell in enumerate(cells, 1):
        name, written = canonical(cell), cell.strip()
        if name is None:
            raise Unreadable("column_unknown", f"column {place} of the header is not known", line=line)
        if name in found:
            raise Unreadable("column_twice", f"column {place} is there twice", line=line, column=written)
        found[name] = written
    if missing := [name for name in REQUIRED if name not in found]:
        raise Unreadable("column_missing", "the column is missing", line=line, column=", ".join(missing))
    return found


def _row(number: int, line: int, names: Sequence[str], headers: dict[str, str], cells: Sequence[str]) -> Record:
    if len(cells) != len(names):
        flaw = Flaw("cells", None, f"has {len(cells)} cells, the header {len(names)}")
        return Record(number, line, flaws=(flaw,))
    flaws = [flaw for name, cell in zip(names, cells, strict=True) if cell and (flaw := _flaw(headers[name], cell))]
    row = {name: cell.strip() for name, cell in zip(names, cells, strict=True)}
    return Record(number, line, cells=row, flaws=tuple(flaws))


def _flaw(column: str, cell: str) -> Flaw | None:
    if "\0" in cell:
        return Flaw("nul", column, "holds a NUL character")
    if len(cell) > MAX_CELL:
        return Flaw("too_long", column, f"has more than {MAX_CELL} characters")
    if cell.startswith(FORMULA) or (cell[0].isspace() and cell.lstrip().startswith(FORMULA)):
        text = cell.strip()
        if text and not HARMLESS.fullmatch(text):
            return Flaw("formula", column, "begins like a formula of a spreadsheet")
    return None


def _again(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest


def _value(line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None
