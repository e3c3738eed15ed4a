"""The words of one language in which reasons are said, read from `words/<language>.toml`, with dates and instants.

Nothing is translated at run time: a word that a pack can need and that a language lacks is a failing test, and reads as
its own name until then.
"""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

from forbear.errors import BadInput
from forbear.rules.terms import Length
from forbear.rules.wall import zone

FOLDER: Final = Path(__file__).parent / "words"
LANGUAGES: Final = ("en", "zh-Hans")


class Words:
    """The words of one language."""

    def __init__(self, language: str, tables: Mapping[str, Mapping[str, Any]]) -> None:
        self.language = language
        self._tables = tables

    def has(self, table: str, key: str) -> bool:
        """Whether the language has this word."""
        return key in self._tables.get(table, {})

    def of(self, table: str, key: object, number: int = 2, /, **values: object) -> str:
        """A word by its key, filled with values; of one with two forms, that for the number."""
        found = self._tables.get(table, {}).get(str(key))
        if found is None:
            return str(key).replace("_", " ")
        text = found if isinstance(found, str) else found[0 if number == 1 else -1]
        return text.format(**values) if values else text

    def each(self, table: str, keys: Iterable[object]) -> str:
        """Several words, one beside the other."""
        return self.joined([self.of(table, key) for key in keys])

    def joined(self, items: Sequence[str]) -> str:
        """Several items in a row, further apart where one holds a comma itself."""
        apart = any(comma in item for item in items for comma in ",，、")
        return self.of("sentence", "list_long" if apart else "list").join(items)

    def either(self, table: str, keys: Iterable[object]) -> str:
        """Several words, of which one is meant."""
        *others, last = [self.of(table, key) for key in keys]
        if not others:
            return last
        return self.joined(others) + self.of("sentence", "or") + last

    def day(self, day: date) -> str:
        """A date with its weekday."""
        weekday, month = self.of("weekday", day.weekday()), self.of("month", day.month)
        return self.of("sentence", "day", weekday=weekday, day=day.day, month=month, year=day.year)

    def moment(self, at: datetime, in_zone: str | None) -> str:
        """An instant on the clock of a zone, which is named; seconds only where there are some."""
        name = in_zone or "UTC"
        local = at.astimezone(zone(name) if in_zone else UTC)
        time = f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"
        return self.of("sentence", "moment", day=self.day(local.date()), time=time, zone=self.zone(name))

    def zone(self, name: str) -> str:
        """A zone as people call it, or by its own name."""
        return self.of("zone", name) if self.has("zone", name) else name

    def length(self, length: Length) -> str:
        """So many days, months or the like."""
        unit = self.of("count", length.unit, length.count)
        return f"{length.count} {unit}" if self.language == "en" else f"{length.count}{unit}"


@cache
def words(language: str) -> Words:
    """The words of a language; `BadInput` for one that we do not speak."""
    if language not in LANGUAGES:
        raise BadInput("language", "is not spoken here", f"Ask for {' or '.join(LANGUAGES)}")
    return Words(language, tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8")))
