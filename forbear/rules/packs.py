"""Packs: the rules of each jurisdiction as dated data, loaded from TOML, checked, and given a version.

A pack is bitemporal: `from` and `to` say what the law is on a day, `added` what this project believed on a day.
`load(..., ruleset=day)` answers with what was believed then.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from forbear.errors import BadData, BadInput
from forbear.rules.pack_file import PackFile, Reviewed
from forbear.rules.terms import Terms

SHIPPED = Path(__file__).parent / "packs"
POLICY = "POLICY"
WEIGHED_HEAD = ("jurisdiction", "title", "legal_zone", "own_zones", "extends")
"""What of a pack's head makes its version. Its calendar does not: a permit names the calendars that it used."""
FOR_READERS = frozenset({"title", "gaps", "words"})
"""Keys of a rule that no permit rests on."""


@dataclass(frozen=True, slots=True)
class Pack:
    """One jurisdiction's rules, in the order of the file.

    `legal_zone` is its one legal time, if it has one, and `own_zones` are the other zones of its places, whose people
    live by the legal one all the same. `extends` is the wider pack that is asked before this one. `note` says in words
    what a reader should know of the whole.
    `asked_of` are the questions to counsel about each rule, by their ids, and `unanswered` those that are still open.
    `version` is a digest of what was read without its signature, so that a permit names exactly the rules that
    it was given under.
    """

    jurisdiction: str
    version: str
    legal_zone: str | None
    own_zones: tuple[str, ...]
    signed_by: str
    terms: tuple[Terms, ...]
    questions: Mapping[str, str]
    asked_of: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    unanswered: frozenset[str] = frozenset()
    title: str = ""
    extends: str = ""
    note: str = ""
    reviewed: tuple[Reviewed, ...] = ()
    text: str = field(default="", repr=False, compare=False)
    """The file itself, so that whoever keeps a permit can keep its rules."""

    @property
    def calendars(self) -> frozenset[str]:
        """The public holidays without which some rule of the pack cannot be answered."""
        return frozenset(terms.calendar for terms in self.terms if terms.needs_calendar)


@dataclass(frozen=True, slots=True)
class Packs:
    """The packs that were loaded, by jurisdiction."""

    by_jurisdiction: Mapping[str, Pack]
    ruleset: date | None = None
    remembered: dict[Any, Any] = field(default_factory=dict[Any, Any], init=False, compare=False, repr=False)
    """What was found by these packs, as in `forbear.rules.asked`, so that it is found once; it follows from them."""

    def __contains__(self, jurisdiction: str) -> bool:
        return jurisdiction in self.by_jurisdiction

    def policy(self) -> Pack | None:
        """The product's own limits, if they were loaded."""
        return self.by_jurisdiction.get(POLICY)

    def stack(self, jurisdictions: Iterable[str]) -> tuple[str, ...]:
        """The names of the packs to ask, each once: a pack comes after the one that it extends, even an unknown one."""
        found: dict[str, None] = {}
        for name in jurisdictions:
            chain = [name]
            while (pack := self.by_jurisdiction.get(chain[0])) and pack.extends:
                chain.insert(0, pack.extends)
            found |= dict.fromkeys(chain)
        return tuple(found)

    def calendars(self, jurisdictions: Iterable[str]) -> tuple[str, ...]:
        """The names of the public holidays that the rules of these places, and the product's own, need."""
        asked = [self.by_jurisdiction.get(name) for name in (*self.stack(jurisdictions), POLICY)]
        return tuple(sorted({name for pack in asked if pack for name in pack.calendars}))

    def versions_of(self, rule: str) -> tuple[Terms, ...]:
        """Every version of a rule, to show what it says and where it stands."""
        return tuple(terms for pack in self.by_jurisdiction.values() for terms in pack.terms if terms.rule == rule)


def load(folder: Path = SHIPPED, jurisdictions: Iterable[str] | None = None, ruleset: date | None = None) -> Packs:
    """Read and check every `*.toml` of a folder; `BadData` names path, line and reason of the first fault.

    Args:
        folder: where the packs lie.
        jurisdictions: keep only these, and `POLICY`; None keeps all.
        ruleset: keep what was in the packs on that date; None keeps all.
    """
    packs = _gathered((PackFile(path) for path in sorted(folder.glob("*.toml"))), ruleset)
    if jurisdictions is None:
        return packs
    wanted = {*packs.stack(jurisdictions), POLICY}
    return Packs({name: pack for name, pack in packs.by_jurisdiction.items() if name in wanted}, ruleset)


def from_texts(texts: Mapping[str, str], ruleset: date | None = None) -> Packs:
    """Packs whose files were kept elsewhere, as `load` would have read them; the names only serve to tell of faults."""
    return _gathered((PackFile(Path(name), text) for name, text in texts.items()), ruleset)


def _gathered(read: Iterable[PackFile], ruleset: date | None) -> Packs:
    files: dict[str, PackFile] = {}
    for file in read:
        name = file.head["jurisdiction"]
        if name in files:
            raise BadData(file.path, None, f"a second pack for {name}")
        files[name] = file
    _check_extends(files)
    every = {name: pack for name, file in files.items() if (pack := _pack(file, ruleset)).terms}
    if ruleset is not None and not every:
        raise BadInput("ruleset", "no pack existed on that date", "Give a later date, or none")
    return Packs(every, ruleset)


def _check_extends(files: Mapping[str, PackFile]) -> None:
    """Refuse a pack that extends one that is not there, or itself by a detour."""
    for name, file in files.items():
        wider, seen = file.head.get("extends"), {name}
        while wider is not None:
            if wider not in files or wider in seen:
                raise BadData(file.path, file.line_of_head("extends"), f"extends {wider}, which is no wider pack")
            seen.add(wider)
            wider = files[wider].head.get("extends")


def _pack(file: PackFile, ruleset: date | None) -> Pack:
    rows = file.believed(ruleset)
    head = {key: file.head[key] for key in WEIGHED_HEAD if key in file.head}
    weighed = [{key: value for key, value in row.raw.items() if key not in FOR_READERS} for row in rows]
    whole = json.dumps([head, weighed], sort_keys=True, default=str)
    return Pack(
        jurisdiction=file.head["jurisdiction"],
        version=hashlib.sha256(whole.encode()).hexdigest()[:12],
        legal_zone=file.head.get("legal_zone"),
        own_zones=file.head.get("own_zones", ()),
        signed_by=file.head.get("signed_by", ""),
        terms=tuple(row.terms for row in rows),
        questions=file.questions,
        asked_of=file.asked_of,
        unanswered=file.unanswered,
        title=file.head.get("title", ""),
        extends=file.head.get("extends", ""),
        note=file.head.get("note", ""),
        reviewed=file.reviewed,
        text=file.text,
    )
