"""What people do with a call, by the same habits by which they answer texts. Pure: the seed, phone and number tell all.

Whom a habit keeps quiet in texts may still have a way with calls; the last ones here have nothing but that.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from types import MappingProxyType

from forbear.sandbox.voice.scripts import Answers, Intent, Verdict

_MISTAKEN_FOR_HUMAN, _MISTAKEN_FOR_MACHINE = 0.08, 0.03
"""Detection is right nine times in ten."""

Chances = Mapping[Answers, int]
_MOSTLY: Chances = MappingProxyType({"human": 70, "voicemail": 15, "no_answer": 15})
_NEVER: Chances = MappingProxyType({"no_answer": 50, "voicemail": 50})


@dataclass(frozen=True, slots=True)
class Manner:
    """A habit's way with calls.

    Args:
        wants: what they look for in a menu, in this order.
        picks_up: who answers, in shares.
        leaves_at_check: hangs up when asked who they are.
        leaves_after: hangs up after so many seconds, whatever is said.
        calls_back: when they missed a call.
    """

    wants: tuple[Intent, ...] = ()
    picks_up: Chances = field(default_factory=lambda: _MOSTLY)
    leaves_at_check: bool = False
    leaves_after: float | None = None
    calls_back: bool = False


@dataclass(frozen=True, slots=True)
class Pickup:
    """One call's fate at the handset."""

    answers: Answers
    ring_seconds: float
    greeting_seconds: float
    detected_as: Verdict | None


def _only(answers: Answers) -> Chances:
    return MappingProxyType({answers: 100})


_PAYS, _PROMISES, _STRANGER = Manner(("pay",)), Manner(("promise",)), Manner(("wrong", "not_me"))
_STOPS = Manner(("stop",))

MANNERS: Mapping[str, Manner] = MappingProxyType(
    {
        "pays_after_first": _PAYS,
        "pays_after_second": _PAYS,
        "pays_after_third": _PAYS,
        "pays_after_declined_card": _PAYS,
        "mistypes_and_pays": _PAYS,
        "pays_in_parts": _PAYS,
        "abandons_payment": _PAYS,
        "promises_and_keeps": _PROMISES,
        "promises_and_breaks": _PROMISES,
        "disputes": Manner(("dispute",)),
        "hardship": Manner(("hardship",)),
        "wrong_number": _STRANGER,
        "wrong_person_on_page": Manner(("not_me", "wrong")),
        "replies_stop": _STOPS,
        "replies_stop_in_words": _STOPS,
        "stops_on_page": _STOPS,
        "stops_and_returns": _STOPS,
        "asks_help": Manner(("human",)),
        "never_answers": Manner(picks_up=_NEVER),
        "pays_at_bank": Manner(("promise",), leaves_after=40),
        "unreachable": Manner(picks_up=_only("voicemail")),
        "landline": _PROMISES,
        "filtered": Manner(picks_up=_only("refuses")),
        "unknown_number": Manner(picks_up=_only("failed")),
        "no_delivery_report": Manner(picks_up=_only("voicemail")),
        "voicemail_only": Manner(picks_up=_only("voicemail")),
        "busy_line": Manner(picks_up=_only("busy")),
        "refuses_calls": Manner(picks_up=_only("refuses")),
        "hangs_up_before_check": Manner(("pay",), leaves_at_check=True, picks_up=_only("human")),
        "hangs_up_at_once": Manner(leaves_after=2.5, picks_up=_only("human")),
        "wants_a_person": Manner(("human",), picks_up=_only("human")),
        "calls_back": Manner(("pay",), picks_up=_only("no_answer"), calls_back=True),
    }
)


def pickup(habit: str, seed: int, phone: str, number: int, *, awake: bool) -> Pickup:
    """What happens at somebody's handset when it is called for the `number`th time. Who sleeps hears nothing."""
    chance = Random(f"{seed}:{phone}:call:{number}")
    shares = MANNERS[habit].picks_up
    answers = chance.choices(list(shares), list(shares.values()))[0]
    if answers == "human" and not awake:
        answers = "no_answer"
    detected: Verdict | None = None
    if answers == "voicemail" and chance.random() < _MISTAKEN_FOR_HUMAN:
        detected = "human"
    if answers == "human" and chance.random() < _MISTAKEN_FOR_MACHINE:
        detected = "machine_start"
    return Pickup(answers, chance.uniform(3, 20), chance.uniform(5, 14), detected)
