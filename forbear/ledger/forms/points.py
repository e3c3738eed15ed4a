"""What a lender tells of one contact point: its value, its place, its state and where the person's clock is."""

from typing import Final, Literal

from pydantic import Field, ValidationInfo, field_validator

from forbear.contracts.words import PointKind, PointState
from forbear.ledger import addresses
from forbear.ledger.addresses import PostalAddress
from forbear.ledger.forms.text import Form, Zone

Place = Literal["mobile", "residence", "workplace", "other"]
ZoneEvidence = Literal["address", "area_code_mobile", "area_code_landline", "last_known", "stated"]
WORSE: Final[tuple[PointState, ...]] = ("valid", "unreachable", "invalid", "wrong_party")
"""States of a contact point; one may be told that stands further right."""


class PointForm(Form):
    """A phone, e-mail or postal address. Without a zone the account is enrolled and held until one is known."""

    kind: PointKind
    value: str | PostalAddress = Field(description="A phone in E.164, an e-mail address, or a postal address object.")
    place: Place = "other"
    zone: Zone | None = Field(default=None, description="IANA time zone that this point is evidence for.")
    zone_evidence: ZoneEvidence | None = Field(default=None, description="Where the zone comes from.")
    state: PointState = "valid"

    @field_validator("value", mode="after")
    @classmethod
    def _written(cls, value: str | PostalAddress, info: ValidationInfo) -> str | PostalAddress:
        kind = info.data.get("kind")
        if kind is None:
            return value
        if isinstance(value, PostalAddress):
            if kind != "postal":
                raise ValueError(f"a {kind} is a text, not an object")
            return value
        if kind == "postal":
            raise ValueError("a postal address is an object with lines, city, region, postal_code and country")
        return addresses.phone(value) if kind == "phone" else addresses.email(value)

    @field_validator("zone_evidence", mode="after")
    @classmethod
    def _both(cls, evidence: ZoneEvidence | None, info: ValidationInfo) -> ZoneEvidence | None:
        if evidence is not None and "zone" in info.data and info.data["zone"] is None:
            raise ValueError("there is evidence but no zone; give both or neither")
        return evidence

    @property
    def written(self) -> str:
        """The value as it is sealed: one string for every kind."""
        return self.value if isinstance(self.value, str) else self.value.model_dump_json()

    @property
    def country(self) -> str | None:
        """The country this point speaks for; None for an e-mail and for a number of no country."""
        if isinstance(self.value, PostalAddress):
            return self.value.country
        return addresses.phone_country(self.value) if self.kind == "phone" else None
