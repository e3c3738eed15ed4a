"""A consent to be contacted, and its end: what is sent and answered, with an example of each."""

from datetime import datetime
from typing import Any, Final, Self

from pydantic import Field, model_validator

from forbear.api.lender.answers import Answer
from forbear.api.lender.forms import Number
from forbear.api.lender.shapes.page import Page, page_of
from forbear.contracts.words import Channel, PartyRole
from forbear.ledger.forms.change import ShownId
from forbear.ledger.forms.text import Form, Instant, Line

Json = dict[str, Any]


class GiveConsentForm(Form):
    """A consent of one party; without a number and a contact point it is for every point of the channel."""

    channel: Channel
    contact_point: ShownId | None = Field(default=None, description="Its id, as the account shows it.")
    number: Number | None = Field(default=None, description="The number instead of its id.")
    given_to: Line = Field(description="To whom, as it was said.")
    how: Line = Field(description="How it was given, and where that can be seen.")
    at: Instant
    role: PartyRole = Field(default="borrower", description="Who consented.")

    @model_validator(mode="after")
    def _one(self) -> Self:
        if self.number is not None and self.contact_point is not None:
            raise ValueError("give number or contact_point, not both")
        return self


class RevokeForm(Form):
    """When the consent was taken back."""

    at: Instant | None = Field(default=None, description="Now if missing.")


class Consent(Answer):
    id: str
    channel: str
    contact_point: str | None = Field(description="null: every point of the channel.")
    roles: list[str] = Field(description="Who consented, by their roles on this account.")
    given_to: str
    how: str
    at: datetime
    revoked_at: datetime | None


class ConsentPage(Page):
    data: list[Consent]


CONSENT: Final[Json] = {
    "channel": "sms",
    "number": "+13125550142",
    "given_to": "Example Credit Union",
    "how": "on the telephone, recording 2026-03-02/114",
    "at": "2026-03-02T14:30:00Z",
}
GIVEN: Final[Json] = {
    "id": "con_6TnZb2HrWx5VkMd8QpY0cS",
    "channel": "sms",
    "contact_point": "pt_4VmQx7LdRk2TbNc9WzY5pJ",
    "roles": ["borrower"],
    "given_to": "Example Credit Union",
    "how": "on the telephone, recording 2026-03-02/114",
    "at": "2026-03-02T14:30:00Z",
    "revoked_at": None,
}
REVOKE: Final[Json] = {"at": "2026-03-02T14:45:00Z"}
REVOKED: Final[Json] = {**GIVEN, "revoked_at": "2026-03-02T14:45:00Z"}
CONSENTS: Final[Json] = page_of(GIVEN)
