"""Playbooks: the cadence of one kind of product as versioned data, read from TOML and checked on load.

A file that says something unknown, impossible or unsourced is refused with its line and the reason, at start-up
and in the linter, never in the middle of an account's life.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from forbear.cadence.sms_routes import DEFAULT_ROUTE, SmsRoute, load_routes
from forbear.contracts.words import Channel, LenderRole, PartyRole
from forbear.errors import BadData

FOLDER = Path(__file__).parent / "playbooks"
CONDITIONS = ("always", "promise_broken")
PRODUCT_CONTACTS_IN_7_DAYS = 3
"""The product's own default over all channels; a playbook that wants more must name its source."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to say. Days are days past due, both included; `gap_days` are local dates between touches."""

    id: str
    title: str
    from_day: int
    to_day: int
    channel: Channel
    party: PartyRole
    template: str
    when: str
    at_most: int
    gap_days: int
    requires: tuple[str, ...] = ()
    """What must be told of a talk: `cause`, `promise` (a dated one, or that there is none), or something to tick."""


@dataclass(frozen=True, slots=True)
class Escalation:
    from_day: int
    matter: str
    title: str


@dataclass(frozen=True, slots=True)
class Playbook:
    name: str
    version: str
    title: str
    currencies: tuple[str, ...]
    lender_roles: tuple[LenderRole, ...]
    languages: tuple[str, ...]
    steps: tuple[Step, ...]
    escalation: Escalation | None
    contacts_in_7_days: int = PRODUCT_CONTACTS_IN_7_DAYS
    sms_route: str = DEFAULT_ROUTE

    @property
    def route(self) -> SmsRoute:
        """The way its texts take."""
        return load_routes()[self.sms_route]


def load_all(folder: Path = FOLDER) -> Mapping[str, Playbook]:
    """Every playbook of a folder by name.

    Raises:
        BadData: a file cannot be accepted, or two files share a name.
    """
    books: dict[str, Playbook] = {}
    for path in sorted(folder.glob("*.toml")):
        book = load(path)
        if book.name in books:
            raise BadData(path, None, f"the name {book.name!r} is used by another playbook")
        books[book.name] = book
    return books


def load(path: Path) -> Playbook:
    """Read one playbook.

    Raises:
        BadData: with the line and the reason.
    """
    text = path.read_text("utf-8")
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        raise BadData(path, int(line.group(1)) if line else None, f"not TOML: {error}") from None
    return _Reader(path, text).playbook(raw)


