"""Legal cases and what is told of them: what is sent and answered. Examples stand in `cases_examples`."""

import re
import unicodedata
from datetime import date, datetime
from typing import Annotated, Any, Final, Literal, cast

from pydantic import AfterValidator, Field, StrictBool, StrictInt, StringConstraints, WithJsonSchema

from forbear.api.lender.answers import Amount, Answer
from forbear.api.lender.forms import ID_FORM, AmountForm
from forbear.api.lender.shapes.page import Page
from forbear.contracts.case_words import (
    CaseKind,
    ClockKind,
    ClockNature,
    ClockState,
    CostKind,
    FactKind,
    GuaranteeKind,
    PacketState,
    ServiceMethod,
    ServiceResult,
    ServiceSource,
)
from forbear.ledger.forms.text import AmountText, Day, Form, Line, Reference

MOST_VALUES: Final = 60
MOST_TEXT: Final = 4_000
MOST_WHOLE: Final = 10**12
NAME_FORM: Final = r"^[a-z][a-z0-9_]{0,39}$"
NAME: Final = re.compile(NAME_FORM)
LAWFUL: Final = frozenset("\n\t")
FORBIDDEN: Final = frozenset({"Cc", "Cs", "Co", "Cn", "Zl", "Zp"})


def _clean(text: str) -> str:
    """A text in NFC without signs that no paper can print."""
    text = unicodedata.normalize("NFC", text)
    if any(unicodedata.category(sign) in FORBIDDEN and sign not in LAWFUL for sign in text):
        raise ValueError("must be text without control characters")
    return text


Text = Annotated[str, StringConstraints(max_length=MOST_TEXT), AfterValidator(_clean)]
Name = Annotated[str, StringConstraints(pattern=NAME_FORM)]
MOST_ROWS: Final = 200


def _simple(value: Any) -> Any:
    """A text or a whole number."""
    if isinstance(value, str):
        if len(value) > MOST_TEXT:
            raise ValueError(f"must be at most {MOST_TEXT} signs")
        return _clean(value)
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > MOST_WHOLE:
        raise ValueError("must be a text or a whole number: days and amounts are texts")
    return value


def _value(value: Any) -> Any:
    """A value of a paper: text, whole number, yes or no, nothing, or rows of these."""
    if value is None or isinstance(value, bool):
        return value
    if not isinstance(value, list):
        return _simple(value)
    rows = cast("list[Any]", value)
    if len(rows) > MOST_ROWS:
        raise ValueError(f"must have at most {MOST_ROWS} rows")
    return [_row(each) for each in rows]


def _row(row: Any) -> Any:
    if not isinstance(row, dict):
        return _simple(row)
    cells = cast("dict[Any, Any]", row)
    if len(cells) > MOST_VALUES or not all(isinstance(name, str) and NAME.fullmatch(name) for name in cells):
        raise ValueError("has a row with a column that no paper knows")
    return {name: each if each is None or isinstance(each, bool) else _simple(each) for name, each in cells.items()}


SIMPLE: Final[dict[str, Any]] = {
    "anyOf": [{"type": "string", "maxLength": MOST_TEXT}, {"type": "integer", "minimum": -(10**12), "maximum": 10**12}]
}
PLAIN: Final[dict[str, Any]] = {"anyOf": [*SIMPLE["anyOf"], {"type": "boolean"}, {"type": "null"}]}
ROWS: Final[dict[str, Any]] = {
    "type": "array",
    "maxItems": MOST_ROWS,
    "items": {"anyOf": [*SIMPLE["anyOf"], {"type": "object", "additionalProperties": PLAIN}]},
}
Simple = Annotated[Any, AfterValidator(_simple), WithJsonSchema(SIMPLE)]
Value = Annotated[Any, AfterValidator(_value), WithJsonSchema({"anyOf": [*PLAIN["anyOf"], ROWS]})]
PartyId = Annotated[str, Field(pattern=ID_FORM, description="A party of the account, as the account shows it.")]
PaperKind = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,59}$"),
    Field(description="Kind of the paper, such as us.notice.validation."),
]


class OpenCaseForm(Form):
    """Hand an account to the legal path of the borrower's place."""

    kind: Literal["suit", "mediation"]


class FactForm(Form):
    """Something that happened in a case."""

    kind: FactKind
    on: Day = Field(description="The day on which it happened, where the case is.")
    party: PartyId | None = Field(default=None, description="Whom it is about, where the fact is about a party.")
    values: Annotated[dict[Name, Simple], Field(max_length=MOST_VALUES)] = Field(
        default_factory=dict[str, Any], description="What this kind of fact is told with; the refusal names each."
    )


class TakeBackForm(Form):
    """Nothing need be told."""


class FieldsForm(Form):
    """Values for papers by their fields' names. A value of null takes one away."""

    paper: PaperKind | None = Field(default=None, description="Of one kind of paper; without it for all of the case's.")
    values: Annotated[dict[Name, Value], Field(min_length=1, max_length=300)]


class EvidenceForm(Form):
    """A file of the case that proves it."""

    exhibit_id: str = Field(pattern=ID_FORM)


class TrackingForm(Form):
    """What is known of a piece of post; kept sealed."""

    carrier: Line | None = None
    number: Line | None = None
    signed_by: Line | None = None
    remark: Line | None = None


