"""What a lender tells us about a person, written where only that lender can see it.

A person may be told of again with the next account: what was unknown is filled in, contact points are added, and
nothing that was learnt since (an unreachable number, a wrong party) is talked away.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from forbear.ledger.addresses import key_form
from forbear.ledger.forms.checks import no_later
from forbear.ledger.forms.parties import CallConsentForm, PartyForm
from forbear.ledger.forms.points import WORSE, PointForm
from forbear.ledger.ids import new_id
from forbear.ledger.placing import jurisdictions, law_of, place_point
from forbear.ledger.tables.contacts import PastContact
from forbear.ledger.tables.people import Agreement, Consent, ContactPoint, Profile
from forbear.ledger.vault import Vault


@dataclass(frozen=True, slots=True)
class KnownPoint:
    id: str
    address_key: bytes


@dataclass(frozen=True, slots=True)
class Teller:
    """Who tells, of whom, when: the columns that all these rows share."""

    session: Session
    vault: Vault
    tenant: str
    lender: str
    person: str
    now: datetime

    def row(self) -> dict[str, Any]:
        return {"tenant": self.tenant, "lender": self.lender, "person": self.person}

    def seal(self, text: str) -> bytes:
        return self.vault.seal(self.session, tenant=self.tenant, lender=self.lender, person=self.person, text=text)


def write_profile(teller: Teller, party: PartyForm) -> None:
    """Store name, dates, numbers, language, jurisdictions, circumstances; fill what an earlier telling left open."""
    optional = {
        "birth_date": party.birth_date.isoformat() if party.birth_date else None,
        "identity_number": party.identity_number or None,
    }
    told = {name: teller.seal(text) for name, text in optional.items() if text is not None}
    where = (Profile.lender == teller.lender, Profile.person == teller.person)
    packs = jurisdictions(party)
    profile = teller.session.execute(select(Profile).where(*where)).scalar_one_or_none()
    if profile is None:
        values = {
            **teller.row(),
            "id": new_id("pro"),
            "name": teller.seal(party.name),
            "language": party.language,
            "jurisdictions": packs,
            "circumstances": party.circumstances,
            "created_at": teller.now,
            **told,
        }
        teller.session.execute(insert(Profile).values(**values))
        return
    missing: dict[str, Any] = {name: sealed for name, sealed in told.items() if getattr(profile, name) is None}
    if more := [pack for pack in packs if pack not in profile.jurisdictions]:
        missing["jurisdictions"] = [*profile.jurisdictions, *more]
    if not set(party.circumstances) <= set(profile.circumstances):
        # Left out of a later telling, it is not taken back: that is what a correction is for.
        missing["circumstances"] = sorted({*profile.circumstances, *party.circumstances})
    if missing:
        teller.session.execute(update(Profile).where(*where).values(**missing))


def add_law(teller: Teller, point: PointForm) -> None:
    """Let one more address add its packs to those known; whoever is held without any waits for the lender's word."""
    where = (Profile.lender == teller.lender, Profile.person == teller.person)
    known = teller.session.scalars(select(Profile.jurisdictions).where(*where)).one()
    if more := [pack for pack in law_of(point) if known and pack not in known]:
        teller.session.execute(update(Profile).where(*where).values(jurisdictions=[*known, *more]))


def write_points(teller: Teller, points: list[PointForm]) -> list[KnownPoint]:
    """Store the contact points; the answer stands in the order they were given."""
    rows = teller.session.scalars(
        select(ContactPoint).where(ContactPoint.lender == teller.lender, ContactPoint.person == teller.person)
    )
    known = {(row.kind, row.address_key): row.id for row in rows}
    return [_write_point(teller, point, known) for point in points]


def _write_point(teller: Teller, point: PointForm, known: dict[tuple[str, bytes], str]) -> KnownPoint:
    key = teller.vault.address_key(teller.tenant, point.kind, key_form(point.kind, point.written))
    id_ = known.get((point.kind, key))
    if id_ is not None:
        _update_point(teller, id_, point)
        return KnownPoint(id_, key)
    made, placed = KnownPoint(new_id("pt"), key), place_point(point)
    values = {
        **teller.row(),
        "id": made.id,
        "kind": point.kind,
        "value": teller.seal(point.written),
        "address_key": key,
        "place": point.place,
        "state": point.state,
        "zone": placed.zone,
        "zone_evidence": placed.evidence,
        "clues": placed.rows(),
        "country": point.country,
        "created_at": teller.now,
    }
    teller.session.execute(insert(ContactPoint).values(**values))
    known[point.kind, key] = made.id
    return made


def _update_point(teller: Teller, point_id: str, point: PointForm) -> None:
    """Take over the country and newer zone evidence; a state only ever gets worse by being told."""
    newer: dict[str, Any] = {"clues": place_point(point).rows()}
    if point.country is not None:
        newer["country"] = point.country
    if point.zone is not None:
        newer |= {"zone": point.zone, "zone_evidence": point.zone_evidence}
    known = update(ContactPoint).where(ContactPoint.id == point_id)
    teller.session.execute(known.values(**newer))
    if better := WORSE[: WORSE.index(point.state)]:
        # What it is compared with is the stored state: a receipt may have changed it since it was read.
        teller.session.execute(known.where(ContactPoint.state.in_(better)).values(state=point.state))


def write_consents(teller: Teller, party: PartyForm, points: list[KnownPoint]) -> None:
    """Store consents and agreements."""
    for consent in party.consents:
        values = {
            **teller.row(),
            "id": new_id("con"),
            "contact_point": None if consent.contact_point is None else points[consent.contact_point].id,
            "channel": consent.channel,
            "given_to": consent.given_to,
            "how": consent.how,
            "at": no_later(consent.at, teller.now),
        }
        teller.session.execute(insert(Consent).values(**values))
    for agreed in party.agreements:
        if isinstance(agreed, CallConsentForm):
            terms = {"start": agreed.start.isoformat(), "end": agreed.end.isoformat()}
        else:
            terms = {"open": agreed.open.isoformat(), "close": agreed.close.isoformat()}
        at = no_later(agreed.at, teller.now)
        values = {**teller.row(), "id": new_id("agr"), "kind": agreed.kind, "terms": terms, "at": at}
        teller.session.execute(insert(Agreement).values(**values))


def past_contacts(teller: Teller, party: PartyForm, account: str, points: list[KnownPoint]) -> list[PastContact]:
    """The contacts from before enrolment as rows, not yet stored."""
    return [
        PastContact(
            **teller.row(),
            id=new_id("pst"),
            account=account,
            at=no_later(contact.at, teller.now),
            channel=contact.channel,
            role=party.role,
            address_key=None if contact.contact_point is None else points[contact.contact_point].address_key,
            place=contact.place,
            result=contact.result,
        )
        for contact in party.contacts
    ]
