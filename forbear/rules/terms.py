"""What one version of a rule says, read from a pack and typed: whom it binds, what it limits, since when.

A rule's kind decides which of these fields matter; `forbear.rules.form` says which keys each kind may have.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

Unit = Literal["attempt", "communication", "contact", "conversation", "unanswered", "dial"]
Subject = Literal["debt", "person_debt", "person", "debtor", "contact_method"]
Span = Literal["days", "month"]
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
SILENT_FORCES: frozenset[str] = frozenset({"draft", "proposal"})
"""What is not yet law is shown and never denies."""
NEVER_ENDS = date.max.toordinal()


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
class StopTerms:
    """What one kind of stop does under a rule.

    `narrowed_by` names the stop's own fields (`channel`, `to`) that narrow its reach; `channels` are the
    channels a stop must name to be of this kind, if it names one. `event` lifts it, None is never. `timed`
    stops end at their `until`.
    """

    event: str | None = None
    narrowed_by: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()
    except_parties: frozenset[str] = frozenset()
    lifted_by_consent: bool = False
    one_confirmation: bool = False
    written: bool = False
    timed: bool = False
    period: Period | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """Whom and what a rule binds; an empty set is no limit."""

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
    days: int = 0
    after: str = ""
    event: str | None = None
    trigger_unit: Unit = "conversation"
    trigger_channels: frozenset[str] = frozenset()
    stops: Mapping[str, StopTerms] = field(default_factory=dict[str, StopTerms])
    min_staff: int = 0
    third_persons: frozenset[str] = frozenset()
    """Parties who owe nothing: asked only for the purposes in `only_for`, and after `failed_calls` to the debtor."""
    only_for: frozenset[str] = frozenset()
    failed_calls: int = 0
    say: str = ""
    when: str = "always"

    @property
    def is_lenders(self) -> bool:
        """Whether the number is the lender's own, so that the rule holds even where the product's are off."""
        return bool(self.open_from) or bool(self.limit_from and self.limit is None)

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
