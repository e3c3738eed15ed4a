"""English amounts in words, American and British, in both directions."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forbear.money.words_en import from_words, in_words
from tests.oracle.examples import counts

pytestmark = pytest.mark.timeout(600)

amounts = st.integers(min_value=0, max_value=10**17 - 1).map(lambda n: Decimal(n).scaleb(-2))
small = st.integers(min_value=0, max_value=200_000).map(lambda n: Decimal(n).scaleb(-2))


@pytest.mark.parametrize(
    ("amount", "currency", "words"),
    [
        ("0.00", "USD", "zero dollars"),
        ("0.01", "USD", "one cent"),
        ("0.01", "GBP", "one penny"),
        ("1.00", "GBP", "one pound"),
        ("1.05", "USD", "one dollar and five cents"),
        ("10.05", "GBP", "ten pounds and five pence"),
        ("105.50", "USD", "one hundred five dollars and fifty cents"),
        ("105.50", "GBP", "one hundred and five pounds and fifty pence"),
        ("1005.00", "GBP", "one thousand and five pounds"),
        ("1005.00", "USD", "one thousand five dollars"),
        ("21117.99", "USD", "twenty-one thousand one hundred seventeen dollars and ninety-nine cents"),
        ("1000000.00", "USD", "one million dollars"),
        ("100000000.00", "GBP", "one hundred million pounds"),
        ("1000100.00", "GBP", "one million one hundred pounds"),
        ("101101000.10", "GBP", "one hundred and one million one hundred and one thousand pounds and ten pence"),
        ("1000000000000.00", "USD", "one trillion dollars"),
    ],
)
def test_words(amount: str, currency: str, words: str) -> None:
    assert in_words(Decimal(amount), currency) == words
    assert from_words(words, currency) == Decimal(amount)


@pytest.mark.counted
@counts(200, 5_000)
@given(st.one_of(amounts, small), st.sampled_from(["USD", "GBP"]))
def test_words_go_back_to_their_figure(amount: Decimal, currency: str) -> None:
    assert from_words(in_words(amount, currency), currency) == amount


@pytest.mark.parametrize(
    "words", ["", "dollars", "one", "five dollars only", "one hundred and five dollars", "one dollars", "two dollar", "one dollar and no cents", "five cents and one dollar"]
)  # fmt: skip
def test_other_words_are_refused(words: str) -> None:
    with pytest.raises(ValueError, match="no amount in words"):
        from_words(words, "USD")


@pytest.mark.parametrize("amount", ["-0.01", "0.005", "1000000000000000.00"])
def test_amounts_without_words_are_refused(amount: str) -> None:
    with pytest.raises(ValueError, match=r"parts of a cent|is not from"):
        in_words(Decimal(amount), "USD")


def test_a_currency_whose_words_are_not_known_is_refused() -> None:
    with pytest.raises(ValueError, match="USD, GBP"):
        in_words(Decimal(1), "EUR")
