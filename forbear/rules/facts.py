"""What the engine is asked and told, in the law's own words (`debtor`, `attempt`).

These types mirror the form of the published cases in `tests/vectors/contact.jsonl`; Forbear's own words
(`borrower`, `touch`) are translated to them in one module, `forbear.cadence.translate`.
All instants are aware; the engine never reads a clock.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Literal

Channel = Literal["sms", "call", "voicemail", "email", "letter", "visit"]
Party = Literal["debtor", "co_debtor", "spouse", "guarantor", "counter_guarantor", "contact", "attorney"]
PlaceKind = Literal["address", "area_code_mobile", "area_code_landline", "last_known", "stated"]
ContactPlace = Literal["mobile", "residence", "workplace", "other"]
Purpose = Literal["reminder", "relay", "opt_out_confirmation", "ask_for_consent"]
Result = Literal[
    "delivered",
    "no_answer",
    "busy",
    "voicemail_left",
    "machine_no_message",
    "not_in_service",
    "connected",
    "called_us",
    "wrong_party",
    "visited",
]
Role = Literal["original_creditor", "third_party_collector", "debt_buyer", "licensed_agency"]
Verdict = Literal["allow", "hold", "block"]
SuppressionScope = Literal["number", "channel", "all_automated", "everything"]
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Lender:
    role: Role
    kind: str = "other"


@dataclass(frozen=True, slots=True)
class Place:
    """Where the person may be: a piece of zone evidence. `zone` is an IANA name.

    `source` is what the zone was read from, such as 'postal code' or 'area code of the number', with nothing personal.
    `derived` is true of what nobody told and the point itself was read for: it narrows the hours, and a rule may say
    that it is no knowledge by itself.
    """

    kind: PlaceKind
    zone: str
    source: str = ""
    derived: bool = False


@dataclass(frozen=True, slots=True)
class Calendar:
    """Public holidays from `first` to `last`, both included; outside them nothing is known.

    `works` are Saturdays and Sundays that were made working days.
    """

    name: str
    version: str
    first: date
    last: date
    days: frozenset[date]
    works: frozenset[date] = frozenset()

    def knows(self, day: date) -> bool:
        """Whether the calendar reaches a date."""
        return self.first <= day <= self.last

    def is_business_day(self, day: date) -> bool:
        """Whether a date is neither a holiday nor, unless made a working day, a Saturday or Sunday."""
        return day in self.works or (day.weekday() < SATURDAY and day not in self.days)


@dataclass(frozen=True, slots=True)
class Stop:
    """A state that forbids contact; `debts` empty means all of them."""

    kind: str
    at: datetime
    channel: str | None = None
    to: str | None = None
    until: datetime | None = None
    debts: tuple[str, ...] = ()
    written: bool = False


@dataclass(frozen=True, slots=True)
class Agreement:
    """`hours` (open, close), `call_consent` (start, end) or `message_consent` (channel, at, maybe to)."""

    kind: str
    open: time | None = None
    close: time | None = None
    start: datetime | None = None
    end: datetime | None = None
    channel: str | None = None
    at: datetime | None = None
    to: str | None = None


@dataclass(frozen=True, slots=True)
class Event:
    kind: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Debt:
    """One debt of the person. `balance_as_of` None means the balance's age is unknown."""

    id: str
    kind: str = "other"
    days_past_due: int = 0
    balance_as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class PastAttempt:
    """One attempt already made, with its result. `person` as in `Attempt`; `ref` is the touch's opaque id."""

    at: datetime
    channel: Channel
    party: Party
    result: Result
    to: str | None = None
    place: ContactPlace | None = None
    debts: tuple[str, ...] = ()
    purpose: Purpose = "reminder"
    person: str | None = None
    ref: str | None = None


@dataclass(frozen=True, slots=True)
class Suppression:
    """An opt-out that binds the whole tenant and every lender role, as policy."""

    scope: SuppressionScope
    at: datetime
    channel: str | None = None
    to: str | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """The product's default limits (pack `POLICY`) and what a lender tightened.

    `product` False switches the product's defaults off, as the published cases do; the law is never
    switched off. `guard_seconds` (world) shortens every window at both ends. `contacts_in_7_days` above
    three needs a playbook that declares it with its source. The other fields can only tighten.
    """

    product: bool = True
    guard_seconds: int = 60
    contacts_in_7_days: int = 3
    open: time | None = None
    close: time | None = None
    sms_a_day: int | None = None
    sms_in_7_days: int | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is known when an attempt is weighed. Tuples may be empty: that means 'none'.

    `calendars` are the public holidays that the packs of the person name; a rule that needs another one, or dates
    that they do not reach, denies. `circumstances` are what is known of the person in the packs' words, such as
    `minor`, `military` or `time_barred`.
    """

    lender: Lender
    jurisdictions: tuple[str, ...]
    places: tuple[Place, ...] = ()
    stops: tuple[Stop, ...] = ()
    agreements: tuple[Agreement, ...] = ()
    events: tuple[Event, ...] = ()
    debts: tuple[Debt, ...] = ()
    history: tuple[PastAttempt, ...] = ()
    suppressions: tuple[Suppression, ...] = ()
    policy: Policy = field(default_factory=Policy)
    calendars: tuple[Calendar, ...] = ()
    circumstances: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Attempt:
    """What is asked: one try to reach one party by one channel about some debts.

    `debts` empty is weighed as being about all of them. `person` is an opaque id for limits that count per
    person; where one side has none, the party stands for it, and for a `contact` the party with `to`.
    """

    channel: Channel
    party: Party
    to: str
    debts: tuple[str, ...]
    place: ContactPlace | None = None
    purpose: Purpose = "reminder"
    staff: int = 1
    prerecorded: bool = False
    person: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that denies at `now`: until an instant, until an event, or for good (both None).

    `why` is the rule's statement; `kind` lets a sentence be made of it when it is read.
    """

    rule: str
    until: datetime | None
    event: str | None
    why: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Count:
    """What a cap counted in the window that ends on the attempt's date: for one debt (or '' for all), in one zone.

    `refs` are the ids of the touches counted, as far as they have one.
    """

    rule: str
    subject: str
    zone: str
    limit: int
    taken: int
    refs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Permit:
    """The written decision. `findings` lists every rule that denies at `now`, packs widest first.

    `until` is the earliest instant, at most 400 days away, at which the same attempt is allowed if nothing
    else happens; None unless the verdict is `hold`. `event` says what must happen first when it is `block`
    (None where nothing can lift it). `closes_at` is the first instant after `now` at which hours deny again,
    None where no hours bind (letters). `opens_at` is the latest opening of the hours now open. Both are None
    while hours deny. `packs` names each pack that was asked, with its version.

    `looked_at` is every rule that was asked, in order; `warnings` are drafts and proposals that would deny;
    `counts` is what every cap counted; `evidence` is what the zones were read from; `calendars` names the public
    holidays that were known, with their versions.
    """

    verdict: Verdict
    until: datetime | None
    event: str | None
    findings: tuple[Finding, ...]
    human_review: bool
    zones: tuple[str, ...]
    opens_at: datetime | None
    closes_at: datetime | None
    disclosures: tuple[str, ...]
    packs: tuple[tuple[str, str], ...]
    looked_at: tuple[str, ...] = ()
    warnings: tuple[Finding, ...] = ()
    counts: tuple[Count, ...] = ()
    evidence: tuple[Place, ...] = ()
    calendars: tuple[tuple[str, str], ...] = ()

    @property
    def rules(self) -> tuple[str, ...]:
        return tuple(finding.rule for finding in self.findings)
