"""One pack file: parsed, checked whole, and every fault named with its path, line and reason.

TOML's parser forgets lines, so they are found again in the text by counting the headers.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, cast

from forbear.errors import BadData, BadInput
from forbear.rules.bounds import Gap, faults_between, idle_gaps
from forbear.rules.form import read_terms
from forbear.rules.kind_forms import KINDS
from forbear.rules.terms import Terms
from forbear.rules.values import Flaw, Read, Unreadable, a_day, a_list, a_table, a_text, one_of, read_keys
from forbear.rules.wall import zone

RULE_ID = re.compile(r"[A-Z][A-Z0-9-]*(\.[A-Z0-9]+)+")
HEADER = re.compile(r"\s*\[\[?\s*([A-Za-z_]+)(?:\.([A-Za-z_]+))?")
KEY = re.compile(r"\s*([A-Za-z_]+)\s*=")

Spot = tuple[str, int, int, str]
"""A table's name, which one it is, which version in it (0 for none), and a key ('' for the header itself)."""


def _maybe_text(raw: object) -> str:
    if not isinstance(raw, str):
        raise Unreadable("must be a text")
    return raw


def _zone_name(raw: object) -> str:
    try:
        return zone(a_text(raw)).key
    except BadInput:
        raise Unreadable("is no IANA zone") from None


def _zone_names(raw: object) -> tuple[str, ...]:
    return tuple(_zone_name(each) for each in a_list(raw))


HEAD: dict[str, Read] = {
    "jurisdiction": a_text,
    "title": a_text,
    "legal_zone": _zone_name,
    "own_zones": _zone_names,
    "extends": a_text,
    "calendar": a_text,
    "note": a_text,
    "signed_by": _maybe_text,
    "signed_hash": _maybe_text,
}
QUESTION: dict[str, Read] = {
    "id": a_text,
    "text": a_text,
    "answer": _maybe_text,
    "rules": lambda raw: tuple(a_text(each) for each in a_list(raw)),
}
GAP: dict[str, Read] = {"from": a_day, "to": a_day, "reason": a_text}
REVIEWED: dict[str, Read] = {
    "cite": a_text,
    "reason": a_text,
    "verified_on": a_day,
    "questions": lambda raw: tuple(a_text(each) for each in a_list(raw)),
}


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A provision that was read, and why nothing of it is encoded."""

    cite: str
    reason: str
    verified_on: date | None = None
    questions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One version of a rule as the file has it. `corrects` is the `from` of the older row that it replaces."""

    terms: Terms
    raw: Mapping[str, Any]
    corrects: object
    line: int | None


