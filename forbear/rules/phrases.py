"""Finds a phrase in the source of a template, however it is disguised, and says on which line.

Before it is searched, a text is folded to what a reader sees: compatibility forms, capitals, marks over letters and
characters without a shape are undone, letters of other scripts become the Latin ones they are taken for, and
traditional Chinese signs the simplified. What a pattern then forgives is digits and signs for letters, and letters that
are spaced out, dotted, torn apart or parted by pictures.
"""

import itertools
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from forbear.rules.lookalikes import ALIKE, INVISIBLE, LATIN, SIMPLE, STANDS_FOR

HOLE: Final = "\ufffc"
"""Stands where a template puts in a value."""
LONG: Final = 6
"""From this many letters on a word torn in two is still known as one; two short words may mean something else."""
# None of them looks beyond the next opening, so that a text full of openings is read once and not once for each.
_COMMENT: Final = r"\{#(?:(?!#\}|\{#).)*#\}"
_TAG: Final = re.compile(rf"{_COMMENT}|\{{%(?:(?!%\}}|\{{%).)*%\}}|\{{\{{(?:(?!\}}\}}|\{{\{{).)*\}}\}}", re.DOTALL)
_LITERAL: Final = re.compile(r"'([^'\\]*)'|\"([^\"\\]*)\"")
_NAME: Final = re.compile(r"[A-Za-z_]\w*")
_ATOM: Final = re.compile(r"[a-z0-9]+|[^\W\d_]")
_NO_LETTER: Final = re.compile(r"[\W_]")
_HAN: Final = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
# Punctuation that ends a sentence parts two words for good: '起，诉求' is no '起诉'.
_MARKS: Final = r".\-_*·•’'`~/\\|+=^$@#%&<>€£¥"
_PART: Final = "*"
"""What every picture, dash or sign of no alphabet is read as; many in a row are read as one."""
_SIGNS_OF_NO_ALPHABET: Final = frozenset({"So", "Sk", "Sm", "Pd", "Pc", "Co", "Cn"})
_OTHER_SIGNS: Final = frozenset("†‡§¶※…‥⁂′″‰")
_TIGHT: Final = rf"[{_MARKS}]{{0,2}}"
_SPACED: Final = rf"[\s{_MARKS},]{{1,4}}"
_TORN: Final = rf"[\s{_MARKS}]{{0,3}}"
_BETWEEN: Final = r"(?:(?![.!:;]\s)[\s\-_*·•/|~'\"(),.!:;$@#%&<>€£¥]){1,6}"
_BETWEEN_HAN: Final = rf"[\s{_MARKS}\"“”‘’()\[\]【】「」《》]{{0,4}}"


_ALIKE: Final = str.maketrans(
    {sign: letter for letter, signs in ALIKE.items() for sign in signs} | {"m": "rn", "w": "uu"}
)
_TWOFOLD: Final[Mapping[str, str]] = {"!": "i", "|": "i", "+": "t", "(": "c", "$": "s", "@": "a"}
"""Signs that part letters, and stand for one."""


@dataclass(frozen=True, slots=True)
class Folded:
    """A text as a reader sees it, with the line of every character.

    `bones` are its letters alone, one for all that look alike, in each way of reading the signs that may be letters,
    and its Chinese signs alone: a phrase whose own are in none of them is not in the text, which is known long before
    a pattern has looked.
    """

    text: str
    lines: tuple[int, ...]
    bones: str

    def line(self, at: int) -> int:
        return self.lines[at] if at < len(self.lines) else 1


@dataclass(frozen=True, slots=True)
class Put:
    """A value that a template puts in: what stands between the braces, and where."""

    expression: str
    line: int


@lru_cache(maxsize=1024)
def folded(source: str) -> Folded:
    """Fold a template's source. Comments vanish, values leave a hole, and literals of an expression are read."""
    text: list[str] = []
    lines: list[int] = []
    for sign, line in _shown(source):
        seen = _seen(sign)
        if seen == _PART and text and text[-1] == _PART:
            continue
        text.append(seen)
        lines += [line] * len(seen)
    whole = "".join(text)
    return _without_glued_holes(whole, lines)


def put_in(source: str) -> Iterator[Put]:
    """Every value that a template puts in."""
    for tag in _TAG.finditer(source):
        if tag[0].startswith("{{"):
            yield Put(tag[0][2:-2].strip(" -"), source.count("\n", 0, tag.start()) + 1)


def statements(source: str) -> Iterator[Put]:
    """Every condition, loop or other statement of a template."""
    for tag in _TAG.finditer(source):
        if tag[0].startswith("{%"):
            yield Put(" ".join(tag[0].split()), source.count("\n", 0, tag.start()) + 1)


def find(phrase: str, text: Folded) -> int | None:
    """The line on which a phrase begins, or None."""
    if _phrase_bones(phrase) not in text.bones:
        return None
    found = _pattern(phrase).search(text.text)
    return None if found is None else text.line(found.start())


