"""Amounts as people and programs write them: exact decimals with as many digits as their currency has.

On the wire an amount is `{"amount": "1234.50", "currency": "USD"}`; a JSON number never is, because it would be
read as a binary fraction.
"""

import re
from decimal import Decimal
from functools import cache
from typing import Final, TypedDict

from babel.numbers import get_currency_precision, list_currencies

_WRITTEN: Final = re.compile(r"-?[0-9]{1,13}(?:\.[0-9]{1,4})?")
_NOT_MONEY: Final = frozenset({"XXX", "XTS"})


class Wire(TypedDict):
    """An amount on the wire."""

    amount: str
    currency: str


@cache
def _known() -> frozenset[str]:
    return frozenset(list_currencies("en")) - _NOT_MONEY


def is_currency(code: str) -> bool:
    """Whether this is an ISO 4217 code that money can be owed in."""
    return code in _known()


@cache
def minor_digits(currency: str) -> int:
    """How many digits the currency has after the point."""
    if not is_currency(currency):
        raise ValueError("not the ISO 4217 code of a currency")
    return get_currency_precision(currency)


def minor_unit(currency: str) -> Decimal:
    """The smallest amount of the currency, e.g. 0.01."""
    return Decimal(1).scaleb(-minor_digits(currency))


def read_amount(text: str, currency: str) -> Decimal:
    """Read an amount as written; refuses more digits than the currency has instead of rounding them away.

    Raises:
        ValueError: says what is wrong without quoting the text.
    """
    if not _WRITTEN.fullmatch(text):
        raise ValueError("an amount is a decimal string such as 1234.50")
    digits = minor_digits(currency)
    amount = Decimal(text)
    exact = amount.quantize(minor_unit(currency))
    if exact != amount:
        raise ValueError(f"{currency} has {digits} digits after the point, not more")
    return exact


def write_amount(amount: Decimal, currency: str) -> str:
    """The amount with exactly its currency's digits; refuses one that would have to be rounded."""
    exact = amount.quantize(minor_unit(currency))
    if exact != amount:
        raise ValueError(f"{currency} has {minor_digits(currency)} digits after the point, not more")
    return f"{exact:f}"


def wire(amount: Decimal, currency: str) -> Wire:
    """The amount in its wire form."""
    return {"amount": write_amount(amount, currency), "currency": currency}
