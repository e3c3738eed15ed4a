"""Who listens at the other end of a call: a script's acts, a person's mind, a machine, or nobody in particular.

An ear remembers what was said since its owner last did something. Its memory is plain data, kept with the call.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from forbear.sandbox.voice.listening import Entry, Offer, ends_with_pound, entry, meaning, offers
from forbear.sandbox.voice.scripts import Act, CallScript, Intent, Mind

_SILENT = Act()
_LEAVES = Act(hang_up=True, after=0.8)
_SECONDS_PER_WORD, _SECONDS_PER_CHARACTER = 0.4, 0.25
_IDEOGRAPHS = "\u3400"
_WIDTHS = {"year": 4, "month": 2, "day": 2}
_PHRASES: dict[Intent, tuple[str, str]] = {
    "stop": ("Stop calling me", "不要再打了"),
    "wrong": ("You have the wrong number", "打错了"),
    "not_me": ("No, they are not here", "不是本人"),
    "hardship": ("I cannot pay, I lost my job", "我现在还款有困难"),
    "dispute": ("I dispute this", "我有异议"),
    "promise": ("I promise to pay later", "我约定日期还"),
    "human": ("I want to talk to a person", "转人工"),
    "pay": ("I want to pay", "我要还款"),
    "me": ("Yes, this is me", "是我本人"),
    "confirm": ("Yes, that is correct", "确认"),
}


@dataclass(frozen=True, slots=True)
class Listening:
    """How the application listens: for keys, for words, or both."""

    keys: bool = True
    words: bool = False
    digits: int | None = None
    recording: bool = False


class Ear(Protocol):
    """The other end of the line."""

    memory: dict[str, Any]

    def hear(self, text: str) -> None:
        """Something was said."""
        ...

    def act(self, listening: Listening) -> tuple[Act, Intent | None]:
        """What is done now, and what it means."""
        ...


def ear_of(script: CallScript, memory: dict[str, Any]) -> Ear:
    """The ear of whoever picked up. Machines have none: they never act."""
    if script.answers != "human":
        return _Following((), memory)
    return _Following(script.acts, memory) if script.mind is None else _Thinking(script.mind, memory)


def speaking_seconds(text: str) -> float:
    """How long it takes to say something."""
    ideographs = sum(char >= _IDEOGRAPHS for char in text)
    words = len([word for word in text.split() if word[0] < _IDEOGRAPHS])
    return max(0.5, words * _SECONDS_PER_WORD + ideographs * _SECONDS_PER_CHARACTER)


class _Following:
    """Does its acts one after another, and nothing after the last."""

    def __init__(self, acts: tuple[Act, ...], memory: dict[str, Any]) -> None:
        self._acts = acts
        self.memory: dict[str, Any] = {"heard": [], "at": 0, **memory}

    def hear(self, text: str) -> None:
        self.memory["heard"] = [*self.memory["heard"], text]

    def act(self, listening: Listening) -> tuple[Act, Intent | None]:
        prompt, self.memory["heard"] = "\n".join(self.memory["heard"]), []
        position = self.memory["at"]
        self.memory["at"] = position + 1
        act = self._acts[position] if position < len(self._acts) else _SILENT
        if act.press:
            offered = [offer for offer in offers(prompt) if offer.key == act.press[0]]
            return act, offered[0].intent if offered else None
        return act, meaning(act.say) if act.say and not listening.recording else None


class _Thinking:
    """Chooses by what is said. Memory: what was heard, what was done already, how often there was no answer to give."""

    def __init__(self, mind: Mind, memory: dict[str, Any]) -> None:
        self._mind = mind
        self.memory: dict[str, Any] = {"heard": [], "done": [], "lost": 0, **memory}

    def hear(self, text: str) -> None:
        self.memory["heard"] = [*self.memory["heard"], text]

    def act(self, listening: Listening) -> tuple[Act, Intent | None]:
        prompt, self.memory["heard"] = "\n".join(self.memory["heard"]), []
        if listening.recording:
            return Act(say=self._reason(), press="#" if ends_with_pound(prompt) else None, after=1.0), None
        offered = offers(prompt)
        chosen = self._chosen(offered)
        asked = entry(prompt)
        if chosen is None and asked is not None:
            return self._entered(asked, listening), None
        if chosen is None and not listening.keys:
            return self._answered(prompt)
        if chosen is None:
            return (_LEAVES if self._done_here() else _SILENT), None
        self.memory["done"] = [*self.memory["done"], chosen.intent]
        return Act(press=chosen.key), chosen.intent

    def _chosen(self, offered: tuple[Offer, ...]) -> Offer | None:
        """What they came for; else what keeps the conversation going."""
        by_intent = {offer.intent: offer for offer in reversed(offered)}
        new = [want for want in self._mind.wants if want not in self.memory["done"]]
        for intent in (*new, "me", "confirm"):
            if intent in by_intent:
                return by_intent[intent]
        return None

    def _done_here(self) -> bool:
        """Whether there is nothing left to wait for."""
        self.memory["lost"] += 1
        return bool(set(self._mind.wants) & set(self.memory["done"])) or self.memory["lost"] > self._mind.patience

    def _entered(self, asked: Entry, listening: Listening) -> Act:
        mind = self._mind
        if mind.leaves_at_check and asked.what not in {"date", "days"}:
            return _LEAVES
        digits = _digits(asked, mind, listening.digits)
        if digits is None:
            return _LEAVES if self._done_here() else _SILENT
        return Act(press=digits + ("#" if asked.pound else ""), after=2.5)

    def _answered(self, prompt: str) -> tuple[Act, Intent | None]:
        """In words, where only words are listened to: who they are first, then what they want."""
        asks_who = meaning(prompt) == "me" or "?" in prompt or "吗" in prompt
        wants: list[Intent] = [want for want in self._mind.wants if want not in self.memory["done"]]
        introduces = asks_who and "me" not in self.memory["done"] and not {"wrong", "not_me"} & set(wants)
        intent: Intent = "me" if introduces or not wants else wants[0]
        self.memory["done"] = [*self.memory["done"], intent]
        english, chinese = _PHRASES.get(intent, _PHRASES["me"])
        return Act(say=chinese if self._mind.language.startswith("zh") else english), intent

    def _reason(self) -> str:
        chinese = self._mind.language.startswith("zh")
        return self._mind.reason or ("金额不对，我已经还过了" if chinese else "The amount is not right, I paid already")


def _digits(asked: Entry, mind: Mind, room: int | None) -> str | None:
    """The digits somebody would press; None is not to know them."""
    match asked.what:
        case "phone":
            return mind.phone[-4:]
        case "identity":
            return mind.id_last_four or mind.phone[-4:]
        case "postcode":
            return mind.postcode
        case "days":
            return str(mind.promise_days)
        case "birth":
            return _date_digits(mind.born, asked.parts, room)
        case "date":
            return _date_digits(mind.promised, asked.parts, room)


def _date_digits(day: date | None, parts: tuple[str, ...], room: int | None) -> str | None:
    """A date in the order asked for, or in the order people there write it, as far as there is room for its parts."""
    if day is None:
        return None
    wanted = parts or ("year", "month", "day")
    if room is not None and sum(_WIDTHS[part] for part in wanted) != room:
        fitting = {4: ("month", "day"), 8: ("year", "month", "day"), 2: ("day",)}
        ordered = tuple(part for part in wanted if part in fitting.get(room, wanted))
        wanted = ordered if sum(_WIDTHS[part] for part in ordered) == room else fitting.get(room, wanted)
    values = {"year": f"{day.year:04d}", "month": f"{day.month:02d}", "day": f"{day.day:02d}"}
    return "".join(values[part] for part in wanted)
