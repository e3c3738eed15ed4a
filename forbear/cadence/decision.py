"""What `decide` says comes next, in full: with the permit and the reason in words.

The ledger stores it and hands the workflow the extract in `forbear.contracts.decision`.
"""

from dataclasses import dataclass
from datetime import datetime

from forbear.cadence.sms_routes import DEFAULT_ROUTE
from forbear.contracts.words import Channel, PartyRole, StaffRole
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
    drops: tuple[str, ...] = ()
    """Tasks that nobody needs to do any more, or whose time is over; likewise of every decision."""


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask somebody who works for the tenant to make a call or a visit. Nothing is claimed: who does it asks again.

    `permit` is that of the moment in which it is asked for; `expires_at` (world) is when nobody needs to do it any
    more; `title` is what the playbook calls the step.
    """

    step: str
    channel: Channel
    role: PartyRole
    person: str
    point: str
    key: str
    place: str
    template: str
    language: str
    staff_role: StaffRole
    expires_at: datetime
    title: str
    reason: str
    permit: Permit
    stage: str
    question: Question | None = None
    priority: int = 3
    drops: tuple[str, ...] = ()


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
    """Who carries it, as the playbook names the route of its channel."""
    question: Question | None = None
    drops: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Escalate:
    """The cadence is over: open a legal matter of this kind."""

    matter: str
    reason: str
    stage: str = "legal"
    drops: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Close:
    """No outreach is needed any more. `then` is what legal staff are asked to look at after it: a matter and why."""

    reason: str
    then: tuple[str, str] | None = None
    drops: tuple[str, ...] = ()


Decision = Rest | Ask | Contact | Escalate | Close
