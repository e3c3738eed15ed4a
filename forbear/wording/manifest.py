"""The manifest of a templates folder: for every text, who reads it, where, when, by which way, and what it says.

Letters and other papers bring their entries themselves, each in a `paper.toml`.

A file that no entry names, an entry without its file, and a text whose entry says too little are refused: what is not
known of a text cannot be checked.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, Self, cast, get_args

from forbear.cadence.translate import PARTIES
from forbear.contracts.words import Channel, DebtKind, LenderKind, LenderRole, PartyRole
from forbear.errors import BadData
from forbear.rules.facts import Purpose
from forbear.wording.papers import is_of_a_paper, paper_tables

NAME: Final = "manifest.toml"
Stage = Literal["before_identity", "after_identity"]
COURT: Final = "court"
"""Papers for a court, and the pages on which legal staff prepare them: they name courts and what these did, and no rule
about contacts speaks of that."""
STAFF: Final = "staff"
"""Who reads a report: nobody to whom a rule about parties speaks."""
CHANNELS: Final = frozenset({*get_args(Channel), "voicemail", "page", "report", COURT})
LISTS: Final[Mapping[str, frozenset[str] | None]] = {
    "languages": None,
    "parties": frozenset(get_args(PartyRole)),
    "when": frozenset({"first", "later"}),
    "purposes": frozenset(get_args(Purpose)),
    "roles": frozenset(get_args(LenderRole)),
    "lender_kinds": frozenset(get_args(LenderKind)),
    "debt_kinds": frozenset(get_args(DebtKind)),
    "jurisdictions": None,
    "says": None,
    "sections": None,
    "written": None,
    "circumstances": None,
}
"""The keys of an entry that hold lists, and what may stand in them."""
ONE_OF: Final[Mapping[str, frozenset[str]]] = {"channel": CHANNELS, "stage": frozenset(get_args(Stage))}
NEEDED: Final = ("file", "languages", "channel", "stage", "parties", "when")
WORDLESS: Final = frozenset({".css", ".md"})
"""Files that bring no words to a reader: looks, and notes to whoever writes templates."""
FORMATS: Final = {".txt": "text", ".html": "page", ".toml": "catalogue"}


@dataclass(frozen=True, slots=True)
class Entry:
    """What the manifest says of one text, in Forbear's own words.

    Attributes:
        file: its path in the folder, with `{language}` where each language has a file of its own.
        parties: who may read it; empty for a report, which only staff reads.
        roles: of the lenders for which it is meant; empty is any, as in the fields after it.
        jurisdictions: for whose people; empty is everywhere.
        sections: of a catalogue, those that this entry is about; empty is all.
        written: names of values that reach the text as sums written out by a money filter of the code.
    """

    name: str
    file: str
    languages: tuple[str, ...]
    channel: str
    stage: Stage
    parties: tuple[str, ...]
    when: tuple[str, ...]
    purposes: tuple[str, ...] = ("reminder",)
    roles: tuple[str, ...] = ()
    lender_kinds: tuple[str, ...] = ()
    debt_kinds: tuple[str, ...] = ()
    jurisdictions: tuple[str, ...] = ()
    circumstances: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    written: tuple[str, ...] = ()

    def path(self, language: str) -> str:
        return self.file.format(language=language)

    @property
    def format(self) -> str:
        return FORMATS[Path(self.file).suffix]

    @property
    def party_kinds(self) -> frozenset[str]:
        """Its readers in the law's words."""
        if self.channel in {"report", COURT}:
            return frozenset({STAFF})
        return party_kinds(cast("tuple[PartyRole, ...]", self.parties))


@dataclass(frozen=True, slots=True)
class Manifest:
    """Every entry of a folder, and the files in it that hold no words."""

    folder: Path
    entries: tuple[Entry, ...]
    wordless: frozenset[str]

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read a folder's manifest, and hold it against the files that are there.

        Raises:
            BadData: with path and reason.
        """
        path = folder / NAME
        try:
            raw = tomllib.loads(path.read_text("utf-8"))
        except FileNotFoundError:
            raise BadData(path, None, "is missing: it says of every text who reads it, where and when") from None
        except tomllib.TOMLDecodeError as error:
            raise BadData(path, None, f"not TOML: {error}") from None
        if unknown := sorted(raw.keys() - {"text", "wordless"}):
            raise BadData(path, None, f"[{unknown[0]}] is no table of a manifest")
        entries = [_entry(path, name, table) for name, table in raw.get("text", {}).items()]
        entries += [_entry(each, name, table) for each, name, table in paper_tables(folder)]
        manifest = cls(folder, tuple(entries), frozenset(raw.get("wordless", {}).get("files", ())))
        manifest._check_files(path)
        return manifest

    def _check_files(self, path: Path) -> None:
        named = set(self._named())
        there = {each.relative_to(self.folder).as_posix() for each in self.folder.rglob("*") if each.is_file()}
        for missing in sorted(named - there):
            raise BadData(path, None, f"names {missing}, which is not there")
        for extra in sorted(there - named - self.wordless - {NAME}):
            if Path(extra).suffix in WORDLESS or is_of_a_paper(self.folder, extra):
                continue
            raise BadData(self.folder / extra, None, f"is not in {path.name}: say who reads it, where and when")

    def _named(self) -> Iterator[str]:
        for entry in self.entries:
            for language in entry.languages:
                yield entry.path(language)


def party_kinds(roles: Iterable[PartyRole]) -> frozenset[str]:
    """Parties in the law's words."""
    return frozenset(PARTIES[role] for role in roles)


def _entry(path: Path, name: str, table: dict[str, Any]) -> Entry:
    if wrong := _wrong(table):
        raise BadData(path, None, f'[text."{name}"] {wrong}')
    read: dict[str, Any] = {key: tuple(value) if key in LISTS else value for key, value in table.items()}
    return Entry(name=name, **read)


def _wrong(table: dict[str, Any]) -> str | None:
    """What an entry lacks or has too much, if anything."""
    for key in NEEDED:
        if key not in table:
            return f"needs {key}"
    for key, value in table.items():
        if wrong := _wrong_value(key, value):
            return f"{key} {wrong}"
    if not (table["languages"] and table["when"]):
        return "languages and when may not be empty"
    if bool(table["parties"]) == (table["channel"] in {"report", COURT}):
        return "parties are who may read it: nobody a report or a paper for a court, somebody all else"
    return None


def _wrong_value(key: str, value: object) -> str | None:
    if key in ONE_OF:
        return None if value in ONE_OF[key] else f"must be one of {', '.join(sorted(ONE_OF[key]))}"
    if key == "file":
        fits = isinstance(value, str) and Path(value).suffix in FORMATS
        return None if fits else f"must end with one of {', '.join(FORMATS)}"
    if key not in LISTS:
        return "is no key of a text"
    if not isinstance(value, list) or not all(isinstance(each, str) for each in cast("list[object]", value)):
        return "must be a list of texts"
    allowed = LISTS[key]
    fits = allowed is None or set(cast("list[str]", value)) <= allowed
    return None if fits else f"must be of {', '.join(sorted(allowed or ()))}"
