"""Reads a path's file: every key known, every stage reached and left, every fact, clock, check and packet one we have.

What is wrong is told with the file, the key and what to write instead; at start-up and in the linter, never in the
middle of a case.
"""

import tomllib
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, cast, get_args

from forbear.contracts.case_words import CASE_KINDS, ClockKind, ClockNature
from forbear.contracts.words import StopKind
from forbear.court.path import (
    PROFILES,
    Addressee,
    CasePath,
    ClockRule,
    Hold,
    Needs,
    Notice,
    Proof,
    Stage,
    Unit,
    Wanted,
    Way,
)
from forbear.court.path_shape import check_shape
from forbear.court.path_words import CHECKS, condition, told
from forbear.court.toml_table import Table
from forbear.errors import BadData

HEAD: Final = (
    "id", "version", "title", "jurisdiction", "sources", "begins", "least_amount", "extends", "packets",
)  # fmt: skip
STAGE: Final = ("id", "title", "hint", "needs", "waits", "packet", "next", "ends", "withdrawal")
NEEDS: Final = ("checks", "facts", "notices", "fields", "slots", "packet")
CLOCK: Final = (
    "nature", "ladder", "duty", "count", "unit", "roll", "calendar", "papers", "more", "dismissal", "tail", "within",
    "lead", "source",
)  # fmt: skip


def read(path: Path) -> CasePath:
    """The path that a file says.

    Raises:
        BadData: with the key and the remedy.
    """
    raw = _raw(path)
    whole = Table(path, "", raw)
    whole.only("path", "clock", "hold", "stage")
    head = whole.table("path")
    head.only(*HEAD)
    stages = tuple(_stage(each) for each in whole.tables("stage"))
    found = CasePath(
        id=head.text("id"),
        version=head.text("version"),
        title=head.titles("title"),
        jurisdiction=head.text("jurisdiction"),
        sources=head.words("sources"),
        begins=_begins(head),
        stages=stages,
        clocks={each.kind: each for each in _clocks(whole)},
        holds=tuple(_hold(each) for each in whole.tables("hold", least=0)),
        least_amount=Decimal(head.text("least_amount", "0")),
    )
    check_shape(path, found)
    return found


