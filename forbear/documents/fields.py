"""What a paper has to be told: its fields, as `paper.toml` declares them, with their types, limits and conditions.

A declaration that is not understood is refused with the file and the key, so that no paper asks for less than its
author meant.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Literal, cast, get_args

from forbear.errors import BadData

FieldType = Literal["text", "date", "money", "percent", "integer", "yes_no", "choice", "rows", "address"]
NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
KEYS: Final = frozenset({"label", "type", "required", "when", "choices", "most", "row", "supplier"})
COLUMN_KEYS: Final = KEYS - {"when", "row", "supplier"}
Supplier = Literal["lender", "legal", "ledger", "claimant", "court"]
"""Who can say what a field asks for: the lender's files, legal staff, the record, the claimant in person, a court."""
MOST: Final[Mapping[str, int]] = MappingProxyType({"text": 200, "rows": 100, "address": 6})
"""Signs of a text, rows, and lines of an address, where a field says nothing else."""
ENGLISH: Final = "en"
ANSWERS: Final = frozenset({"yes", "no"})


@dataclass(frozen=True, slots=True)
class Condition:
    """When a field must be given: another one is given (and not 'no'), or has a certain value."""

    field: str
    value: str | None = None

    def __str__(self) -> str:
        return self.field if self.value is None else f"{self.field}={self.value}"


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that a paper is told. `most` are signs of a text, rows, or lines; 0 where nothing is counted."""

    name: str
    label: Mapping[str, str]
    type: FieldType
    required: bool = False
    when: Condition | None = None
    choices: tuple[str, ...] = ()
    most: int = 0
    columns: "Mapping[str, Field]" = field(default_factory=dict[str, "Field"])
    supplier: Supplier = "legal"

    def called(self, language: str = ENGLISH) -> str:
        """Its label for people."""
        return self.label.get(language, self.label[ENGLISH])


class _Declared:
    """The fields of one file, with where a complaint points to."""

    def __init__(self, path: Path, languages: tuple[str, ...]) -> None:
        self.path, self.languages = path, languages

    def bad(self, key: str, problem: str) -> BadData:
        return BadData(self.path, None, f"[{key}] {problem}")

    def read(self, key: str, name: str, table: object, *, column: bool = False) -> Field:
        if not NAME.fullmatch(name):
            raise self.bad(key, "is no name of a field: write small letters, digits and _, a letter first")
        if not isinstance(table, dict):
            raise self.bad(key, "must be a table with at least label and type")
        told = cast("dict[str, Any]", table)
        if unknown := sorted(told.keys() - (COLUMN_KEYS if column else KEYS)):
            raise self.bad(key, f"{unknown[0]} is no key of it: use {', '.join(sorted(KEYS))}")
        kind = self._type(key, told, column=column)
        return Field(
            name=name,
            label=self._label(key, told),
            type=kind,
            required=self._required(key, told),
            when=self._when(key, told),
            choices=self._choices(key, told, kind),
            most=self._most(key, told, kind),
            columns=self._columns(key, told, kind),
            supplier=self._supplier(key, told),
        )

    def _type(self, key: str, told: dict[str, Any], *, column: bool) -> FieldType:
        known = [each for each in get_args(FieldType) if not (column and each == "rows")]
        if told.get("type") not in known:
            raise self.bad(key, f"type must be one of {', '.join(known)}")
        return told["type"]

    def _label(self, key: str, told: dict[str, Any]) -> Mapping[str, str]:
        label: object = told.get("label")
        if not isinstance(label, dict):
            raise self.bad(key, 'needs label, a table such as { en = "Contract number" }')
        texts = cast("dict[str, object]", label)
        for language in (ENGLISH, *self.languages):
            text = texts.get(language)
            if not isinstance(text, str) or not text.strip():
                raise self.bad(key, f"label needs {language}: a label in English and in each language of the paper")
        return MappingProxyType(cast("dict[str, str]", texts))

    def _required(self, key: str, told: dict[str, Any]) -> bool:
        required = told.get("required", False)
        if not isinstance(required, bool):
            raise self.bad(key, "required must be true or false")
        if required and "when" in told:
            raise self.bad(key, "has both required and when: keep one of them")
        return required

    def _when(self, key: str, told: dict[str, Any]) -> Condition | None:
        if "when" not in told:
            return None
        other, equals, value = str(told["when"]).partition("=")
        if not NAME.fullmatch(other.strip()) or (equals and not value.strip()):
            raise self.bad(key, 'when must be "other_field" or "other_field=value"')
        return Condition(other.strip(), value.strip() or None)

    def _choices(self, key: str, told: dict[str, Any], kind: str) -> tuple[str, ...]:
        choices: object = told.get("choices", [])
        if not isinstance(choices, list) or not all(
            isinstance(each, str) and each for each in cast("list[object]", choices)
        ):
            raise self.bad(key, "choices must be a list of texts")
        if bool(cast("list[str]", choices)) != (kind == "choice"):
            raise self.bad(key, "choices belong to a field of type choice, which must have some")
        return tuple(cast("list[str]", choices))

    def _most(self, key: str, told: dict[str, Any], kind: str) -> int:
        if "most" not in told:
            return MOST.get(kind, 0)
        most = told["most"]
        if kind not in MOST or not isinstance(most, int) or isinstance(most, bool) or most < 1:
            raise self.bad(key, f"most must be a number from 1, of {', '.join(MOST)}")
        return most

    def _supplier(self, key: str, told: dict[str, Any]) -> Supplier:
        supplier = told.get("supplier", "legal")
        if supplier not in get_args(Supplier):
            raise self.bad(key, f"supplier must be one of {', '.join(get_args(Supplier))}")
        return supplier

    def _columns(self, key: str, told: dict[str, Any], kind: str) -> Mapping[str, Field]:
        row: object = told.get("row", {})
        if bool(row) != (kind == "rows") or not isinstance(row, dict):
            raise self.bad(key, "row belongs to a field of type rows, which must have columns [field.….row.…]")
        columns = cast("dict[str, object]", row).items()
        return {name: self.read(f"{key}.row.{name}", name, table, column=True) for name, table in columns}


def read_fields(path: Path, tables: object, languages: tuple[str, ...]) -> Mapping[str, Field]:
    """The fields that a file declares.

    Raises:
        BadData: with file, key and what to write instead.
    """
    if not isinstance(tables, dict):
        raise BadData(path, None, "[field] must hold tables [field.<name>]")
    declared = _Declared(path, languages)
    told = cast("dict[str, object]", tables).items()
    fields = {name: declared.read(f"field.{name}", name, table) for name, table in told}
    for each in fields.values():
        if each.when is not None:
            _check_condition(declared, each, each.when, fields)
    return MappingProxyType(fields)


def _check_condition(declared: _Declared, each: Field, when: Condition, fields: Mapping[str, Field]) -> None:
    """A condition that can never be true would ask for nothing."""
    key, other = f"field.{each.name}", fields.get(when.field)
    if other is None or other is each:
        raise declared.bad(key, f"when names '{when.field}', which is no other field of this paper")
    if when.value is None:
        return
    known = {"choice": frozenset(other.choices), "yes_no": ANSWERS}.get(other.type)
    if known is None:
        raise declared.bad(key, "when may ask for a value of a choice or of yes_no only")
    if when.value not in known:
        raise declared.bad(key, f"when asks for '{when.value}', but '{other.name}' has {', '.join(sorted(known))}")
