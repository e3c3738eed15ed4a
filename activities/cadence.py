"""What comes next for an account: one recorded question to the ledger."""

from temporalio import activity

from forbear.contracts.decision import Asked, Decision
from forbear.ports.book import CadenceBook


class CadenceActivities:
    def __init__(self, book: CadenceBook) -> None:
        self._book = book

    @activity.defn(name="decide")
    def decide(self, asked: Asked) -> Decision:
        """Decide and, where a touch is allowed, claim it; the same question gets the same answer."""
        return self._book.decide(asked)
