"""The letters there are: `templates/letters/manifest.toml`, read once and held against the files.

An address page is no letter: it names nobody's account and any print room may ask for it.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from forbear.errors import BadData
from forbear.ports.papers import Paper, Unprintable

FOLDER: Final = Path(__file__).parents[2] / "templates" / "letters"
HOME_LANGUAGE: Final = {"US": "en", "CN": "zh-Hans"}
"""In which language people of a country are written to when we do not write theirs."""
KEYS: Final = frozenset({"languages", "parties", "carries"})


@dataclass(frozen=True, slots=True)
class Kind:
    """One letter. `carries` are the duties of a permit that its words fulfil."""

    name: str
    languages: tuple[str, ...]
    parties: frozenset[str]
    carries: frozenset[str]

    def spoken(self, language: str, country: str) -> str:
        """In which language a letter is written: its reader's, the nearest to it, else that of the country."""
        main = language.partition("-")[0]
        nearest = (known for known in self.languages if known.partition("-")[0] == main)
        home = HOME_LANGUAGE.get(country, self.languages[0])
        return language if language in self.languages else next(nearest, home)

    def admit(self, paper: Paper) -> None:
        """Pass a paper that may be this letter.

        Raises:
            Unprintable: it is for another reader, or owes words that this letter lacks.
        """
        if paper.role not in self.parties:
            raise Unprintable("kind.reader", f"'{self.name}' is not written for a {paper.role.replace('_', ' ')}")
        if owed := sorted(set(paper.disclosures) - self.carries):
            raise Unprintable("words.owed", f"its permit asks for {', '.join(owed)}, which '{self.name}' does not say")


@cache
def kinds(folder: Path = FOLDER) -> Mapping[str, Kind]:
    """Every letter by its name.

    Raises:
        BadData: the manifest is not understood, or a letter's file is missing.
    """
    path = folder / "manifest.toml"
    tables: Mapping[str, Any] = tomllib.loads(path.read_text("utf-8")).get("letter", {})
    read: dict[str, Kind] = {}
    for name, table in tables.items():
        if wrong := sorted(KEYS ^ table.keys()):
            raise BadData(path, None, f"[letter.{name}] lacks {wrong[0]} or should not have it")
        kind = Kind(name, tuple(table["languages"]), frozenset(table["parties"]), frozenset(table["carries"]))
        for language in kind.languages:
            if not (folder / language / f"{name}.html").is_file():
                raise BadData(path, None, f"[letter.{name}] has no {language}/{name}.html")
        read[name] = kind
    return MappingProxyType(read)


def kind_of(paper: Paper) -> Kind:
    """The letter that a paper says it is, if it may be that one.

    Raises:
        Unprintable: no such letter, or not for this paper.
    """
    known = kinds().get(paper.kind)
    if known is None:
        raise Unprintable("kind.unknown", "no such letter; see templates/letters/manifest.toml")
    known.admit(paper)
    return known
