"""Who: tenants, lenders, keys, persons, and what each lender told us about a person.

The tenant's person holds match keys and limits only. Names, contact points and consents belong to the lender
that gave them, so that a page or an answer for one lender cannot show what another knows.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from forbear.ledger.tables.base import Base, Id, Instant, Json, OfLender, OfTenant, Sealed


class Tenant(Base):
    """The organisation that runs the outreach."""

    __tablename__ = "tenant"
    id: Mapped[Id]
    name: Mapped[str]
    created_at: Mapped[Instant]


class Lender(OfTenant, Base):
    """A creditor the tenant works for. `policy` tightens the product's limits; it never loosens them."""

    __tablename__ = "lender"
    id: Mapped[Id]
    name: Mapped[str]
    role: Mapped[str]
    kind: Mapped[str]
    country: Mapped[str]
    phone: Mapped[str]
    """The number a borrower may call; it is public, shown on pages and in texts."""
    sender: Mapped[str]
    """The number texts come from, E.164, or the signature they bear in China; by it replies find their lender."""
    policy: Mapped[Json]
    created_at: Mapped[Instant]
    __table_args__ = (UniqueConstraint("sender"),)


class ApiKey(OfLender, Base):
    """A lender's key. Only the digest of its secret part is kept."""

    __tablename__ = "api_key"
    id: Mapped[Id]
    digest: Mapped[bytes]
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    label: Mapped[str]
    created_at: Mapped[Instant]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]


class Person(OfTenant, Base):
    """A human or organisation, once per tenant: the row that `decide` locks. Holds nothing personal."""

    __tablename__ = "person"
    id: Mapped[Id]
    created_at: Mapped[Instant]


class PersonMatch(OfTenant, Base):
    """A keyed digest by which a person is recognised: an identity number, or name with birth date."""

    __tablename__ = "person_match"
    id: Mapped[Id]
    person: Mapped[str] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str]
    digest: Mapped[bytes]
    __table_args__ = (UniqueConstraint("tenant", "kind", "digest"), Index(None, "person"))


class PersonKey(OfLender, Base):
    """The data key of one person as one lender knows it, wrapped by the master key; its loss is erasure."""

    __tablename__ = "person_key"
    id: Mapped[Id]
    person: Mapped[str] = mapped_column(ForeignKey("person.id"))
    wrapped: Mapped[bytes | None]
    erased_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("lender", "person"),)


class Profile(OfLender, Base):
    """What one lender told us about a person."""

    __tablename__ = "profile"
    id: Mapped[Id]
    person: Mapped[str] = mapped_column(ForeignKey("person.id"))
    name: Mapped[Sealed]
    birth_date: Mapped[bytes | None]
    """Sealed ISO date; the answer to the page's identity check."""
    identity_number: Mapped[bytes | None]
    language: Mapped[str]
    jurisdictions: Mapped[list[str]] = mapped_column(ARRAY(Text))
    """Packs that apply, widest first; empty means unknown, which holds."""
    circumstances: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    """Of the person, in the rules' words; they bind this lender's accounts."""
    created_at: Mapped[Instant]
    __table_args__ = (UniqueConstraint("lender", "person"),)


class ContactPoint(OfLender, Base):
    """A phone, e-mail or postal address of a person, with zone evidence.

    `address_key` is the tenant's keyed digest of the normalised value: equal numbers meet in it over lenders,
    and neither suppressions nor limits need the number itself. `country` is the number's or the address's, in two
    letters; null for an e-mail, for a number of no country, and for a point from before it was kept.
    """

    __tablename__ = "contact_point"
    id: Mapped[Id]
    person: Mapped[str] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str]
    value: Mapped[Sealed]
    address_key: Mapped[bytes]
    place: Mapped[str]
    state: Mapped[str]
    zone: Mapped[str | None]
    zone_evidence: Mapped[str | None]
    country: Mapped[str | None]
    clues: Mapped[list[dict[str, str]]] = mapped_column(JSONB, server_default="[]")
    """The zones that the point itself speaks for: `zone`, `kind`, and `source`, which never quotes the value."""
    created_at: Mapped[Instant]
    __table_args__ = (
        UniqueConstraint("lender", "person", "kind", "address_key"),
        Index(None, "tenant", "address_key"),
        Index(None, "person"),
        CheckConstraint("state in ('valid', 'unreachable', 'wrong_party', 'invalid')", name="state"),
    )


class Consent(OfLender, Base):
    """A consent to one channel, to one contact point or to all of them: given to whom, when and how."""

    __tablename__ = "consent"
    id: Mapped[Id]
    person: Mapped[str] = mapped_column(ForeignKey("person.id"))
    contact_point: Mapped[str | None] = mapped_column(ForeignKey("contact_point.id"))
    channel: Mapped[str]
    given_to: Mapped[str]
    how: Mapped[str]
    at: Mapped[Instant]
    revoked_at: Mapped[datetime | None]
    __table_args__ = (Index(None, "person"),)


class Agreement(OfLender, Base):
    """Agreed hours or an agreed call: `kind` and the fields of the law's agreement, as data."""

    __tablename__ = "agreement"
    id: Mapped[Id]
    person: Mapped[str] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str]
    terms: Mapped[dict[str, Any]]
    at: Mapped[Instant]
    ended_at: Mapped[datetime | None]
    __table_args__ = (Index(None, "person"),)
