"""What a lender may change of an enrolled account: a merge patch (RFC 7396) over the account as it was read.

A member that is left out stays. Parties and contact points are named by the ids the account shows; neither is added
or removed here, and what a person or a carrier said of a number cannot be sent at all.
"""

from datetime import date
from typing import Annotated

from pydantic import Field, JsonValue, StringConstraints

from forbear.contracts.words import PartyRole, PointState
from forbear.ledger.forms.points import Place, PointForm, ZoneEvidence
from forbear.ledger.forms.terms import TermsForm
from forbear.ledger.forms.text import Day, Form, Jurisdiction, Language, Line, Word, Zone
from forbear.ledger.forms.told import DebtCircumstances, PersonCircumstances

ONLY_IDS: dict[str, JsonValue] = {"additionalProperties": False}
ShownId = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z_]{1,40}$")]


class PointChangeForm(Form):
    """A correction of one contact point. Another number is another contact point: add it."""

    place: Place = Field(default_factory=lambda: "other", description="A workplace stays one.")
    zone: Zone | None = Field(default=None, description="IANA time zone; null makes it unknown, which holds.")
    zone_evidence: ZoneEvidence | None = Field(default=None, description="Where the zone comes from.")
    state: PointState = Field(default_factory=lambda: "valid", description="Only ever gets worse.")


class PartyChangeForm(Form):
    """A correction of one party, by every account of yours it is on."""

    language: Language = Field(default_factory=str)
    jurisdictions: list[Jurisdiction] = Field(
        default_factory=list, max_length=6, description="Packs that apply, widest first; known ones must stay."
    )
    circumstances: PersonCircumstances = Field(default_factory=list)
    contact_points: dict[ShownId, PointChangeForm] = Field(
        default_factory=dict, max_length=50, description="By the id of the contact point.", json_schema_extra=ONLY_IDS
    )


class AccountChangeForm(Form):
    """What is to be changed; everything else stays."""

    product: Line = Field(default_factory=str, description="The product's name in your books.")
    due_since: Day = Field(
        default_factory=lambda: date.min,
        description="The day after which the oldest unpaid instalment was late; moves when that one is paid.",
    )
    playbook: Word = Field(default_factory=str, description="The cadence to go on with.")
    circumstances: DebtCircumstances = Field(default_factory=list)
    terms: TermsForm | None = Field(
        default=None,
        description="Another `since` tells new terms, the same one corrects them; null ends them as if never told.",
    )
    parties: dict[ShownId, PartyChangeForm] = Field(
        default_factory=dict, max_length=20, description="By the id of the party.", json_schema_extra=ONLY_IDS
    )


class NewPointForm(PointForm):
    """One more contact point of a party; one that is known is corrected as by another enrolment."""

    role: PartyRole = Field(default="borrower", description="Whose it is; the one party in this role.")
