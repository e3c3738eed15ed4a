"""What the rules of cases, paths and packets say in English, in the reader's language.

`templates/staff/cases/said` has the sentences and, for those with days or numbers in them, patterns. A sentence that
nobody put into it stays English and is marked so, for whoever has the page read aloud.
"""

import re
import tomllib
from collections.abc import Callable
from functools import cache
from typing import Any, Final

from forbear.api.staff.task_reasons import Said
from forbear.api.staff.wording import FOLDER
from forbear.contracts.case_words import FACTS
from forbear.court.paths import load_all

WRITTEN: Final = "en"
SENTENCE: Final = re.compile(r"[a-z]{2,} [a-z]{2,}")
"""English words that nobody put into the language: then the whole stays English, rather than half of it."""
PLACE: Final = re.compile(r"\\\{([a-z_]+)\\\}")


class Sentences:
    """Sentences of one language by the English ones; values of a pattern are said in turn."""

    def __init__(self, language: str) -> None:
        path = FOLDER / "cases" / "said" / f"{language}.toml"
        told: dict[str, Any] = tomllib.loads(path.read_text("utf-8")) if path.exists() else {}
        self._plain: dict[str, str] = {_key(each): said for each, said in told.get("plain", {}).items()}
        self._plain |= {_key(each["en"]): each[language] for each in _titles() if language in each}
        self._words: dict[str, str] = {_key(each): said for each, said in told.get("words", {}).items()}
        self._patterns = [(_pattern(each), said) for each, said in told.get("patterns", {}).items()]

    def __call__(self, text: str) -> str | None:
        """The sentence in this language; None where nobody put it in."""
        key = _key(text)
        if key in self._plain:
            return self._plain[key]
        for pattern, said in self._patterns:
            if (found := pattern.fullmatch(text.strip())) is not None:
                values = {name: self._value(each) for name, each in found.groupdict().items() if f"{{{name}}}" in said}
                if not any(SENTENCE.search(each) for each in values.values()):
                    return said.format(**values)
        return None

    def _value(self, text: str) -> str:
        """A value of a pattern in this language: a word, a sentence, or itself, as numbers, days and names are."""
        plain = self._words.get(_key(text))
        return plain or self(text) or text


def _key(text: str) -> str:
    return " ".join(text.split()).rstrip(".").casefold()


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(PLACE.sub(r"(?P<\1>.+?)", re.escape(text).replace(r"\ ", r"\s")) + r"\.?", re.IGNORECASE)


def _titles() -> list[dict[str, str]]:
    """What paths say in both languages already."""
    stages = [stage for path in load_all().values() for stage in path.stages]
    return [dict(each.title) for each in stages] + [
        dict(notice.what) for each in stages for notice in each.needs.notices
    ]


@cache
def sentences(language: str) -> Sentences:
    return Sentences(language)


def say(text: str, language: str, *, title: Callable[[str], str] | None = None) -> Said:
    """A sentence of the rules for a reader: in their language, or in English and marked."""
    shown = title(text) if title else text
    if language == WRITTEN:
        return _capital(shown)
    found = sentences(language)(shown)
    return _capital(shown, WRITTEN) if found is None else Said(curled(found))


def _capital(text: str, language: str = "") -> Said:
    text = curled(text)
    return Said(text[:1].upper() + text[1:], language)


def curled(text: str) -> str:
    """With the quotation marks and apostrophes of print."""
    return re.sub(r"(?<!\w)'([^']*)'(?!\w)", r"“\1”", text.replace("`", "")).replace("'", "’").replace('"', "”")


def fact_meaning(kind: str) -> str:
    """What a fact means, in English."""
    return FACTS.get(kind, kind)  # pyright: ignore[reportArgumentType, reportCallIssue]  a word of a later release
