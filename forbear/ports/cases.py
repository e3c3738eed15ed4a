"""What the case activities ask of the record and of whoever makes packets. Each method is one short step."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from forbear.contracts.cases import CaseAsked, CaseDecision, PacketOrder, PacketOutcome


@dataclass(frozen=True, slots=True)
class OpenCase:
    """An open case that walks a path, by its ids."""

    tenant: str
    case: str


class CaseBook(Protocol):
    def decide(self, asked: CaseAsked) -> CaseDecision:
        """Lock the case, read the facts, reckon the clocks, decide, and write down what follows.

        Returns the stored decision when the same (run, number) is asked again. Raises nothing for a lawful 'not yet':
        that is a `CaseRest` with what is missing.
        """
        ...


class PacketShop(Protocol):
    def make(self, order: PacketOrder) -> PacketOutcome:
        """Assemble, bind and keep a packet that was asked for; what is missing is an outcome, not an error.

        Done again for a packet that was made, it changes nothing.
        """
        ...


class CaseSweeps(Protocol):
    """What upkeep asks of the record about cases. One tenant that fails stops no other: then `PartlyDone` is raised."""

    def count_open(self) -> int:
        """How many cases walk a path now."""
        ...

    def wake_idle(self) -> int:
        """Write an outbox row for each open case whose next decision is late; returns how many."""
        ...

    def stretch(self) -> list[OpenCase]:
        """The next few open cases in the order of their ids; after the last ones it begins again with the first."""
        ...

    def start_missing(self, missing: Sequence[OpenCase]) -> int:
        """Write an outbox row for each of these cases that is open and not about to be told something anyway."""
        ...
