"""Robots that read: what people say deserves its answer, and only what the page offers is chosen."""

from collections.abc import Mapping
from random import Random
from typing import cast

import pytest

from forbear.ledger.human_readings import MEANINGS
from forbear.rehearsal.browser import Browser
from forbear.rehearsal.reading import MEANS, NOTHING, meaning, read_message
from forbear.sandbox.habits import HABITS, Deed, Heard
from forbear.sandbox.habits_zh import in_language

TASK = "/staff/tasks/tsk_1"
DESERVED = {"wrong_person", "dispute", "hardship"}


def said(language: str) -> list[Deed]:
    """What people of all habits write, in many draws."""
    found = list[Deed]()
    for number in range(1, 4):
        for draw in range(40):
            for habit in HABITS.values():
                deeds = habit(Heard(number, Random(draw), Random(f"{number}:{draw}")))
                found += [in_language(deed, language, Random(draw)) for deed in deeds if deed.text]
    return found


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_what_people_say_deserves_its_answer(language: str) -> None:
    deeds = said(language)
    assert {deed.meaning for deed in deeds} >= DESERVED
    for deed in deeds:
        answer = meaning(deed.text)
        if deed.meaning in DESERVED:
            assert answer == deed.meaning, deed.text
        else:
            assert answer in {NOTHING, "stop"}, deed.text
            assert answer == NOTHING or deed.meaning == "stop", deed.text


def test_whatever_may_be_answered_is_on_the_page() -> None:
    assert {each for each, _ in MEANS} | {NOTHING} <= set(MEANINGS)


class Pages:
    """A work list with one message, as a browser of the rehearsal sees it."""

    def __init__(self, words: str | None, offered: tuple[str, ...] = MEANINGS, *, gone: bool = False) -> None:
        self.words, self.offered, self.gone = words, offered, gone
        self.sent = list[tuple[str, Mapping[str, str]]]()

    def done(self, path: str, fields: Mapping[str, str] | None = None) -> bool:
        self.sent.append((path, fields or {}))
        return not self.gone

    def page(self, path: str) -> str:
        assert path == TASK
        quote = "" if self.words is None else f'<blockquote class="quote">{self.words}</blockquote>'
        radios = [f'<input type="radio" id="meaning-{each}" name="meaning" value="{each}">' for each in self.offered]
        return quote + "".join(radios)


@pytest.mark.parametrize(
    ("words", "offered", "chosen"),
    [
        ("I don&#39;t know who this is, wrong number", MEANINGS, "wrong_person"),
        ("wrong number", ("stop", "nothing"), NOTHING),
        (None, MEANINGS, NOTHING),
    ],
)
def test_a_message_is_opened_and_given_a_meaning_that_is_offered(
    words: str | None, offered: tuple[str, ...], chosen: str
) -> None:
    pages = Pages(words, offered)
    assert read_message(cast("Browser", pages), TASK)
    assert pages.sent == [(f"{TASK}/open", {}), (f"{TASK}/meaning", {"meaning": chosen})]


def test_a_message_that_a_colleague_took_is_left_to_them() -> None:
    pages = Pages("wrong number", gone=True)
    assert not read_message(cast("Browser", pages), TASK)
    assert len(pages.sent) == 1
