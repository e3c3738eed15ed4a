"""Amounts in words that people wrote: what a request names must be an amount of the record, or of what was told.

Somebody who types a sum into a request types it once; the account goes on growing.
"""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

AMOUNT: Final = re.compile(
    r"(?<![0-9.,])[0-9]{1,3}(?:,[0-9]{3})+\.[0-9]{2}(?![0-9])|(?<![0-9.,])[0-9]+\.[0-9]{2}(?![0-9])"
)
PLAIN: Final = re.compile(r"[0-9]+(?:\.[0-9]{1,4})?")


def strange_amounts(words: Any, values: Mapping[str, Any]) -> bool:
    """Whether words name an amount that is none of the values'."""
    known = set(_amounts(values))
    return any(Decimal(found.replace(",", "")) not in known for text in _texts(words) for found in AMOUNT.findall(text))


def _texts(told: Any) -> Iterator[str]:
    if isinstance(told, str):
        yield told
    elif isinstance(told, Mapping):
        for each in told.values():
            yield from _texts(each)
    elif isinstance(told, list | tuple):
        for each in told:
            yield from _texts(each)


def _amounts(told: Any) -> Iterator[Decimal]:
    if isinstance(told, Decimal):
        yield told
    elif isinstance(told, str) and PLAIN.fullmatch(told):
        yield Decimal(told)
    elif isinstance(told, Mapping):
        for each in told.values():
            yield from _amounts(each)
    elif isinstance(told, list | tuple):
        for each in told:
            yield from _amounts(each)
