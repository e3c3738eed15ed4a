"""Hours or a span for calls that a person agreed to: what is sent and answered, with an example of each."""

from datetime import datetime
from typing import Annotated, Any, Final

from pydantic import Field

from forbear.api.lender.answers import Answer
from forbear.api.lender.shapes.page import Page, page_of
from forbear.contracts.words import PartyRole
from forbear.ledger.forms.parties import CallConsentForm, HoursForm
from forbear.ledger.forms.text import Form, Instant

Json = dict[str, Any]


class AgreedHoursForm(HoursForm):
    """Hours the person agreed to, on their own clock."""

    role: PartyRole = Field(default="borrower", description="Who agreed.")


class AgreedCallForm(CallConsentForm):
    """A span of time for which the person agreed to be called."""

    role: PartyRole = Field(default="borrower", description="Who agreed.")


AgreedForm = Annotated[AgreedHoursForm | AgreedCallForm, Field(discriminator="kind")]


class EndForm(Form):
    """When the agreement ended."""

    at: Instant | None = Field(default=None, description="Now if missing.")


class Agreement(Answer):
    """`open` and `close` for hours, `start` and `end` for a call; the others are null."""

    id: str
    kind: str
    roles: list[str] = Field(description="Who agreed, by their roles on this account.")
    at: datetime
    open: str | None
    close: str | None
    start: datetime | None
    end: datetime | None
    ended_at: datetime | None


class AgreementPage(Page):
    data: list[Agreement]


AGREE: Final[Json] = {"kind": "hours", "at": "2026-03-02T14:30:00Z", "open": "12:00", "close": "13:30"}
AGREED: Final[Json] = {
    "id": "agr_1KdPm9VsYt4XqLc7RzB2wJ",
    "kind": "hours",
    "roles": ["borrower"],
    "at": "2026-03-02T14:30:00Z",
    "open": "12:00:00",
    "close": "13:30:00",
    "start": None,
    "end": None,
    "ended_at": None,
}
END: Final[Json] = {"at": "2026-03-02T14:45:00Z"}
ENDED: Final[Json] = {**AGREED, "ended_at": "2026-03-02T14:45:00Z"}
AGREEMENTS: Final[Json] = page_of(AGREED)
