"""How one value of a pack is read: plain readers that refuse with a reason, and tables of them.

A `Flaw` names the key and the reason; `forbear.rules.pack_file` adds the file and the line.
"""

import re
from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import Any, cast, get_args

from forbear.rules.terms import Length, LengthUnit, Window

Raw = Mapping[str, Any]
Read = Callable[[object], Any]

CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)|24:00")
ROLLING = re.compile(r"local_days_rolling\(([1-9]\d{0,2})\)")
SNAKE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
LANGUAGE = re.compile(r"[a-z]{2}(-[A-Z][A-Za-z]+)*")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Unreadable(Exception):
    """A value that its reader refuses, and why."""


class Flaw(Exception):
    """One thing wrong with one key."""

    def __init__(self, key: str, reason: str) -> None:
        super().__init__(reason)
        self.key, self.reason = key, reason


def a_text(raw: object) -> str:
    if not isinstance(raw, str) or not raw.strip():
        raise Unreadable("must be a text that is not empty")
    return raw


def a_flag(raw: object) -> bool:
    if not isinstance(raw, bool):
        raise Unreadable("must be true or false")
    return raw


def a_number(raw: object) -> int:
    if not isinstance(raw, int) or isinstance(raw, bool) or raw < 0:
        raise Unreadable("must be a whole number, 0 or more")
    return raw


def a_day(raw: object) -> date:
    if type(raw) is not date:
        raise Unreadable("must be a date, such as 2026-11-21")
    return raw


def a_clock(raw: object) -> int:
    if not isinstance(raw, str) or not CLOCK.fullmatch(raw):
        raise Unreadable('must be a time of day, such as "08:00"')
    return int(raw[:2]) * 3600 + int(raw[3:]) * 60


def a_window(raw: object) -> Window:
    if raw == "local_day":
        return Window("days", 1)
    if raw == "local_month":
        return Window("month")
    if isinstance(raw, str) and (rolling := ROLLING.fullmatch(raw)):
        return Window("days", int(rolling[1]))
    raise Unreadable("must be local_day, local_days_rolling(n) or local_month")


def a_length(raw: object) -> Length:
    table = read_keys(raw, {"count": a_number, "unit": one_of(get_args(LengthUnit))}, ("count", "unit"))
    return Length(**table)


def a_key(raw: object) -> str:
    if not isinstance(raw, str) or not SNAKE.fullmatch(raw):
        raise Unreadable("must be a name such as opt_out_line")
    return raw


def some_keys(raw: object) -> tuple[str, ...]:
    return tuple(a_key(each) for each in a_list(raw))


def some_phrases(raw: object) -> dict[str, tuple[str, ...]]:
    if not isinstance(raw, dict) or not raw:
        raise Unreadable("must be a table of phrases by language that is not empty")
    table = cast("dict[str, object]", raw)
    for language in table:
        if not LANGUAGE.fullmatch(language):
            raise Unreadable(f"must be keyed by languages such as en or zh-Hans, not {language}")
    return {language: tuple(a_text(each) for each in a_list(some)) for language, some in table.items()}


def one_of(allowed: Collection[str]) -> Read:
    def read(raw: object) -> str:
        if raw not in allowed:
            raise Unreadable(f"must be one of {', '.join(allowed)}")
        return cast("str", raw)

    return read


def a_list(raw: object) -> list[object]:
    if not isinstance(raw, list) or not raw:
        raise Unreadable("must be a list that is not empty")
    return cast("list[object]", raw)


def some_of(allowed: Collection[str] | None = None) -> Read:
    one = a_text if allowed is None else one_of(allowed)
    return lambda raw: frozenset(one(each) for each in a_list(raw))


def some_weekdays(raw: object) -> frozenset[int]:
    return frozenset(WEEKDAYS.index(one_of(WEEKDAYS)(each)) for each in a_list(raw))


def a_table(readers: Mapping[str, Read], needed: Collection[str], make: Callable[..., Any]) -> Read:
    def read(raw: object) -> Any:
        return make(**read_keys(raw, readers, needed))

    return read


def read_keys(raw: object, readers: Mapping[str, Read], needed: Collection[str] = ()) -> dict[str, Any]:
    """Read a table's values; `Flaw` names the first key that is unknown, missing or unreadable."""
    if not isinstance(raw, dict):
        raise Unreadable("must be a table")
    table = cast("dict[str, object]", raw)
    for key in needed:
        if key not in table:
            raise Flaw(key, "is missing")
    read: dict[str, Any] = {}
    for key, value in table.items():
        if key not in readers:
            raise Flaw(key, "is no key of this table")
        try:
            read[key] = readers[key](value)
        except Unreadable as wrong:
            raise Flaw(key, str(wrong)) from None
    return read
