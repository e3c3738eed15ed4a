"""The menu of a call: what each step answers to what was heard. Pure, and small enough to be walked through whole.

Before the check of who listens no sentence speaks of a debt. 9 ends all calls to the number wherever it is pressed. The
third input in a row that says nothing ends the call politely, and so does a call that goes in circles.
"""

from collections.abc import Callable, Mapping
from typing import Final

from forbear.channels.voice.days import readable_day
from forbear.ports.talks import (
    Ask,
    Connect,
    Effect,
    EffectKind,
    HangUp,
    Heard,
    Listen,
    Said,
    Stage,
    Standing,
    TalkFacts,
    Turn,
)

MOST_MISSES: Final = 3
MOST_TRIES: Final = 2
MOST_STEPS: Final = 40
KEYS: Final = {"birth_date": 8, "last_four": 4, "none": 1}
DAY_KEYS: Final = 4
BY_THE_TEXT: Final = frozenset({"caller_identity", "sender_identity", "amount_and_due_date", "announce_recording"})
"""Disclosures that the script makes by itself: it names the lender first, the amount and its date after the check, and
says so where something is recorded."""
SPOKEN: Final = frozenset({"mini_miranda", "from_debt_collector"})
"""Disclosures with a sentence of their own."""


def begin(facts: TalkFacts) -> Turn:
    """The first words to somebody who answered, or who called us."""
    if not facts.name:
        return Turn(Standing("stranger"), Ask((Said("before.stranger"),), 1))
    return Turn(Standing("greeting"), _greeting(facts))


def message(facts: TalkFacts) -> Turn:
    """What is left on a machine where that is allowed: a name, a number and a wish to be called."""
    del facts
    return Turn(Standing("ended"), HangUp((Said("voicemail.message"),)), (Effect("message"),))


def silence() -> Turn:
    """Nothing may be said."""
    return Turn(Standing("ended"), HangUp())


def can_tell(disclosures: tuple[str, ...]) -> bool:
    """Whether the script makes every disclosure that a permit asks for."""
    return set(disclosures) <= BY_THE_TEXT | SPOKEN


def next_step(facts: TalkFacts, standing: Standing, heard: Heard, number: int) -> Turn:
    """What a step answers.

    Args:
        facts: what may be said.
        standing: where the last step left the menu.
        heard: what came back since.
        number: of this step; a call that goes in circles ends at the fortieth.
    """
    stage = standing.stage
    if stage == "ended":
        return silence()
    if heard.digits == "9" and stage != "human":
        return _end("before.stopped", "stop")
    if number >= MOST_STEPS:
        return _end("before.goodbye")
    if heard.digits == "*" and stage in PROMPTS:
        return Turn(standing, PROMPTS[stage](facts, standing))
    return STAGES[stage](facts, standing, heard)


def _stranger(facts: TalkFacts, standing: Standing, heard: Heard) -> Turn:
    del facts, standing, heard  # the one key that means something to us, 9, was looked at before
    return _end("before.goodbye")


def _greeted(facts: TalkFacts, standing: Standing, heard: Heard) -> Turn:
    match heard.digits:
        case "1" if facts.check == "none":
            return _end("before.cannot_check")
        case "1":
            return Turn(Standing("verify"), _question(facts, standing))
        case "2":
            return _end("before.not_me", "not_me")
        case "3":
            return _end("before.wrong_number", "wrong_party")
        case _:
            return _again(facts, standing)


def _checked(facts: TalkFacts, standing: Standing, heard: Heard) -> Turn:
    if not heard.digits:
        return _again(facts, standing)
    if heard.digits in facts.answers:
        return _let_in(facts)
    tries = standing.tries + 1
    refused = (Effect("not_verified"),)
    if tries >= MOST_TRIES:
        return Turn(Standing("ended"), HangUp((Said("before.cannot_check"),)), refused)
    asked = _question(facts, standing)
    return Turn(Standing("verify", tries=tries), Ask((Said("before.check_again"), *asked.says), asked.digits), refused)


def _let_in(facts: TalkFacts) -> Turn:
    """Whoever listens is who we look for: say what must be told first, and then what the call is about."""
    verified = (Effect("verified"),)
    told = tuple(Said(f"disclosures.{key}") for key in facts.disclosures if key in SPOKEN)
    if facts.owed <= 0:
        return Turn(Standing("ended", verified=True), HangUp((*told, Said("after.nothing_due"))), verified)
    standing = Standing("menu", verified=True)
    offered = _choices(facts, standing)
    return Turn(standing, Ask((*told, *offered.says), offered.digits), verified)


def _chosen(facts: TalkFacts, standing: Standing, heard: Heard) -> Turn:
    chosen = CHOICES.get(heard.digits)
    return _again(facts, standing) if chosen is None else chosen(facts)


def _pay(facts: TalkFacts) -> Turn:
    inside = Standing("ended", verified=True)
    if facts.link_by_text:
        return Turn(inside, HangUp((Said("after.link_coming"),)), (Effect("link_asked"),))
    return Turn(inside, HangUp((Said("after.pay_by_phone"),)))


