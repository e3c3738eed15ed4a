"""The words of calls: one catalogue for each script and language under `templates/calls`, spoken with a turn's values.

A key that is missing, or a value that a sentence needs and does not get, is an error and never a gap in a call.
"""

import tomllib
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

from forbear.channels.voice import spoken
from forbear.errors import BadData, BadInput
from forbear.ports.talks import Said, TalkFacts

FOLDER: Final = Path(__file__).resolve().parents[3] / "templates" / "calls"
DEFAULT: Final = "menu"
"""The script of a call that names none, such as one that comes to us."""
CHINESE: Final = "zh-Hans"
ENGLISH: Final = "en"
Sentences = Mapping[str, str]


def language_of(language: str) -> str:
    """The catalogue's language for a person's: Chinese for every Chinese, English for all others."""
    return CHINESE if language.partition("-")[0] == "zh" else ENGLISH


@cache
def scripts() -> frozenset[str]:
    """Every script there is, in both languages; a playbook's call names one."""
    found = [{path.stem for path in (FOLDER / language).glob("*.toml")} for language in (ENGLISH, CHINESE)]
    return frozenset.intersection(*map(frozenset, found))


@cache
def sentences(script: str, language: str) -> Sentences:
    """The sentences of a script by `section.key`.

    Raises:
        BadInput: there is no such script.
    """
    if script not in scripts():
        raise BadInput("template", f"{script!r} is no script of calls", f"Choose one of {', '.join(sorted(scripts()))}")
    tables = tomllib.loads((FOLDER / language_of(language) / f"{script}.toml").read_text("utf-8"))
    return {f"{section}.{key}": text for section, named in tables.items() for key, text in named.items()}


def speak(says: Iterable[Said], facts: TalkFacts, script: str = DEFAULT) -> str:
    """The sentences, put into words one after another.

    Raises:
        BadData: the script lacks a sentence, or a sentence asks for a value that nobody gives.
    """
    known, told = sentences(script, facts.language), []
    for said in says:
        try:
            told.append(known[said.key].format_map(_Values(facts, said)))
        except KeyError as missing:
            path = FOLDER / language_of(facts.language) / f"{script}.toml"
            raise BadData(path, None, f"'{said.key}' lacks {missing}") from None
    return " ".join(told)


class _Values(dict[str, str]):
    """What a sentence may ask for; worked out only when it does."""

    def __init__(self, facts: TalkFacts, said: Said) -> None:
        super().__init__()
        self._facts, self._said = facts, said

    def __missing__(self, name: str) -> str:
        return VALUES[name](self._facts, self._said)


def _day(facts: TalkFacts, said: Said) -> str:
    given = said.values.get("day")
    when = date.fromisoformat(given) if given else facts.due_since
    if when is None:
        raise KeyError("day")
    return spoken.day(when, facts.language)


VALUES: Final[Mapping[str, Callable[[TalkFacts, Said], str]]] = {
    "lender": lambda facts, _: facts.lender,
    "name": lambda facts, _: facts.name,
    "contact": lambda facts, _: facts.contact,
    "phone": lambda facts, _: spoken.phone(facts.phone, facts.language),
    "amount": lambda facts, _: spoken.money(facts.owed, facts.currency, facts.language),
    "day": _day,
}
