"""What one version of a rule says, read from a pack and typed: whom it binds, what it limits, since when.

A rule's kind decides which of these fields matter; `forbear.rules.form` says which keys each kind may have.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

Unit = Literal["attempt", "communication", "contact", "conversation", "unanswered", "dial"]
Subject = Literal["debt", "person_debt", "person", "debtor", "contact_method"]
Span = Literal["days", "month"]
LengthUnit = Literal["hours", "days", "business_days", "weeks", "months", "years"]
Roll = Literal["none", "next_business_day"]
Effect = Literal["defence", "barred", "extinguished"]
Stage = Literal["before_identity", "any"]
Force = Literal[
    "law",
    "regulation",
    "presumption",
    "guideline",
    "self_regulatory",
    "voluntary_standard",
    "policy",
    "draft",
    "proposal",
]
Phrases = Mapping[str, tuple[str, ...]]
SILENT_FORCES: frozenset[str] = frozenset({"draft", "proposal"})
"""What is not yet law is shown and never denies."""
NEVER_ENDS = date.max.toordinal()
FUNCTION_OF: Mapping[str, str] = {
    "quiet_hours": "check",
    "holiday": "check",
    "frequency_cap": "check",
    "busy_counts": "check",
    "cooldown": "check",
    "wait_period": "check",
    "stop_state": "check",
    "suppression": "check",
    "consent": "check",
    "visit": "check",
    "no_contact": "check",
    "third_party": "check",
    "balance": "check",
    "zone": "check",
    "jurisdiction": "check",
    "disclosure": "must_say",
    "identity": "must_say",
    "recording": "must_say",
    "wording": "may_not_say",
    "notice": "earliest",
    "deadline": "last_day",
    "limitation": "last_day",
    "retention": "keep_until",
}
"""Each kind of rule answers by exactly one function."""


@dataclass(frozen=True, slots=True)
class Cite:
    """Where the rule stands. `published` is the source's own date where it is known."""

    instrument: str
    section: str = ""
    published: date | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """A cap's window: the `n` consecutive local dates that end on the attempt's, or its calendar month."""

    span: Span
    n: int = 1


@dataclass(frozen=True, slots=True)
class Period:
    """A period of `days` from the assumed receipt of a notice, itself `receipt_days` business days after sending."""

    after: str
    receipt_days: int
    days: int


@dataclass(frozen=True, slots=True)
class Length:
    """So many units of time. Months and years end on the month's last day where the corresponding day is missing."""

    count: int
    unit: LengthUnit


@dataclass(frozen=True, slots=True)
class Timing:
    """What a rule of notice, deadline, limitation or retention says: what it times, from which events, how long.

    `of` are the steps, duties or kinds of record that it times (`sue` for a limitation). Of the events in `after`
    the latest counts, its own day is not counted, and `receipt` passes before the count begins. `event` is what
    is missing before a step where none of `after` has happened. `restarts` begin the count anew, and
    `long_stop` ends it from the first of `after` whatever restarted it.
    """

    of: frozenset[str]
    after: tuple[str, ...]
    length: Length
    event: str | None = None
    roll: Roll = "none"
    receipt: Length | None = None
    restarts: tuple[str, ...] = ()
    restarts_after_expiry: bool = False
    long_stop: Length | None = None
    effect: Effect | None = None

    def lengths(self) -> tuple[Length, ...]:
        """Every length that is counted, the main one first."""
        return tuple(each for each in (self.length, self.receipt, self.long_stop) if each is not None)

    @property
    def by_business_days(self) -> bool:
        """Whether public holidays matter, so that a calendar must be known."""
        counted = any(each.unit == "business_days" for each in self.lengths())
        return counted or self.roll == "next_business_day"