def _promise(facts: TalkFacts) -> Turn:
    return _to("promise", facts)


def _dispute(facts: TalkFacts) -> Turn:
    del facts
    return Turn(Standing("dispute", verified=True), Listen((Said("after.dispute_record"),)), (Effect("dispute"),))


def _hardship(facts: TalkFacts) -> Turn:
    del facts
    return Turn(Standing("ended", verified=True), HangUp((Said("after.hardship_noted"),)), (Effect("hardship"),))


def _human(facts: TalkFacts) -> Turn:
    connect = Connect((Said("after.connecting"),), facts.phone)
    return Turn(Standing("human", verified=True), connect, (Effect("human"),))


def _day_given(facts: TalkFacts, standing: Standing, heard: Heard) -> Turn:
    day = readable_day(heard.digits, facts.today)
    if day is None:
        return _again(facts, standing)
    read = Standing("confirm", verified=True, day=day)
    return Turn(read, _reading_back(facts, read))


def _confirmed(facts: TalkFacts, standing: Standing, heard: Heard) -> Turn:
    match heard.digits:
        case "1":
            ended = Standing("ended", verified=True)
            return Turn(ended, HangUp((Said("after.promise_noted"),)), (Effect("promise", day=standing.day),))
        case "2":
            return _to("promise", facts)
        case _:
            return _again(facts, standing)


def _recorded(facts: TalkFacts, standing: Standing, heard: Heard) -> Turn:
    del facts, standing
    effects = (Effect("dispute_words", recording=heard.recording),) if heard.recording else ()
    return Turn(Standing("ended", verified=True), HangUp((Said("after.dispute_noted"),)), effects)


def _spoke(facts: TalkFacts, standing: Standing, heard: Heard) -> Turn:
    del facts, standing
    says = () if heard.connected == "completed" else (Said("after.nobody_free"),)
    return Turn(Standing("ended", verified=True), HangUp(says))


def _again(facts: TalkFacts, standing: Standing) -> Turn:
    """Nothing, or nothing we know, was pressed: ask again, but not for ever."""
    misses = standing.misses + 1
    if misses >= MOST_MISSES:
        return Turn(Standing("ended", verified=standing.verified), HangUp((Said("before.goodbye"),)))
    prompt = PROMPTS[standing.stage](facts, standing)
    asked = Standing(standing.stage, misses, standing.tries, standing.verified, standing.day)
    return Turn(asked, Ask((Said("before.again"), *prompt.says), prompt.digits))


def _to(stage: Stage, facts: TalkFacts) -> Turn:
    standing = Standing(stage, verified=True)
    return Turn(standing, PROMPTS[stage](facts, standing))


def _end(key: str, effect: EffectKind | None = None) -> Turn:
    return Turn(Standing("ended"), HangUp((Said(key),)), () if effect is None else (Effect(effect),))


def _greeting(facts: TalkFacts, standing: Standing | None = None) -> Ask:
    del standing
    return Ask((Said("before.greeting_inbound" if facts.inbound else "before.greeting"),), 1)


def _question(facts: TalkFacts, standing: Standing) -> Ask:
    del standing
    kind = "check_birth_date_month_first" if facts.check == "birth_date" and facts.month_first else None
    return Ask((Said(f"before.{kind or f'check_{facts.check}'}"),), KEYS[facts.check])


def _choices(facts: TalkFacts, standing: Standing) -> Ask:
    del standing
    pay = Said("after.key_link" if facts.link_by_text else "after.key_pay")
    return Ask((Said("after.owed"), pay, Said("after.keys")), 1)


def _day_question(facts: TalkFacts, standing: Standing) -> Ask:
    del facts, standing
    return Ask((Said("after.promise_day"),), DAY_KEYS)


def _reading_back(facts: TalkFacts, standing: Standing) -> Ask:
    del facts
    return Ask((Said("after.promise_back", {"day": "" if standing.day is None else standing.day.isoformat()}),), 1)


PROMPTS: Final[Mapping[Stage, Callable[[TalkFacts, Standing], Ask]]] = {
    "greeting": _greeting,
    "verify": _question,
    "menu": _choices,
    "promise": _day_question,
    "confirm": _reading_back,
}
"""What is asked where the menu waits for keys."""
CHOICES: Final[Mapping[str, Callable[[TalkFacts], Turn]]] = {
    "1": _pay,
    "2": _promise,
    "3": _dispute,
    "4": _hardship,
    "0": _human,
}
STAGES: Final[Mapping[Stage, Callable[[TalkFacts, Standing, Heard], Turn]]] = {
    "stranger": _stranger,
    "greeting": _greeted,
    "verify": _checked,
    "menu": _chosen,
    "promise": _day_given,
    "confirm": _confirmed,
    "dispute": _recorded,
    "human": _spoke,
}
