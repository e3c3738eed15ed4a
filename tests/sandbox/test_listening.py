"""People understand menus by what is said: wordings of many hands, in English and Chinese."""

from datetime import date
from typing import Any

import pytest

from forbear.sandbox.voice.ears import Listening, ear_of, speaking_seconds
from forbear.sandbox.voice.listening import entry, meaning, offers
from forbear.sandbox.voice.scripts import CallScript, Mind

MENUS: list[tuple[str, dict[str, str | None]]] = [
    ("If this is Ada, press 1. If it is not you, press 2. For a wrong number press 3.", {"1": "me", "2": "not_me", "3": "wrong"}),
    ("Press 1 to pay, 2 to promise a date, or 9 to stop these calls.", {"1": "pay", "2": "promise", "9": "stop"}),
    ("Press one if you are Ada Example. Press the star key to hear this again.", {"1": "me", "*": "repeat"}),
    ("To dispute this, press 3. If you cannot pay, press four. To talk to a person, press zero.", {"3": "dispute", "4": "hardship", "0": "human"}),
    ("We heard March 5. If that is correct, press 1. To change it, press 2.", {"1": "confirm", "2": "redo"}),
    ("本人请按1，不是本人请按2，打错了请按3，不希望再接到电话请按9。", {"1": "me", "2": "not_me", "3": "wrong", "9": "stop"}),
    ("按1还款，按2约定还款日期，按3提出异议，按4说明困难，按0转人工，重听按星号键。", {"1": "pay", "2": "promise", "3": "dispute", "4": "hardship", "0": "human", "*": "repeat"}),
    ("还款请按一。转人工请按零。", {"1": "pay", "0": "human"}),
    ("Your balance is 120.50 dollars, due on March 2. Thank you.", {}),
    ("Enter four digits, two for the month and two for the day, then press the pound key.", {}),
]  # fmt: skip


@pytest.mark.parametrize(("prompt", "expected"), MENUS, ids=range(len(MENUS)))
def test_keys_are_understood_by_the_words_beside_them(prompt: str, expected: dict[str, str | None]) -> None:
    assert {offer.key: offer.intent for offer in offers(prompt)} == expected


@pytest.mark.parametrize(
    ("prompt", "what", "parts", "pound"),
    [
        ("Please enter your date of birth: two digits for the month, two for the day, four for the year.", "birth", ("month", "day", "year"), False),
        ("Enter the year in which you were born, then press pound.", "birth", ("year",), True),
        ("Please enter the last four digits of your phone number.", "phone", (), False),
        ("请输入您的出生年月日，共八位。", "birth", ("year", "month", "day"), False),
        ("请输入身份证后四位，按井号键结束。", "identity", (), True),
        ("请输入手机号码后四位。", "phone", (), False),
        ("请输入四位还款日期：月份两位，日期两位。", "date", ("month", "day"), False),
        ("Enter the day and the month on which you will pay, two digits each.", "date", ("day", "month"), False),
        ("In how many days will you pay? Enter the number of days.", "days", (), False),
        ("Enter your five digit zip code.", "postcode", (), False),
    ],
)  # fmt: skip
def test_digits_are_understood_by_what_is_asked(prompt: str, what: str, parts: tuple[str, ...], pound: bool) -> None:
    asked = entry(prompt)
    assert asked is not None
    assert (asked.what, asked.parts, asked.pound) == (what, parts, pound)


@pytest.mark.parametrize("prompt", ["Press 1 to pay.", "Thank you. Goodbye.", "再见。"])
def test_no_digits_are_asked_for(prompt: str) -> None:
    assert entry(prompt) is None


def talk(wants: tuple[Any, ...], *prompts: str, **more: Any) -> list[str | None]:
    """What somebody presses at each prompt; None is to do nothing, `hang up` to leave."""
    given: dict[str, Any] = {"born": date(1980, 5, 1), "promised": date(2026, 3, 9)} | more
    mind = Mind(wants=wants, phone="+12125550147", **given)
    memory: dict[str, Any] = {}
    pressed: list[str | None] = []
    for prompt in prompts:
        ear = ear_of(CallScript(mind=mind), memory)
        ear.hear(prompt)
        act, _ = ear.act(Listening(digits=8 if "eight" in prompt else None))
        memory = ear.memory
        pressed.append("hang up" if act.hang_up else act.press)
    return pressed


IS_IT_YOU = "If you are Ada Example, press 1. For someone else, press 2. For a wrong number, press 3. For no more calls, press 9."
BIRTH = "Please enter your date of birth with eight digits: year, month and day."
MENU = "To pay, press 1. To promise a day, press 2. If something is wrong, press 3. If you cannot pay, press 4. For a person, press 0."
DAY = "Enter the month and the day, two digits each."
CONFIRM = "On March 9. If this is right, press 1. To enter another, press 2."


@pytest.mark.parametrize(
    ("wants", "prompts", "pressed"),
    [
        (("pay",), (IS_IT_YOU, BIRTH, MENU, "We sent it."), ["1", "19800501", "1", "hang up"]),
        (("promise",), (IS_IT_YOU, BIRTH, MENU, DAY, CONFIRM), ["1", "19800501", "2", "0309", "1"]),
        (("hardship",), (IS_IT_YOU, BIRTH, MENU), ["1", "19800501", "4"]),
        (("human",), (IS_IT_YOU, BIRTH, MENU), ["1", "19800501", "0"]),
        (("wrong", "not_me"), (IS_IT_YOU, "Sorry. Goodbye."), ["3", "hang up"]),
        (("not_me",), (IS_IT_YOU,), ["2"]),
        (("stop",), (IS_IT_YOU,), ["9"]),
        ((), (IS_IT_YOU, BIRTH, MENU, MENU, MENU), ["1", "19800501", None, None, "hang up"]),
    ],
)
def test_people_find_their_way_through_a_menu(
    wants: tuple[Any, ...], prompts: tuple[str, ...], pressed: list[str]
) -> None:
    assert talk(wants, *prompts) == pressed


def test_some_people_leave_when_asked_who_they_are() -> None:
    assert talk(("pay",), IS_IT_YOU, BIRTH, leaves_at_check=True) == ["1", "hang up"]


def test_who_does_not_know_an_answer_gives_none() -> None:
    assert talk(("pay",), BIRTH, born=None) == [None]


@pytest.mark.parametrize(
    ("words", "intent"), [("Stop calling me", "stop"), ("不要再打了", "stop"), ("我要还款", "pay"), ("hello", None)]
)
def test_spoken_words_mean_something(words: str, intent: str | None) -> None:
    assert meaning(words) == intent


def test_speaking_takes_its_time_in_both_languages() -> None:
    assert speaking_seconds("one two three four five") == pytest.approx(2.0)
    assert speaking_seconds("您好请找本人") == pytest.approx(1.5)
    assert speaking_seconds("") == 0.5
