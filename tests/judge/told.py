"""What the lenders' clients told of people and debts, as the judge holds it: one person over all lenders of a tenant.

Limits, opt-outs and earlier contacts are the person's, whoever told of them. A zone, a place of law and a consent are
known only to the lender that was told, so each keeps with which account it came.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal

BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)
BORROWER = "borrower"


@dataclass(frozen=True, slots=True)
class Told:
    """With which account's enrolment something was told, by which lender, and when that was acknowledged.

    A claim for that very account comes after its enrolment was committed, however late the answer to it was read.
    """

    account: str
    at: datetime
    lender: str = ""

    def known(self, at: datetime, accounts: set[str]) -> bool:
        """Whether it had been told when these accounts were spoken of."""
        return self.at <= at or self.account in accounts


@dataclass(frozen=True, slots=True)
class Spoken:
    """When a text was decided, about which accounts, and in whose name."""

    at: datetime
    accounts: set[str]
    lenders: set[str]

    def knew(self, told: Told) -> bool:
        """Whether the lender that speaks had been told it by then."""
        return told.lender in self.lenders and told.known(self.at, self.accounts)


@dataclass(slots=True)
class Permission:
    """A consent or an opt-out; `channel` None is any channel, `to` None any number."""

    channel: str | None
    to: str | None
    at: datetime
    told: Told

    def covers(self, channel: str, to: str) -> bool:
        return self.channel in {None, channel} and self.to in {None, to}


@dataclass(slots=True)
class Contact:
    """One contact from before enrolment."""

    at: datetime
    channel: str
    result: str
    told: Told


@dataclass(slots=True)
class Person:
    """One person as the clients know them, over all their accounts, with their role on each."""

    label: str
    parts: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    phones: set[str] = field(default_factory=set[str])
    zones: list[tuple[str, Told]] = field(default_factory=list[tuple[str, Told]])
    countries: list[tuple[str, Told]] = field(default_factory=list[tuple[str, Told]])
    consents: list[Permission] = field(default_factory=list[Permission])
    opt_outs: list[Permission] = field(default_factory=list[Permission])
    contacts: list[Contact] = field(default_factory=list[Contact])

    @property
    def accounts(self) -> set[str]:
        return {account for account, _ in self.parts}


@dataclass(slots=True)
class Posted:
    at: datetime
    external_id: str
    amount: Decimal


@dataclass(slots=True)
class Account:
    """One account as its client knows it. `dated` holds pairs of (acknowledged, balance as of)."""

    id: str
    lender: str
    owed: Decimal
    enrolled_at: datetime
    people: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    """Labels by role."""
    dated: list[tuple[datetime, datetime]] = field(default_factory=list[tuple[datetime, datetime]])
    payments: list[Posted] = field(default_factory=list[Posted])


@dataclass(slots=True)
class Stopped:
    at: datetime
    account: str
    stop: str
    lifted_at: datetime | None = None


@dataclass(slots=True)
class Client:
    persons: dict[str, Person] = field(default_factory=dict[str, Person])
    accounts: dict[str, Account] = field(default_factory=dict[str, Account])
    stops: list[Stopped] = field(default_factory=list[Stopped])

    def holders(self, phone: str) -> list[Person]:
        """Everyone who gave this number."""
        return [person for person in self.persons.values() if phone in person.phones]

    def on(self, account: str, role: str = BORROWER) -> list[Person]:
        """Who stands on an account in a role."""
        found = self.accounts.get(account)
        return [self.persons[label] for label in sorted(found.people.get(role, ()))] if found else []

    def lenders(self, accounts: set[str]) -> set[str]:
        """In whose name these accounts are spoken of."""
        return {self.accounts[account].lender for account in accounts if account in self.accounts}
