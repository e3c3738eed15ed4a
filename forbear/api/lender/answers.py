"""The shapes of what a lender is answered, for the documentation; tests hold every answer against them."""

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict, Field

from forbear.ledger.forms.terms import TermsForm


class Answer(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Amount(Answer):
    amount: str
    currency: str


class Balance(Answer):
    as_of: datetime | None = Field(description="When your books last confirmed it; older than three days it is stale.")
    reckoned_to: date | None = Field(
        description="The day to whose end interest was reckoned by your terms since then; null where nothing is."
    )
    total: Amount
    components: dict[str, str]


class Next(Answer):
    at: datetime
    reason: str
    rule: str | None = Field(description="The rule that holds the account; null where nothing does.")


class Closed(Answer):
    at: datetime
    reason: str


class Hold(Answer):
    id: str
    kind: str
    scope: str
    channel: str | None
    at: datetime
    until: datetime | None
    lifted_at: datetime | None
    via: str


class Promise(Answer):
    id: str
    amount: Amount
    due_on: date
    state: str
    made_at: datetime


class LastTouch(Answer):
    id: str
    channel: str
    step: str
    state: str
    at: datetime
    text: str


class Playbook(Answer):
    name: str
    version: str


class ContactPoint(Answer):
    """A contact point without its value."""

    kind: str
    place: str
    state: str
    zone: str | None
    zone_evidence: str | None


class Party(Answer):
    """A person in a role, with what a correction may be about."""

    role: str
    language: str
    jurisdictions: list[str]
    circumstances: list[str] = Field(description="What you told of the person in the rules' words.")
    contact_points: dict[str, ContactPoint] = Field(description="By id.")


class Event(Answer):
    """Something that happened, as you told it."""

    id: str
    kind: str
    at: datetime


class Account(Answer):
    """Where an account stands, what is next and why."""

    id: str
    external_id: str
    state: str
    stage: str
    product: str
    debt_kind: str
    playbook: Playbook
    due_since: date
    enrolled_at: datetime
    balance: Balance
    terms: TermsForm | None = Field(description="The terms of the latest day, as you told them; null without any.")
    circumstances: list[str] = Field(description="What you told of the debt in the rules' words.")
    events: list[Event] = Field(description="What you told of notices and the like, in order.")
    next: Next | None = Field(description="Every open account has one.")
    closed: Closed | None
    holds: list[Hold] = Field(description="Stops, holds and opt-outs in force.")
    parties: dict[str, Party] = Field(description="By id.")
    promises: list[Promise]
    last_touch: LastTouch | None


class AccountRow(Answer):
    id: str
    external_id: str
    state: str
    stage: str
    product: str
    playbook: str
    currency: str
    due_since: date
    enrolled_at: datetime
    held_by: str | None = Field(description="The rule that holds it now; null where nothing does.")
    next_at: datetime | None


class AccountPage(Answer):
    data: list[AccountRow]
    next_cursor: str | None
    has_more: bool


class TimelineItem(BaseModel):
    """One thing that happened; further members depend on its kind."""

    at: datetime
    kind: str
    id: str
    text: str


class Timeline(Answer):
    data: list[TimelineItem]
    next_cursor: str | None
    has_more: bool


class ListedPayment(Answer):
    id: str
    account: str
    external_id: str
    amount: Amount
    received_at: datetime
    recorded_at: datetime
    reverses: str | None = Field(description="The payment that this one undoes.")


class Payment(ListedPayment):
    balance: Balance


class PaymentPage(Answer):
    data: list[ListedPayment]
    next_cursor: str | None
    has_more: bool


class StopPage(Answer):
    """Stops, or opt-outs."""

    data: list[Hold]
    next_cursor: str | None
    has_more: bool


class PlaceError(Answer):
    pointer: str
    detail: str


class BalanceResult(Answer):
    row: int
    account: str | None
    result: str = Field(description="confirmed, adjusted, outdated or refused")
    errors: list[PlaceError]


class BalanceResults(Answer):
    results: list[BalanceResult]


class OptOut(Answer):
    id: str


class Health(Answer):
    status: str
    world_time: datetime


class Problem(BaseModel):
    """RFC 9457; some kinds have further members."""

    model_config = ConfigDict(extra="allow")
    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    errors: list[PlaceError]
    trace_id: str
