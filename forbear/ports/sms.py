"""What activities ask of the way out for text messages, and of the words sent on it.

The three answers of a provider are kept apart because each leads elsewhere: accepted, certainly refused, and
unknown. Only the first two end a touch; the last is reconciled and never blindly sent again.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider has the message under its own id."""

    provider_id: str
    status: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The provider certainly did not take it.

    `permanent` means this number or content will not do better later; `opted_out` that the provider holds an
    opt-out for it; `ours` that our configuration is at fault and an operator must look.
    """

    code: str
    permanent: bool = False
    opted_out: bool = False
    ours: bool = False


@dataclass(frozen=True, slots=True)
class Unknown:
    """The request may or may not have been taken: a time-out, a reset, a server error."""

    why: str


Sending = Accepted | Refused | Unknown


@dataclass(frozen=True, slots=True)
class SmsText:
    """One message ready to go. Holds personal data.

    `provider` names the route it takes. Every route gets the touch's id and a callback address that carries the
    correlation token. A route whose provider holds the approved wording itself is told `template`, `language` and
    `values`; `body` is then what that wording reads like, and what is hashed and counted.
    """

    touch: str
    provider: str
    template: str
    language: str
    values: dict[str, str] = field(repr=False)
    to: str = field(repr=False)
    sender: str
    body: str = field(repr=False)
    callback_url: str = field(repr=False)
    validity: timedelta


@dataclass(frozen=True, slots=True)
class Found:
    """A message found at the provider; its id, and its last state's code and time, where the list tells them."""

    provider_id: str | None
    status: str
    code: str | None = None
    at: datetime | None = None


class Unreadable(ConnectionError):
    """The provider answered a question about one message with a refusal: it may well answer the next one."""


class SmsCarrier(Protocol):
    def send(self, text: SmsText) -> Sending:
        """Make one attempt; never retries by itself."""
        ...

    def find(
        self, *, provider: str, touch: str, to: str, sender: str, since: datetime, marker_sha256: str
    ) -> Found | None:
        """Look for a touch's message among those the provider lists since a world instant.

        The message is known by the touch's id where the provider echoes it, else by the payment link in its body:
        `marker_sha256` is the digest of that link's token.

        Raises:
            ConnectionError: the provider could not be asked; the caller tries again later.
            Unreadable: it could be asked, and answered this question with a refusal.
        """
        ...


@dataclass(frozen=True, slots=True)
class Worded:
    """A rendered text with its price in segments."""

    body: str = field(repr=False)
    segments: int
    sha256: str


class Wording(Protocol):
    def sms(self, template: str, language: str, values: dict[str, str]) -> Worded:
        """Render a template of `templates/sms`; refuses a missing value or a character that cannot be sent."""
        ...
