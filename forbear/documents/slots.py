"""Prescribed words: slots of a paper that hold a text verbatim from its source, locked by its digest, or stay empty.

Nothing official is paraphrased: what nobody has read word by word is an empty box that names what belongs there, and a
paper with such a box is a draft.
"""

import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, cast

from markupsafe import Markup, escape

from forbear.documents.fields import NAME
from forbear.errors import BadData

KEYS: Final = frozenset({"source", "read", "label", "text", "sha256"})
EMPTY: Final = Markup('<span class="empty-slot">{}</span>')
HERE: Final = {
    "en": "Prescribed wording to be put in here, word for word: {what}. Source: {source}",
    "zh-Hans": "此处须逐字填入规定文字：{what}。出处：{source}",
    "zh-Hant": "此處須逐字填入規定文字：{what}。出處：{source}",
}
"""What the box of an empty slot says; in English where a language has no words of its own."""


@dataclass(frozen=True, slots=True)
class Slot:
    """Where prescribed words stand. `text` holds them for each language in which somebody read them."""

    name: str
    source: str
    label: Mapping[str, str]
    text: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)

    def worded(self, language: str) -> "Worded":
        return Worded(self, language)


class Worded:
    """A slot in one language, as a template prints it: `{{ slot.name }}`, or paragraph by paragraph."""

    def __init__(self, slot: Slot, language: str) -> None:
        self.empty = language not in slot.text
        what = slot.label.get(language, slot.label.get("en", slot.name))
        box = EMPTY.format(HERE.get(language, HERE["en"]).format(what=what, source=slot.source))
        paragraphs = slot.text.get(language, "").split("\n\n")
        self.paragraphs = [box] if self.empty else [escape(each.strip()) for each in paragraphs if each.strip()]

    def __html__(self) -> str:
        return Markup("<br>").join(self.paragraphs)


def digest(text: str) -> str:
    """The digest by which a text is locked."""
    return hashlib.sha256(text.encode()).hexdigest()


def read_slots(path: Path, languages: tuple[str, ...]) -> Mapping[str, Slot]:
    """The slots of a paper, by name; none where it has no such file.

    Raises:
        BadData: with file, key and what to write; a text that is not the locked one is refused.
    """
    if not path.is_file():
        return MappingProxyType({})
    try:
        told = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadData(path, None, f"is no TOML in UTF-8: {error}") from None
    if told.keys() != {"slot"} or not isinstance(told["slot"], dict):
        raise BadData(path, None, "must hold tables [slot.<name>] and nothing else")
    slots = cast("dict[str, object]", told["slot"]).items()
    return MappingProxyType({name: _slot(path, name, table, languages) for name, table in slots})


def _slot(path: Path, name: str, table: object, languages: tuple[str, ...]) -> Slot:
    told = cast("dict[str, Any]", table) if isinstance(table, dict) else {}
    texts, hashes, label = (_texts(told.get(key, {})) for key in ("text", "sha256", "label"))
    if texts is None or hashes is None or label is None:
        raise BadData(path, None, f"[slot.{name}] text, sha256 and label are texts by language")
    for problem in (*_wrong(name, told), *_unlocked(told, texts, hashes, languages)):
        raise BadData(path, None, f"[slot.{name}] {problem}")
    return Slot(name, told["source"], label, texts)


def _wrong(name: str, told: Mapping[str, Any]) -> Iterator[str]:
    if not NAME.fullmatch(name):
        yield "is no slot: name it in small letters, digits and _"
    if unknown := sorted(told.keys() - KEYS):
        yield f"{unknown[0]} is no key of it: use {', '.join(sorted(KEYS))}"
    if not isinstance(told.get("source"), str) or not told["source"].strip():
        yield "needs source: where the prescribed wording stands"
    if not isinstance(told.get("read"), bool):
        yield "needs read: true if the wording was read word for word at its source, else false"


def _unlocked(
    told: Mapping[str, Any], texts: Mapping[str, str], hashes: Mapping[str, str], languages: tuple[str, ...]
) -> Iterator[str]:
    """Why a text is not the one that somebody read."""
    if texts and not told.get("read"):
        yield "has a text that nobody read at its source: leave it out, so that the slot stays empty"
    if strange := sorted((texts.keys() | hashes.keys()) - set(languages)):
        yield f"{strange[0]} is no language of this paper"
    if texts.keys() != hashes.keys():
        yield "needs sha256 for each text, and for nothing else: the digest of its UTF-8 bytes"
        return
    for language, text in texts.items():
        if not text.strip():
            yield f"text.{language} says nothing: leave it out, so that the slot stays empty"
        if digest(text) != hashes[language]:
            yield f"text.{language} is not the text that was locked; its digest is {digest(text)}"


def _texts(told: object) -> Mapping[str, str] | None:
    if not isinstance(told, dict):
        return None
    texts = cast("dict[str, object]", told)
    return cast("Mapping[str, str]", texts) if all(isinstance(each, str) for each in texts.values()) else None
