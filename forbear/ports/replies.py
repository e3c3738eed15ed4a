"""How a message that a person wrote back was read. The reading is kept; the words themselves stay sealed."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

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
