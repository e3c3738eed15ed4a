"""What people do when a text reaches them: one small strategy per habit.

Pure: the same seed, phone and number of texts give the same deeds. Delays are world time; the awake hours are put
in by whoever plans the deeds.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random
from typing import Literal

from forbear.sandbox.statuses import Handset, Outcome

DeedKind = Literal["say", "pay", "promise", "dispute", "hardship", "wrong_person", "stop", "abandon"]
Meaning = Literal["stop", "start", "help", "promise", "dispute", "hardship", "wrong_person", "text"]


@dataclass(frozen=True, slots=True)
class Deed:
    """Something a person will do.

    Args:
        kind: `say` is a text; everything else is done on the page behind the link.
        after: world time from now, or from the promised day for `kept`.
        text: what is said, or the reason given on the page.
        meaning: what a text means, whatever its words.
        part: for `pay`, which part of how many.
        days: for `promise`, how far ahead the promised day lies.
        keeps: for `promise`, whether the person pays on that day.
        declined_first: for `pay`, the card fails once.
        mistypes: the birth date is wrong at the first try.
    """

    kind: DeedKind
    after: timedelta
    text: str = ""
    meaning: Meaning = "text"
    part: tuple[int, int] = (1, 1)
    days: int = 0
    keeps: bool = False
    declined_first: bool = False
    mistypes: bool = False


@dataclass(frozen=True, slots=True)
class Heard:
    """A text has arrived: it is the `number`th, counting from one.

    `fate` is the same at every text of a person, `chance` is not.
    """

    number: int
    fate: Random
    chance: Random


Habit = Callable[[Heard], tuple[Deed, ...]]


def heard(seed: int, phone: str, number: int) -> Heard:
    return Heard(number, Random(f"{seed}:{phone}"), Random(f"{seed}:{phone}:{number}"))


def delay(chance: Random) -> timedelta:
    """Most people answer within the hour or so, some in the evening, a few after two days."""
    pace = chance.random()
    if pace < 0.6:  # noqa: PLR2004  the shape of the draw
        return timedelta(minutes=chance.uniform(3, 90))
    return timedelta(hours=chance.uniform(2, 12) if pace < 0.9 else chance.uniform(12, 48))  # noqa: PLR2004  likewise


@dataclass(frozen=True, slots=True)
class Once:
    """Does one thing, after the `at`th text (0: a fixed draw from one to three), and nothing else."""

    deed: Deed
    at: int = 1
    texts: tuple[str, ...] = ()

    def __call__(self, news: Heard) -> tuple[Deed, ...]:
        if news.number != (self.at or news.fate.randint(1, 3)):
            return ()
        text = news.chance.choice(self.texts) if self.texts else self.deed.text
        return (replace(self.deed, after=delay(news.chance), text=text),)


def silent(_news: Heard) -> tuple[Deed, ...]:
    return ()


def pays_in_parts(news: Heard) -> tuple[Deed, ...]:
    """Two or three payments, one after each text."""
    parts = news.fate.randint(2, 3)
    if news.number > parts:
        return ()
    return (Deed("pay", delay(news.chance), part=(news.number, parts)),)


def stops_and_returns(news: Heard) -> tuple[Deed, ...]:
    """STOP, and START some days later."""
    if news.number > 1:
        return ()
    first = delay(news.chance)
    back = first + timedelta(days=news.chance.uniform(4, 8))
    return Deed("say", first, "STOP", "stop"), Deed("say", back, "START", "start")


def asks_help_then_pays(news: Heard) -> tuple[Deed, ...]:
    if news.number == 1:
        return (Deed("say", delay(news.chance), "HELP", "help"),)
    return (Deed("pay", delay(news.chance)),) if news.number == 2 else ()  # noqa: PLR2004  the second text


_NOW = timedelta(0)
_STOPS = (
    "please stop texting me",
    "Stop contacting me.",
    "Do not text this number again",
    "leave me alone, no more messages",
)
_STRANGERS = ("Wrong number", "You have the wrong person", "I don't know who this is, wrong number")
_DISPUTES = ("I do not owe this, I dispute it", "This was already paid. I dispute this debt.")
_HARDSHIPS = ("I lost my job and cannot pay", "I am in hospital and cannot pay right now")

HABITS: dict[str, Habit] = {
    "pays_after_first": Once(Deed("pay", _NOW)),
    "pays_after_second": Once(Deed("pay", _NOW), at=2),
    "pays_after_third": Once(Deed("pay", _NOW), at=3),
    "pays_after_declined_card": Once(Deed("pay", _NOW, declined_first=True)),
    "mistypes_and_pays": Once(Deed("pay", _NOW, mistypes=True)),
    "pays_in_parts": pays_in_parts,
    "abandons_payment": Once(Deed("abandon", _NOW)),
    "promises_and_keeps": Once(Deed("promise", _NOW, "I will pay", "promise", days=5, keeps=True)),
    "promises_and_breaks": Once(Deed("promise", _NOW, "I will pay", "promise", days=4)),
    "disputes": Once(Deed("dispute", _NOW, meaning="dispute"), texts=_DISPUTES),
    "hardship": Once(Deed("hardship", _NOW, meaning="hardship"), texts=_HARDSHIPS),
    "wrong_number": Once(Deed("say", _NOW, meaning="wrong_person"), texts=_STRANGERS),
    "wrong_person_on_page": Once(Deed("wrong_person", _NOW, "Wrong person", "wrong_person")),
    "replies_stop": Once(Deed("say", _NOW, "STOP", "stop"), at=0),
    "replies_stop_in_words": Once(Deed("say", _NOW, meaning="stop"), at=0, texts=_STOPS),
    "stops_on_page": Once(Deed("stop", _NOW, "please stop texting me", "stop")),
    "stops_and_returns": stops_and_returns,
    "asks_help": asks_help_then_pays,
    "never_answers": silent,
    "pays_at_bank": silent,
    "unreachable": silent,
    "landline": silent,
    "filtered": silent,
    "unknown_number": silent,
    "no_delivery_report": silent,
    "voicemail_only": silent,
    "busy_line": silent,
    "refuses_calls": silent,
    "hangs_up_before_check": silent,
    "hangs_up_at_once": silent,
    "wants_a_person": silent,
    "calls_back": silent,
}
"""`pays_at_bank` is silent here: money that comes by bank is somebody else's to bring. The last ones only differ on the
telephone."""

_OUTCOMES = {
    "unreachable": Outcome.UNREACHABLE,
    "landline": Outcome.LANDLINE,
    "filtered": Outcome.FILTERED,
    "unknown_number": Outcome.UNKNOWN_NUMBER,
    "no_delivery_report": Outcome.SILENT,
}


def handset(habit: str) -> Handset:
    """What the phone of a person with this habit does."""
    return Handset(_OUTCOMES.get(habit, Outcome.DELIVERED))
