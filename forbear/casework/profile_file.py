"""Packet profiles: what a packet of a kind is made of, in which order, and what it cannot do without. Strictly read.

A profile is data: its papers and exhibits with the circumstances under which they are needed. A key or a word that is
not known is refused with the file, so that no packet asks for less than its author meant.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Literal, cast, get_args

from forbear.contracts.case_words import FACTS
from forbear.court.path import PROFILES
from forbear.documents.packets.profiles import profiles as court_profiles
from forbear.documents.registry import COURT, PAPER, folder_of
from forbear.errors import BadData, NotFound
from forbear.ledger.cases.files import SLOTS as FILE_SLOTS

FOLDER: Final = Path(__file__).with_name("profiles")
PACKETS: Final = PROFILES
"""Every profile there is: stages of paths name them."""
SLOTS: Final = frozenset(FILE_SLOTS)
WORDS: Final = frozenset(
    {"form", "debt", "claim", "creditor", "path", "agents", "guarantees", "collateral", "assigned", "notices", "costs"}
    | {
        "organisation",
        "grows",
        "debt_buyer",
        "account_stated",
        "regulated",
        "agreed",
        "confirmed",
        "witness",
        "pending",
    }
)
"""Circumstances that a condition may name; `circumstances.py` finds them."""
Need = Literal["required", "when", "optional"]
Numbering = Literal["number", "letter", "initials"]
Creditor = Literal["lender", "guarantor"]
KEYS: Final = frozenset(
    {"id", "version", "title", "language", "paths", "court", "country", "numbering", "tab", "copies", "creditors"}
    | {"facts", "choices", "cause", "part", "exhibit", "service"}
)
PART_KEYS: Final = frozenset({"paper", "exhibits", "key", "role", "when", "fields", "copies", "most"})
EXHIBIT_KEYS: Final = frozenset({"slot", "need", "when", "supplier", "title", "source", "proves"})
SERVICE_KEYS: Final = frozenset({"papers", "when", "why"})
CONDITION: Final = re.compile(r"(!?)([a-z_]+)(?:=([a-z_|]+))?")
KEY: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
ROLE: Final = re.compile(r"[a-z][a-z_]{0,39}")


@dataclass(frozen=True, slots=True)
class Condition:
    """A circumstance that must hold, or must not: `agents`, `!organisation`, `claim=loan|card`."""

    word: str
    values: tuple[str, ...] = ()
    holds: bool = True

    def met(self, circumstances: Mapping[str, str]) -> bool:
        found = circumstances.get(self.word, "")
        return (found in self.values if self.values else bool(found)) is self.holds


Conditions = tuple[Condition, ...]


def met(conditions: Conditions, circumstances: Mapping[str, str]) -> bool:
    """Whether all of them hold."""
    return all(each.met(circumstances) for each in conditions)


@dataclass(frozen=True, slots=True)
class PartWanted:
    """One paper in its place, or the place of all exhibits, where `paper` is empty.

    `fields` are what tells two papers of one kind apart; `copies` is how many go to the court, None for the profile's.
    """

    key: str
    paper: str = ""
    role: str = ""
    when: Conditions = ()
    fields: Mapping[str, Any] = field(default_factory=dict[str, Any])
    copies: int | None = None


@dataclass(frozen=True, slots=True)
class ExhibitWanted:
    """One slot of the checklist. `title`, `source` and `proves` stand where nobody told better."""

    slot: str
    need: Need
    when: Conditions = ()
    supplier: str = "lender"
    title: str = ""
    source: str = ""
    proves: str = ""

    def needed(self, circumstances: Mapping[str, str]) -> bool:
        return self.need == "required" or (self.need == "when" and met(self.when, circumstances))


@dataclass(frozen=True, slots=True)
class ServiceWanted:
    """A paper, any of several, that must have reached every borrower of the account."""

    papers: tuple[str, ...]
    why: str
    when: Conditions = ()


@dataclass(frozen=True, slots=True)
class PacketProfile:
    """What a packet of one kind is.

    Attributes:
        court: the profile of the court that it is bound for where nobody names another.
        copies: how many of each part the court wants; 0 for one for each respondent and one for the court.
        numbering, tab: how exhibits are called: `证据{n}`, `Exhibit {n}`, and what n is.
        facts: each a list of facts of which one must stand.
        choices: what must be decided for each case and is never taken as given, with the words to choose from.
        causes: cause of action by the kind of claim.
    """

    id: str
    version: int
    title: str
    language: str
    country: str
    paths: tuple[str, ...]
    court: str
    numbering: Numbering
    tab: str
    copies: int
    creditors: tuple[Creditor, ...]
    facts: tuple[tuple[str, ...], ...]
    choices: Mapping[str, tuple[str, ...]]
    causes: Mapping[str, str]
    parts: tuple[PartWanted, ...]
    exhibits: tuple[ExhibitWanted, ...]
    services: tuple[ServiceWanted, ...]

    def exhibit(self, slot: str) -> ExhibitWanted | None:
        return next((each for each in self.exhibits if each.slot == slot), None)


def find_profile(name: str, folder: Path = FOLDER) -> PacketProfile:
    """One profile by its id.

    Raises:
        NotFound: there is none of that name.
        BadData: its file is not understood.
    """
    if name not in PACKETS or not (folder / f"{name}.toml").is_file():
        raise NotFound(f"There is no packet profile of that name; there are {', '.join(names(folder))}")
    return read_profile(name, folder)


def names(folder: Path = FOLDER) -> tuple[str, ...]:
    """The profiles that there are, in their own order."""
    return tuple(each for each in PACKETS if (folder / f"{each}.toml").is_file())


@cache
def read_profile(name: str, folder: Path = FOLDER) -> PacketProfile:
    """Read one file.

    Raises:
        BadData: with file, key and remedy.
    """
    return _Reader(folder / f"{name}.toml").read()


class _Reader:
    """Reads one file of a profile."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def bad(self, problem: str) -> BadData:
        return BadData(self.path, None, problem)

    def read(self) -> PacketProfile:
        told = self._told()
        profile = PacketProfile(
            id=told["id"],
            version=told["version"],
            title=self._text(told, "title"),
            language=self._text(told, "language"),
            country=self._text(told, "country"),
            paths=self._texts(told, "paths"),
            court=self._text(told, "court"),
            numbering=self._one_of(told, "numbering", get_args(Numbering)),
            tab=self._text(told, "tab"),
            copies=told.get("copies", 1),
            creditors=cast("tuple[Creditor, ...]", self._texts(told, "creditors", get_args(Creditor))),
            facts=tuple(self._group(each) for each in self._texts(told, "facts")),
            choices=self._choices(told.get("choices", {})),
            causes=MappingProxyType(dict(told.get("cause", {}))),
            parts=tuple(self._part(each) for each in told.get("part", [])),
            exhibits=tuple(self._exhibit(each) for each in told.get("exhibit", [])),
            services=tuple(self._service(each) for each in told.get("service", [])),
        )
        return self._whole(profile)

    def _told(self) -> dict[str, Any]:
        try:
            told = tomllib.loads(self.path.read_text("utf-8"))
        except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise self.bad(f"is no TOML in UTF-8: {type(error).__name__}") from None
        self._known(told, KEYS, "a profile")
        if told.get("id") != self.path.stem or told["id"] not in PACKETS:
            raise self.bad(f'id must be "{self.path.stem}", and one of {", ".join(PACKETS)}')
        if type(told.get("version")) is not int or type(told.get("copies", 1)) is not int:
            raise self.bad("version and copies must be numbers")
        return told

    def _known(self, told: Mapping[str, Any], keys: frozenset[str], what: str) -> None:
        if strange := sorted(told.keys() - keys):
            raise self.bad(f"{strange[0]} is no key of {what}: use {', '.join(sorted(keys))}")

    def _text(self, told: Mapping[str, Any], key: str) -> str:
        if not isinstance(told.get(key), str) or not told[key].strip():
            raise self.bad(f"{key} must be a text")
        return told[key]

    def _texts(self, told: Mapping[str, Any], key: str, known: tuple[str, ...] = ()) -> tuple[str, ...]:
        each: object = told.get(key, [])
        if not isinstance(each, list) or not all(isinstance(one, str) for one in cast("list[object]", each)):
            raise self.bad(f"{key} must be a list of texts")
        if known and (strange := sorted(set(cast("list[str]", each)) - set(known))):
            raise self.bad(f"{key} has '{strange[0]}': use {', '.join(known)}")
        return tuple(cast("list[str]", each))

    def _one_of(self, told: Mapping[str, Any], key: str, known: tuple[Any, ...]) -> Any:
        if told.get(key) not in known:
            raise self.bad(f"{key} must be one of {', '.join(known)}")
        return told[key]

    def _group(self, told: str) -> tuple[str, ...]:
        kinds = tuple(told.split("|"))
        if strange := sorted(set(kinds) - FACTS.keys()):
            raise self.bad(f"facts has '{strange[0]}', which is no fact of a case")
        return kinds

    def _choices(self, told: object) -> Mapping[str, tuple[str, ...]]:
        table = cast("dict[str, Any]", told) if isinstance(told, dict) else {}
        return MappingProxyType({name: self._texts(table, name) for name in table})

    def _when(self, told: Mapping[str, Any]) -> Conditions:
        found: list[Condition] = []
        for each in self._texts(told, "when"):
            read = CONDITION.fullmatch(each)
            if read is None or read[2] not in WORDS:
                raise self.bad(f"when has '{each}': use {', '.join(sorted(WORDS))}, with ! before or =value behind")
            found.append(Condition(read[2], tuple(read[3].split("|")) if read[3] else (), not read[1]))
        return tuple(found)

    def _part(self, told: dict[str, Any]) -> PartWanted:
        self._known(told, PART_KEYS, "a part")
        if told.get("exhibits") is True:
            return PartWanted("exhibits")
        paper, key = self._text(told, "paper"), self._text(told, "key")
        if not (COURT / folder_of(paper) / PAPER).is_file():
            raise self.bad(f"paper '{paper}' is no paper of packets")
        if not KEY.fullmatch(key) or not ROLE.fullmatch(self._text(told, "role")):
            raise self.bad(f"key '{key}' or its role is no plain word")
        return PartWanted(key, paper, told["role"], self._when(told), dict(told.get("fields", {})), told.get("copies"))

    def _exhibit(self, told: dict[str, Any]) -> ExhibitWanted:
        self._known(told, EXHIBIT_KEYS, "an exhibit")
        if told.get("slot") not in SLOTS:
            raise self.bad(f"slot must be one of {', '.join(sorted(SLOTS))}")
        need, when = self._one_of(told, "need", get_args(Need)), self._when(told)
        if (need == "when") != bool(when):
            raise self.bad(f"exhibit {told['slot']} has when without need = 'when', or the other way round")
        words = {key: str(told[key]) for key in ("supplier", "title", "source", "proves") if key in told}
        return ExhibitWanted(told["slot"], need, when, **words)

    def _service(self, told: dict[str, Any]) -> ServiceWanted:
        self._known(told, SERVICE_KEYS, "a service")
        return ServiceWanted(self._texts(told, "papers"), self._text(told, "why"), self._when(told))

    def _whole(self, profile: PacketProfile) -> PacketProfile:
        keys = [each.key for each in profile.parts]
        slots = [each.slot for each in profile.exhibits]
        if len(set(keys)) != len(keys) or len(set(slots)) != len(slots):
            raise self.bad("names a part or a slot twice: keys and slots are unique")
        if bool(slots) != ("exhibits" in keys):
            raise self.bad("has exhibits without a [[part]] exhibits = true, or the other way round")
        if profile.court not in court_profiles():
            raise self.bad(f"court must be one of {', '.join(court_profiles())}")
        if not profile.creditors or "{n}" not in profile.tab:
            raise self.bad("creditors must name somebody, and tab must hold {n}")
        return profile
