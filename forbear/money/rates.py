"""Reference rates as dated data: each table a file, each row with its source, days that strictly increase, and a hash.

A rate that is not known for a day is an error and never the last one known. A row from memory is a lead for whoever
looks for its source; no paper is reckoned with it.
"""

import hashlib
import json
import re
import tomllib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from forbear.errors import BadData, BadInput
from forbear.money.steps import Step, Steps, value_on

SHIPPED: Final = Path(__file__).parent / "rates"
HEAD: Final = frozenset({"id", "title", "unit", "known_to", "sha256"})
ROW: Final = frozenset({"from", "rate", "source", "from_memory"})
UNITS: Final = ("year", "day")
WRITTEN: Final = re.compile(r"0\.[0-9]{2,12}", re.ASCII)


@dataclass(frozen=True, slots=True)
class RateRow:
    """A rate from a day on, and where it was read."""

    first: date
    rate: Decimal
    source: str
    from_memory: bool


@dataclass(frozen=True, slots=True)
class ReferenceRate:
    """A table of a rate, known to a day; `sha256` is that of its rows, so that a paper can name what it used."""

    id: str
    title: str
    unit: str
    known_to: date
    sha256: str
    rows: tuple[RateRow, ...]

    def steps(self, start: date, end: date, *, for_paper: bool = True) -> Steps:
        """The rows that hold in a period; `BadInput` where it is not covered, or rests on memory alone.

        Args:
            start: the first day, which counts.
            end: the day after the last; the day after `known_to` at the latest.
            for_paper: whether the figures are meant to leave the house. Only a rehearsal may say no.
        """
        if start < self.rows[0].first or end.toordinal() - 1 > self.known_to.toordinal():
            known = f"is known from {self.rows[0].first} to {self.known_to}"
            raise BadInput(self.id, known, "Ask for a period within, or add rows with their source")
        held = [row for row in self.rows if row.first <= start][-1:]
        held += [row for row in self.rows if start < row.first < end]
        if for_paper and any(row.from_memory for row in held):
            raise BadInput(self.id, "rests on memory alone in this period", "Read its source and enter it")
        return tuple(Step(row.first, row.rate) for row in held)

    def on(self, day: date, *, for_paper: bool = True) -> Decimal:
        """The rate of a day."""
        return value_on(self.steps(day, day, for_paper=for_paper), day)


def load(folder: Path = SHIPPED) -> dict[str, ReferenceRate]:
    """Every table of a folder by its id; `BadData` names file and reason of the first fault."""
    found: dict[str, ReferenceRate] = {}
    for path in sorted(folder.glob("*.toml")):
        table = _read(path)
        if table.id in found:
            raise BadData(path, None, f"a second table for {table.id}")
        found[table.id] = table
    return found


def digest(rows: tuple[RateRow, ...]) -> str:
    """What the rows hash to, whatever the file looks like."""
    plain = [[str(row.first), str(row.rate), row.source, row.from_memory] for row in rows]
    return hashlib.sha256(json.dumps(plain).encode()).hexdigest()


def _read(path: Path) -> ReferenceRate:
    try:
        raw: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadData(path, None, f"is no TOML: {error}") from None
    head: Any = raw.get("rate")
    rows: Any = raw.get("row")
    if set(raw) != {"rate", "row"} or not isinstance(head, dict) or not isinstance(rows, list) or not rows:
        raise BadData(path, None, "holds one [rate] and its [[row]]s")
    if frozenset(head) != HEAD or head["unit"] not in UNITS or type(head["known_to"]) is not date:
        raise BadData(path, None, f"[rate] holds {', '.join(sorted(HEAD))}; its unit is one of {', '.join(UNITS)}")
    read = tuple(_row(path, number, row) for number, row in enumerate(rows, start=1))
    _check_days(path, read, head["known_to"])
    if head["sha256"] != digest(read):
        raise BadData(path, None, f"the rows are not those of its sha256; after a review enter {digest(read)}")
    return ReferenceRate(head["id"], head["title"], head["unit"], head["known_to"], head["sha256"], read)


def _row(path: Path, number: int, row: Any) -> RateRow:
    if not isinstance(row, dict) or not {"from", "rate", "source"} <= set(row) <= ROW:
        raise BadData(path, None, f"row {number} holds from, rate, source and perhaps from_memory")
    rate, source, memory = row["rate"], row["source"], row.get("from_memory", False)
    if not isinstance(rate, str) or not WRITTEN.fullmatch(rate):
        raise BadData(path, None, f'row {number}: rate is a fraction in a string, such as "0.0425"')
    if not isinstance(source, str) or not source.strip():
        raise BadData(path, None, f"row {number}: source says where the rate was read")
    if type(row["from"]) is not date or type(memory) is not bool:
        raise BadData(path, None, f"row {number}: from is a day, from_memory is true or false")
    return RateRow(row["from"], Decimal(rate), source, memory)


def _check_days(path: Path, rows: tuple[RateRow, ...], known_to: date) -> None:
    days = [row.first for row in rows]
    for number, (earlier, later) in enumerate(pairwise(days), start=2):
        if later <= earlier:
            raise BadData(path, None, f"row {number}: {later} does not come after {earlier}")
    if known_to < days[-1]:
        raise BadData(path, None, "known_to comes before the last row")
