"""A lender's own pause of an account: what is sent and answered, with an example of each."""

from datetime import datetime
from typing import Any, Final, Literal

from pydantic import Field

from forbear.api.lender.answers import Answer
from forbear.api.lender.shapes.page import Page, page_of
from forbear.contracts.words import HoldReason
from forbear.ledger.forms.text import Form, Instant

Json = dict[str, Any]


class PlaceHoldForm(Form):
    """Pause an account of your own accord. What a person, an attorney or a court said is a stop."""

    until: Instant | None = Field(default=None, description="When contact may go on; without it, when you release it.")
    reason: HoldReason


class ReleaseHoldForm(Form):
    """Why the pause ends."""

    reason: Literal["resolved", "mistaken"] = "resolved"


class LenderHold(Answer):
    id: str
    reason: str | None = Field(description="null for one that was placed as a stop.")
    at: datetime
    until: datetime | None
    released_at: datetime | None


class HoldPage(Page):
    data: list[LenderHold]


HOLD: Final[Json] = {"until": "2026-03-16T15:00:00Z", "reason": "settlement_talks"}
HELD: Final[Json] = {
    "id": "stp_5RbXc8QnTz1WmKd6LpV3yH",
    "reason": "settlement_talks",
    "at": "2026-03-02T15:00:00Z",
    "until": "2026-03-16T15:00:00Z",
    "released_at": None,
}
RELEASE: Final[Json] = {"reason": "resolved"}
RELEASED: Final[Json] = {**HELD, "released_at": "2026-03-02T15:00:00Z"}
HOLDS: Final[Json] = page_of(HELD)
