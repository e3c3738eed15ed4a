"""The enrolment of one account as a lender sends it: the body of `POST /v1/accounts` and of each imported row.

The form checks each value by itself; `forbear.ledger.forms.checks` says what only holds between values, or
against the lender, the playbook and the clock.
"""

from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field

from forbear.contracts.words import DebtKind, LenderKind, LenderRole
from forbear.ledger.forms.parties import PartyForm
from forbear.ledger.forms.terms import TermsForm, held
from forbear.ledger.forms.text import AmountText, Currency, Day, Form, Instant, Line, Reference, Word
from forbear.ledger.forms.told import DebtCircumstances, EventForm
from forbear.money.components import COMPONENTS, Component
from forbear.money.currency import read_amount


class ComponentsForm(Form):
    """What is owed, by component, in the account's currency. A missing component is zero."""

    principal: AmountText = "0"
    interest: AmountText = "0"
    penalty_interest: AmountText = "0"
    compound_interest: AmountText = "0"
    fee: AmountText = "0"
    cost: AmountText = "0"

    def amounts(self, currency: str) -> dict[Component, Decimal]:
        """Exact amounts of all components; a `ValueError` from `read_amount` passes through."""
        return {component: read_amount(getattr(self, component), currency) for component in COMPONENTS}


class BalanceForm(Form):
    """A balance and the instant at which it was true in the lender's books; unknown, it holds the account."""

    as_of: Instant | None
    components: ComponentsForm


class EnrolmentForm(Form):
    """One overdue debt with its people."""

    external_id: Reference = Field(description="Your own reference of the account; enrolled once.")
    product: Line = Field(description="The product's name in your books.")
    debt_kind: DebtKind
    playbook: Word
    currency: Currency
    due_since: Day = Field(description="The day after which the oldest unpaid instalment was late.")
    balance: BalanceForm
    terms: TermsForm | None = Field(
        default=None, description="By what it grows from the confirmed balance on; without terms by nothing."
    )
    circumstances: DebtCircumstances = Field(default=[])
    events: list[EventForm] = Field(
        default=[], max_length=50, description="What has happened already, such as a notice that you posted yourself."
    )
    lender_role: LenderRole | None = Field(default=None, description="Must match the lender of the key if given.")
    lender_kind: LenderKind | None = Field(default=None, description="Must match the lender of the key if given.")
    parties: Annotated[list[PartyForm], Field(min_length=1, max_length=20)]

    def told_terms(self) -> dict[str, Any] | None:
        """The terms that were told, from the day on which the account was due if no day was."""
        if self.terms is None:
            return None
        return {"since": self.due_since.isoformat(), **held(self.terms.told())}
