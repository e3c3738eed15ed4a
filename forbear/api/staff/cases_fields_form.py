"""Fields of papers as inputs, and back: texts, days, sums, choices, and rows of them, each with a name of its own."""

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from forbear.api.staff.cases_at import CaseDesk, Input
from forbear.api.staff.cases_fields_known import called
from forbear.api.staff.cases_values import amount_text, choice, day
from forbear.documents.fields import Field

ROW: Final = re.compile(r"r([0-9]{1,3})-([a-z][a-z0-9_]{0,39})")
YES: Final = "yes"
NO: Final = "no"
LONG: Final = 160
WHOLE: Final = re.compile(r"-?[0-9]{1,12}")


def text_of(field: Field, value: Any) -> str:
    """A held value as it stands in an input."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return YES if value else NO
    if field.type == "address" and isinstance(value, list):
        return "\n".join(str(each) for each in value)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]  lines
    return str(value)


def asking(desk: CaseDesk, field: Field, value: str, *, needed: bool, name: str = "") -> Input:
    """A field to be filled in; what is a choice is never made for anybody."""
    label = called(field, desk.language)
    label = label if needed else desk.words("case_form.optional", label=label)
    there, hint = name or field.name, ""
    if field.type in {"choice", "yes_no"}:
        codes = field.choices or (YES, NO)
        options = tuple((each, choice(desk, field.name, each)) for each in codes)
        return Input(there, "select", label, options=(("", desk.words("case_form.choose")), *options), value=value)
    if field.type == "date":
        return Input(there, "date", label, value=value)
    if field.type in {"money", "percent", "integer"}:
        hint = desk.words(
            f"case_form.{ {'money': 'money', 'percent': 'percent', 'integer': 'whole'}[field.type] }_hint"
        )
        return Input(there, "text", label, hint, value=value, most=30)
    long = field.type == "address" or field.most > LONG
    most = field.most if field.type == "text" else 600
    return Input(there, "area" if long else "text", label, value=value, most=most)


def read(  # noqa: PLR0911  one way for each type
    desk: CaseDesk, field: Field, text: str
) -> tuple[Any, str]:
    """A value as the record takes it, or what is wrong with it; empty is None."""
    text = text.strip()
    if not text:
        return None, ""
    label, words = called(field, desk.language), desk.words
    if field.type == "date":
        return (text, "") if day(text) else (text, words("case_wrong.date", label=label))
    if field.type in {"money", "percent"}:
        plain = amount_text(text).removesuffix("%")
        return (plain, "") if _number(plain) else (text, words("case_wrong.money", label=label))
    if field.type == "integer":
        return (int(text), "") if WHOLE.fullmatch(text) else (text, words("case_wrong.integer", label=label))
    if field.type in {"choice", "yes_no"}:
        good = text in (field.choices or (YES, NO))
        return (text, "") if good else (None, words("case_wrong.choice", label=label))
    if field.type == "address":
        return [line.strip() for line in text.splitlines() if line.strip()], ""
    good = not field.most or len(text) <= field.most
    return (text, "") if good else (text, words("case_wrong.too_long", label=label))


def _number(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False


def rows_sent(typed: Mapping[str, str]) -> int:
    """How many rows a form had."""
    return max((int(found[1]) + 1 for name in typed if (found := ROW.fullmatch(name))), default=0)


def read_rows(desk: CaseDesk, field: Field, typed: Mapping[str, str]) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """All rows of a form without the empty ones, and what is wrong, by input."""
    rows: list[dict[str, Any]] = []
    errors: dict[str, str] = {}
    for number in range(rows_sent(typed)):
        row: dict[str, Any] = {}
        for name, column in field.columns.items():
            told = typed.get(f"r{number}-{name}", "")
            value, wrong = read(desk, column, told)
            if wrong:
                errors[f"r{number}-{name}"] = wrong
            if value is not None:
                row[name] = value
        if row:
            rows.append(row)
            for name, column in field.columns.items():
                if column.required and name not in row:
                    errors[f"r{number}-{name}"] = desk.words("case_wrong.missing", label=called(column, desk.language))
    return rows, errors


def row_inputs(
    desk: CaseDesk, field: Field, held: list[Any], number: int, typed: Mapping[str, str] | None
) -> list[Input]:
    """The inputs of one row: as typed, else as held, else empty."""
    row: Mapping[str, Any] = held[number] if number < len(held) and typed is None else {}
    found: list[Input] = []
    for name, column in field.columns.items():
        there = f"r{number}-{name}"
        value = text_of(column, row.get(name)) if typed is None else typed.get(there, "")
        found.append(asking(desk, column, value, needed=column.required, name=there))
    return found
