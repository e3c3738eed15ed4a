"""A packet's own few words in its language, from `words.toml`: everything else that it says is said by its papers."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

FILE: Final = Path(__file__).with_name("words.toml")
PLAIN: Final = "en"


@dataclass(frozen=True, slots=True)
class Words:
    """Each takes its values by name: `page` title and page, `scan` likewise, `piece` title, piece and pieces."""

    page: str
    scan: str
    piece: str
    tab: str


def words_of(language: str) -> Words:
    """The words of a language, of the nearest to it, or the English ones."""
    known = _all()
    main = language.partition("-")[0]
    nearest = next((each for each in known if each.partition("-")[0] == main), PLAIN)
    return known.get(language) or known[nearest]


@cache
def _all() -> dict[str, Words]:
    return {language: Words(**told) for language, told in tomllib.loads(FILE.read_text("utf-8")).items()}
