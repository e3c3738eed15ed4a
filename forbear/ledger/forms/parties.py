"""What a lender tells of one person on an account: who, how reachable, what agreed to, and what already happened.

Lists may refer to a contact point of the same party by its index. A stop or an opt-out that is already known comes
with the enrolment, because the account's first decision is taken within seconds.
"""

from typing import Annotated, Literal, Self

from pydantic import Field, StrictBool, StringConstraints, ValidationInfo, field_validator, model_validator

from forbear.contracts.words import Channel, PartyRole, StopKind, SuppressionScope
from forbear.ledger.forms.points import Place, PointForm
from forbear.ledger.forms.text import Day, Form, Instant, Jurisdiction, Language, Line, TimeOfDay
from forbear.ledger.forms.told import PersonCircumstances
from forbear.rules.facts import Result

PointIndex = Annotated[int, Field(strict=True, ge=0, description="Index into this party's contact_points.")]


class ConsentForm(Form):
    """A consent to be contacted; without a contact point it is for every point of the channel."""

    channel: Channel
    contact_point: PointIndex | None = None
    given_to: Line
    at: Instant
    how: Line


class HoursForm(Form):
    """Hours the person agreed to, on their own clock."""

    kind: Literal["hours"]
    at: Instant
    open: TimeOfDay
    close: TimeOfDay

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.open.tzinfo is not None or self.close.tzinfo is not None:
            raise ValueError("hours are on the person's own clock, without an offset")
        if self.open >= self.close:
            raise ValueError("open must be before close")
        return self


class CallConsentForm(Form):
    """A span of time for which the person agreed to be called."""

    kind: Literal["call_consent"]
    at: Instant
    start: Instant
    end: Instant

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.start >= self.end:
            raise ValueError("start must be before end")
        return self


AgreementForm = Annotated[HoursForm | CallConsentForm, Field(discriminator="kind")]


class OptOutForm(Form):
    """An opt-out the lender already holds; it binds every lender of the organisation."""

    scope: SuppressionScope
    channel: Channel | None = None
    contact_point: PointIndex | None = None
    at: Instant

    @model_validator(mode="after")
    def _scoped(self) -> Self:
        if self.scope == "number" and self.contact_point is None:
            raise ValueError("an opt-out of one number needs its contact_point")
        if self.scope == "channel" and self.channel is None:
            raise ValueError("an opt-out of a channel needs its channel")
        return self


def held_alone(only: bool | None, info: ValidationInfo) -> bool | None:
    """A hold is a lender's own pause of one account: it must not bind the person's other accounts and lenders."""
    if only is False and info.data.get("kind") == "hold":
        raise ValueError("a hold is of one account; leave this out, or place one on each of your accounts")
    return only


class StopForm(Form):
    """A state that already forbids contact."""

    kind: StopKind
    at: Instant
    until: Instant | None = None
    written: StrictBool = False
    this_account_only: StrictBool | None = Field(
        default=None, description="If missing: true for a dispute or a hold, else false: all debts of the person."
    )
    contact_point: PointIndex | None = None

    @field_validator("this_account_only", mode="after")
    @classmethod
    def _held(cls, only: bool | None, info: ValidationInfo) -> bool | None:
        return held_alone(only, info)

    @model_validator(mode="after")
    def _numbered(self) -> Self:
        if self.kind == "wrong_number" and self.contact_point is None:
            raise ValueError("a wrong number needs its contact_point")
        return self

    @property
    def of_account(self) -> bool:
        """Whether it stops this account alone."""
        return self.kind in {"dispute", "hold"} if self.this_account_only is None else self.this_account_only


class PastContactForm(Form):
    """One contact of the last 30 days, made before enrolment; it counts like our own."""

    at: Instant
    channel: Channel
    contact_point: PointIndex | None = None
    place: Place | None = None
    result: Result


class PartyForm(Form):
    """A person in a role."""

    role: PartyRole
    name: Line
    birth_date: Day | None = None
    identity_number: Annotated[str, StringConstraints(max_length=40)] | None = Field(
        default=None, description="Joins this person's accounts; kept as a keyed digest and encrypted."
    )
    language: Language
    jurisdictions: list[Jurisdiction] | None = Field(
        default=None,
        max_length=6,
        description="Packs that apply, widest first. Derived from the contact points if missing; [] holds the account.",
    )
    circumstances: PersonCircumstances = Field(default=[])
    contact_points: list[PointForm] = Field(default=[], max_length=20)
    consents: list[ConsentForm] = Field(default=[], max_length=50)
    agreements: list[AgreementForm] = Field(default=[], max_length=20)
    opt_outs: list[OptOutForm] = Field(default=[], max_length=50)
    stops: list[StopForm] = Field(default=[], max_length=20)
    contacts: list[PastContactForm] = Field(
        default=[], max_length=500, description="Contacts with this person in the last 30 days."
    )
