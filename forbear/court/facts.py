"""Which values each kind of fact is told with, read from `facts.toml`: for forms, the API and the check of what came.

A value is plain (`details`, which rules read) or sealed (personal or free text, which only people read).
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal, cast, get_args

from forbear.contracts.case_words import FactKind
from forbear.errors import BadData

FILE: Final = Path(__file__).parent / "facts.toml"
FACT_KINDS: Final[tuple[FactKind, ...]] = get_args(FactKind)
ValueType = Literal["date", "money", "text", "choice", "integer"]
VALUE: Final = frozenset({"type", "choices", "sealed", "most", "label"})
TYPES: Final[tuple[ValueType, ...]] = get_args(ValueType)
MOST_TEXT: Final = 200
MONEY: Final = re.compile(r"[0-9]{1,13}(\.[0-9]{1,4})?")
LANGUAGES: Final = ("en", "zh-Hans")
FIRST_YEAR, LAST_YEAR = 1900, 2199


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a fact. `most` is the most signs of a text."""

    name: str
    type: ValueType
    required: bool
    label: Mapping[str, str]
    choices: tuple[str, ...] = ()
    sealed: bool = False
    most: int = MOST_TEXT


@dataclass(frozen=True, slots=True)
class FactForm:
    """What a kind of fact is told with. `person` says whether somebody must be named whom it is about."""

    kind: FactKind
    values: tuple[Value, ...]
    person: bool = False

    def value(self, name: str) -> Value | None:
        """The value of a name."""
        return next((each for each in self.values if each.name == name), None)


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with a value that was told, and what to tell instead. Quotes nothing that was told."""

    field: str
    problem: str
    remedy: str


@cache
def forms() -> Mapping[FactKind, FactForm]:
    """Every kind of fact with its values."""
    return load(FILE)


def form(kind: FactKind) -> FactForm:
    """One kind of fact with its values."""
    return forms()[kind]


def check_fact(kind: FactKind, details: Mapping[str, object], *, person: bool = True) -> tuple[Flaw, ...]:
    """Everything that is wrong with the values told for a fact, sealed ones among them; empty where nothing is.

    Args:
        kind: of the fact.
        details: values by name: days as ISO text, amounts as text, numbers whole.
        person: whether a person was named.
    """
    asked = form(kind)
    found = [_flaw(each, details[each.name]) for each in asked.values if details.get(each.name) not in (None, "")]
    flaws = [each for each in found if each is not None]
    lacking = [each for each in asked.values if each.required and details.get(each.name) in (None, "")]
    flaws += [Flaw(each.name, "is missing", _remedy(each)) for each in lacking]
    unknown = [name for name in details if asked.value(name) is None]
    known = ", ".join(each.name for each in asked.values) or "none"
    flaws += [Flaw(name, "is not a value of this fact", f"Known are: {known}") for name in unknown]
    if asked.person and not person:
        flaws.append(Flaw("person", "is missing", "Name the party whom it is about"))
    return tuple(flaws)


def parted(kind: FactKind, details: Mapping[str, object]) -> tuple[dict[str, object], dict[str, object]]:
    """The plain values and the sealed ones of a fact that was checked; what was left empty is left out."""
    asked = form(kind)
    given = {name: value for name, value in details.items() if value not in (None, "")}
    sealed = {each.name for each in asked.values if each.sealed}
    plain = {name: value for name, value in given.items() if name not in sealed}
    return plain, {name: value for name, value in given.items() if name in sealed}


def _remedy(value: Value) -> str:
    return {
        "date": "Send a day such as 2026-11-22",
        "money": "Send an amount as text, such as 1250.00",
        "text": f"Send a text of at most {value.most} signs",
        "choice": f"Send one of: {', '.join(value.choices)}",
        "integer": "Send a whole number of at least 1",
    }[value.type]


def _flaw(value: Value, told: object) -> Flaw | None:
    fits = {"date": _is_day, "money": _is_money, "integer": _is_whole}
    if value.type == "choice":
        good = told in value.choices
    elif value.type == "text":
        good = isinstance(told, str) and bool(told.strip()) and len(told) <= value.most
    else:
        good = fits[value.type](told)
    return None if good else Flaw(value.name, "cannot be read", _remedy(value))


def is_sound(day: date) -> bool:
    """Whether periods can be counted from a day. A mistyped year such as 9999 would stop every clock of its case."""
    return FIRST_YEAR <= day.year <= LAST_YEAR


def _is_day(told: object) -> bool:
    try:
        day = date.fromisoformat(told) if isinstance(told, str) else None
        return day is not None and day.isoformat() == told and is_sound(day)
    except ValueError:
        return False


def _is_money(told: object) -> bool:
    if not isinstance(told, str) or not MONEY.fullmatch(told):
        return False
    try:
        return Decimal(told) >= 0
    except InvalidOperation:
        return False


def _is_whole(told: object) -> bool:
    return isinstance(told, int) and not isinstance(told, bool) and told >= 1


def load(path: Path) -> Mapping[FactKind, FactForm]:
    """Read a file of facts.

    Raises:
        BadData: it names an unknown fact or value, or a fact of ours is not in it.
    """
    raw = tomllib.loads(path.read_text("utf-8"))
    shared, facts = cast("dict[str, Any]", raw.get("value", {})), cast("dict[str, Any]", raw.get("fact", {}))
    if unknown := set(facts) - set(FACT_KINDS):
        raise BadData(path, None, f"fact {min(unknown)}: is no kind of fact; see forbear.contracts.case_words")
    if absent := set(FACT_KINDS) - set(facts):
        raise BadData(path, None, f"fact {min(absent)}: is missing; give it a table [fact.{min(absent)}]")
    return {kind: _form(path, kind, facts[kind], shared) for kind in FACT_KINDS}


def _form(path: Path, kind: FactKind, table: Mapping[str, Any], shared: Mapping[str, Any]) -> FactForm:
    required, also = tuple(table.get("required", ())), tuple(table.get("also", ()))
    own = {name: each for name, each in table.items() if name not in {"required", "also", "person"}}
    if idle := set(own) - {*required, *also}:
        raise BadData(path, None, f"fact {kind}: {min(idle)} is neither required nor in `also`; list it in one of them")
    values = (_value(path, kind, name, own.get(name) or shared.get(name), name in required) for name in required + also)
    return FactForm(kind, tuple(values), bool(table.get("person", False)))


def _value(path: Path, kind: str, name: str, table: Mapping[str, Any] | None, required: bool) -> Value:
    if table is None:
        raise BadData(path, None, f"fact {kind}: {name} is described nowhere; add it to the fact or to [value]")
    where = f"fact {kind}: {name}"
    if unknown := set(table) - VALUE:
        raise BadData(path, None, f"{where}: unknown key {min(unknown)}; known are {', '.join(sorted(VALUE))}")
    if table.get("type") not in TYPES:
        raise BadData(path, None, f"{where}: type must be one of {', '.join(TYPES)}")
    if (table["type"] == "choice") != bool(table.get("choices")):
        raise BadData(path, None, f"{where}: a choice, and nothing else, lists its choices")
    label = cast("dict[str, str]", table.get("label", {}))
    if set(label) != set(LANGUAGES):
        raise BadData(path, None, f"{where}: label must be given in {' and '.join(LANGUAGES)}")
    return Value(
        name,
        table["type"],
        required,
        label,
        tuple(table.get("choices", ())),
        bool(table.get("sealed", False)),
        int(table.get("most", MOST_TEXT)),
    )
