"""Why a task is there, in the reader's language: its code's sentence, filled with its values.

What playbooks and tables of codes say stands there in English; `templates/staff/said` has it in other languages. A
code that has no sentence (of a newer release, say) shows a general one: no page fails for it.
"""

import string
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

import structlog

from forbear.api.staff.wording import FOLDER, StaffWords
from forbear.cadence.channel_codes import meaning_on
from forbear.ledger.tables.tasks import Task

SECTION: Final = "reasons"
WRITTEN: Final = "en"
"""What sentences of before codes were written in."""
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence, and its language where that is not the page's."""

    sentence: str
    language: str = ""


def why(words: StaffWords, task: Task) -> Said:
    """Why a task is there."""
    pattern = words.sentences.get(f"{SECTION}.{task.reason}", "")
    values = _values(words, task.reason_values)
    if not pattern or not named(pattern) <= set(values):
        log.error("task.reason_without_words", task=task.id, code=task.reason)
        return Said(words(f"{SECTION}.unknown"))
    sentence = pattern.format(**values)
    foreign = task.reason == "earlier" and words.language != WRITTEN
    return Said(sentence[:1].upper() + sentence[1:], WRITTEN if foreign else "")


def named(pattern: str) -> set[str]:
    """The values that a sentence asks for."""
    return {field for _, field, _, _ in string.Formatter().parse(pattern) if field}


def _values(words: StaffWords, stored: Mapping[str, str]) -> dict[str, str]:
    values, said = dict(stored), said_in(words.language)
    if "title" in stored:
        values["title"] = said("titles", stored["title"])
    if (code := stored.get("code")) is not None:
        known = meaning_on(stored["channel"], stored["provider"], code, refused=True)
        values["says"] = said("codes", known.says) if known else words("reasons.unknown_code")
        values["do"] = said("codes", known.do) if known else ""
    if stored.get("sender") == "":
        values["sender"] = words("reasons.no_sender")
    for name, section in (("reading", "readings"), ("channel", "channels"), ("clock", "clocks")):
        if f"{section}.{stored.get(name)}" in words.sentences:
            values[name] = words(f"{section}.{stored[name]}")
    return values


class Sentences:
    """What stands in data in English, in one language; what nobody put into it stays as it is, as pages write it."""

    def __init__(self, language: str) -> None:
        path = FOLDER / "said" / f"{language}.toml"
        self.said: dict[str, dict[str, str]] = tomllib.loads(path.read_text("utf-8")) if path.exists() else {}

    def __call__(self, section: str, sentence: str) -> str:
        return self.said.get(section, {}).get(sentence, sentence).replace("'", "’")


@cache
def said_in(language: str) -> Sentences:
    return Sentences(language)
