"""What the case activities ask of the record and of whoever makes packets. Each method is one short step."""

from typing import Protocol

from forbear.contracts.cases import CaseAsked, CaseDecision, PacketOrder, PacketOutcome


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
