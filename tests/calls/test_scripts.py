"""A playbook whose machine call names no script is refused when a process starts."""

from dataclasses import replace

import pytest

from forbear.cadence.playbooks import Playbook, load_all
from forbear.channels.voice.checking import check_scripts
from forbear.channels.voice.speaking import Speaking
from forbear.channels.voice.words import language_of, scripts, sentences
from forbear.errors import BadInput, CannotStart


def calling() -> Playbook:
    """A shipped playbook with a call by the machine."""
    books = load_all().values()
    return next(book for book in books if any(step.channel == "call" and step.by == "machine" for step in book.steps))


def test_the_shipped_playbooks_can_be_spoken() -> None:
    check_scripts(load_all())


def test_a_step_without_a_script_is_named() -> None:
    book = calling()
    steps = tuple(
        replace(step, template="nowhere") if step.channel == "call" and step.by == "machine" else step
        for step in book.steps
    )
    with pytest.raises(CannotStart, match=r"there is no script nowhere\. Name one of menu"):
        check_scripts({book.name: replace(book, steps=steps)})


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
