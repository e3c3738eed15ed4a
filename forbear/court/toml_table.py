"""One table of a TOML file that is read strictly: what is wrong is told with file, line, key and remedy."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, Final, cast

from forbear.errors import BadData

LANGUAGES: Final = ("en", "zh-Hans")


class Table:
    """A table and where it stands."""

    def __init__(self, path: Path, where: str, raw: Mapping[str, Any], name: str = "") -> None:
        self._path, self._where, self.raw, self._name = path, where, raw, name

    def named(self, name: str) -> "Table":
        """The same, told of by its name."""
        return Table(self._path, f"{self._where.partition('[')[0]} {name}", self.raw, name)

    def has(self, key: str) -> bool:
        return key in self.raw

    def bad(self, key: str, problem: str, remedy: str) -> BadData:
        """What to raise for a key."""
        where = ".".join(each for each in (self._where, key) if each)
        return BadData(self._path, self._line(), f"{where}: {problem}; {remedy}")

    def _line(self) -> int | None:
        """The line on which the thing of this name begins, where the file itself has it."""
        if not self._name:
            return None
        lines = self._path.read_text("utf-8").splitlines()
        return next((at for at, line in enumerate(lines, 1) if line.strip() == f'id = "{self._name}"'), None)

    def only(self, *known: str) -> None:
        for key in self.raw:
            if key not in known:
                raise self.bad(key, "unknown key", f"known are {', '.join(sorted(known))}")

    def table(self, key: str) -> "Table":
        value = self.raw.get(key)
        if not isinstance(value, dict):
            raise self.bad(key, "is missing", "give a table")
        return Table(self._path, self._inside(key), cast("Mapping[str, Any]", value), self._name)

    def tables(self, key: str, *, least: int = 1) -> list["Table"]:
        value = self.raw.get(key, [])
        listed: list[Any] = cast("list[Any]", value) if isinstance(value, list) else [None]
        if len(listed) < least or not all(isinstance(each, dict) for each in listed):
            raise self.bad(key, "is not a list of tables", f"give at least {least} of [[{key}]]")
        inside = self._inside(key)
        return [Table(self._path, f"{inside}[{at}]", each, self._name) for at, each in enumerate(listed)]

    def _inside(self, key: str) -> str:
        return f"{self._where}.{key}" if self._where else key

    def text(self, key: str, usual: str | None = None) -> str:
        value = self.raw.get(key, usual)
        if not isinstance(value, str) or (usual is None and not value.strip()):
            raise self.bad(key, "is no text", "write one")
        return value

    def word(self, key: str, allowed: Collection[str], usual: str | None = None) -> str:
        if usual is not None and key not in self.raw:
            return usual
        value = self.text(key)
        if value not in allowed:
            raise self.bad(key, f"{value!r} is not known", f"use one of {', '.join(allowed)}")
        return value

    def words(self, key: str, allowed: Collection[str] = (), *, least: int = 1) -> tuple[str, ...]:
        value = self.raw.get(key, [])
        listed: list[Any] = cast("list[Any]", value) if isinstance(value, list) else [None]
        if len(listed) < least or not all(isinstance(each, str) and each for each in listed):
            raise self.bad(key, "is not a list of words", f"give at least {least}")
        for word in listed:
            if allowed and word not in allowed:
                raise self.bad(key, f"{word!r} is not known", f"use {', '.join(sorted(allowed))}")
        return tuple(listed)

    def whole(self, key: str, usual: int | None = None) -> int:
        value = self.raw.get(key, usual)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise self.bad(key, "is no whole number", "give one of at least 0")
        return value

    def wholes(self, key: str) -> tuple[int, ...]:
        value = self.raw.get(key, [])
        listed: list[Any] = cast("list[Any]", value) if isinstance(value, list) else [None]
        if not all(isinstance(each, int) and not isinstance(each, bool) and each >= 0 for each in listed):
            raise self.bad(key, "is not a list of whole numbers", "give days, such as [90, 30, 7, 1]")
        return tuple(listed)

    def flag(self, key: str) -> bool:
        value = self.raw.get(key, False)
        if not isinstance(value, bool):
            raise self.bad(key, "is neither true nor false", "write one of them")
        return value

    def titles(self, key: str) -> Mapping[str, str]:
        table = self.table(key)
        table.only(*LANGUAGES)
        return {language: table.text(language) for language in LANGUAGES}
