"""The words of the pages that staff reads: every `templates/staff/<language>/*.toml` is part of one catalogue.

A room adds a file of its own sections, in each language, and need not touch the others.
"""

import tomllib
from functools import cache
from pathlib import Path
from typing import Final

from forbear.api.pages.wording import Words
from forbear.ledger.staffing import LANGUAGES

FOLDER: Final = Path(__file__).resolve().parents[3] / "templates" / "staff"
FALLBACK: Final = LANGUAGES[0]


class StaffWords(Words):
    """One language's catalogue: `words("sign_in.heading")`."""

    def __init__(self, language: str) -> None:  # pyright: ignore[reportMissingSuperCall]  the files are several
        self.language = language
        self._path = FOLDER / language
        self.sentences = {
            f"{section}.{name}": text
            for path in sorted(self._path.glob("*.toml"))
            for section, named in tomllib.loads(path.read_text("utf-8")).items()
            for name, text in named.items()
        }


@cache
def words_in(language: str) -> StaffWords:
    """The catalogue of a language, or of English."""
    return StaffWords(language if language in LANGUAGES else FALLBACK)


def preferred(accepted: str) -> str:
    """The language of ours that a browser asks for first, before we know who sits there."""
    for part in accepted.split(","):
        main = part.partition(";")[0].strip().partition("-")[0].casefold()
        for ours in LANGUAGES:
            if main == ours.partition("-")[0]:
                return ours
    return FALLBACK
