"""What a call's menu is told, what it heard, and what it answers: parts to be spoken, and effects as data.

The menu itself is pure (`forbear.channels.voice`); the record carries its effects out in the transaction that stores
the step (`forbear.ledger.calls`), so that what was asked for holds before anybody is told so.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final, Literal, Protocol

Stage = Literal["greeting", "stranger", "verify", "menu", "promise", "confirm", "dispute", "human", "ended"]
Check = Literal["birth_date", "last_four", "none"]
EffectKind = Literal[
    "stop",
    "not_me",
    "wrong_party",
    "verified",
    "not_verified",
    "link_asked",
    "promise",
    "dispute",
    "dispute_words",
    "hardship",
    "human",
    "message",
]
ENDED: Final = "ended"


@dataclass(frozen=True, slots=True)
class TalkFacts:
    """What may be said in one call. Holds personal data; `answers` are the keys that pass the identity check.

    `name` is '' for a number nobody gave us. `owed` is what stands open, in the account's currency.
    """

    language: str
    lender: str
    phone: str
    name: str = field(default="", repr=False)
    contact: str = ""
    """Whom to ask for when calling back, where the lender named somebody."""
    check: Check = "none"
    answers: frozenset[str] = field(default=frozenset(), repr=False)
    disclosures: tuple[str, ...] = ()
    owed: Decimal = Decimal(0)
    currency: str = "USD"
    due_since: date | None = None
    today: date = date.min
    link_by_text: bool = False
    month_first: bool = True
    inbound: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a call's menu stands after a step."""

    stage: Stage
    misses: int = 0
    tries: int = 0
    verified: bool = False
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """What came back from the line: keys, a recording's id, or how a connection to a human ended."""

    digits: str = field(default="", repr=False)
    recording: str = ""
    connected: str = ""


@dataclass(frozen=True, slots=True)
class Effect:
    """What a step moves."""

    kind: EffectKind
    day: date | None = None
    recording: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence of a script, by its key, with its values."""

    key: str
    values: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)


@dataclass(frozen=True, slots=True)
class Ask:
    """Speak, and wait for so many keys; fewer end with #."""

    says: tuple[Said, ...]
    digits: int


@dataclass(frozen=True, slots=True)
class Listen:
    """Speak, then record what is said until # or silence."""

    says: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Connect:
    """Speak, then ring a human."""

    says: tuple[Said, ...]
    phone: str


@dataclass(frozen=True, slots=True)
class HangUp:
    """Speak, if there is anything to say, and end the call."""

    says: tuple[Said, ...] = ()


Part = Ask | Listen | Connect | HangUp


@dataclass(frozen=True, slots=True)
class Turn:
    """The menu's answer: where it stands, what is moved, and then what is spoken."""

    standing: Standing
    part: Part
    effects: tuple[Effect, ...] = ()


class Voice(Protocol):
    """The menu and its words, as the record sees them."""

    def begin(self, facts: TalkFacts) -> Turn:
        """The first words to somebody who answered, or who called us."""
        ...

    def message(self, facts: TalkFacts) -> Turn:
        """What is left on a machine."""
        ...

    def silence(self) -> Turn:
        """Nothing may be said."""
        ...

    def next_step(self, facts: TalkFacts, standing: Standing, heard: Heard, number: int) -> Turn:
        """What step `number` answers."""
        ...

    def can_tell(self, disclosures: tuple[str, ...]) -> bool:
        """Whether the script makes every disclosure that a permit asks for."""
        ...

    def render(self, turn: Turn, facts: TalkFacts, *, next_url: str, recording_url: str, script: str) -> str:
        """A turn as the carrier's document."""
        ...

    def silent(self) -> str:
        """The document that hangs up without a word."""
        ...
