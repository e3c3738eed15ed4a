"""What the contact activity asks of a channel: make what is to be sent, then send it once.

The two are apart because making may take time and fail without harm, while the clock is read once more right before
sending. Each channel implements `Way` over its own ports.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from forbear.ports.book import Dispatch
from forbear.ports.sms import Found, Sending


@dataclass(frozen=True, slots=True)
class Made:
    """What is ready to be sent. `size` is its price in the channel's unit: segments of a text, pages of a letter.

    `content` is the channel's own and personal: a text's words, a letter's bytes, nothing for a call.
    """

    sha256: str
    size: int
    content: Any = field(default=None, repr=False)


class Way(Protocol):
    def make(self, ready: Dispatch) -> Made:
        """Word or render it.

        Raises:
            ForbearError: it cannot be made; nothing was sent.
        """
        ...

    def send(self, ready: Dispatch, made: Made) -> Sending:
        """Make one attempt; never retries by itself."""
        ...


class Finder(Protocol):
    """Looks at a provider for a touch whose answer was lost, or whose end nobody told."""

    def find(
        self, *, provider: str, touch: str, to: str, sender: str, since: datetime, marker_sha256: str
    ) -> Found | None:
        """See `ports.sms.SmsCarrier.find`.

        Raises:
            ConnectionError: the provider could not be asked; the caller tries again later.
            Unreadable: it could be asked, and answered this question with a refusal.
        """
        ...
