"""A promise to pay that a lender heard: what is sent and answered, with an example of each."""

from datetime import date
from typing import Any, Final, Literal

from pydantic import Field

from forbear.api.lender.answers import Promise
from forbear.api.lender.forms import AmountForm
from forbear.api.lender.shapes.page import Page, page_of
from forbear.contracts.words import PartyRole
from forbear.ledger.forms.text import Form

Json = dict[str, Any]


class PromiseForm(Form):
    """What somebody promised you, on the telephone say. It replaces a promise that is still open."""

    amount: AmountForm
    due_on: date = Field(description="The last day, where the borrower lives; today to 31 days ahead.")
    role: PartyRole = Field(default="borrower", description="Who promised.")


class WithdrawForm(Form):
    """Why the promise is taken back."""

    reason: Literal["misheard", "called_off"]


class PromisePage(Page):
    data: list[Promise]


PROMISE: Final[Json] = {"amount": {"amount": "150.00", "currency": "USD"}, "due_on": "2026-03-13"}
PROMISED: Final[Json] = {
    "id": "prm_8WcTb3KpXr6YnJd1QmL0sF",
    "amount": {"amount": "150.00", "currency": "USD"},
    "due_on": "2026-03-13",
    "state": "open",
    "made_at": "2026-03-02T15:00:00Z",
}
WITHDRAW: Final[Json] = {"reason": "misheard"}
WITHDRAWN: Final[Json] = {**PROMISED, "state": "withdrawn"}
PROMISES: Final[Json] = page_of(PROMISED)
