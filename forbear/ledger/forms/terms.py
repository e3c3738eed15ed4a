"""The terms of a loan as a lender tells them, with an enrolment or as a merge patch over those it told before.

The form checks each value by itself; what terms mean, and what only holds between them, `forbear.money.agreed` reads.
"""

from typing import Annotated, Any, Final

from pydantic import AfterValidator, Field, StringConstraints

from forbear.ledger.forms.text import AmountText, Day, Form, Line, matching
from forbear.money.components import Component
from forbear.money.day_count import DayCount
from forbear.money.reading import RATE

A_RATE: Final = "must be a fraction as a decimal string, such as 0.09 for nine per cent"
RateText = Annotated[str, StringConstraints(max_length=30), AfterValidator(matching(RATE.pattern, A_RATE))]
Grace = Annotated[int, Field(ge=0, le=365, strict=True)]


class InterestForm(Form):
    """The contract's own rate on the principal: one of the two."""

    rate: RateText | None = Field(default=None, description="A year, by the day count.")
    daily_rate: RateText | None = Field(default=None, description="A day.")


class PenaltyForm(InterestForm):
    """The rate on what is late: one of the three."""

    uplift: RateText | None = Field(
        default=None, description="By which the contract's own rate is raised: 0.5 by half."
    )
    since: Day | None = Field(default=None, description="Its first day; the day after `due_since` if left out.")
    on_top: bool | None = Field(
        default=None, strict=True, description="True: beside the contract's rate. Else in place of it."
    )


class CapForm(Form):
    """The most that may be asked a year for the use of the principal: a rate, or a multiple of a reference rate."""

    rate: RateText | None = Field(default=None, description="A year, by the day count.")
    reference: Line | None = Field(default=None, description="A reference rate that is known here, such as CN.LPR.1Y.")
    multiple: RateText | None = Field(default=None, description="Of the reference rate.")
    formed_on: Day | None = Field(default=None, description="The day of the contract, whose reference rate holds.")


class FeeLimitForm(Form):
    """What the law allows a late fee to be."""

    source: Line | None = Field(default=None, description="Where the law says so.")
    most: AmountText | None = None
    most_rate: RateText | None = Field(default=None, description="Of what is overdue.")
    grace_days: Grace | None = None


class LateFeeForm(Form):
    """A fee for each instalment that stays unpaid: asked only with the law that allows it."""

    flat: AmountText | None = None
    rate: RateText | None = Field(default=None, description="Of what is overdue.")
    floor: AmountText | None = None
    grace_days: Grace | None = None
    limit: FeeLimitForm | None = None


class InstalmentForm(Form):
    """What falls due on a day; it is owed from the day after."""

    due: Day
    principal: AmountText = "0"
    interest: AmountText = "0"


class TermsForm(Form):
    """By what an account grows between two balances that you confirm. Without terms nothing is reckoned."""

    since: Day | None = Field(
        default=None, description="The first day of these terms; `due_since` if left out of an enrolment."
    )
    day_count: DayCount | None = Field(default=None, description="How yearly rates are counted.")
    interest: InterestForm | None = None
    penalty: PenaltyForm | None = None
    compound: bool | None = Field(
        default=None, strict=True, description="Whether interest that was charged and is unpaid bears interest."
    )
    cap: CapForm | None = None
    order: Annotated[list[Component], Field(min_length=6, max_length=6)] | None = Field(
        default=None, description="In which a payment is taken off; costs, fees, interest, principal if left out."
    )
    late_fee: LateFeeForm | None = None
    instalments: Annotated[list[InstalmentForm], Field(min_length=1, max_length=480)] | None = Field(
        default=None, description="What falls due later, in the order of its days."
    )

    def told(self) -> dict[str, Any]:
        """What was sent, as plain values; a null stays one, which takes a member out of known terms."""
        return self.model_dump(mode="json", exclude_unset=True)


def held(told: dict[str, Any]) -> dict[str, Any]:
    """What was sent without its nulls, which say nothing where nothing was known."""
    return {
        name: held(value) if isinstance(value, dict) else value for name, value in told.items() if value is not None
    }
