"""The registry of papers: every folder of `templates/letters/` and `templates/packets/` with a `paper.toml`.

Each is read and held against its files. Letters go to people; the papers of packets go to a court or a committee.

A key that is not known, one that is missing and a file that nobody named are refused with file, key and remedy: a paper
is only as good as what is known of it.
"""

import hashlib
import re
import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, cast, get_args

from forbear.cadence.paper_events import KEY as TELLS
from forbear.contracts.words import Channel, EventKind, PartyRole
from forbear.documents.envelopes import sheets
from forbear.documents.fields import read_fields
from forbear.documents.kinds import Approval, BalanceUse, Kind, LinkUse, Signer
from forbear.documents.slots import read_slots
from forbear.errors import BadData
from forbear.ports.papers import Paper, Unprintable

FOLDER: Final = Path(__file__).parents[2] / "templates" / "letters"
COURT: Final = FOLDER.with_name("packets")
"""Papers for a court or a committee: they never leave by themselves, but in a packet."""
PLACES: Final = (FOLDER, COURT)
PAPER, WORDING, SAMPLE, STYLE = "paper.toml", "wording.toml", "sample.toml", "style.css"
ELEMENTS: Final = "elements.toml"
"""Of a form of numbered elements: which field fills which; read by forbear/documents/packets/elements.py."""
NEEDED: Final = frozenset(
    {"id", "jurisdiction", "version", "sheet", "signer", "approval", "channels", "parties", "legal_basis"}
    | {"valid_from", "reviewer", "title"}
)
DEFAULTS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "carries": [],
        "statement": False,
        "link": "optional",
        "balance": "owed",
        "most_pages": 4,
        "field": {},
        "words": [],
        "needs": [],
        "takes": [],
        "when": {},
        "columns": {},
    }
)
"""What may be left out. `words` says which communications it may be, and is read by forbear/wording/papers.py; `needs`
and `takes` name fields of `fields.toml` that a paper of packets must or may be told; `when` says on what one that it
takes must be told after all, and `columns` which columns of shared rows this paper cannot do without."""
KEYS: Final = NEEDED | DEFAULTS.keys() | {"valid_to", TELLS}
ID: Final = re.compile(r"[a-z][a-z0-9]*(?:[._-][a-z0-9]+)*")
PLACE: Final = re.compile(r"\*|[A-Z]{2}(?:-[A-Z]{2,3})?")
EXTENDS: Final = re.compile(r'\{%-?\s*extends\s+"(frame|sheet|court)\.html"\s*-?%\}')
CHOICES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "signer": get_args(Signer),
        "approval": get_args(Approval),
        "link": get_args(LinkUse),
        "balance": get_args(BalanceUse),
    }
)
LISTS: Final[Mapping[str, frozenset[str] | None]] = MappingProxyType(
    {"channels": frozenset(get_args(Channel)), "parties": frozenset(get_args(PartyRole)), "carries": None}
    | {"legal_basis": None, "needs": None, "takes": None}
)
MOST_PAGES: Final = 40
FIELDS: Final = "fields.toml"
SHARED: Final = ("*.html", "*.css", FIELDS)
"""Files of the folder itself: the house design, of which every paper is made too."""


def folder_of(kind: str) -> str:
    """The folder of a kind: its id in a form that file systems and addresses keep."""
    return kind.replace(".", "-").replace("_", "-")


@cache
def kinds(folder: Path = FOLDER) -> Mapping[str, Kind]:
    """Every kind by its id.

    Raises:
        BadData: with the first file and key that is not understood.
    """
    read = [read_kind(each.parent.name, folder) for each in sorted(folder.glob(f"*/{PAPER}"))]
    return MappingProxyType({kind.id: kind for kind in read})


def find_kind(kind: str, folder: Path = FOLDER) -> Kind:
    """One kind by its id; no other's files are read.

    Raises:
        Unprintable: there is none.
        BadData: its files are not understood.
    """
    name = folder_of(kind)
    if folder == FOLDER and ID.fullmatch(kind) and (COURT / name / PAPER).is_file():
        folder = COURT
    if not ID.fullmatch(kind) or not (folder / name / PAPER).is_file():
        raise Unprintable("kind.unknown", "no such paper; 'forbear letters kinds' lists those there are")
    found = read_kind(name, folder)
    if found.id != kind:
        raise Unprintable("kind.unknown", f"no such paper; '{found.id}' is written so")
    return found


def kind_of(paper: Paper) -> Kind:
    """The kind that a paper says it is of, if it may be.

    Raises:
        Unprintable: no such kind, or not for this paper.
    """
    kind = find_kind(paper.kind)
    kind.admit(paper)
    return kind


@cache
def read_kind(name: str, folder: Path = FOLDER) -> Kind:
    """Read one folder.

    Raises:
        BadData: with file, key and remedy.
    """
    return _Reader(folder / name, folder).read()