@dataclass(frozen=True, slots=True)
class StopTerms:
    """What one kind of stop does under a rule.

    `narrowed_by` names the stop's own fields (`channel`, `to`) that narrow its reach; `channels` are the
    channels a stop must name to be of this kind, if it names one. `event` lifts it, None is never. `timed`
    stops end at their `until`; one without, `days` local dates after its own, where the rule gives days.
    `grace_hours` pass before the stop binds.
    """

    event: str | None = None
    narrowed_by: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()
    except_parties: frozenset[str] = frozenset()
    lifted_by_consent: bool = False
    one_confirmation: bool = False
    written: bool = False
    timed: bool = False
    days: int = 0
    grace_hours: int = 0
    period: Period | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """Whom and what a rule binds; an empty set is no limit.

    A rule with `circumstances` binds only where one of them is known of the person; one with `languages` also where
    the language of the attempt is not known.
    """

    channels: frozenset[str] = frozenset()
    recorded_only: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    lender_kinds: frozenset[str] = frozenset()
    parties: frozenset[str] = frozenset()
    except_parties: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    purposes: frozenset[str] = frozenset()
    except_purposes: frozenset[str] = frozenset()
    debt_kinds: frozenset[str] = frozenset()
    days_past_due_at_most: int | None = None
    only_jurisdictions: frozenset[str] = frozenset()
    except_jurisdictions: frozenset[str] = frozenset()
    circumstances: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Terms:
    """One dated version of one rule, in force on the local dates `[first, last)` given as ordinals.

    `verified_on` is when its source was last read and still said so; nobody has read the source of a rule that
    is held from memory. `added` is when it entered the pack.
    """

    rule: str
    kind: str
    statement: str
    force: Force
    evidence: str
    cite: Cite
    added: date
    verified_on: date | None = None
    title: str = ""
    questions: tuple[str, ...] = ()
    """Ids of the pack's open questions about the rule."""
    first: int = 0
    last: int = NEVER_ENDS
    scope: Scope = field(default_factory=Scope)
    open: int = 0
    close: int = 0
    open_from: str = ""
    close_from: str = ""
    weekdays: frozenset[int] = frozenset()
    yields_to: frozenset[str] = frozenset()
    """Jurisdictions in whose one legal zone their own hours hold and these do not."""
    override: str = ""
    override_days: int = 0
    unit: Unit = "attempt"
    subject: Subject = "debt"
    window: Window = field(default_factory=lambda: Window("days"))
    limit: int | None = None
    limit_from: str = ""
    counts_every_purpose: bool = False
    """Whether a cap counts past attempts of purposes that it does not itself bind."""
    days: int = 0
    after: str = ""
    event: str | None = None
    trigger_unit: Unit = "conversation"
    trigger_channels: frozenset[str] = frozenset()
    stops: Mapping[str, StopTerms] = field(default_factory=dict[str, StopTerms])
    min_staff: int = 0
    not_alone: frozenset[str] = frozenset()
    """Kinds of place that do not show alone where a person is."""
    third_persons: frozenset[str] = frozenset()
    """Parties who owe nothing: asked only for the purposes in `only_for`, and after `failed_calls` to the debtor."""
    only_for: frozenset[str] = frozenset()
    failed_calls: int = 0
    calendar: str = ""
    """The public holidays by which the rule counts, or on which it denies: its own, else its pack's."""
    closed_otherwise: bool = False
    """Whether the days that `weekdays` leaves out are closed, rather than left to other rules."""
    say: str = ""
    when: str = "always"
    words: Phrases = field(default_factory=dict[str, tuple[str, ...]])
    """By language, phrases of which a text that must say `say` holds at least one."""
    phrases: Phrases = field(default_factory=dict[str, tuple[str, ...]])
    """By language, phrases that no text may hold, at the stage `stage`."""
    stage: Stage = "any"
    money_figures: bool = False
    """Whether the rule forbids figures of money that come from elsewhere than the money filters."""
    timing: Timing | None = None

    @property
    def is_lenders(self) -> bool:
        """Whether the number is the lender's own, so that the rule holds even where the product's are off."""
        return bool(self.open_from) or bool(self.limit_from and self.limit is None)

    @property
    def counted(self) -> Scope:
        """The scope by which a cap counts the past."""
        if not self.counts_every_purpose:
            return self.scope
        return replace(self.scope, purposes=frozenset(), except_purposes=frozenset())

    @property
    def needs_calendar(self) -> bool:
        """Whether the rule cannot be answered without its calendar."""
        by_stop = any(stop.period is not None for stop in self.stops.values())
        return self.kind == "holiday" or by_stop or (self.timing is not None and self.timing.by_business_days)

    def in_force(self, day: int) -> bool:
        """Whether the version holds on a local date."""
        return self.first <= day < self.last


def unknown_jurisdiction(name: str) -> Terms:
    """What stands in for the rules of a place whose pack we do not have."""
    return Terms(
        rule=f"PACK.{name}",
        kind="jurisdiction",
        statement=f"There is no pack for {name}: what its law says is not known here.",
        force="policy",
        evidence="policy",
        cite=Cite("Forbear's design"),
        added=date.min,
    )
