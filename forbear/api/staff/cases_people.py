"""The people on a case as whoever works it reads them: by name and role."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from forbear.api.staff.cases_at import CaseDesk
from forbear.errors import Erased
from forbear.ledger.tables.accounts import LegalCase, Party
from forbear.ledger.tables.people import Profile

ORDER: Final = ("borrower", "co_borrower", "guarantor", "counter_guarantor")
"""Those who owe come first, in the order in which a claim names them."""


@dataclass(frozen=True, slots=True)
class Somebody:
    """A party of the account. `said` is name and role together."""

    person: str
    role: str
    role_said: str
    name: str = field(repr=False)
    said: str = field(repr=False)


def people_of(desk: CaseDesk, session: Session, case: LegalCase) -> tuple[Somebody, ...]:
    """Everybody on the account of a case; each once, in their first role."""
    rows = session.scalars(select(Party).where(Party.account == case.account)).all()
    roles: dict[str, str] = {}
    for row in sorted(rows, key=lambda row: (_place(row.role), row.id)):
        roles.setdefault(row.person, row.role)
    names = _names(desk, session, case, list(roles))
    return tuple(_somebody(desk, person, role, names.get(person, "")) for person, role in roles.items())


def _somebody(desk: CaseDesk, person: str, role: str, name: str) -> Somebody:
    role_said = desk.named("case_party", role)
    shown = name or desk.words("case_page.erased")
    return Somebody(person, role, role_said, shown, desk.words("case_page.party", name=shown, role=role_said))


def _place(role: str) -> int:
    return ORDER.index(role) if role in ORDER else len(ORDER)


def _names(desk: CaseDesk, session: Session, case: LegalCase, persons: list[str]) -> Mapping[str, str]:
    vault = desk.ledger.vault
    vault.load(session, lender=case.lender, persons=sorted(persons))
    found: dict[str, str] = {}
    for row in session.scalars(select(Profile).where(Profile.lender == case.lender, Profile.person.in_(persons))):
        try:
            found[row.person] = vault.open(session, lender=case.lender, person=row.person, sealed=row.name)
        except Erased:
            continue  # their place on the page says so
    return found
