"""What a lender sends about an account that exists: payments, confirmed balances, stops and opt-outs."""

from decimal import Decimal
from typing import Annotated, Literal, Self

from fastapi import Path
from pydantic import AfterValidator, Field, StrictBool, ValidationInfo, field_validator, model_validator

from forbear.contracts.words import Channel, PartyRole, StopKind, SuppressionScope
from forbear.ledger import addresses
from forbear.ledger.forms.enrolment import ComponentsForm
from forbear.ledger.forms.parties import held_alone
from forbear.ledger.forms.text import AmountText, Currency, Form, Instant, Reference
from forbear.money.currency import read_amount

ID_FORM = r"^[0-9A-Za-z_]{1,40}$"
Id = Annotated[str, Path(pattern=ID_FORM)]
"""An id of ours in a path."""
Number = Annotated[str, AfterValidator(addresses.phone)]
ReleaseReason = Literal[
    "resolved", "withdrawn_by_person", "verified", "court_order", "representative_named", "mistaken"
]


class AmountForm(Form):
    """An amount on the wire."""

    amount: AmountText
    currency: Currency

    @model_validator(mode="after")
    def _exact(self) -> Self:
        read_amount(self.amount, self.currency)
        return self

    @property
    def exact(self) -> Decimal:
        return read_amount(self.amount, self.currency)


class PaymentForm(Form):
    """Money that arrived."""

    external_id: Reference = Field(description="Your own id of the payment; posted once.")
    amount: AmountForm
    received_at: Instant


class ReversalForm(Form):
    """A payment that was undone: bounced, charged back or mistaken."""

    external_id: Reference = Field(description="Your own id of the reversal.")
    received_at: Instant


class BalanceRowForm(Form):
    """One account's balance in the lender's books; name the account by one of the two ids."""

    account_id: str | None = Field(default=None, pattern=ID_FORM)
    external_id: Reference | None = None
    as_of: Instant
    components: ComponentsForm

    @model_validator(mode="after")
    def _named(self) -> Self:
        if (self.account_id is None) == (self.external_id is None):
            raise ValueError("give exactly one of account_id and external_id")
        return self


class BalancesForm(Form):
    """The lender's nightly word on what is owed."""

    balances: Annotated[list[BalanceRowForm], Field(min_length=1, max_length=1000)]


class PlaceStopForm(Form):
    """A state that forbids contact, of the person in all accounts of the organisation or of this account alone."""

    kind: StopKind
    at: Instant | None = Field(default=None, description="When it came to be; now if missing.")
    until: Instant | None = None
    written: StrictBool = Field(default=False, description="Whether it was said in writing.")
    this_account_only: StrictBool | None = Field(
        default=None, description="If missing: true for a dispute or a hold, else false."
    )
    role: PartyRole = "borrower"
    number: Number | None = Field(default=None, description="For a wrong number: which one.")

    @field_validator("this_account_only", mode="after")
    @classmethod
    def _held(cls, only: bool | None, info: ValidationInfo) -> bool | None:
        return held_alone(only, info)

    @model_validator(mode="after")
    def _numbered(self) -> Self:
        if self.kind == "wrong_number" and self.number is None:
            raise ValueError("a wrong number needs its number")
        return self

    @property
    def of_account(self) -> bool:
        return self.kind in {"dispute", "hold"} if self.this_account_only is None else self.this_account_only


class ReleaseForm(Form):
    """Why a stop ends."""

    reason: ReleaseReason


class PlaceOptOutForm(Form):
    """An opt-out the lender heard; it binds every lender of the organisation and only the person can take it back."""

    scope: SuppressionScope
    channel: Channel | None = None
    number: Number | None = None
    at: Instant | None = Field(default=None, description="When it was said; now if missing.")
    role: PartyRole = "borrower"

    @model_validator(mode="after")
    def _scoped(self) -> Self:
        if self.scope == "number" and self.number is None:
            raise ValueError("an opt-out of one number needs the number")
        if self.scope == "channel" and self.channel is None:
            raise ValueError("an opt-out of a channel needs its channel")
        return self