@cache
def _shared(path: Path) -> Mapping[str, dict[str, Any]]:
    """The fields that papers of packets share.

    Raises:
        BadData: the file is not there or no TOML.
    """
    try:
        return tomllib.loads(path.read_text("utf-8"))["field"]
    except (OSError, KeyError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadData(path, None, f"must hold tables [field.<name>]: {type(error).__name__}") from None


class _Reader:
    """Reads one `paper.toml` and the files beside it."""

    def __init__(self, home: Path, letters: Path) -> None:
        self.home, self.letters, self.path = home, letters, home / PAPER

    def bad(self, problem: str) -> BadData:
        return BadData(self.path, None, problem)

    def read(self) -> Kind:
        told = self._told()
        titles = self._titles(told["title"])
        languages = tuple(titles)
        self._check_files(languages)
        window = self._window(languages)
        if not window and told["sheet"] and sheets()[told["sheet"]].envelopes:
            raise self.bad(
                f"sheet {told['sheet']} is for envelopes, and these templates have no window: use a plain one"
            )
        return Kind(
            id=told["id"],
            folder=self.home.name,
            jurisdiction=told["jurisdiction"],
            version=told["version"],
            titles=titles,
            sheet=told["sheet"],
            window=window,
            signer=told["signer"],
            approval=told["approval"],
            channels=tuple(told["channels"]),
            parties=frozenset(told["parties"]),
            carries=frozenset(told["carries"]),
            legal_basis=tuple(told["legal_basis"]),
            valid_from=told["valid_from"],
            valid_to=told.get("valid_to"),
            reviewer=told["reviewer"].strip(),
            statement=told["statement"],
            link=told["link"],
            balance=told["balance"],
            most_pages=told["most_pages"],
            fields=read_fields(self.path, self._with_shared(told), languages),
            slots=read_slots(self.home / WORDING, languages),
            style=self._style(),
            court=self._court(languages),
            digest=self._digest(),
        )

    def _told(self) -> dict[str, Any]:
        try:
            given = tomllib.loads(self.path.read_text("utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise self.bad(f"is no TOML in UTF-8: {error}") from None
        if unknown := sorted(given.keys() - KEYS):
            raise self.bad(f"{unknown[0]} is no key of a paper: use {', '.join(sorted(KEYS))}")
        if missing := sorted(NEEDED - given.keys()):
            raise self.bad(f"{missing[0]} is missing: say it, empty where there is none")
        told = {**DEFAULTS, **given}
        self._check_words(told)
        self._check_lists(told)
        self._check_days(told)
        return told

    def _check_words(self, told: dict[str, Any]) -> None:
        if not isinstance(told["id"], str) or not ID.fullmatch(told["id"]):
            raise self.bad('id must be words in small letters with dots, such as "cn.notice.dunning"')
        if folder_of(told["id"]) != self.home.name:
            raise self.bad(f"id belongs into a folder {folder_of(told['id'])}, and this is {self.home.name}")
        if not PLACE.fullmatch(str(told["jurisdiction"])):
            raise self.bad('jurisdiction must be a pack\'s, such as "CN" or "GB-EAW", or "*" for everywhere')
        if told["sheet"] != "" and told["sheet"] not in sheets():
            raise self.bad(f'sheet must be one of {", ".join(sheets())}, or "" for the reader\'s country')
        self._check_values(told)

    def _check_values(self, told: dict[str, Any]) -> None:
        for key, choices in CHOICES.items():
            if told[key] not in choices:
                raise self.bad(f"{key} must be one of {', '.join(choices)}")
        if not isinstance(told["reviewer"], str):
            raise self.bad('reviewer must be the name of a person, or "" while nobody has accepted it')
        if TELLS in told and told[TELLS] not in get_args(EventKind):
            raise self.bad(f"{TELLS} has '{told[TELLS]}': use {', '.join(get_args(EventKind))}")
        if not isinstance(told["statement"], bool):
            raise self.bad("statement must be true or false")
        for key, most in (("version", 100_000), ("most_pages", MOST_PAGES)):
            if type(told[key]) is not int or not 1 <= told[key] <= most:
                raise self.bad(f"{key} must be a number from 1 to {most}")

    def _check_lists(self, told: dict[str, Any]) -> None:
        for key, known in LISTS.items():
            each: object = told[key]
            if not isinstance(each, list) or not all(isinstance(one, str) for one in cast("list[object]", each)):
                raise self.bad(f"{key} must be a list of texts")
            if known is not None and (strange := sorted(set(cast("list[str]", each)) - known)):
                raise self.bad(f"{key} has '{strange[0]}': use {', '.join(sorted(known))}")

    def _check_days(self, told: dict[str, Any]) -> None:
        for key in ("valid_from", "valid_to"):
            day: object = told.get(key)
            if (day is not None or key == "valid_from") and (not isinstance(day, date) or isinstance(day, datetime)):
                raise self.bad(f"{key} must be a date without quotes, such as 2026-01-01")
        if told.get("valid_to") is not None and told["valid_to"] <= told["valid_from"]:
            raise self.bad("valid_to must be after valid_from: it is the first day on which the paper may not go")

    def _titles(self, told: object) -> Mapping[str, str]:
        titles = cast("dict[str, object]", told) if isinstance(told, dict) else {}
        if not titles or not all(isinstance(each, str) and each.strip() for each in titles.values()):
            raise self.bad("[title] must hold a title for each language of the paper")
        return MappingProxyType(cast("dict[str, str]", titles))

    def _check_files(self, languages: tuple[str, ...]) -> None:
        wanted = {f"{language}.html" for language in languages}
        there = {each.name for each in self.home.iterdir()}
        if missing := sorted(wanted - there):
            raise self.bad(f"[title] has {missing[0].removesuffix('.html')}, but there is no {missing[0]} beside it")
        if extra := sorted(there - wanted - {PAPER, WORDING, SAMPLE, STYLE, ELEMENTS}):
            raise BadData(self.home / extra[0], None, f"is no file of a paper: {PAPER} names its languages in [title]")

    def _window(self, languages: tuple[str, ...]) -> bool:
        """Whether its templates have an envelope's window: they say so by what they extend."""
        frames: set[str] = set()
        for language in languages:
            path = self.home / f"{language}.html"
            found = EXTENDS.search(path.read_text("utf-8"))
            if found is None:
                raise BadData(
                    path, None, 'must begin with {% extends "frame.html" %}, or "sheet.html" without a window'
                )
            frames.add(found[1])
        if len(frames) > 1:
            raise self.bad("is laid out with a window in one language and without one in another: choose one")
        return frames == {"frame"}

    def _with_shared(self, told: dict[str, Any]) -> dict[str, Any]:
        """A paper's own fields, behind those it shares with others."""
        if not (told["needs"] or told["takes"]):
            return told["field"]
        shared = _shared(self.letters / FIELDS)
        named: list[str] = [*told["needs"], *told["takes"]]
        if strange := sorted(set(named) - shared.keys()):
            raise self.bad(f"needs or takes has '{strange[0]}', which {FIELDS} does not declare")
        if twice := sorted(
            name for name in {*named, *told["field"]} if named.count(name) + (name in told["field"]) > 1
        ):
            raise self.bad(f"'{twice[0]}' is told twice: name it once under needs, takes or [field]")
        asked = {name: {**shared[name], "required": name in told["needs"]} for name in named}
        self._ask_more(told, asked)
        return asked | told["field"]

    def _ask_more(self, told: dict[str, Any], asked: dict[str, dict[str, Any]]) -> None:
        """Ask for what only this paper needs of shared fields: `when`, and `columns` of rows."""
        when = cast("dict[str, str]", self._table(told, "when", str))
        columns = cast("dict[str, list[str]]", self._table(told, "columns", list))
        if strange := sorted((when.keys() - set(told["takes"])) | (columns.keys() - asked.keys())):
            raise self.bad(
                f"when or columns has '{strange[0]}', which it does not take: when is for fields under takes"
            )
        for name, condition in when.items():
            asked[name] = {**asked[name], "when": condition}
        for name, wanted in columns.items():
            row: dict[str, dict[str, Any]] = asked[name].get("row", {})
            if strange := sorted(set(wanted) - row.keys()):
                raise self.bad(f"columns has '{strange[0]}', which is no column of '{name}'")
            more = {column: {**row[column], "required": True} for column in wanted}
            asked[name] = {**asked[name], "row": {**row, **more}}

    def _table(self, told: dict[str, Any], key: str, each: type) -> Mapping[str, Any]:
        table: object = told[key]
        if not isinstance(table, dict) or not all(
            isinstance(value, each) for value in cast("dict[str, object]", table).values()
        ):
            raise self.bad(
                f"[{key}] must name fields of {FIELDS}, each with {'a condition' if each is str else 'columns'}"
            )
        return cast("dict[str, Any]", table)

    def _court(self, languages: tuple[str, ...]) -> bool:
        """Whether it is a paper of packets; in their folder nothing else may lie, and none of them elsewhere."""
        court = self.letters.name == COURT.name
        for language in languages:
            found = EXTENDS.search((self.home / f"{language}.html").read_text("utf-8"))
            if court != (found is not None and found[1] == "court"):
                raise self.bad(f'a paper of {COURT.name}/ extends "court.html", and no other does')
        return court

    def _style(self) -> str:
        path = self.home / STYLE
        return path.read_text("utf-8") if path.is_file() else ""

    def _digest(self) -> str:
        """Over every file that the paper is made from: its own, but for the sample, and the house's."""
        own = [each for each in self.home.iterdir() if each.name != SAMPLE]
        shared = [each for pattern in SHARED for each in self.letters.glob(pattern)]
        whole = hashlib.sha256()
        if self.letters.name == COURT.name:  # its parts and looks are the letters' too
            for path in sorted(
                each for pattern in SHARED for each in (self.letters.parent / FOLDER.name).glob(pattern)
            ):
                whole.update(f"{FOLDER.name}/{path.name}\0".encode() + path.read_bytes())
        for path in sorted((*own, *shared), key=lambda each: each.relative_to(self.letters).as_posix()):
            content = path.read_bytes()
            whole.update(f"{path.relative_to(self.letters).as_posix()}\0{len(content)}\0".encode() + content)
        return whole.hexdigest()