def carries(phrase: str, source: str) -> bool:
    """Whether a text says a phrase in plain sight. A phrase may ask for a value by its name: `{{ lender }}`."""
    wanted, given = _plain(phrase), _plain(source)
    if _HAN.search(wanted):
        return re.sub(r"\s", "", wanted) in re.sub(r"\s", "", given)
    return re.search(rf"(?<![a-z0-9]){re.escape(wanted)}(?![a-z0-9])", given) is not None


@lru_cache(maxsize=1024)
def _plain(source: str) -> str:
    """One form for all ways of setting a sentence: without comments, filters, punctuation and capitals."""
    bare = re.sub(_COMMENT, "", source, flags=re.DOTALL)
    named = re.sub(r"\{\{-?\s*(\w+)[^{}]*\}\}", r" {{\1}} ", bare)
    return " ".join(re.sub(r"[^\w{}]+", " ", unicodedata.normalize("NFKC", named).casefold()).split())


def _shown(source: str) -> Iterator[tuple[str, int]]:
    """The signs of a source that are shown, each with its line."""
    line, at = 1, 0
    for tag in _TAG.finditer(source):
        for sign in source[at : tag.start()]:
            yield sign, line
            line += sign == "\n"
        for sign in _told(tag[0]):
            yield sign, line
        line += tag[0].count("\n")
        at = tag.end()
    for sign in source[at:]:
        yield sign, line
        line += sign == "\n"


def _told(tag: str) -> str:
    """What a tag may show: the literals of an expression, and a hole where a value comes from elsewhere."""
    if tag.startswith("{#") or not (tag.startswith("{{") or re.match(r"\{%-?\s*set\b", tag)):
        return ""
    literals = "".join(single or double for single, double in _LITERAL.findall(tag))
    named = _NAME.search(_LITERAL.sub("", tag))
    return literals + (HOLE if named else "")


@lru_cache(maxsize=8192)
def _seen(sign: str) -> str:
    """What a reader takes one sign for."""
    parts: list[str] = []
    if _parts(sign):
        return _PART
    for part in unicodedata.normalize("NFKD", LATIN.get(sign, sign)):
        small = LATIN.get(part) or SIMPLE.get(part) or part.casefold()
        small = "".join(LATIN.get(each, each) for each in small)
        if part not in INVISIBLE and unicodedata.category(part) not in {"Mn", "Me", "Cf"}:
            parts.append(small)
    return "".join(parts)


def _parts(sign: str) -> bool:
    """Whether a sign is none of any alphabet, and no other way to write one."""
    if sign.isascii() or sign == HOLE or sign in LATIN:
        return False
    plain = unicodedata.normalize("NFKD", sign)
    return plain in _OTHER_SIGNS or unicodedata.category(plain[0]) in _SIGNS_OF_NO_ALPHABET


def _without_glued_holes(whole: str, lines: list[int]) -> Folded:
    """A value inside a word may be empty, and the word whole."""
    kept = [
        at
        for at, sign in enumerate(whole)
        if not (sign == HOLE and _is_letter(whole[at - 1 : at]) and _is_letter(whole[at + 1 : at + 2]))
    ]
    text = "".join(whole[at] for at in kept)
    signs = [sign for sign in _TWOFOLD if sign in text]
    readings = itertools.product(*(((sign, ""), (sign, _TWOFOLD[sign])) for sign in signs))
    bones = " ".join(_bones(text.translate(str.maketrans(dict(reading)))) for reading in readings)
    han = "".join(_HAN.findall(text))
    return Folded(text, tuple(lines[at] for at in kept), f"{bones} {han}")


def _bones(text: str) -> str:
    return _NO_LETTER.sub("", text.translate(_ALIKE))


@lru_cache(maxsize=8192)
def as_read(phrase: str) -> str:
    """A phrase as a reader sees it, the same for both ways of writing Chinese."""
    return "".join(_seen(sign) for sign in phrase)


@lru_cache(maxsize=8192)
def _phrase_bones(phrase: str) -> str:
    return _bones(as_read(phrase))


def _is_letter(sign: str) -> bool:
    return sign.isascii() and sign.isalnum()


@lru_cache(maxsize=8192)
def _pattern(phrase: str) -> re.Pattern[str]:
    atoms = _ATOM.findall(as_read(phrase))
    parts: list[str] = []
    for before, atom in zip([None, *atoms], atoms, strict=False):
        if before is not None:
            parts.append(_BETWEEN if atom.isascii() and before.isascii() else _BETWEEN_HAN)
        parts.append(_word(atom) if atom.isascii() else re.escape(atom))
    opening = "(?<![a-z0-9])" if atoms[0].isascii() else ""
    closing = "(?![a-z0-9])" if atoms[-1].isascii() else ""
    return re.compile(opening + "".join(parts) + closing)


def _word(word: str) -> str:
    letters = [STANDS_FOR.get(letter, letter) for letter in word]
    if len(letters) >= LONG:
        return _TORN.join(letters)
    return f"(?:{_TIGHT.join(letters)}|{_SPACED.join(letters)})"
