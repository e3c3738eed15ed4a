"""What was given for a paper's fields, read into values of their types, or told as what is wrong with it.

Given values come as text from a command line, as JSON or as TOML, and read the same. Complaints name the field, its
label and what to give; none quotes a value, which may be personal.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, Final, cast

from forbear.documents.fields import Field, FieldType
from forbear.money.currency import minor_digits, read_amount

Value = str | date | Decimal | int | bool | tuple[str, ...] | tuple[SimpleNamespace, ...] | None
"""A typed value: of `rows`, a tuple of rows with their columns as attributes; of `address`, its lines."""
UNSEEN: Final = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
_PERCENT: Final = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,6})?")
_INTEGER: Final = re.compile(r"[0-9]{1,9}")
_YES: Final = {"yes": True, "true": True, "no": False, "false": False}
FIRST_YEAR, LAST_YEAR = 1900, 2200
LINE: Final = 80
"""Signs of one line of an address."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing that is wrong with what was given: which field, what, and what to give instead."""

    field: str
    problem: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.field}: {self.problem}. {self.remedy}"


class _NotThis(Exception):
    """A value that is not of its field's type: problem and remedy."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(problem)
        self.problem, self.remedy = problem, remedy


def fill(
    fields: Mapping[str, Field], given: Mapping[str, Any], currency: str
) -> tuple[Mapping[str, Value], tuple[Flaw, ...]]:
    """Every field with its value, None where nothing was given and nothing had to be; and every flaw."""
    flaws: list[Flaw] = []
    for name in sorted(given.keys() - fields.keys()):
        there = ", ".join(fields) or "no fields"
        flaws.append(Flaw(_plain_name(name), "is no field of this paper", f"Leave it out; it has {there}"))
    values = {name: _value(each, name, given.get(name), currency, flaws) for name, each in fields.items()}
    for name, each in fields.items():
        if _is_absent(given.get(name)) and _is_needed(each, values):
            flaws.append(_missing(each, name))
    return values, tuple(flaws)


def _plain_name(name: str) -> str:
    """A name as it was given, unless it could hold anything else than a name."""
    return name if re.fullmatch(r"[A-Za-z0-9_.-]{1,40}", name) else "a field"


def _is_absent(told: object) -> bool:
    return told is None or told in ("", [], ())


def _is_needed(each: Field, values: Mapping[str, Value]) -> bool:
    if each.when is None:
        return each.required
    other = values[each.when.field]
    if each.when.value is None:
        return other not in (None, False, ())
    return ("yes" if other else "no") == each.when.value if isinstance(other, bool) else other == each.when.value


def _missing(each: Field, path: str) -> Flaw:
    why = f" because {each.when} is given" if each.when else ""
    return Flaw(path, f"'{each.called()}' is missing{why}", f"Give {_wanted(each)}")


def _wanted(each: Field) -> str:
    told: dict[FieldType, str] = {
        "text": f"a text of at most {each.most} signs",
        "date": "a date such as 2026-03-31",
        "money": "an amount such as 1234.50",
        "percent": "a number of percent such as 6.6",
        "integer": "a whole number",
        "yes_no": "yes or no",
        "choice": f"one of {', '.join(each.choices)}",
        "rows": f"a list of at most {each.most} rows with {', '.join(each.columns)}",
        "address": f"a list of at most {each.most} lines",
    }
    return told[each.type]


def _value(each: Field, path: str, told: object, currency: str, flaws: list[Flaw]) -> Value:
    if _is_absent(told):
        return None
    try:
        match each.type:
            case "rows":
                return _rows(each, path, told, currency, flaws)
            case "money":
                return _money(told, currency)
            case _:
                return _READERS[each.type](each, told)
    except _NotThis as no:
        flaws.append(Flaw(path, f"'{each.called()}' {no.problem}", no.remedy or f"Give {_wanted(each)}"))
        return None


def _rows(each: Field, path: str, told: object, currency: str, flaws: list[Flaw]) -> tuple[SimpleNamespace, ...]:
    rows = cast("list[object]", told) if isinstance(told, list | tuple) else []
    if not rows or not all(isinstance(row, Mapping) for row in rows):
        raise _NotThis("is no list of rows", "")
    if len(rows) > each.most:
        raise _NotThis(f"has {len(rows)} rows; at most {each.most} stand on this paper", "Give fewer, or two papers")
    read: list[SimpleNamespace] = []
    for number, row in enumerate(cast("list[Mapping[str, Any]]", rows)):
        values, wrong = fill(each.columns, row, currency)
        flaws += [Flaw(f"{path}.{number}.{flaw.field}", flaw.problem, flaw.remedy) for flaw in wrong]
        read.append(SimpleNamespace(**values))
    return tuple(read)


def _text(each: Field, told: object) -> str:
    if not isinstance(told, str):
        raise _NotThis("is no text", "")
    return _line(told, each.most)


def _line(told: str, most: int) -> str:
    text = " ".join(told.split(" ")).strip()
    if not text:
        raise _NotThis("says nothing", "")
    if any(unicodedata.category(sign) in UNSEEN for sign in text):
        raise _NotThis("holds a sign that nobody sees, or a line break", "Give it on one line, in plain signs")
    if len(text) > most:
        raise _NotThis(f"has {len(text)} signs; at most {most} fit", "Write it shorter")
    return text


def _date(each: Field, told: object) -> date:
    del each
    try:
        day = told if isinstance(told, date) and not isinstance(told, datetime) else date.fromisoformat(str(told))
    except ValueError:
        raise _NotThis("is no date", "") from None
    if len(str(told)) != len("2026-01-01") or not FIRST_YEAR <= day.year < LAST_YEAR:
        raise _NotThis("is no date of our time", "")
    return day


def _money(told: object, currency: str) -> Decimal:
    if isinstance(told, bool) or not isinstance(told, str | int | Decimal):
        raise _NotThis("is no exact amount", 'Give it as text in quotes, such as "1234.50"')
    try:
        amount = read_amount(f"{told:f}" if isinstance(told, Decimal) else str(told), currency)
    except ValueError:
        digits = minor_digits(currency)
        raise _NotThis(f"is no amount of {currency}, which has {digits} digits after the point", "") from None
    if amount < 0:
        raise _NotThis("is below zero", "Give it as what is owed or paid; no paper prints less than nothing")
    return amount


def _percent(each: Field, told: object) -> Decimal:
    del each
    if isinstance(told, bool) or not isinstance(told, str | int | Decimal) or not _PERCENT.fullmatch(f"{told}"):
        raise _NotThis("is no number of percent", 'Give it as text in quotes, such as "6.6" for 6.6 %')
    return Decimal(str(told))


def _integer(each: Field, told: object) -> int:
    del each
    if isinstance(told, bool) or not isinstance(told, str | int) or not _INTEGER.fullmatch(str(told)):
        raise _NotThis("is no whole number", "")
    return int(told)


def _yes_no(each: Field, told: object) -> bool:
    del each
    if isinstance(told, bool):
        return told
    if not isinstance(told, str) or told.casefold() not in _YES:
        raise _NotThis("is neither yes nor no", "")
    return _YES[told.casefold()]


def _choice(each: Field, told: object) -> str:
    if told not in each.choices:
        raise _NotThis("is none of its choices", "")
    return cast("str", told)


def _address(each: Field, told: object) -> tuple[str, ...]:
    given: object = told.split("\n") if isinstance(told, str) else told
    lines = cast("list[object]", given) if isinstance(given, list | tuple) else []
    if not lines or not all(isinstance(line, str) for line in lines):
        raise _NotThis("is no list of lines", "")
    if len(lines) > each.most:
        raise _NotThis(f"has {len(lines)} lines; at most {each.most} fit", "")
    return tuple(_line(line, LINE) for line in cast("list[str]", lines))


_READERS: Final = {
    "text": _text,
    "date": _date,
    "percent": _percent,
    "integer": _integer,
    "yes_no": _yes_no,
    "choice": _choice,
    "address": _address,
}
