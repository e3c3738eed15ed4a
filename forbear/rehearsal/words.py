"""The words of the report in one language, from `templates/report/words`: whole sentences, and names of codes."""

import tomllib
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import cast

FOLDER = Path(__file__).parents[2] / "templates" / "report" / "words"
ENGLISH = "en"
LANGUAGES = (ENGLISH, "zh-Hans")


class Words:
    """One language. A code without words is shown as it is."""

    def __init__(self, language: str, tables: dict[str, dict[str, str]]) -> None:
        self.language = language
        self.tables = tables

    def __call__(self, table: str, key: str, **values: object) -> str:
        """A sentence with its values."""
        return self.tables[table][key].format(**values)

    def of(self, table: str, code: str) -> str:
        return self.tables.get(table, {}).get(code, code)

    def knows(self, table: str, code: str) -> bool:
        return code in self.tables.get(table, {})

    def day(self, at: date | datetime, form: str = "short") -> str:
        return at.strftime(self.tables["day"][form])


@cache
def words(language: str = ENGLISH) -> Words:
    """The words of a language, read once."""
    read = tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
    return Words(language, cast("dict[str, dict[str, str]]", read))
