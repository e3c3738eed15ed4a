"""Everything that the record holds of one case and that its papers may print: read once, in one transaction.

Opened names, numbers and texts live in memory only between here and the pages.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from forbear.errors import Erased
from forbear.ledger.addresses import PostalAddress
from forbear.ledger.cases import rows
from forbear.ledger.cases.acts import find
from forbear.ledger.engine import Ledger
from forbear.ledger.paper_fields import known_of
from forbear.ledger.tables.accounts import Account, LegalCase, Party
from forbear.ledger.tables.cases import CaseClock, CaseCost, CaseFact, CaseFile, CaseService, Guarantee
from forbear.ledger.tables.people import ContactPoint, Lender, Profile

ANSWERING: Final = ("borrower", "co_borrower", "guarantor", "counter_guarantor")
"""Roles in which somebody owes, in the order in which a claim names them."""


@dataclass(frozen=True, slots=True)
class Somebody:
    """A party of the account as its lender knows them."""

    person: str
    role: str
    name: str = field(repr=False)
    birth_date: str = field(default="", repr=False)
    id_number: str = field(default="", repr=False)
    address: PostalAddress | None = field(default=None, repr=False)
    phone: str = field(default="", repr=False)
    email: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class CaseRecord:
    """One case with its rows. What was taken back is left out."""

    ledger: Ledger = field(repr=False)
    session: Session = field(repr=False)
    case: LegalCase
    account: Account
    lender: Lender
    people: tuple[Somebody, ...] = field(repr=False)
    told: Mapping[str, Mapping[str, Any]] = field(repr=False)
    """What was told of the case, by kind of paper; for every kind under an empty name."""
    facts: tuple[CaseFact, ...]
    services: tuple[CaseService, ...]
    files: tuple[CaseFile, ...]
    guarantees: tuple[Guarantee, ...]
    costs: tuple[CaseCost, ...]
    clocks: tuple[CaseClock, ...]
    now: datetime

    def opened(self, sealed: bytes | None) -> str:
        """A sealed text of the case: it lies under the key of the account's borrower."""
        if sealed is None:
            return ""
        vault = self.ledger.vault
        return vault.open(self.session, lender=self.account.lender, person=self.account.borrower, sealed=sealed)

    def opened_json(self, sealed: bytes | None) -> Mapping[str, Any]:
        told: object = json.loads(self.opened(sealed) or "{}")
        return told if isinstance(told, dict) else {}  # pyright: ignore[reportUnknownVariableType]  as it was sealed

    def known(self, kind: str) -> Mapping[str, Any]:
        """What the lender told for a kind of paper, and what was told of the case for it, which goes before."""
        wide = known_of(self.ledger, self.session, self.account, self.lender, kind)
        return {**wide, **self.told.get("", {}), **self.told.get(kind, {})}

    def somebody(self, person: str) -> Somebody | None:
        return next((each for each in self.people if each.person == person), None)

    def fact(self, *kinds: str) -> CaseFact | None:
        """The latest fact of these kinds."""
        found = [each for each in self.facts if each.kind in kinds]
        return max(found, key=lambda each: (each.on_day, each.number), default=None)

    def last_day(self, kind: str, subject: str = "") -> date | None:
        """The last day of a clock, as it was reckoned with the latest decision."""
        found = (each for each in self.clocks if each.kind == kind and each.subject == subject and each.state != "void")
        return next((each.last_day for each in found), None)


def read_case(ledger: Ledger, session: Session, case: str) -> CaseRecord:
    """One case.

    Raises:
        NotFound: the session sees none of that id.
    """
    found = find(session, case)
    account = session.get_one(Account, found.account)
    record = CaseRecord(
        ledger=ledger,
        session=session,
        case=found,
        account=account,
        lender=session.get_one(Lender, account.lender),
        people=tuple(_people(ledger, session, account)),
        told={},
        facts=rows.facts(session, case),
        services=tuple(sorted(rows.services(session, found), key=_by_day)),
        files=rows.files(session, case),
        guarantees=tuple(sorted(rows.guarantees(session, account.id), key=lambda row: (row.signed_on, row.id))),
        costs=rows.costs(session, case),
        clocks=rows.clocks(session, case),
        now=ledger.clock.now(),
    )
    return _with_told(record)


def _by_day(row: CaseService) -> tuple[date, str]:
    return row.sent_on or row.reached_on or date.min, row.id


def _with_told(record: CaseRecord) -> CaseRecord:
    """With what was told of the case: of each name the latest; told empty, it is taken away."""
    told: dict[str, dict[str, Any]] = {}
    for row in rows.field_rows(record.session, record.case.id):
        told.setdefault(row.kind, {}).update(record.opened_json(row.told))
    return replace(
        record,
        told={
            kind: {name: value for name, value in values.items() if value not in (None, "", [])}
            for kind, values in told.items()
        },
    )


def _people(ledger: Ledger, session: Session, account: Account) -> Iterator[Somebody]:
    parties = session.scalars(
        select(Party).where(Party.account == account.id, Party.role.in_(ANSWERING)).order_by(Party.id)
    ).all()
    persons = sorted({row.person for row in parties})
    ledger.vault.load(session, lender=account.lender, persons=persons)
    profiles = {
        row.person: row
        for row in session.scalars(select(Profile).where(Profile.lender == account.lender, Profile.person.in_(persons)))
    }
    for row in sorted(parties, key=lambda row: (ANSWERING.index(row.role), row.id)):
        known = profiles.get(row.person)
        yield Somebody(row.person, row.role, "") if known is None else _somebody(ledger, session, row, known)


def _somebody(ledger: Ledger, session: Session, party: Party, profile: Profile) -> Somebody:
    def opened(sealed: bytes | None) -> str:
        if sealed is None:
            return ""
        try:
            return ledger.vault.open(session, lender=party.lender, person=party.person, sealed=sealed)
        except Erased:
            return ""  # then the name is missing, which whoever assembles says

    points = {kind: _point(session, party, kind) for kind in ("postal", "phone", "email")}
    address = opened(points["postal"])
    return Somebody(
        person=party.person,
        role=party.role,
        name=opened(profile.name),
        birth_date=opened(profile.birth_date),
        id_number=opened(profile.identity_number),
        address=PostalAddress.model_validate_json(address) if address else None,
        phone=opened(points["phone"]),
        email=opened(points["email"]),
    )


def _point(session: Session, party: Party, kind: str) -> bytes | None:
    """The newest contact point of a kind that holds."""
    return session.scalars(
        select(ContactPoint.value)
        .where(
            ContactPoint.lender == party.lender,
            ContactPoint.person == party.person,
            ContactPoint.kind == kind,
            ContactPoint.state == "valid",
        )
        .order_by(ContactPoint.created_at.desc(), ContactPoint.id.desc())
        .limit(1)
    ).first()
