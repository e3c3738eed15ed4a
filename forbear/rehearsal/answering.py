"""How people answer a caller or an officer who is a person: drawn from the habits by which they answer texts.

The sandbox's people answer machines by themselves; nobody is at the other end of a call or a door made by a robot of
ours, so the outcome is drawn here, from the same habits and manners. The same seed gives the same answers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from forbear.sandbox.voice.manners import MANNERS, pickup

CAUSES = {"money_stuck": 40, "forgot": 25, "market": 15, "family": 10, "other": 10}
NOT_TALKED = {
    "voicemail": "machine_no_message",
    "machine": "machine_no_message",
    "fax": "not_in_service",
    "failed": "not_in_service",
    "busy": "busy",
    "no_answer": "no_answer",
    "refuses": "hung_up_before_check",
}
"""Who or what picks up to how the call ends."""
TALKED = {
    "pay": "spoke_promise",
    "promise": "spoke_promise",
    "wrong": "wrong_party",
    "not_me": "third_person",
    "stop": "spoke_stop",
    "dispute": "spoke_dispute",
    "hardship": "spoke_hardship",
    "human": "spoke_call_back",
}
"""What somebody wants first to how the talk ends; who wants nothing will not pay."""
WILL_NOT = frozenset({"abandons_payment", "promises_and_breaks"})
"""They click and promise, and say to a person that they will not pay."""
AT_THE_DOOR: Mapping[str, Mapping[str, int]] = {
    "never_answers": {"nobody_home": 70, "met_borrower": 30},
    "replies_stop": {"asked_not_to_return": 100},
    "replies_stop_in_words": {"refused": 60, "asked_not_to_return": 40},
    "disputes": {"refused": 100},
    "wrong_number": {"met_third_party": 100},
    "unreachable": {"nobody_home": 100},
    "unknown_number": {"address_wrong": 100},
}
MOSTLY = {"met_borrower": 52, "nobody_home": 24, "refused": 16, "met_third_party": 8}
MET = {"met_third_party": "household", "nobody_home": "nobody", "address_wrong": "nobody"}
PROMISED_WITHIN = (3, 7)
MOST_PROMISES = 0.6
"""How many of those met at home promise a day."""


@dataclass(frozen=True, slots=True)
class Answer:
    """How it ended. `days` ahead lies the promised day, if one was promised."""

    outcome: str
    cause: str
    days: int | None = None


def on_the_telephone(habit: str, seed: int, phone: str, number: int) -> Answer:
    """The `number`th call to somebody."""
    chance = Random(f"{seed}:{phone}:caller:{number}")  # noqa: S311  seeded on purpose: the same seed is the same month
    cause = chance.choices(list(CAUSES), list(CAUSES.values()))[0]
    answers = pickup(habit, seed, phone, number, awake=True).answers
    if answers != "human":
        return Answer(NOT_TALKED[answers], cause)
    wants = MANNERS[habit].wants
    outcome = "spoke_refuses" if habit in WILL_NOT or not wants else TALKED[wants[0]]
    return Answer(outcome, cause, chance.randint(*PROMISED_WITHIN) if outcome == "spoke_promise" else None)


def at_the_door(habit: str, seed: int, person: str, number: int) -> Answer:
    """The `number`th visit to somebody."""
    chance = Random(f"{seed}:{person}:officers:{number}")  # noqa: S311  likewise
    shares = AT_THE_DOOR.get(habit, MOSTLY)
    outcome = chance.choices(list(shares), list(shares.values()))[0]
    cause = chance.choices(list(CAUSES), list(CAUSES.values()))[0]
    promises = outcome == "met_borrower" and chance.random() < MOST_PROMISES
    return Answer(outcome, cause, chance.randint(*PROMISED_WITHIN) if promises else None)
