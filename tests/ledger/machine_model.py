"""What the machine's model knows: a few sets and sums, and nothing of rules, locks or the ranks of receipts."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from forbear.ledger.receipts import fold
from forbear.ledger.tables.contacts import Touch
from tests.ledger.installed import CHICAGO

A_DAY_AT_MOST, IN_SEVEN_DAYS = 1, 2
"""Texts to one person, and to one number, by the product's own policy."""


@dataclass
class Debt:
    """An account as the model sees it."""

    person: str
    number: str
    lender: str
    owed: Decimal
    payments: dict[str, Decimal] = field(default_factory=dict[str, Decimal])

    def paid(self, payment: str, amount: Decimal) -> None:
        self.payments[payment] = amount
        self.owed -= amount

    def reversed(self, payment: str) -> None:
        self.owed += self.payments.pop(payment)


@dataclass(frozen=True)
class Placed:
    """A stop; `account` None means all debts of the person."""

    id: str
    person: str
    account: str | None


@dataclass
class Model:
    debts: dict[str, Debt] = field(default_factory=dict[str, Debt])
    # Dictionaries and not sets: what Hypothesis chooses from must come in the same order when it tries again.
    stopped: dict[Placed, None] = field(default_factory=dict[Placed, None])
    opted_out: dict[tuple[str, str], None] = field(default_factory=dict[tuple[str, str], None])
    """Number, and the lender that heard it."""
    handed_out: Counter[str] = field(default_factory=Counter[str])
    """Touches that were given to a sender, and how often."""
    given_up: set[str] = field(default_factory=set[str])
    """Touches that are certainly unsent: nobody may report on them any more."""
    wanted_no_more: set[str] = field(default_factory=set[str])
    """Touches of which the provider said that the number has opted out."""

    def can_be_undone(self) -> list[Placed | tuple[str, str]]:
        """Stops, opt-outs (number, lender) and payments (account, payment)."""
        paid = [(account, payment) for account, debt in self.debts.items() for payment in debt.payments]
        return [*self.stopped, *self.opted_out, *paid]

    def near(self, account: str) -> list[str]:
        """Accounts of people who share this one's number."""
        number = self.debts[account].number
        return [name for name, debt in self.debts.items() if debt.number == number]

    def must_allow(self, account: str) -> None:
        """Fail if something that was committed before should have prevented a touch."""
        debt = self.debts[account]
        assert debt.owed > 0, "nothing is owed"
        for placed in self.stopped:
            assert placed.person != debt.person or placed.account not in {None, account}, "stopped"
        assert debt.number not in {number for number, _ in self.opted_out}, "opted out"


def check_limits(touches: Iterable[Touch]) -> None:
    """Every touch that is not certainly unsent counts, for its person and for its number."""
    made: dict[str | bytes, list[date]] = {}
    for touch in touches:
        if touch.state != "failed":
            for subject in (touch.person, touch.address_key):
                made.setdefault(subject, []).append(_local(touch.dispatched_at or touch.claimed_at))
    for days in made.values():
        assert max(Counter(days).values()) <= A_DAY_AT_MOST
        for last in days:
            week = [day for day in days if last - timedelta(days=7) < day <= last]
            assert len(week) <= IN_SEVEN_DAYS


def check_states(record: Iterable[tuple[Touch, list[str]]]) -> None:
    for touch, statuses in record:
        assert touch.state == fold(statuses)


def _local(at: datetime) -> date:
    return at.astimezone(ZoneInfo(CHICAGO)).date()
