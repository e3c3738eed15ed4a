"""What a packet gives to machines beside its pages: elements of forms, and the schedule of interest."""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from forbear.casework.papers import PaperMade
from forbear.documents.packets.elements import elements_of, has_elements
from forbear.ports.packets import DataFile

ELEMENTS: Final = "elements.json"
SCHEDULE: Final = "schedule.csv"
MOVEMENTS: Final = "movements.csv"
TABLES: Final = ((SCHEDULE, "segments"), (MOVEMENTS, "movements"))
MARK: Final = "\ufeff"
"""Without it the spreadsheets of Chinese offices read UTF-8 as another code."""
UNSAFE: Final = ("=", "+", "-", "@")
"""How a formula would begin that a spreadsheet runs."""


def data_files(papers: Sequence[PaperMade]) -> tuple[DataFile, ...]:
    """The data files of a packet whose papers lack nothing."""
    return (*_elements(papers), *_tables(papers))


def _elements(papers: Sequence[PaperMade]) -> Iterator[DataFile]:
    forms = {each.wanted.key: elements_of(each.kind, each.values) for each in papers if has_elements(each.kind)}
    for count, told in enumerate(forms.values()):
        name = ELEMENTS if not count else f"elements-{count + 1}.json"
        text = json.dumps(told, ensure_ascii=False, sort_keys=False, indent=1)
        yield DataFile(name, "application/json", f"{text}\n".encode())


def _tables(papers: Sequence[PaperMade]) -> Iterator[DataFile]:
    for name, field in TABLES:
        held = next((each for each in papers if each.values.get(field)), None)
        if held is not None:
            yield DataFile(name, "text/csv; charset=utf-8", _table(held, field))


def _table(paper: PaperMade, field: str) -> bytes:
    columns = list(paper.kind.fields[field].columns)
    written = io.StringIO()
    rows = csv.writer(written, lineterminator="\r\n")
    rows.writerow(columns)
    found: Any = paper.values[field]
    for row in found:
        rows.writerow([_cell(getattr(row, column)) for column in columns])
    return f"{MARK}{written.getvalue()}".encode()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date):
        return value.isoformat()
    text = str(value)
    return f"'{text}" if text.startswith(UNSAFE) else text
