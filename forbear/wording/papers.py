"""What papers of `letters/` and `packets/` are to the rules of words: each `paper.toml` says who reads it, and where.

A paper travels closed and addressed to its reader, so that inside it the debt may be named; `[[words]]` narrows that to
some lenders, debts or places. Prescribed words are read in the place where a template puts them in.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from forbear.errors import BadData

LETTERS: Final = "letters"
PACKETS: Final = "packets"
"""Papers that legal staff put before a court: no party reads them as a reminder, and what looks like a court's may."""
PAPER, WORDING, SAMPLE, ELEMENTS = "paper.toml", "wording.toml", "sample.toml", "elements.toml"
EVERYWHERE: Final = "*"
LAWYER: Final = "lawyer"
A_LAWYERS_LETTER: Final = re.compile("律师函|律師函")
"""What no text may call itself but the letter that a lawyer signs and approves, and that one in its title alone."""
_TAG: Final = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_SLOT: Final = re.compile(r"\bslot\.(\w+)")
_TITLE: Final = re.compile(r"\{\{-?\s*title\s*-?\}\}")


def paper_tables(folder: Path) -> Iterator[tuple[Path, str, dict[str, Any]]]:
    """Of every paper and each communication that it may be: its file, a name, and an entry of a manifest."""
    for path in sorted(each for home in (LETTERS, PACKETS) for each in (folder / home).glob(f"*/{PAPER}")):
        told = _read(path)
        try:
            base = _base(path, told)
        except (KeyError, IndexError):
            raise BadData(path, None, "needs title, parties, channels and jurisdiction") from None
        for number, own in enumerate(told.get("words", [{}]), 1):
            name = f"{path.parent.parent.name}/{path.parent.name}{'' if number == 1 else f'#{number}'}"
            yield path, name, {**base, **own}


def is_of_a_paper(folder: Path, file: str) -> bool:
    """Whether a file belongs to a paper and is read with it: what it is, its prescribed words and its sample."""
    path = folder / file
    return path.name in {PAPER, WORDING, SAMPLE, ELEMENTS} and path.parent.parent in (
        folder / LETTERS,
        folder / PACKETS,
    )


def with_its_words(path: Path, source: str) -> str:
    """A paper's template with its title and its prescribed words where it puts them in; any other page as it is.

    A line stays the line it is, so that a fault is found where it stands.
    """
    home, language = path.parent, path.stem
    if not (home / PAPER).is_file():
        return source
    title = _title(_read(home / PAPER), language)
    slots: Mapping[str, Any] = _read(home / WORDING).get("slot", {}) if (home / WORDING).is_file() else {}

    def put(tag: re.Match[str]) -> str:
        names = _SLOT.findall(tag[0])
        texts = (slots.get(name, {}).get("text", {}).get(language, "") for name in names)
        kept = "" if names and tag[0].startswith("{{") else tag[0]
        return (
            kept + " ".join(" ".join(text.split()) for text in texts) + "\n" * (tag[0].count("\n") - kept.count("\n"))
        )

    return _TAG.sub(put, _TITLE.sub(lambda _: title, source))


def _title(told: Mapping[str, Any], language: str) -> str:
    title = str(told.get("title", {}).get(language, ""))
    own = told.get("signer") == told.get("approval") == LAWYER
    return A_LAWYERS_LETTER.sub("", title) if own else title


def _base(path: Path, told: Mapping[str, Any]) -> dict[str, Any]:
    place = told["jurisdiction"]
    if path.parent.parent.name == PACKETS:
        return {
            "file": f"{PACKETS}/{path.parent.name}/{{language}}.html",
            "languages": list(told["title"]),
            "channel": "court",
            "stage": "after_identity",
            "parties": [],
            "when": ["later"],
        }
    return {
        "file": f"{LETTERS}/{path.parent.name}/{{language}}.html",
        "languages": list(told["title"]),
        "channel": told["channels"][0],
        "stage": "after_identity",
        "parties": told["parties"],
        "when": ["first", "later"],
        "jurisdictions": [] if place == EVERYWHERE else [place],
    }


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadData(path, None, f"not TOML: {error}") from None
