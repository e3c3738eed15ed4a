"""Recognising people: an identity number, or name with birth date, makes one person of the tenant.

Only keyed digests are compared. Two people of one name and birth date are told apart by their identity numbers where
both are known; otherwise they count as one, which can only tighten their limits.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from forbear.ledger.forms.parties import PartyForm
from forbear.ledger.ids import new_id
from forbear.ledger.tables.people import Person, PersonMatch
from forbear.ledger.vault import Vault

IDENTITY = "identity_number"
NAME = "name_birth_date"


@dataclass(frozen=True, slots=True)
class _Marks:
    """The digests one party can be recognised by."""

    identity: bytes | None
    name: bytes | None

    def all(self) -> list[tuple[str, bytes]]:
        marks = ((IDENTITY, self.identity), (NAME, self.name))
        return [(kind, digest) for kind, digest in marks if digest is not None]


def same_name(name: str) -> str:
    """A name without what people write differently: width, case, blanks."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def same_identity(number: str) -> str:
    """An identity number without blanks, dashes and case."""
    return "".join(letter for letter in unicodedata.normalize("NFKC", number).upper() if letter.isalnum())


def recognise(
    session: Session, vault: Vault, *, tenant: str, parties: Sequence[PartyForm], now: datetime
) -> tuple[list[str], set[str]]:
    """The person of each party, in order, and which of them are new."""
    marks = [_marks(vault, tenant, party) for party in parties]
    _lock_marks(session, marks)
    persons: list[str] = []
    made: set[str] = set()
    for mark in marks:
        known = _known(session, tenant, mark)
        if known is None:
            known = new_id("per")
            session.execute(insert(Person).values(id=known, tenant=tenant, created_at=now))
            made.add(known)
        _remember(session, tenant, known, mark)
        persons.append(known)
    return persons, made


def _marks(vault: Vault, tenant: str, party: PartyForm) -> _Marks:
    identity = same_identity(party.identity_number) if party.identity_number else ""
    name = f"{same_name(party.name)}|{party.birth_date.isoformat()}" if party.birth_date else ""
    return _Marks(
        identity=vault.match_digest(tenant, IDENTITY, identity) if identity else None,
        name=vault.match_digest(tenant, NAME, name) if name else None,
    )


def _lock_marks(session: Session, marks: Iterable[_Marks]) -> None:
    """Keep another enrolment of the same people waiting, or it would not see the persons made here.

    Taken before any person is locked and in one order, so that two enrolments cannot wait for each other.
    """
    digests = sorted({digest for mark in marks for _, digest in mark.all()})
    for digest in digests:
        number = int.from_bytes(digest[:8], "big", signed=True)
        session.execute(select(func.pg_advisory_xact_lock(number)))


def _find(session: Session, tenant: str, kind: str, digest: bytes | None) -> str | None:
    if digest is None:
        return None
    found = select(PersonMatch.person).where(
        PersonMatch.tenant == tenant, PersonMatch.kind == kind, PersonMatch.digest == digest
    )
    return session.execute(found).scalar_one_or_none()


def _known(session: Session, tenant: str, mark: _Marks) -> str | None:
    by_identity = _find(session, tenant, IDENTITY, mark.identity)
    if by_identity is not None:
        return by_identity
    by_name = _find(session, tenant, NAME, mark.name)
    if by_name is None or mark.identity is None:
        return by_name
    other = select(PersonMatch.id).where(PersonMatch.person == by_name, PersonMatch.kind == IDENTITY)
    return None if session.execute(other).first() else by_name


def _remember(session: Session, tenant: str, person: str, mark: _Marks) -> None:
    """Add the marks nobody has yet; a name that is another person's stays theirs."""
    for kind, digest in mark.all():
        if _find(session, tenant, kind, digest) is None:
            session.execute(
                insert(PersonMatch).values(id=new_id("mat"), tenant=tenant, person=person, kind=kind, digest=digest)
            )
