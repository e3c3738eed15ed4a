"""What the rules of time are asked and answer: a matter with what happened in it, and dates with their reasons.

A matter is one debt of one person as a lender has it. Every answer names the rules that gave it.
"""

from dataclasses import dataclass
from datetime import date, datetime

from forbear.rules.facts import Calendar, Lender

CALENDAR_KNOWN = "calendar_known"
"""What must happen first where business days are counted and the calendar does not reach; the reason names it."""
PACK_LOADED = "pack_loaded"


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing that happened, at an aware instant."""

    kind: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """One debt, as far as the rules of time ask after it.

    `as_of` is the day on which the question is put: what happened later is not known yet, and the rules are those
    of that day as `forbear.rules.periods` says. `zone` is the clock that turns instants into dates where the law
    has no legal zone of its own.
    """

    jurisdictions: tuple[str, ...]
    lender: Lender
    as_of: date
    zone: str
    debt_kind: str = "other"
    events: tuple[Happened, ...] = ()
    calendars: tuple[Calendar, ...] = ()
    circumstances: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Reason:
    """What one rule says: a day counted from a day, or the event that must come first.

    `calendar` is the one by which it counts. Where that is missing or does not reach, `calendar_unknown` is true: a
    period of business days then has no day but the event `calendar_known`, and a last day that might move off a
    day of rest is given unmoved, which is never too late. `effect` is what the end of a limitation does.
    """

    rule: str
    day: date | None
    statement: str
    counted_from: date | None = None
    event: str | None = None
    calendar: str = ""
    calendar_unknown: bool = False
    effect: str = ""


@dataclass(frozen=True, slots=True)
class Earliest:
    """The first day on which a step may be taken: the latest of all rules; None without a rule, or before `event`."""

    day: date | None
    event: str | None = None
    rules: tuple[Reason, ...] = ()
    warnings: tuple[Reason, ...] = ()
    """What drafts and proposals say; they never decide."""


@dataclass(frozen=True, slots=True)
class LastDay:
    """The last day for a duty or a suit: the earliest of all rules; None without a rule, or before `event`."""

    day: date | None
    event: str | None = None
    rules: tuple[Reason, ...] = ()
    warnings: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class KeepUntil:
    """The last day on which a record must be there: the latest of all rules.

    None without a rule, or while the period has not begun: then it is kept at least until `event`.
    """

    day: date | None
    event: str | None = None
    rules: tuple[Reason, ...] = ()
    warnings: tuple[Reason, ...] = ()
