"""One legal case and everything that bears on it, as values: what `decide` reads and the ledger fills. Pure.

Days are civil dates in the court's zone. Nothing here is personal: people stand by their ids and roles, papers by their
kinds, files by their slots.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from forbear.contracts.case_words import (
    CaseKind,
    ClockKind,
    ClockNature,
    ClockState,
    FactKind,
    GuaranteeKind,
    PacketState,
    ServiceMethod,
    ServiceResult,
)
from forbear.contracts.words import PartyRole
from forbear.rules.facts import Calendar


@dataclass(frozen=True, slots=True)
class Happened:
    """A fact that stands: taken-back ones are left out. `details` hold days as ISO text and amounts as text."""

    id: str
    kind: FactKind
    on: date
    person: str = ""
    details: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class Served:
    """One piece of the register of service that stands. `reached` is None while nothing shows that it arrived."""

    paper: str
    person: str
    method: ServiceMethod
    result: ServiceResult
    sent: date | None
    reached: date | None
    rule: str = ""
    proven: bool = False
    """Whether there is evidence of it: a file, or a carrier's own scan."""


@dataclass(frozen=True, slots=True)
class Answering:
    """A party of the account."""

    person: str
    role: PartyRole


@dataclass(frozen=True, slots=True)
class Guaranteed:
    """A guarantee that holds. `counter` secures a guarantor's recourse and not the debt."""

    person: str
    kind: GuaranteeKind
    main_due: date
    agreed_end: date | None = None
    agreed_months: int | None = None
    counter: bool = False
    most: Decimal | None = None


@dataclass(frozen=True, slots=True)
class PacketKnown:
    """A packet as far as a decision needs it."""

    id: str
    number: int
    profile: str
    state: PacketState
    draft: bool = False
    missing: int = 0
    asked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ClockKnown:
    """A clock as the ledger has it, with the rungs that were raised for this last day; a lapse is rung -1."""

    kind: ClockKind
    subject: str
    nature: ClockNature
    state: ClockState
    last: date
    raised: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Stopped:
    """A stop that binds the account now: its kind, and whether the debt or only contact with the person is stopped."""

    kind: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class CaseLife:
    """A case, read in one transaction.

    Attributes:
        path: id of its path; empty while a person has not taken it up.
        jurisdictions: the packs of the place in which the borrower lives, widest first.
        lender_role, lender_kind, debt_kind: in the rules' words.
        owed: what is owed today, by component; for recourse, what the guarantor paid and was not paid back.
        last_paid: day of the latest payment that counts, if any.
        paid_on: days of all payments by the debtor that count, oldest first: each may start the limitation anew.
        instalment_due: when the last instalment of the debt falls due, where terms say so.
        zone: IANA name of the court's zone.
        calendars: public holidays of the place, as the rules are given them.
        fields_told: names of the paper fields that were told for the case, by whomever.
        slots_filled: slots of the checklist in which at least one file lies.
        events: what happened to the account in the rules' words, such as `validation_notice_sent`.
    """

    id: str
    account: str
    kind: CaseKind
    path: str
    stage: str
    stage_since: date | None
    opened: date
    state: str
    currency: str
    owed: Mapping[str, Decimal]
    due_since: date
    jurisdictions: tuple[str, ...]
    lender_role: str
    lender_kind: str
    debt_kind: str
    zone: str
    calendars: tuple[Calendar, ...] = ()
    parties: tuple[Answering, ...] = ()
    facts: tuple[Happened, ...] = ()
    services: tuple[Served, ...] = ()
    guarantees: tuple[Guaranteed, ...] = ()
    packets: tuple[PacketKnown, ...] = ()
    clocks: tuple[ClockKnown, ...] = ()
    stops: tuple[Stopped, ...] = ()
    events: tuple[tuple[str, date], ...] = ()
    fields_told: frozenset[str] = frozenset()
    slots_filled: frozenset[str] = frozenset()
    last_paid: date | None = None
    paid_on: tuple[date, ...] = ()
    instalment_due: date | None = None
    creditor: str = ""
    account_open: bool = True
    circumstances: frozenset[str] = frozenset()
    policy: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """The lender's own thresholds: `least_amount` for a suit as text, `mediation` = 'first' | 'skip' …"""

    @property
    def balance(self) -> Decimal:
        return sum(self.owed.values(), Decimal(0))

    def happened(self, *kinds: FactKind) -> tuple[Happened, ...]:
        """Facts of these kinds, oldest first."""
        return tuple(each for each in self.facts if each.kind in kinds)

    def latest(self, *kinds: FactKind) -> Happened | None:
        """The last fact of these kinds."""
        return max(self.happened(*kinds), key=lambda each: (each.on, each.id), default=None)
