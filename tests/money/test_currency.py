"""Amounts are read and written exactly, with the digits of their currency."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forbear.money.currency import is_currency, minor_digits, minor_unit, read_amount, wire, write_amount

CURRENCIES = ["USD", "CNY", "JPY", "KWD", "GBP", "INR"]


@pytest.mark.parametrize(("currency", "digits"), [("USD", 2), ("CNY", 2), ("JPY", 0), ("KWD", 3)])
def test_minor_units(currency: str, digits: int) -> None:
    assert minor_digits(currency) == digits


@pytest.mark.parametrize("code", ["usd", "US", "XXX", "", "ABC"])
def test_what_is_no_currency(code: str) -> None:
    assert not is_currency(code)
    with pytest.raises(ValueError, match="ISO 4217"):
        minor_digits(code)


@pytest.mark.parametrize("text", ["", "1,234.50", "1e3", "NaN", "Infinity", "+5", ".5", "5.", " 5", "٣.00", "1" * 14])
def test_what_is_no_amount(text: str) -> None:
    with pytest.raises(ValueError, match="decimal string"):
        read_amount(text, "USD")


def test_digits_beyond_the_currency_are_refused_and_not_rounded() -> None:
    with pytest.raises(ValueError, match="2 digits"):
        read_amount("1.005", "USD")
    with pytest.raises(ValueError, match="0 digits"):
        read_amount("1.5", "JPY")
    with pytest.raises(ValueError, match="2 digits"):
        write_amount(Decimal("1.005"), "USD")


def test_wire_form() -> None:
    assert wire(Decimal("1234.5"), "USD") == {"amount": "1234.50", "currency": "USD"}
    assert wire(Decimal("1234.0000"), "JPY") == {"amount": "1234", "currency": "JPY"}


@given(st.sampled_from(CURRENCIES), st.integers(min_value=-(10**12), max_value=10**12))
def test_what_is_written_is_read_back(currency: str, units: int) -> None:
    amount = units * minor_unit(currency)
    assert read_amount(write_amount(amount, currency), currency) == amount
