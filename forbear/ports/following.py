"""What upkeep asks of the record about texts whose fate their provider tells only when asked.

A provider that signs nothing may push a hint that there is news; what counts is what it answers to our own question.
"""

from typing import Protocol

from forbear.ports.book import Unsettled
from forbear.ports.sms import Found


class FollowBook(Protocol):
    def unreported(self) -> list[Unsettled]:
        """Texts that were taken and of which no end is known: those hinted at first, then in turn, and never many.

        Each is handed out again only after a while that grows with its age; beyond some days nothing more will come.
        """
        ...

    def learn(self, touch: Unsettled, found: Found | None) -> bool:
        """Record what the provider's list showed; whether it told anything new about the touch."""
        ...
