"""What activities ask of the way out for calls: place one and find one again. The answers are those of every channel.

What is said in a call is no part of the order: the carrier fetches it from us, step by step, when somebody answers.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from forbear.ports.sms import Sending


@dataclass(frozen=True, slots=True)
class CallOrder:
    """One call ready to be placed. Holds personal data: `to` is the number.

    Each address carries a token that names the touch, so that what the carrier asks or tells finds it although its
    answer to the order was lost. `ring_seconds` and `longest_seconds` are time on the line.
    """

    touch: str
    to: str = field(repr=False)
    sender: str
    answer_url: str = field(repr=False)
    """Asked for the first words when somebody answers."""
    fallback_url: str = field(repr=False)
    """Asked instead when another of ours could not be reached."""
    status_url: str = field(repr=False)
    ring_seconds: int = 25
    longest_seconds: int = 600
    detect_machine: bool = True


@dataclass(frozen=True, slots=True)
class Standing:
    """How a call stands at its carrier, told because we asked. `at` is when it ended, if it did."""

    provider_id: str
    status: str
    answered_by: str | None = None
    at: datetime | None = None


class CallCarrier(Protocol):
    def place(self, order: CallOrder) -> Sending:
        """Make one attempt; never retries by itself."""
        ...


class CallAsking(Protocol):
    def fetch(self, provider_id: str) -> Standing:
        """How one call stands.

        Raises:
            Unreadable: the carrier knows no such call, or did not take the question.
            ConnectionError: no answer.
        """
        ...


class Scripts(Protocol):
    def check(self, script: str, disclosures: tuple[str, ...]) -> None:
        """Refuse a call in which not all could be said.

        Raises:
            ForbearError: there is no such script, or it lacks a disclosure that the permit asks for.
        """
        ...
