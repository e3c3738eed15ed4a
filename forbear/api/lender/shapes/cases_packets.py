"""Files, packets and runs of legal cases: what is sent and answered."""

from datetime import date, datetime
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, model_validator

from forbear.api.lender.answers import Answer
from forbear.api.lender.forms import ID_FORM
from forbear.api.lender.shapes.cases import MissingItem, PartyId, Text
from forbear.api.lender.shapes.page import Page
from forbear.contracts.case_words import PacketState
from forbear.ledger.forms.text import Day, Form, Line

Json = dict[str, Any]
MOST_OF_RUN: Final = 200
Slot = Literal[
    "contract",
    "disbursement",
    "transactions",
    "identity_claimant",
    "identity_respondent",
    "authority",
    "guarantee_contract",
    "collateral_contract",
    "registration",
    "assignment",
    "notice_proof",
    "lawyer_invoice",
    "mediation_agreement",
    "confirmation_ruling",
    "judgment",
    "payment_on_behalf",
    "charge_off_statement",
    "account_statement",
    "bill_of_sale",
    "default_notice",
    "letter_of_claim",
    "service_proof",
    "scra_certificate",
    "other",
]
Profile = Literal[
    "cn.mediation",
    "cn.confirmation",
    "cn.payment_order",
    "cn.suit",
    "cn.preservation",
    "cn.enforcement",
    "cn.withdrawal",
    "us.suit",
    "us-ny.suit",
    "us-ca.suit",
    "us-ca.small_claims",
    "us.default",
    "us.mediation",
    "us.dismissal",
    "gb.claim",
    "gb.mediation",
    "gb.discontinuance",
]


class FileForm(Form):
    """What is told of a file beside its bytes."""

    slot: Slot = Field(description="What it is in the checklist of packets.")
    title: Line = Field(description="As lists of evidence call it; kept sealed.")
    form: Literal["original", "copy"] | None = Field(default=None, description="What the paper in your hands is.")
    day: Day | None = Field(default=None, description="The date of the paper.")
    party: PartyId | None = Field(default=None, description="Whose identity it proves.")
    source: Text | None = Field(default=None, description="Where it comes from; kept sealed.")
    proves: Text | None = Field(default=None, description="What it proves; kept sealed.")


class AskPacketForm(Form):
    """A packet, with everything reckoned to the end of a day."""

    profile: Profile
    cut_off: Day | None = Field(default=None, description="Up to which sums are reckoned; today if missing.")
    court: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,59}$")] | None = Field(
        default=None, description="Profile of the court or committee, where it is not the packet's usual one."
    )


class RunItemForm(Form):
    """One case, by its own id or by its account's; name it by one of them."""

    case_id: str | None = Field(default=None, pattern=ID_FORM)
    account_id: str | None = Field(default=None, pattern=ID_FORM)

    @model_validator(mode="after")
    def _named(self) -> Self:
        if (self.case_id is None) == (self.account_id is None):
            raise ValueError("give exactly one of case_id and account_id")
        return self


class StartRunForm(Form):
    """Many packets of one kind, as one job."""

    profile: Profile
    cut_off: Day | None = Field(default=None, description="Up to which sums are reckoned; yesterday in UTC if missing.")
    cases: Annotated[list[RunItemForm], Field(min_length=1, max_length=MOST_OF_RUN)]


class RunException(Answer):
    """A packet that could not be made, or does not hold any more; or a case for which nothing could be asked."""

    case: str
    packet: str | None
    state: str = Field(description="incomplete, failed, returned, void or refused")
    reason: str | None
    missing: list[MissingItem]


class CaseRun(Answer):
    """Many packets as one job, and how far it is."""

    id: str
    profile: str
    cut_off: date
    at: datetime
    state: Literal["running", "done"]
    wanted: int
    waiting: int
    made: int
    states: dict[PacketState, int] = Field(description="How many packets are in each state.")
    exceptions: list[RunException]


class CaseRunRow(Answer):
    id: str
    profile: str
    cut_off: date
    at: datetime
    wanted: int


class CaseRunPage(Page):
    data: list[CaseRunRow]
