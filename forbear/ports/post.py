"""What activities ask of the way out for letters: hand a finished paper over once, find it again, follow it to its end.

A print room and a print provider answer alike. The answers are those of every channel: accepted, certainly refused,
unknown. What happens to a letter afterwards comes as `Tracked` news, in any order and more than once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal, Protocol

from forbear.ports.sms import Found, Sending

PostService = Literal["plain", "registered", "certified"]
"""How it travels. Only registered and certified mail proves who received it."""
PostStatus = Literal[
    "rendered",  # the provider has made pages of our file
    "accepted",  # the provider has it
    "printed",
    "handed_over",  # given to the post
    "in_transit",
    "delivered",  # of plain mail inferred: no scan at the door
    "signed",  # a person received it
    "returned",
    "lost_in_post",
    "cancelled",  # taken back before it was printed
]
ProofKind = Literal["posted", "tracked", "signed", "refused", "returned", "read"]
ReturnReason = Literal[
    "unknown_address", "insufficient_address", "moved", "vacant", "deceased", "unclaimed", "refused", "other"
]
"""Why a letter came back. Unclaimed and refused say nothing against the address; all others do."""


@dataclass(frozen=True, slots=True)
class PostAddress:
    """Name and address as they stand in the envelope's window; nothing else stands there. Personal.

    `lines` are the street lines, one to four. `country` is two letters; `region` a state in its short form.
    """

    name: str
    lines: tuple[str, ...]
    city: str
    country: str
    region: str = ""
    postal_code: str = ""


@dataclass(frozen=True, slots=True)
class Envelope:
    """From whom, to whom and how a letter travels: what a sender is given beside the paper."""

    to: PostAddress = field(repr=False)
    sender: PostAddress
    service: PostService = "plain"


@dataclass(frozen=True, slots=True)
class PostOrder:
    """One letter ready to be printed and posted. Holds personal data.

    `pdf` is what is printed, byte for byte: `sha256` is its digest, so that what was mailed can be proved.
    """

    touch: str
    provider: str
    pdf: bytes = field(repr=False)
    sha256: str
    pages: int
    envelope: Envelope

    @property
    def idempotency_key(self) -> str:
        """A touch is one letter: asked again under this key, a provider answers with the letter it has."""
        return self.touch


@dataclass(frozen=True, slots=True)
class Tracked:
    """One piece of news about a letter.

    `event` is the provider's id of it, unique with the provider; `code` a word that says why, of a returned letter a
    `ReturnReason`. `proof` says what the news proves, where it proves anything, and `scanned` whether somebody scanned
    the letter itself or the provider only infers it.
    """

    status: PostStatus
    at: datetime
    event: str
    code: str | None = None
    proof: ProofKind | None = None
    scanned: bool = False
    tracking_number: str | None = None
    cost: Decimal | None = None
    currency: str | None = None


class PostCarrier(Protocol):
    def send(self, order: PostOrder) -> Sending:
        """Hand it over once; never retries by itself."""
        ...

    def find(
        self, *, provider: str, touch: str, to: str, sender: str, since: datetime, marker_sha256: str
    ) -> Found | None:
        """Look for a touch's letter; see `ports.ways.Finder`. It is known by the touch's id, which providers echo.

        Raises:
            ConnectionError: the provider could not be asked; the caller tries again later.
            Unreadable: it could be asked, and answered this question with a refusal.
        """
        ...

    def tracking(self, *, provider: str, touch: str, provider_id: str) -> Sequence[Tracked]:
        """All that the provider tells of a letter today, oldest first; told again each time.

        Raises:
            ConnectionError: the provider could not be asked; the caller tries again later.
            Unreadable: it could be asked, and answered this question with a refusal.
        """
        ...

    def cancel(self, *, provider: str, touch: str, provider_id: str) -> bool:
        """Take it back before it is printed; False where it is too late.

        Raises:
            ConnectionError: the provider could not be asked; the caller tries again later.
        """
        ...
