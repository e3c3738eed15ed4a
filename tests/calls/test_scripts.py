"""The scripts of calls: the same sentences in both languages, and no call in which not all could be said."""

import pytest

from forbear.channels.voice.speaking import Speaking
from forbear.channels.voice.words import language_of, scripts, sentences
from forbear.errors import BadInput


def test_both_languages_have_the_same_sentences() -> None:
    for script in scripts():
        assert sentences(script, "en").keys() == sentences(script, "zh-Hans").keys()


@pytest.mark.parametrize(
    ("language", "spoken"), [("zh-Hant", "zh-Hans"), ("zh", "zh-Hans"), ("en-GB", "en"), ("fr", "en")]
)
def test_every_language_has_one_that_is_spoken(language: str, spoken: str) -> None:
    assert language_of(language) == spoken


@pytest.mark.parametrize(("script", "disclosures"), [("nowhere", ()), ("menu", ("card_letter_seal",))])
def test_a_call_in_which_not_all_could_be_said_is_not_made(script: str, disclosures: tuple[str, ...]) -> None:
    with pytest.raises(BadInput):
        Speaking().check(script, disclosures)
