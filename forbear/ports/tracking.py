"""What upkeep asks of the record about letters under way and calls without an end: which to ask about, what was learnt.

Letters may be taken back besides.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from forbear.ports.calls import Standing
from forbear.ports.post import Tracked


@dataclass(frozen=True, slots=True)
class Posted:
    """A letter or a call that its provider has, by ids only."""

    tenant: str
    touch: str
    provider: str
    provider_id: str


class LetterRounds(Protocol):
    def recallable(self) -> list[Posted]:
        """Letters not yet printed to somebody who paid or was stopped since; each is handed out once."""
        ...

    def recalled(self, letter: Posted, taken_back: bool) -> bool:
        """Record what the provider answered; returns `taken_back`."""
        ...

    def untold(self) -> list[Posted]:
        """Letters whose end nobody told, those longest not asked about first, and never many.

        Each is handed out again only after a while that grows with its age, and after some weeks no more.
        """
        ...

    def learn(self, letter: Posted, news: Sequence[Tracked]) -> bool:
        """Record what the provider told; whether any of it was new."""
        ...


class CallRounds(Protocol):
    def unended(self) -> list[Posted]:
        """Calls that must be over by now and whose end nobody told, oldest first and never many.

        Each is handed out again only after a while that grows with its age, and after some days no more.
        """
        ...

    def learn(self, call: Posted, standing: Standing | None) -> bool:
        """Record what the carrier told, None where it knows nothing of the call; whether the end is known now."""
        ...
