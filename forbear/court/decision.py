"""What `decide` may answer about a case. The ledger writes it down and tells the workflow the part without details."""

from dataclasses import dataclass, field
from datetime import date, datetime

from forbear.contracts.case_words import ClockKind, ClockNature, ClockState


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a clock's calculation: a day, what it is, and the rule that says so."""

    day: date
    what: str
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Clock:
    """A legal period as it stands today, with how its last day was reckoned.

    Attributes:
        subject: for whom it runs beside the case (a guarantor's person), or the fact it runs from; empty for the case.
        first: the day it runs from, which is not counted.
        met: the day on which what it asks for was done; of a waiting period nothing.
        ladder: days before the last day on which people are told.
    """

    kind: ClockKind
    subject: str
    nature: ClockNature
    state: ClockState
    first: date
    last: date
    lines: tuple[Line, ...]
    ladder: tuple[int, ...] = ()
    met: date | None = None


@dataclass(frozen=True, slots=True)
class Lacking:
    """One thing without which a stage cannot be entered, and who can supply it."""

    item: str
    what: str
    supplier: str


@dataclass(frozen=True, slots=True)
class Alarm:
    """A rung of a clock's ladder is reached, or the clock has lapsed (rung -1): tell people, then decide again."""

    clock: Clock
    rung: int
    reason: str


@dataclass(frozen=True, slots=True)
class Move:
    """Enter a stage; then decide again."""

    stage: str
    reason: str


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask for a packet of the case's own accord: its stage begins and nobody has asked yet."""

    profile: str
    reason: str


@dataclass(frozen=True, slots=True)
class Prepare:
    """A packet was asked for and not made yet."""

    packet: str
    reason: str


@dataclass(frozen=True, slots=True)
class Rest:
    """Nothing may or need be done before `until`; `lacking` is what people must supply meanwhile."""

    until: datetime
    reason: str
    rule: str = ""
    lacking: tuple[Lacking, ...] = field(default_factory=tuple[Lacking, ...])


@dataclass(frozen=True, slots=True)
class Close:
    """The matter is over; `outcome` is a word: paid, enforced, withdrawn, dismissed, written_off, and so on."""

    outcome: str
    reason: str


CaseDecision = Alarm | Move | Ask | Prepare | Rest | Close


@dataclass(frozen=True, slots=True)
class Decided:
    """The answer, with every clock as it stands, so that the record can keep them."""

    answer: CaseDecision
    clocks: tuple[Clock, ...]
