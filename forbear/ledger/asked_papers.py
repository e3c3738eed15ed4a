"""Builds a paper that somebody asks for about an account, without a touch: for the terminal and for letter runs.

The same account, day and fields give the same paper: it bears the account's reference and no link, as a link belongs to
the touch that it was made for.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from forbear.errors import BadInput, Conflict
from forbear.ledger.addresses import PostalAddress
from forbear.ledger.approving import approvals_for
from forbear.ledger.engine import Ledger
from forbear.ledger.owed import owed_on
from forbear.ledger.paper_fields import known_of
from forbear.ledger.papers import addressed, head_of_lender, local_day, zone_of
from forbear.ledger.schedule_fields import grown_fields, refuse_typed
from forbear.ledger.statements import statement_of
from forbear.ledger.tables.accounts import Account, Party
from forbear.ledger.tables.people import ContactPoint, Lender, Profile
from forbear.ledger.views import find_account
from forbear.money.components import COMPONENTS
from forbear.ports.papers import Figure, Paper

PERSON_ROLES: Final = ("borrower", "co_borrower")
"""Who is meant first where a paper may be read by several."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A paper that is asked for.

    Attributes:
        kind: its id in the registry.
        parties: who may read it, as the registry says.
        statement: whether it prints the lines that lead to its figures.
        day: its date; today where its reader lives if not told.
        party: for which of the account's people, by id of person; needed where several may read it.
    """

    account: str
    kind: str
    parties: frozenset[str]
    statement: bool = False
    language: str = ""
    day: date | None = None
    party: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict[str, Any], repr=False)


def paper_for(ledger: Ledger, session: Session, asked: Asked) -> Paper:
    """The paper, from the record as it stands.

    Raises:
        NotFound: the session sees no such account.
        BadInput: nobody on the account may read it, or several may and none was named; a field was given that is
            reckoned from the account's terms.
        Conflict: its reader has no postal address that holds.
    """
    account, now = find_account(session, asked.account), ledger.clock.now()
    party, lender = _reader(session, account, asked), session.get_one(Lender, account.lender)
    profile = session.scalars(
        select(Profile).where(Profile.lender == account.lender, Profile.person == party.person)
    ).one_or_none()
    if profile is None:
        raise Conflict("the lender has told nothing of this reader")
    point = _address(session, party)
    opened = (
        ledger.vault.open(session, lender=account.lender, person=party.person, sealed=sealed)
        for sealed in (profile.name, point.value)
    )
    name, address = opened
    zone = zone_of(point)
    today = local_day(now, zone)
    past = asked.day if asked.day is not None and asked.day < today else None
    owed = owed_on(session, account, now, past)
    filled = grown_fields(session, account, asked.kind, now, past)
    refuse_typed(asked.fields, filled)
    as_of = past or owed.reckoned_to or local_day(account.balance_as_of or now, zone)
    return Paper(
        kind=asked.kind,
        language=asked.language or profile.language,
        touch=account.id,
        account=account.id,
        role=party.role,
        to=addressed(name, PostalAddress.model_validate_json(address)),
        head=head_of_lender(lender),
        day=asked.day or today,
        currency=account.currency,
        figures=tuple(Figure(part, owed.parts[part]) for part in COMPONENTS if owed.parts[part]),
        as_of=as_of,
        due_since=account.due_since,
        link="",
        fields=dict(asked.fields),
        known={**known_of(ledger, session, account, lender, asked.kind), **filled},
        approvals=approvals_for(session, account.tenant, asked.kind, account.id),
        statement=statement_of(session, account.id, past, now) if asked.statement else None,
    )


def _reader(session: Session, account: Account, asked: Asked) -> Party:
    """Who on the account reads the paper."""
    found = session.scalars(select(Party).where(Party.account == account.id).order_by(Party.role, Party.id)).all()
    may = [party for party in found if party.role in asked.parties]
    if asked.party:
        may = [party for party in may if asked.party in (party.id, party.person)]
    if not may:
        told = "is nobody on this account who may read it" if asked.party else "is missing: nobody here may read it"
        raise BadInput("--party", told, f"The paper is for a {_either(asked.parties)}")
    for role in PERSON_ROLES:
        ones = [party for party in may if party.role == role]
        if ones and not asked.party:
            may = ones
            break
    if len({party.person for party in may}) > 1:
        people = ", ".join(party.person for party in may)
        raise BadInput("--party", "is missing: several on this account may read it", f"Give one of {people}")
    return may[0]


def _either(roles: frozenset[str]) -> str:
    return " or ".join(sorted(role.replace("_", " ") for role in roles)) or "reader it does not name"


def _address(session: Session, party: Party) -> ContactPoint:
    found = session.scalars(
        select(ContactPoint)
        .where(
            ContactPoint.lender == party.lender,
            ContactPoint.person == party.person,
            ContactPoint.kind == "postal",
            ContactPoint.state == "valid",
        )
        .order_by(ContactPoint.created_at.desc(), ContactPoint.id.desc())
        .limit(1)
    ).first()
    if found is None:
        raise Conflict("the reader has no postal address that holds; let the lender tell one first")
    return found
