"""What `decide` is told of an account's life, in Forbear's words. Loaded by the ledger in one transaction.

Nothing here is personal: persons, numbers and addresses appear as opaque ids and keys. Instants are aware UTC in
world time; dates are civil dates where the account's lender keeps its books.
"""

from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from forbear.contracts.words import (
    OPEN_TASKS,
    Channel,
    LenderKind,
    LenderRole,
    PartyRole,
    PointKind,
    PointState,
    StopKind,
    SuppressionScope,
    TaskState,
    TouchState,
    Worker,
)
from forbear.rules.facts import Calendar


@dataclass(frozen=True, slots=True)
class Lender:
    """`tightened` holds the lender's own policy limits; they only ever tighten the product's."""

    id: str
    role: LenderRole
    kind: LenderKind
    tightened: "Tightened"


@dataclass(frozen=True, slots=True)
class Tightened:
    open: time | None = None
    close: time | None = None
    sms_a_day: int | None = None
    sms_in_7_days: int | None = None
    contacts_in_7_days: int | None = None


@dataclass(frozen=True, slots=True)
class ZoneClue:
    """A zone that was read from a point itself: from an address, or from the area code of a number."""

    zone: str
    kind: str
    source: str


@dataclass(frozen=True, slots=True)
class ContactPoint:
    """`key` is the same wherever the number comes back. `zone` is the one the lender told, None if it told none.

    `country` is the number's or the address's, in two letters; None where it is not known. `clues` are the zones that
    the point itself speaks for.
    """

    id: str
    kind: PointKind
    key: str
    place: str
    state: PointState
    zone: str | None
    zone_evidence: str | None
    country: str | None = None
    clues: tuple[ZoneClue, ...] = ()


@dataclass(frozen=True, slots=True)
class Consent:
    """`point` None means any of the person's points of that channel."""

    channel: Channel
    point: str | None
    at: datetime
    revoked_at: datetime | None = None
    by_start: bool = False
    """It only took back an opt-out from one number, by START."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """`hours` with open and close, or `call_consent` with start and end."""

    kind: str
    at: datetime
    open: time | None = None
    close: time | None = None
    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class Stop:
    """`account` None means all debts of the person; `until` None means until lifted."""

    kind: StopKind
    at: datetime
    account: str | None = None
    until: datetime | None = None
    lifted_at: datetime | None = None
    key: str | None = None
    written: bool = False


@dataclass(frozen=True, slots=True)
class Suppression:
    scope: SuppressionScope
    at: datetime
    channel: Channel | None = None
    key: str | None = None
    lifted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PastTouch:
    """One touch that was claimed, or a contact from before enrolment (`state` delivered, `result` given).

    `at` is when it was dispatched, else claimed. `account` is the one whose cadence made it, `accounts` all it
    spoke of. `result` is a call's or visit's outcome in the words of the published cases; None for texts.
    """

    at: datetime
    channel: Channel
    role: PartyRole
    state: TouchState
    key: str | None
    place: str | None
    account: str
    accounts: tuple[str, ...]
    step: str | None = None
    result: str | None = None
    purpose: str = "reminder"
    person: str = ""
    """Whom it was meant for; '' where that is not known, and then it counts for whoever's history holds it."""
    ref: str | None = None
    """Its own id, by which a permit names what it counted."""
    by: Worker = "machine"


@dataclass(frozen=True, slots=True)
class Errand:
    """A call or a visit that somebody was asked for: a task, as far as the cadence looks at it.

    `expires_at` is None where nothing ends it but the doing; `touch` is set once it was begun.
    """

    id: str
    step: str | None
    person: str
    state: TaskState
    asked_at: datetime
    expires_at: datetime | None = None
    touch: str | None = None
    outcome: str | None = None
    cause: str | None = None

    @property
    def waiting(self) -> bool:
        return self.state in OPEN_TASKS


@dataclass(frozen=True, slots=True)
class Served:
    """Proof that a paper reached somebody: handed over at a visit (`paper`), or a letter that was signed for (`touch`).

    A paper that was refused or came back is none.
    """

    person: str
    at: datetime
    paper: str | None = None
    touch: str | None = None


@dataclass(frozen=True, slots=True)
class Promise:
    amount: Decimal
    due_on: date
    made_at: datetime
    state: str


@dataclass(frozen=True, slots=True)
class LinkAsked:
    """Somebody asked in a call for a link by text, to the number that they were called at."""

    person: str
    point: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Happened:
    """Something that happened to the account, in the word by which rules look at it."""

    kind: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Person:
    """One party, with what its lender knows: contact points, consents, agreements, jurisdictions.

    `circumstances` are what the account's lender told of the person in the rules' words, and bind its accounts alone.
    `history`, `stops` and `suppressions` reach over all accounts, lenders and shared numbers of the tenant.
    """

    id: str
    role: PartyRole
    language: str
    jurisdictions: tuple[str, ...]
    points: tuple[ContactPoint, ...]
    consents: tuple[Consent, ...] = ()
    agreements: tuple[Agreement, ...] = ()
    stops: tuple[Stop, ...] = ()
    suppressions: tuple[Suppression, ...] = ()
    history: tuple[PastTouch, ...] = ()
    circumstances: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rival:
    """Another open account of the same borrower in the tenant. `speaks` is False while it is itself stopped."""

    account: str
    lender: str
    stage: str
    currency: str
    amount: Decimal
    due_since: date
    speaks: bool


@dataclass(frozen=True, slots=True)
class Life:
    """One account and everything that bears on its next step."""

    account: str
    lender: Lender
    product: str
    debt_kind: str
    currency: str
    balance: Decimal
    balance_as_of: datetime | None
    due_since: date
    enrolled_at: datetime
    state: str
    stage: str
    persons: tuple[Person, ...]
    promises: tuple[Promise, ...] = ()
    rivals: tuple[Rival, ...] = ()
    in_flight: bool = False
    """A touch of this account is claimed, dispatching or unknown and not yet settled."""
    legal_case: str | None = None
    calendars: tuple[Calendar, ...] = ()
    """The public holidays that the packs of its people need."""
    circumstances: tuple[str, ...] = ()
    """Of the debt, in the rules' words."""
    events: tuple[Happened, ...] = ()
    links_asked: tuple[LinkAsked, ...] = ()
    errands: tuple[Errand, ...] = ()
    """What people were asked to do for this account, oldest first."""
    served: tuple[Served, ...] = ()
    """The account's papers of which it is proven that they reached somebody."""
    can_call: bool = True
    """Whether the lender has a number that a call by a machine may go out from."""

    @property
    def borrower(self) -> Person:
        return next(person for person in self.persons if person.role == "borrower")