def _raw(path: Path) -> Mapping[str, Any]:
    """A file, put over the one that it extends: its stages, clocks and head in place of those of the same name."""
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
    except tomllib.TOMLDecodeError as wrong:
        raise BadData(path, None, f"is no TOML: {wrong}") from None
    head = cast("dict[str, Any]", raw.get("path", {}))
    wider = head.get("extends")
    if wider is None:
        return raw
    base = _file_of(path, str(wider))
    if base is None:
        raise BadData(
            path, None, f"path.extends: there is no path {wider!r} beside this file; name one, or write it out"
        )
    under = dict(_raw(base))
    named = {each.get("id"): each for each in cast("list[dict[str, Any]]", raw.get("stage", []))}
    known = cast("list[dict[str, Any]]", under.get("stage", []))
    if unknown := set(named) - {each.get("id") for each in known}:
        raise BadData(path, None, f"stage {min(map(str, unknown))}: replaces no stage of {wider}; use the id of one")
    stages = [named.get(each.get("id"), each) for each in known]
    clocks = {**under.get("clock", {}), **raw.get("clock", {})}
    merged = {**raw, "path": {**under["path"], **head}, "stage": stages, "clock": clocks}
    merged.setdefault("hold", under.get("hold", []))
    return cast("Mapping[str, Any]", _renamed(merged, cast("dict[str, str]", head.get("packets", {}))))


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    """With the narrower path's profiles in place of the wider one's, wherever they are named."""
    if isinstance(value, dict):
        return {key: _renamed(each, names) for key, each in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return [_renamed(each, names) for each in cast("list[Any]", value)]
    return names.get(value, value) if isinstance(value, str) else value


def _file_of(path: Path, name: str) -> Path | None:
    beside = path.parent / f"{name.lower().replace('-', '_')}.toml"
    return beside if beside.exists() and beside != path else None


def _begins(head: Table) -> Mapping[str, str]:
    begins = head.table("begins")
    begins.only(*CASE_KINDS)
    return {kind: begins.text(kind) for kind in sorted(CASE_KINDS)}


def _stage(table: Table) -> Stage:
    table = table.named(table.text("id"))
    table.only(*STAGE)
    return Stage(
        id=table.text("id"),
        title=table.titles("title"),
        hint=table.text("hint", ""),
        needs=_needs(table),
        waits=cast("tuple[ClockKind, ...]", table.words("waits", get_args(ClockKind), least=0)),
        packets=tuple(_wanted(each) for each in table.tables("packet", least=0)),
        next=tuple(_way(each) for each in table.tables("next", least=0)),
        ends=table.text("ends", ""),
        withdrawal=table.word("withdrawal", PROFILES, ""),
    )


def _needs(stage: Table) -> Needs:
    if not stage.has("needs"):
        return Needs()
    table = stage.table("needs")
    table.only(*NEEDS)
    return Needs(
        checks=table.words("checks", CHECKS, least=0),
        facts=tuple(told(table, "facts", each) for each in table.words("facts", least=0)),
        notices=tuple(_notice(each) for each in table.tables("notices", least=0)),
        fields=table.words("fields", least=0),
        slots=table.words("slots", least=0),
        packet=table.word("packet", PROFILES, ""),
    )


def _notice(table: Table) -> Notice:
    table.only("papers", "to", "what", "when", "by")
    to = cast("Addressee", table.word("to", get_args(Addressee)))
    when = tuple(condition(table, "when", each) for each in table.words("when", least=0))
    by = cast("Proof", table.word("by", get_args(Proof), "reached"))
    return Notice(table.words("papers"), to, table.titles("what"), when, by)


def _wanted(table: Table) -> Wanted:
    table.only("profile", "filed_by", "when", "beside")
    return Wanted(
        table.word("profile", PROFILES),
        tuple(told(table, "filed_by", each) for each in table.words("filed_by", least=0)),
        tuple(condition(table, "when", each) for each in table.words("when", least=0)),
        table.flag("beside"),
    )


def _way(table: Table) -> Way:
    table.only("stage", "on", "when")
    if table.has("on") and table.has("when"):
        raise table.bad("when", "a fact leads on whatever else holds", "give `on` or `when`, in two ways if need be")
    return Way(
        table.text("stage"),
        tuple(told(table, "on", each) for each in table.words("on", least=0)),
        tuple(condition(table, "when", each) for each in table.words("when", least=0)),
    )


def _clocks(whole: Table) -> list[ClockRule]:
    clocks = whole.table("clock")
    clocks.only(*get_args(ClockKind))
    return [_clock(clocks.table(kind), cast("ClockKind", kind)) for kind in clocks.raw]


def _clock(table: Table, kind: ClockKind) -> ClockRule:
    table.only(*CLOCK)
    nature = cast("ClockNature", table.word("nature", get_args(ClockNature)))
    ladder = table.wholes("ladder")
    if list(ladder) != sorted(set(ladder), reverse=True) or bool(ladder) != (nature == "deadline"):
        raise table.bad("ladder", "does not fit", "a deadline lists days from far to near, each once; a wait none")
    if table.has("duty") == table.has("count") and kind not in {"freeze", "limitation", "guarantee"}:
        raise table.bad("duty", "how long it is stands twice or nowhere", "give a duty of the packs, or count and unit")
    if not table.has("duty") and kind != "freeze" and not table.text("source", ""):
        raise table.bad("source", "is missing", "say where the period stands; end with [M] if it is from memory")
    return ClockRule(
        kind=kind,
        nature=nature,
        ladder=ladder,
        duty=table.text("duty", ""),
        count=table.whole("count", 0),
        unit=cast("Unit", table.word("unit", get_args(Unit), "days")),
        roll=table.flag("roll"),
        calendar=table.text("calendar", ""),
        papers=table.words("papers", least=0),
        more=table.whole("more", 0),
        dismissal=table.whole("dismissal", 0),
        tail=_length(table, "tail"),
        within=_length(table, "within"),
        lead=table.whole("lead", 0),
        source=table.text("source", ""),
    )


def _length(table: Table, key: str) -> tuple[int, Unit] | None:
    if not table.has(key):
        return None
    length = table.table(key)
    length.only("count", "unit")
    return length.whole("count"), cast("Unit", length.word("unit", get_args(Unit)))


def _hold(table: Table) -> Hold:
    table.only("stops", "before", "reason", "source")
    stops = frozenset(cast("tuple[StopKind, ...]", table.words("stops", get_args(StopKind))))
    return Hold(stops, table.text("before", ""), table.text("reason"), table.text("source", ""))
