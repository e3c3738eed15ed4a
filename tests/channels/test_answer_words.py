"""Answers to HELP and STOP: in the language of whoever wrote, complete in each, and of a length that costs little."""

from typing import get_args

import pytest

from forbear.channels.answer_words import languages, worded
from forbear.channels.inbound_words import read
from forbear.errors import BadData
from forbear.ledger.answers import Answer
from tests.ledger.house import NOON

OF = {"lender": "Example Bank", "phone": "+12125550199"}


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("answer", get_args(Answer))
def test_every_answer_names_the_lender_and_its_number(answer: str, language: str) -> None:
    text = worded(answer, language, **OF)
    assert OF["lender"] in text
    assert OF["phone"] in text
    assert "{" not in text


@pytest.mark.parametrize(
    ("language", "begins"),
    [("en-US", "This is"), ("zh-Hans", "您好"), ("zh-Hant", "您好"), ("zh", "您好"), ("es", "This is")],
)
def test_it_is_in_the_writers_language_or_else_in_english(language: str, begins: str) -> None:
    assert worded("introduction", language, **OF).startswith(begins)


@pytest.mark.parametrize("word", ["STOP", "R"])
def test_the_word_that_the_chinese_answer_offers_is_obeyed(word: str) -> None:
    assert word in worded("introduction", "zh-Hans", **OF)
    assert read(word, "zh-Hans", NOON.date()).stops


def test_an_answer_that_is_none_is_a_defect() -> None:
    with pytest.raises(BadData):
        worded("apology", "en", **OF)
