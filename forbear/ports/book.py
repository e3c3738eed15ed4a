"""What activities ask of the record: decide and claim, prepare and record a touch, look after what waits.

Each method is one short transaction or none; none of them talks to a provider. Implemented by `forbear.ledger`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, Protocol

from forbear.contracts.decision import Asked, ContactOrder, Decision, Outcome, UpkeepReport
from forbear.ports.papers import Paper
from forbear.ports.post import Envelope
from forbear.ports.sms import Found, Sending


@dataclass(frozen=True, slots=True)
class Dispatch:
    """A touch about to be sent. Holds personal data: it lives in memory between ledger and provider only.

    `dispatch_by` (world) is the last instant at which the first byte may be written; `validity` (world) is the
    time left in the contact window, handed to the provider. `values` are the template's variables.
    """

    touch: str
    channel: str
    provider: str
    template: str
    language: str
    to: str = field(repr=False)
    sender: str
    values: dict[str, str] = field(repr=False)
    dispatch_by: datetime
    validity: timedelta
    callback_url: str = field(repr=False)
    answer_url: str = field(default="", repr=False)
    """Of a call: where the carrier asks what to say."""
    fallback_url: str = field(default="", repr=False)
    """Of a call: where it asks when that failed."""
    envelope: Envelope | None = field(default=None, repr=False)
    """Of a letter: from whom, to whom, how it travels."""
    paper: Paper | None = field(default=None, repr=False)
    """Of a letter: what is rendered."""


class CadenceBook(Protocol):
    def decide(self, asked: Asked) -> Decision:
        """Lock the persons, read the facts, decide, and claim the touch where one is allowed.

        Returns the stored decision when the same (run, number) is asked again. Raises nothing for a lawful
        'no': a hold is a `Rest` with its rule and reason.
        """
        ...


class TouchBook(Protocol):
    def prepare(self, order: ContactOrder) -> Dispatch | Outcome:
        """Re-check stops, suppressions, payments, hours and `dispatch_by`; move `claimed` to `dispatching`.

        Returns the `Dispatch` exactly once per touch. Any later call, and any refusal, returns the `Outcome`
        as the ledger knows it: a touch found `dispatching` is `unknown` from then on and is never sent again.
        """
        ...

    def cancel(self, order: ContactOrder, reason: str) -> Outcome:
        """Nothing was written to the provider: `dispatching` becomes `failed` and the slot is returned."""
        ...

    def record(self, order: ContactOrder, sending: Sending, *, body_sha256: str, segments: int) -> Outcome:
        """Store the provider's answer as a receipt and refold the touch's state."""
        ...


@dataclass(frozen=True, slots=True)
class Unsettled:
    """A touch whose answer was lost, and what a search at the provider needs. `to` is personal data.

    `marker_sha256` is the digest of the payment link's token: the token itself was only ever in the message.
    `since` is world time. `patience_over` says that a message not listed by now was never taken. `provider_id` is set
    where the provider took it and is asked by its own id what became of it.
    """

    tenant: str
    account: str
    touch: str
    channel: str
    provider: str
    to: str = field(repr=False)
    sender: str
    marker_sha256: str
    since: datetime
    patience_over: bool
    provider_id: str = ""


Settled = Literal["found", "absent", "waiting"]


@dataclass(frozen=True, slots=True)
class OpenAccount:
    """An open account, by its ids."""

    tenant: str
    account: str


class UpkeepBook(Protocol):
    """Where a method does many things, one that fails stops no other: then it raises `PartlyDone` at its end."""

    def expire_claims(self) -> int:
        """`claimed` beyond its lease becomes `failed`; `dispatching` beyond it becomes `unknown`."""
        ...

    def end_visits(self) -> int:
        """Take back visits that nobody may set out for any more; returns how many."""
        ...

    def give_back(self) -> int:
        """Put tasks that somebody took and let lie back on the list; returns how many."""
        ...

    def unsettled(self) -> list[Unsettled]:
        """Touches in `unknown`, oldest first."""
        ...

    def settle(self, touch: Unsettled, found: Found | None) -> Settled:
        """Record what the search at the provider showed: its message, or certainly none, or not yet clear."""
        ...

    def call_for_help(self) -> int:
        """Open a task for each touch that is still `unknown` when asking has had its time; returns how many."""
        ...

    def count_open(self) -> int:
        """How many accounts are open: so many does a round look at."""
        ...

    def wake_idle(self) -> int:
        """Write an outbox row for each open account whose next instant has passed or is missing; returns how many.

        An account that stays late is woken less and less often, and not while the relay has something for it.
        """
        ...

    def stretch(self) -> list[OpenAccount]:
        """The next few open accounts in the order of their ids; after the last ones it begins again with the first."""
        ...

    def start_missing(self, missing: Sequence[OpenAccount]) -> int:
        """Write an outbox row for each of these accounts that is open and not about to be told something anyway."""
        ...

    def seal(self) -> int:
        """Chain the unsealed audit rows and publish the head; returns how many rows were sealed."""
        ...

    def purge(self) -> int:
        """Remove rows that served their purpose, now and then; returns how many."""
        ...

    def report(self, report: UpkeepReport) -> None:
        """Log one round, also when it found nothing: in an incident that is the proof."""
        ...