class PackFile:
    """What a pack file holds; building it refuses a file that is not in order."""

    def __init__(self, path: Path, text: str | None = None) -> None:
        self.path = path
        self.text = text = path.read_text(encoding="utf-8") if text is None else text
        try:
            raw: dict[str, Any] = tomllib.loads(text)
        except tomllib.TOMLDecodeError as wrong:
            line = re.search(r"line (\d+)", str(wrong))
            raise BadData(path, int(line[1]) if line else None, str(wrong)) from None
        self._lines = _lines(text)
        for name in raw:
            if name not in {"pack", "rule", "question", "reviewed"}:
                raise BadData(path, self._line((name, 0, 0, "")), f"{name} is no table of a pack")
        self.head = self._read(raw.get("pack", {}), HEAD, ("jurisdiction",), ("pack", 0, 0, ""))
        asked = [
            self._read(each, QUESTION, ("id", "text"), ("question", place, 0, ""))
            for place, each in enumerate(_tables(raw, "question"))
        ]
        self.reviewed = tuple(
            Reviewed(**self._read(each, REVIEWED, ("cite", "reason"), ("reviewed", place, 0, "")))
            for place, each in enumerate(_tables(raw, "reviewed"))
        )
        self.questions: dict[str, str] = {each["id"]: each["text"] for each in asked}
        self.unanswered = frozenset(each["id"] for each in asked if not each.get("answer"))
        self.rules = self._rules(_tables(raw, "rule"))
        self.asked_of = self._asked_of(asked)

    def believed(self, ruleset: date | None) -> list[Row]:
        """The rows that stood on a date, without those that another row of that date corrects."""
        return [row for rows in self.rules for row in _believed(rows, ruleset)]

    def line_of_head(self, key: str) -> int | None:
        """The line of a key of the pack's own table."""
        return self._line(("pack", 0, 0, key))

    def _rules(self, raw: list[dict[str, Any]]) -> list[list[Row]]:
        seen: set[str] = set()
        rules: list[list[Row]] = []
        for place, rule in enumerate(raw):
            self._check_rule(rule, ("rule", place, 0, ""), seen)
            rows = [
                self._row(rule, version, ("rule", place, number, ""))
                for number, version in enumerate(_tables(rule, "version"), start=1)
            ]
            if not rows:
                raise BadData(self.path, self._line(("rule", place, 0, "")), "a rule without a version")
            self._check_rows(rows, rule, ("rule", place, 0, "gaps"))
            rules.append(rows)
        return rules

    def _asked_of(self, asked: list[dict[str, Any]]) -> dict[str, tuple[str, ...]]:
        """The questions of each rule: those that it names, then those that name it."""
        found = {row.terms.rule: list(row.terms.questions) for rows in self.rules for row in rows}
        for place, question in enumerate(asked):
            for rule in question.get("rules", ()):
                if rule not in found:
                    raise BadData(
                        self.path, self._line(("question", place, 0, "rules")), f"rules names {rule}, which is none"
                    )
                if question["id"] not in found[rule]:
                    found[rule].append(question["id"])
        for place, reviewed in enumerate(self.reviewed):
            if not set(reviewed.questions) <= self.questions.keys():
                line = self._line(("reviewed", place, 0, "questions"))
                raise BadData(self.path, line, "questions must be a list of the pack's question ids")
        return {rule: tuple(ids) for rule, ids in found.items() if ids}

    def _check_rows(self, rows: list[Row], rule: Mapping[str, Any], spot: Spot) -> None:
        """Refuse versions that do not follow each other on one of the days on which they were believed."""
        for row in rows:
            if row.corrects is not None and not any(_corrects(row, older) for older in rows):
                raise BadData(self.path, row.line, "corrects no version that was added earlier")
        gaps: list[Gap] = self._read({"gaps": rule.get("gaps", [])}, {"gaps": _gaps}, (), spot)["gaps"]
        for gap in idle_gaps([row.terms for row in rows], gaps):
            raise BadData(self.path, self._line(spot), f"gaps names {gap.first} to {gap.last}, which is none")
        lines = {id(row.terms): row.line for row in rows}
        for day in sorted({row.terms.added for row in rows}):
            for terms, reason in faults_between([row.terms for row in _believed(rows, day)], gaps):
                raise BadData(self.path, lines[id(terms)], reason)

    def _check_rule(self, rule: dict[str, Any], spot: Spot, seen: set[str]) -> None:
        own = {key: rule[key] for key in ("id", "kind", "title", "questions") if key in rule}
        readers: dict[str, Read] = {
            "id": self._rule_id,
            "kind": one_of(tuple(KINDS)),
            "title": a_text,
            "questions": self._known_questions,
        }
        read = self._read(own, readers, ("id", "kind"), spot)
        if read["id"] in seen:
            raise BadData(self.path, self._line((*spot[:3], "id")), f"{read['id']} stands twice")
        seen.add(read["id"])

    def _rule_id(self, raw: object) -> str:
        if not isinstance(raw, str) or not RULE_ID.fullmatch(raw):
            raise Unreadable("must be an id such as US.REGF.HOURS")
        if raw.split(".")[0] != self.head["jurisdiction"]:
            raise Unreadable(f"must begin with {self.head['jurisdiction']}.")
        return raw

    def _known_questions(self, raw: object) -> list[str]:
        ids = [a_text(each) for each in cast("list[object]", raw)] if isinstance(raw, list) else []
        if not ids or not set(ids) <= self.questions.keys():
            raise Unreadable("must be a list of the pack's question ids")
        return ids

    def _row(self, rule: dict[str, Any], version: dict[str, Any], spot: Spot) -> Row:
        try:
            terms = read_terms(rule, version, self.head.get("calendar", ""))
        except Flaw as flaw:
            raise self._fault(flaw, spot) from None
        shared = {key: value for key, value in rule.items() if key != "version"}
        return Row(terms, shared | version, version.get("corrects"), self._line(spot))

    def _read(self, raw: object, readers: Mapping[str, Read], needed: Iterable[str], spot: Spot) -> dict[str, Any]:
        try:
            return read_keys(raw, readers, tuple(needed))
        except Flaw as flaw:
            raise self._fault(flaw, spot) from None
        except Unreadable as wrong:
            raise BadData(self.path, self._line(spot), f"{spot[0]} {wrong}") from None

    def _fault(self, flaw: Flaw, spot: Spot) -> BadData:
        table, place, version, _ = spot
        for found in ((table, place, version, flaw.key), (table, place, 0, flaw.key), spot):
            if found in self._lines:
                return BadData(self.path, self._lines[found], f"{flaw.key} {flaw.reason}")
        return BadData(self.path, None, f"{flaw.key} {flaw.reason}")

    def _line(self, spot: Spot) -> int | None:
        return self._lines.get(spot)


def _gaps(raw: object) -> list[Gap]:
    def gap(**table: Any) -> Gap:
        if table["from"] >= table["to"]:
            raise Unreadable("must be half-open dates, from before to")
        return Gap(table["from"], table["to"], table["reason"])

    if raw == []:
        return []
    return [a_table(GAP, tuple(GAP), gap)(each) for each in a_list(raw)]


def _believed(rows: Iterable[Row], ruleset: date | None) -> list[Row]:
    known = [row for row in rows if ruleset is None or row.terms.added <= ruleset]
    return [row for row in known if not any(_corrects(other, row) for other in known)]


def _corrects(row: Row, older: Row) -> bool:
    return row.corrects == older.raw.get("from", "start") and row.terms.added > older.terms.added


def _tables(raw: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    found = raw.get(name, [])
    return cast("list[dict[str, Any]]", found if isinstance(found, list) else [found])


def _lines(text: str) -> dict[Spot, int]:
    """The line of every header, and of every key at the start of a line."""
    lines: dict[Spot, int] = {}
    counts: dict[str, int] = {}
    table, version = "", 0
    for number, line in enumerate(text.splitlines(), start=1):
        if header := HEADER.match(line):
            first, second = header[1], header[2]
            if second is None:
                table, version = first, 0
                counts[first] = counts.get(first, -1) + 1
            elif second == "version":
                version += 1
            lines.setdefault((table, counts.get(table, 0), version, second or ""), number)
            if second == "version":
                lines[(table, counts[table], version, "")] = number
        elif key := KEY.match(line):
            lines.setdefault((table, counts.get(table, 0), version, key[1]), number)
    return lines
