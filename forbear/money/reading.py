"""Reads the inputs of a calculation key by key: decimal strings, days, counts, lists and step tables.

Total and strict: whatever is no plain figure is refused with the field that holds it, and so is a key that nobody
asked for. Nothing is guessed and nothing is rounded on the way in.
"""

import re
from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import Any, Final, cast

from forbear.errors import BadInput
from forbear.money.currency import read_amount
from forbear.money.exact import CENT, CONTEXT
from forbear.money.steps import Step

MONEY: Final = re.compile(r"[0-9]{1,16}(\.[0-9]{1,2})?", re.ASCII)
RATE: Final = re.compile(r"[0-9]{1,6}(\.[0-9]{1,20})?", re.ASCII)
COUNT: Final = re.compile(r"[0-9]{1,6}", re.ASCII)
DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
FIRST_YEAR, LAST_YEAR = 1900, 2199
MOST_ITEMS: Final = 10_000
AN_AMOUNT = 'Send a decimal string with at most two decimals and 16 digits before them, such as "1234.50"'
A_RATE = 'Send a fraction as a decimal string of at most 20 decimals, such as "0.09" for nine per cent'
A_DAY = f'Send a day of the years {FIRST_YEAR} to {LAST_YEAR}, such as "2026-12-01"'


class Node:
    """One object of the input. Every read marks its key; `done` refuses the keys that are left."""

    def __init__(self, raw: object, path: str = "") -> None:
        if not isinstance(raw, dict):
            raise BadInput(path or "given", "is no object", "Send a JSON object")
        self._raw = cast("dict[str, object]", raw)
        self._path = path
        self._read: set[str] = set()

    def done(self) -> None:
        """Refuse keys that mean nothing here."""
        for key in self._raw:
            if key not in self._read:
                raise self.refuse(key[:40], "is not known here", "Remove it, or check its spelling")

    def has(self, key: str) -> bool:
        return key in self._raw

    def field(self, key: str) -> str:
        """The path of a key, as the sender wrote it."""
        return f"{self._path}.{key}" if self._path else key

    def refuse(self, key: str, problem: str, remedy: str) -> BadInput:
        return BadInput(self.field(key), problem, remedy)

    def _take(self, key: str, remedy: str) -> object:
        if key not in self._raw:
            raise self.refuse(key, "is missing", remedy)
        self._read.add(key)
        return self._raw[key]

    def choice(self, key: str, allowed: Collection[str]) -> Any:
        """One of the allowed words."""
        remedy = f"Send one of {', '.join(allowed)}"
        found = self._take(key, remedy)
        if not isinstance(found, str) or found not in allowed:
            raise self.refuse(key, "is none of the allowed words", remedy)
        return found

    def flag(self, key: str) -> bool:
        found = self._take(key, "Send true or false")
        if not isinstance(found, bool):
            raise self.refuse(key, "is neither true nor false", "Send true or false")
        return found

    def amount(self, key: str) -> Decimal:
        """Money, from nothing up, with exactly two decimals."""
        return an_amount(self._take(key, AN_AMOUNT), self.field(key))

    def amount_in(self, currency: str, key: str) -> Decimal:
        """Money of a currency, from nothing up, with no more decimals than the currency has."""
        raw = self._take(key, AN_AMOUNT)
        try:
            found = read_amount(raw, currency) if isinstance(raw, str) else None
        except ValueError as error:
            raise self.refuse(key, str(error), "Send it as your books have it.") from None
        if found is None or found < 0:
            raise self.refuse(key, "is no amount from nothing up", 'Send a decimal string such as "1234.50"')
        return found

    def line(self, key: str, most: int) -> str:
        """A line of text that is not blank."""
        remedy = f"Send a text of at most {most} signs"
        found = self._take(key, remedy)
        if not isinstance(found, str) or not found.strip() or len(found) > most:
            raise self.refuse(key, "is no such text", remedy)
        return found.strip()

    def number(self, key: str, most: int) -> int:
        """A whole number that is written as one."""
        found = self._take(key, f"Send a whole number from 0 to {most}")
        if type(found) is not int or not 0 <= found <= most:
            raise self.refuse(key, "is no such number", f"Send a whole number from 0 to {most}")
        return found

    def rate(self, key: str) -> Decimal:
        """A fraction or a multiple, from nothing up."""
        return Decimal(_matched(self._take(key, A_RATE), RATE, self.field(key), "rate", A_RATE))

    def count(self, key: str, most: int) -> int:
        """A whole number as a string."""
        remedy = f'Send a whole number from 0 to {most} as a string, such as "30"'
        found = int(_matched(self._take(key, remedy), COUNT, self.field(key), "whole number", remedy))
        if found > most:
            raise self.refuse(key, "is too large", remedy)
        return found

    def day(self, key: str) -> date:
        return a_day(self._take(key, A_DAY), self.field(key))

    def days(self, key: str) -> frozenset[date]:
        """A list of days that may be empty; a day twice is one."""
        return frozenset(a_day(raw, f"{self.field(key)}.{place}") for place, raw in enumerate(self._list(key)))

    def amounts(self, key: str) -> tuple[Decimal, ...]:
        """A list of amounts with at least one."""
        items = self._filled(key)
        return tuple(an_amount(raw, f"{self.field(key)}.{place}") for place, raw in enumerate(items))

    def words(self, key: str, allowed: Collection[str]) -> tuple[str, ...]:
        """All of the allowed words, each once, in the order in which they are given."""
        remedy = f"Send each of {', '.join(allowed)} once"
        items = self._list(key)
        if len(items) != len(allowed) or not all(isinstance(each, str) and each in allowed for each in items):
            raise self.refuse(key, "is no such order", remedy)
        found = tuple(cast("list[str]", items))
        if len(set(found)) < len(found):
            raise self.refuse(key, "names one twice", remedy)
        return found

    def child(self, key: str) -> "Node":
        return Node(self._take(key, "Send a JSON object"), self.field(key))

    def children(self, key: str, *, filled: bool = True) -> "list[Node]":
        """The objects of a list."""
        items = self._filled(key) if filled else self._list(key)
        return [Node(raw, f"{self.field(key)}.{place}") for place, raw in enumerate(items)]

    def steps(self, key: str, value: str, *, money: bool = False, covers: date | None = None) -> tuple[Step, ...]:
        """A step table; with `covers` it has at least one row, and its first holds on that day."""
        found: list[Step] = []
        for place, row in enumerate(self.children(key, filled=covers is not None)):
            step = Step(row.day("from"), row.amount(value) if money else row.rate(value))
            row.done()
            if found and step.first <= found[-1].first:
                at = f"{self.field(key)}.{place}.from"
                raise BadInput(at, f"does not come after {found[-1].first}", "Sort the table, each day once")
            found.append(step)
        if covers is not None and found[0].first > covers:
            remedy = f"Add the value that holds on {covers}"
            raise self.refuse(key, f"begins on {found[0].first}, after the period", remedy)
        return tuple(found)

    def _list(self, key: str) -> list[object]:
        found = self._take(key, "Send a JSON list")
        if not isinstance(found, list):
            raise self.refuse(key, "is no list", "Send a JSON list")
        items = cast("list[object]", found)
        if len(items) > MOST_ITEMS:
            raise self.refuse(key, f"has more than {MOST_ITEMS} entries", "Send fewer")
        return items

    def _filled(self, key: str) -> list[object]:
        items = self._list(key)
        if not items:
            raise self.refuse(key, "is empty", "Send at least one entry")
        return items


def an_amount(raw: object, field: str) -> Decimal:
    """Money as it is written; `BadInput` names the field."""
    return Decimal(_matched(raw, MONEY, field, "amount", AN_AMOUNT)).quantize(CENT, context=CONTEXT)


def a_day(raw: object, field: str) -> date:
    """A civil date that exists; `BadInput` names the field."""
    try:
        found = date.fromisoformat(_matched(raw, DAY, field, "day", A_DAY))
    except ValueError:
        raise BadInput(field, "is a day that does not exist", A_DAY) from None
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise BadInput(field, "is out of range", A_DAY)
    return found


def _matched(raw: object, form: re.Pattern[str], field: str, what: str, remedy: str) -> str:
    if not isinstance(raw, str):
        raise BadInput(field, f"is no {what} in a string", remedy)
    if not form.fullmatch(raw):
        raise BadInput(field, f"is no {what}", remedy)
    return raw
