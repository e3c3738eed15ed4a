"""A ledger whose transactions are calls of a plan: each may fail before it commits, or after, when nobody is answered."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from sqlalchemy.orm import Session

from forbear.clock import Clock
from forbear.ledger.engine import Ledger
from forbear.settings import Role, Settings
from tests.season.faulty import LOST, Broke, Died, Nth, Plan

MODES = ("once", "from then on")
WHENS = ("before", "after")
EVERY_WAY = pytest.mark.parametrize(("mode", "when"), [(mode, when) for mode in MODES for when in WHENS])
HOWS = (Died, Broke)
TRIES = 4


class BreakingLedger(Ledger):
    """Asks its plan around every commit."""

    plan: Plan

    @contextmanager
    def _transaction(self, role: Role, tenant: str, lender: str) -> Generator[Session]:
        with super()._transaction(role, tenant, lender) as session:
            yield session
            self.plan.before("commit")
        self.plan.after("commit")


class Sound:
    """The plan of everything that is not on the ladder."""

    def before(self, call: str) -> None:
        """Nothing happens."""

    def after(self, call: str) -> None:
        """Nothing happens."""


@dataclass(frozen=True, slots=True)
class Rung:
    """One failure: which call, how often, before or after its effect, and what becomes of the process."""

    n: int
    mode: str
    when: str
    how: type[BaseException]

    def __str__(self) -> str:
        return f"call {self.n} fails {self.mode}, {self.when} its effect, with {self.how.__name__}"

    def plan(self) -> Nth:
        return Nth(self.n, self.mode, self.when, self.how)


def open_ledger(settings: Settings, clock: Clock) -> BreakingLedger:
    """A sound one, until its plan is set."""
    BreakingLedger.plan = Sound()
    return BreakingLedger.open(settings, clock=clock)


def patiently(do: Callable[[], object]) -> bool:
    """Ask some times, as clients and servers do, and then give up; whether it was answered."""
    for _ in range(TRIES):
        try:
            do()
        except LOST:
            continue
        return True
    return False


def climb(scenario: Callable[[Rung], Nth], mode: str, when: str) -> int:
    """Every rung of a scenario: n = 1, 2, 3 … until fewer than n calls are made. Returns how many rungs there were.

    A process that dies and a call that breaks alternate, so that the ladder stays as long as it is wide.
    """
    n = 1
    while True:
        plan = scenario(Rung(n, mode, when, HOWS[(n + MODES.index(mode)) % 2]))
        if len(plan.seen) < n:
            return n - 1
        n += 1
