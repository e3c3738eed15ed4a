"""What every part of the sandbox stands on: its memory, its log, its timers, its clock, its seed."""

from dataclasses import dataclass

from forbear.sandbox.agenda import Agenda, LiveClock
from forbear.sandbox.journal import Journal
from forbear.sandbox.store import Store


@dataclass(frozen=True, slots=True)
class Ground:
    """Shared by the carrier, the payment provider and the people."""

    store: Store
    journal: Journal
    agenda: Agenda
    clock: LiveClock
    seed: int = 1