class ServiceForm(Form):
    """One piece of the register of service, of any day: also what was served before the account was enrolled."""

    external_id: Reference = Field(max_length=60, description="Your own id of it; entered once.")
    paper: PaperKind
    party: PartyId
    method: ServiceMethod
    result: ServiceResult
    sent_on: Day | None = None
    reached_on: Day | None = None
    rule: Line | None = Field(default=None, description="By which it counts as served, where it is only deemed to be.")
    tracking: TrackingForm | None = None
    evidence: Annotated[list[EvidenceForm], Field(max_length=20)] = Field(default_factory=list[EvidenceForm])


class CostForm(Form):
    """Money spent on a case."""

    kind: CostKind
    amount: AmountForm
    on: Day
    claimed: StrictBool = Field(description="Whether it is asked back from the debtor.")
    what: Line | None = Field(default=None, description="What for; kept sealed.")


class GuaranteeForm(Form):
    """That a party answers for the debt, as the contract says it. Told again for a party, the later holds."""

    party: PartyId
    kind: GuaranteeKind
    contract_no: Line | None = Field(default=None, max_length=60, description="Kept sealed.")
    signed_on: Day
    main_due_on: Day = Field(description="When the secured debt came due.")
    agreed_end: Day | None = Field(default=None, description="The agreed last day; without it the period of law holds.")
    agreed_months: Annotated[StrictInt, Field(ge=1, le=600)] | None = None
    counter: StrictBool = Field(default=False, description="Whether it secures a guarantor's recourse.")
    most: AmountText | None = Field(default=None, description="The most it secures, in the account's currency.")


class CaseRow(Answer):
    id: str
    account: str
    kind: CaseKind
    state: str = Field(description="open or closed")
    path: str | None = Field(description="The path it walks; null until a person takes it up.")
    stage: str | None
    stage_since: datetime | None
    opened_at: datetime
    closed_at: datetime | None
    outcome: str | None


class CasePage(Page):
    data: list[CaseRow]


class CaseNext(Answer):
    at: datetime
    reason: str
    rule: str | None


class Lacking(Answer):
    """One thing without which the case cannot go on, and who can supply it."""

    item: str
    problem: str
    supplier: str = Field(description="lender, legal, lawyer, ledger, claimant, court or operator")


class Reckoned(Answer):
    day: date
    what: str
    rule: str | None


class CaseClock(Answer):
    """A legal period with its calculation."""

    id: str
    kind: ClockKind
    subject: str | None = Field(description="The party or the fact for which it runs; null for the case itself.")
    nature: ClockNature
    state: ClockState
    first_day: date
    last_day: date
    met_on: date | None
    reckoned: list[Reckoned]


class CaseFact(Answer):
    id: str
    number: int
    kind: FactKind
    on: date
    party: str | None
    values: dict[str, Any] = Field(description="The plain ones.")
    may_be_sealed: list[str] = Field(description="Values of this kind that are kept sealed where they were told.")
    told_by: Literal["lender", "staff"]
    taken_back: bool
    at: datetime


class CaseFields(Answer):
    id: str
    case: str
    paper: str | None
    names: dict[str, bool] = Field(description="Each name, and whether it has a value now.")
    at: datetime


class CaseService(Answer):
    id: str
    paper: str
    party: str | None
    method: ServiceMethod
    result: ServiceResult
    sent_on: date | None
    reached_on: date | None
    rule: str | None
    source: ServiceSource
    evidence: list[str]
    at: datetime


class CaseCost(Answer):
    id: str
    kind: CostKind
    amount: Amount
    on: date
    claimed: bool
    at: datetime


class CaseFile(Answer):
    id: str
    slot: str
    number: int
    form: str | None = Field(description="original or copy")
    day: date | None
    media_type: str
    sha256: str = Field(description="Of the file as you sent it.")
    size: int
    pages: int
    state: str
    at: datetime


class FilePage(Page):
    data: list[CaseFile]


class MissingItem(Answer):
    """One thing that keeps a packet from being complete."""

    item: str
    problem: str
    remedy: str
    supplier: str = Field(description="lender, legal, lawyer, ledger, claimant, court or operator")


class CasePacket(Answer):
    id: str
    case: str
    number: int
    profile: str
    court: str | None
    state: PacketState
    cut_off: date
    asked_at: datetime
    made_at: datetime | None
    sha256: str | None = Field(description="Of its manifest: what an approval names.")
    pages: int | None
    draft: bool
    run: str | None
    missing: list[MissingItem]


class PacketPage(Page):
    data: list[CasePacket]


class LegalCase(CaseRow):
    """Where a case stands, what is next and why, and what is missing."""

    stage_title: str | None
    next: CaseNext | None = Field(description="Every open case on a path has one.")
    missing: list[Lacking]
    clocks: list[CaseClock]
    facts: list[CaseFact]
    fields_told: list[str]
    services: list[CaseService]
    costs: list[CaseCost]
    files: list[CaseFile]
    packets: list[CasePacket]


class Guarantee(Answer):
    id: str
    party: str | None
    number: int = Field(description="Counts the corrections; the last one holds.")
    kind: GuaranteeKind
    counter: bool
    signed_on: date
    main_due_on: date
    agreed_end: date | None
    agreed_months: int | None
    most: Amount | None
    at: datetime


class GuaranteePage(Page):
    data: list[Guarantee]


class CaseEvent(Answer):
    """Something that happened in a case: `id` is that of the fact, packet, alarm or decision."""

    at: datetime
    kind: str = Field(description="opened, fact, took_back, moved, asked, alarm or closed")
    id: str
    text: str


class CaseEventPage(Page):
    data: list[CaseEvent]