class _Reader:
    """Checks one parsed file, knowing where each key stands in its text."""

    def __init__(self, path: Path, text: str) -> None:
        self._path = path
        self._lines = text.splitlines()

    def playbook(self, raw: Mapping[str, Any]) -> Playbook:
        self._only(raw, {"playbook", "step", "escalation"}, "", 0)
        head = self._table(raw, "playbook")
        needed = {"name", "version", "title", "currencies", "lender_roles", "languages"}
        self._only(head, needed | {"contacts_in_7_days", "source", "sms_route"}, "playbook", 0)
        roles = self._words(head, "lender_roles", get_args(LenderRole))
        return Playbook(
            name=self._text(head, "name", "playbook", 0),
            version=self._text(head, "version", "playbook", 0),
            title=self._text(head, "title", "playbook", 0),
            currencies=self._words(head, "currencies", None),
            lender_roles=roles,  # pyright: ignore[reportArgumentType]  checked against the literal's own words
            languages=self._words(head, "languages", None),
            steps=self._steps(raw),
            escalation=self._escalation(raw),
            contacts_in_7_days=self._contacts(head),
            sms_route=self._sms_route(head),
        )

    def _sms_route(self, head: Mapping[str, Any]) -> str:
        known = tuple(load_routes())
        return self._word(head, "sms_route", 0, known, "playbook") if "sms_route" in head else DEFAULT_ROUTE

    def _steps(self, raw: Mapping[str, Any]) -> tuple[Step, ...]:
        tables = raw.get("step")
        if not isinstance(tables, list) or not tables:
            raise self._bad("step", 0, None, "a playbook needs at least one [[step]]")
        steps = tuple(self._step(table, number) for number, table in enumerate(tables))
        seen: set[str] = set()
        for number, step in enumerate(steps):
            if step.id in seen:
                raise self._bad("step", number, "id", f"the step id {step.id!r} is used twice")
            seen.add(step.id)
        return steps

    def _step(self, table: Mapping[str, Any], number: int) -> Step:
        fields = {"id", "title", "from_day", "to_day", "channel", "party", "template", "when", "at_most", "gap_days"}
        self._only(table, fields, "step", number)
        step = Step(
            id=self._text(table, "id", "step", number),
            title=self._text(table, "title", "step", number),
            from_day=self._whole(table, "from_day", "step", number, least=1),
            to_day=self._whole(table, "to_day", "step", number, least=1),
            channel=self._word(table, "channel", number, get_args(Channel)),  # pyright: ignore[reportArgumentType]  checked
            party=self._word(table, "party", number, get_args(PartyRole)),  # pyright: ignore[reportArgumentType]  checked
            template=self._text(table, "template", "step", number),
            when=self._word(table, "when", number, CONDITIONS) if "when" in table else "always",
            at_most=self._whole(table, "at_most", "step", number, least=1),
            gap_days=self._whole(table, "gap_days", "step", number, least=1),
        )
        if step.to_day < step.from_day:
            raise self._bad("step", number, "to_day", f"ends on day {step.to_day}, before it starts")
        return step

    def _escalation(self, raw: Mapping[str, Any]) -> Escalation | None:
        if "escalation" not in raw:
            return None
        table = self._table(raw, "escalation")
        self._only(table, {"from_day", "matter", "title"}, "escalation", 0)
        return Escalation(
            from_day=self._whole(table, "from_day", "escalation", 0, least=1),
            matter=self._text(table, "matter", "escalation", 0),
            title=self._text(table, "title", "escalation", 0),
        )

    def _contacts(self, head: Mapping[str, Any]) -> int:
        if "contacts_in_7_days" not in head:
            return PRODUCT_CONTACTS_IN_7_DAYS
        limit = self._whole(head, "contacts_in_7_days", "playbook", 0, least=1)
        if limit > PRODUCT_CONTACTS_IN_7_DAYS and not head.get("source"):
            raise self._bad("playbook", 0, "contacts_in_7_days", "a figure above three must name its `source`")
        return limit

    def _table(self, raw: Mapping[str, Any], name: str) -> Mapping[str, Any]:
        table = raw.get(name)
        if not isinstance(table, dict):
            raise BadData(self._path, 1, f"needs one [{name}] table")
        return table

    def _only(self, table: Mapping[str, Any], known: set[str], name: str, number: int) -> None:
        for key in table:
            if key not in known:
                raise self._bad(name, number, key, f"unknown key {key!r}; known are {', '.join(sorted(known))}")

    def _text(self, table: Mapping[str, Any], key: str, name: str, number: int) -> str:
        value = table.get(key)
        if not isinstance(value, str) or not value.strip():
            raise self._bad(name, number, key, f"{key} must be a text")
        return value

    def _whole(self, table: Mapping[str, Any], key: str, name: str, number: int, *, least: int) -> int:
        value = table.get(key)
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            raise self._bad(name, number, key, f"{key} must be a whole number of at least {least}")
        return value

    def _word(
        self, table: Mapping[str, Any], key: str, number: int, allowed: tuple[str, ...], name: str = "step"
    ) -> str:
        value = self._text(table, key, name, number)
        if value not in allowed:
            raise self._bad(name, number, key, f"{key} {value!r} is not one of {', '.join(allowed)}")
        return value

    def _words(self, table: Mapping[str, Any], key: str, allowed: tuple[str, ...] | None) -> tuple[str, ...]:
        value = table.get(key)
        if not isinstance(value, list) or not value or not all(isinstance(word, str) for word in value):
            raise self._bad("playbook", 0, key, f"{key} must be a list of at least one word")
        for word in value:
            if allowed is not None and word not in allowed:
                raise self._bad("playbook", 0, key, f"{word!r} is not one of {', '.join(allowed)}")
        return tuple(value)

    def _bad(self, name: str, number: int, key: str | None, reason: str) -> BadData:
        return BadData(self._path, self._line(name, number, key), reason)

    def _line(self, name: str, number: int, key: str | None) -> int | None:
        """The line of a key in the n-th table of a name; the table's own line if the key is missing."""
        header = re.compile(rf"^\s*\[\[?{re.escape(name)}\]\]?\s*(#.*)?$")
        starts = [at for at, line in enumerate(self._lines) if header.match(line)] if name else [-1]
        if number >= len(starts):
            return None
        for at in range(starts[number] + 1, len(self._lines)):
            if self._lines[at].lstrip().startswith("["):
                break
            if key and re.match(rf"\s*{re.escape(key)}\s*=", self._lines[at]):
                return at + 1
        return starts[number] + 1 or None
