"""What upkeep asks about texts that a provider has and of which nobody told the end: the record, and the provider.

One provider tells only when asked: it signs nothing, so what it pushes is a hint that there is news, and what counts is
its answer to our own question. Another tells by itself, and is asked where all that it told was lost.
"""

from typing import Protocol

from forbear.ports.book import Unsettled
from forbear.ports.sms import Found


class FateAsking(Protocol):
    def fetch(self, *, provider: str, provider_id: str) -> Found | None:
        """How one message stands, by its provider's own id; None where the provider has none of that id.

        Raises:
            ConnectionError: no answer; the caller asks again later.
        """
        ...


class FollowBook(Protocol):
    def unreported(self) -> list[Unsettled]:
        """Texts that were taken and of which no end is known: those hinted at first, then in turn, and never many.

        Each is handed out again only after a while that grows with its age; beyond some days nothing more will come.
        """
        ...

    def learn(self, touch: Unsettled, found: Found | None) -> bool:
        """Record what the provider's list showed; whether it told anything new about the touch."""
        ...
