"""What `decide` says comes next, in full: with the permit and the reason in words.

The ledger stores it and hands the workflow the extract in `forbear.contracts.decision`.
"""

from dataclasses import dataclass
from datetime import datetime

from forbear.cadence.sms_routes import DEFAULT_ROUTE
from forbear.contracts.words import Channel, PartyRole
from forbear.rules.facts import Attempt, Facts, Permit


@dataclass(frozen=True, slots=True)
class Question:
    """What the rules were asked at the decision's instant: its permit is their answer, and would be it again."""

    attempt: Attempt
    facts: Facts


@dataclass(frozen=True, slots=True)
class Rest:
    """Do nothing before `until` (world, at most seven days on). `rule` is what holds, '' when nothing is due."""

    until: datetime
    reason: str
    rule: str = ""
    permit: Permit | None = None
    stage: str = ""
    question: Question | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """Reach one party now. `window_closes` (world) is when hours deny again; None for letters."""

    step: str
    channel: Channel
    role: PartyRole
    person: str
    point: str
    key: str
    place: str
    template: str
    language: str
    accounts: tuple[str, ...]
    window_closes: datetime | None
    priority: int
    reason: str
    permit: Permit
    stage: str
    provider: str = DEFAULT_ROUTE
    """The route of a text; for the other channels the channel itself, as each has one way out."""
    question: Question | None = None


@dataclass(frozen=True, slots=True)
class Escalate:
    """The cadence is over: open a legal matter of this kind."""

    matter: str
    reason: str
    stage: str = "legal"


@dataclass(frozen=True, slots=True)
class Close:
    """No outreach is needed any more."""

    reason: str


Decision = Rest | Contact | Escalate | Close
