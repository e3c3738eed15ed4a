"""What a form of numbered elements says, for machines: each element with its number, its label and what fills it.

Courts that refuse prepared papers want the same answers typed into a portal of theirs: `elements.json` holds them in
the form's order. A box that nobody ticked is null and never a guess.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final, cast

from forbear.documents.fields import Field
from forbear.documents.filling import Value
from forbear.documents.kinds import Kind
from forbear.documents.registry import COURT, ELEMENTS
from forbear.errors import BadData

KEYS: Final = frozenset({"elements", "sections", "words"})
ELEMENT_KEYS: Final = frozenset({"section", "number", "label", "fields"})
YES_NO: Final[Mapping[str, str]] = {"yes": "是", "no": "否"}


@dataclass(frozen=True, slots=True)
class Element:
    """One element of a form; its number is empty where the form gives it none."""

    section: str
    number: str
    label: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Elements:
    """A form's elements in order, what its sections are called, and the words beside its boxes, by field or column."""

    listed: tuple[Element, ...]
    sections: Mapping[str, str]
    words: Mapping[str, Mapping[str, str]]


def has_elements(kind: Kind, folder: Path = COURT) -> bool:
    """Whether a kind is a form of elements."""
    return (folder / kind.folder / ELEMENTS).is_file()


def elements_of(kind: Kind, values: Mapping[str, Value], folder: Path = COURT) -> dict[str, Any]:
    """What a form says, ready for JSON: sections, in each its elements, in each its fields with their values.

    The values are those of the kind's fields, as `filling.fill` reads them; what is left out was not told.

    Raises:
        BadData: the kind has no elements, or they are not understood.
    """
    read = read_elements(kind, folder)
    sections = [
        {
            "section": section,
            "title": title,
            "elements": [
                {
                    "number": each.number,
                    "label": each.label,
                    "values": {
                        name: _plain(kind.fields[name], _asked(kind.fields[name], values), read.words)
                        for name in each.fields
                    },
                }
                for each in read.listed
                if each.section == section
            ],
        }
        for section, title in read.sections.items()
    ]
    return {"kind": kind.id, "version": kind.version, "title": next(iter(kind.titles.values())), "sections": sections}


def read_elements(kind: Kind, folder: Path = COURT) -> Elements:
    """The elements of a kind.

    Raises:
        BadData: it has none, or a section, a field or a word is not one of the form.
    """
    path = folder / kind.folder / ELEMENTS
    told = _read(path)
    if told.keys() ^ KEYS:
        raise BadData(path, None, f"must hold {', '.join(sorted(KEYS))} and nothing else")
    read = Elements(tuple(_element(path, each) for each in told["elements"]), told["sections"], told["words"])
    _check(path, kind, read)
    return read


@cache
def _read(path: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadData(path, None, f"cannot be read: {type(error).__name__}") from None


def _element(path: Path, told: Mapping[str, Any]) -> Element:
    if told.keys() ^ ELEMENT_KEYS:
        raise BadData(path, None, f"an element must have {', '.join(sorted(ELEMENT_KEYS))}")
    return Element(told["section"], told["number"], told["label"], tuple(told["fields"]))


def _check(path: Path, kind: Kind, read: Elements) -> None:
    """Whatever would be left out of the file without a word is refused."""
    for each in read.listed:
        if each.section not in read.sections:
            raise BadData(
                path, None, f"'{each.label}' stands in section '{each.section}', which [sections] does not name"
            )
        if strange := sorted(set(each.fields) - kind.fields.keys()):
            raise BadData(path, None, f"'{each.label}' is filled by '{strange[0]}', which is no field of '{kind.id}'")
        for name in each.fields:
            for field in (kind.fields[name], *kind.fields[name].columns.values()):
                if field.type == "choice" and (
                    bare := sorted(set(field.choices) - read.words.get(field.name, {}).keys())
                ):
                    raise BadData(path, None, f"[words] {field.name} has no word for '{bare[0]}'")


def _asked(field: Field, values: Mapping[str, Value]) -> Value:
    """What was told of a field; nothing where the answer that asks for it is no: the page leaves it out too."""
    declined = field.when is not None and values.get(field.when.field) is False
    return None if declined else values.get(field.name)


def _plain(field: Field, value: object, words: Mapping[str, Mapping[str, str]]) -> Any:
    """A value as JSON has it: amounts and days as text, a box as the word that stands beside it."""
    if value is None:
        return None
    match field.type:
        case "rows":
            rows = cast("tuple[SimpleNamespace, ...]", value)
            return [
                {name: _plain(column, getattr(row, name), words) for name, column in field.columns.items()}
                for row in rows
            ]
        case "choice":
            return words[field.name][str(value)]
        case "yes_no":
            return words.get(field.name, YES_NO)["yes" if value else "no"]
        case "address":
            return list(cast("tuple[str, ...]", value))
        case _:
            return _scalar(value)


def _scalar(value: object) -> str | int:
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, int) else str(value)
