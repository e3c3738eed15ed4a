"""What people write back: how a message was read, and how upkeep catches up on messages nobody could be told of.

The reading is kept; the words themselves stay sealed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal, Protocol

ReadingKind = Literal[
    "stop",
    "start",
    "help",
    "wrong_person",
    "dispute",
    "hardship",
    "insolvency",
    "attorney",
    "deceased",
    "promise",
    "paid",
    "other",
]


@dataclass(frozen=True, slots=True)
class Reading:
    """What was understood.

    `stops` says that the message also, or only, asks not to be contacted: it is obeyed before anything else.
    `plain` is a word of the agreed kind standing alone, which no human needs to read again. `carrier` is one
    that the carrier itself obeys and answers. A promise may lack its day or its amount.
    """

    kind: ReadingKind
    stops: bool = False
    plain: bool = False
    carrier: bool = False
    due_on: date | None = None
    amount: Decimal | None = None

    @property
    def needs_human(self) -> bool:
        """Whether somebody must read the words: always, unless they are plain or a whole promise."""
        return not self.plain and not (self.kind == "promise" and self.due_on is not None and not self.stops)


@dataclass(frozen=True, slots=True)
class Written:
    """A message the provider received for a number of ours. Holds personal data."""

    sender: str = field(repr=False)
    text: str = field(repr=False)
    provider_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Ear:
    """A number of ours, and the span (world) of which the provider is asked what was written to it."""

    tenant: str
    lender: str
    number: str
    since: datetime
    until: datetime


class ReplyBook(Protocol):
    def ears(self) -> list[Ear]:
        """Every number that people may write to."""
        ...

    def take_missed(self, ear: Ear, listed: Sequence[Written]) -> int:
        """Take those messages, newest first as listed, that no webhook brought; returns how many there were."""
        ...


class ReplyListing(Protocol):
    def written_to(self, number: str, *, since: datetime, until: datetime) -> list[Written]:
        """What the provider received for a number within a span, newest first.

        Raises:
            ConnectionError: the provider could not be asked; the caller tries again later.
        """
        ...
