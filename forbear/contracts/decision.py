"""What crosses between a workflow and `decide`: references and reasons, never a name, number or text.

`forbear.cadence.decision` holds the full decision with its permit; the ledger stores that and hands the
workflow this extract. Instants named `_at` are UTC; `until` is world time, `wake_at` machine time.
"""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from forbear.contracts.words import TouchState


class Contract(BaseModel):
    """Frozen; fields added later must have defaults, because histories outlive releases."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class AccountStart(Contract):
    """One account's workflow. `number` is the next decision's number and survives continue-as-new."""

    tenant: str
    account: str
    number: int = 0
    held_by: str = ""
    stage: str = ""


class Asked(Contract):
    """The key of a decision. Asking twice under one key gives the stored answer."""

    tenant: str
    account: str
    run: str
    number: int


class Rest(Contract):
    """Nothing may or need be done before `until`; `rule` names what holds the account, '' if nothing does."""

    kind: Literal["rest"] = "rest"
    until: datetime
    wake_at: datetime
    reason: str
    rule: str = ""
    stage: str = ""


class Contact(Contract):
    """A touch is claimed: send it on the queue of its channel."""

    kind: Literal["contact"] = "contact"
    touch: str
    channel: str
    reason: str
    priority: int = 3
    stage: str = ""


class Escalate(Contract):
    """The cadence is over and a legal case was opened."""

    kind: Literal["escalate"] = "escalate"
    case: str
    reason: str
    stage: str = "legal"


class Close(Contract):
    """The account needs no outreach any more."""

    kind: Literal["close"] = "close"
    reason: str


Decision = Annotated[Rest | Contact | Escalate | Close, Field(discriminator="kind")]


class ContactOrder(Contract):
    """What the sender is told: which touch. Everything else it reads from the ledger."""

    tenant: str
    account: str
    touch: str


class Outcome(Contract):
    """How a touch stands after the sender is done with it, and why."""

    touch: str
    state: TouchState
    reason: str


class UpkeepStart(Contract):
    """The upkeep loop; `every_seconds` is machine time."""

    every_seconds: float


class UpkeepReport(Contract):
    """What one round of upkeep looked at and did; written even when it found nothing."""

    accounts_seen: int = 0
    accounts_woken: int = 0
    claims_expired: int = 0
    visits_ended: int = 0
    """Visits taken back because nobody may set out for them any more."""
    tasks_given_back: int = 0
    """Tasks that somebody took and let lie."""
    unknown_seen: int = 0
    unknown_settled: int = 0
    unknown_handed_over: int = 0
    """Touches of which a person was asked to find out what became of them."""
    replies_caught_up: int = 0
    reports_asked: int = 0
    reports_pulled: int = 0
    """Ends of messages that the provider told when it was asked, and about how many it was."""
    rows_sealed: int = 0
    accounts_without_run: int = 0
    payments_seen: int = 0
    payments_settled: int = 0
    letters_taken_back: int = 0
    letters_asked: int = 0
    letters_told: int = 0
    """Letters of which the provider told something new when it was asked."""
    calls_asked: int = 0
    calls_ended: int = 0
    """Calls whose end the carrier told when it was asked."""
    rows_purged: int = 0
    cases_seen: int = 0
    cases_woken: int = 0
    cases_without_run: int = 0
    failed: int = 0
    """Parts or items that failed; each is in the log, and the next round tries again."""
