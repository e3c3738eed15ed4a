"""The end of a stop: which reasons can end which kind, and that a lender does not take back what a person said."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from forbear.errors import BadInput, Conflict, NotFound
from forbear.ledger import audit
from forbear.ledger.stops import lift_stop
from forbear.ledger.tables.accounts import Party, Stop

MISTAKEN: Final = "mistaken"
"""Ends every kind of stop, if the lender placed it itself."""
ENDS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "dispute": frozenset({"resolved", "verified", "withdrawn_by_person"}),
        "hardship": frozenset({"resolved", "withdrawn_by_person"}),
        "insolvency": frozenset({"court_order"}),
        "attorney": frozenset({"withdrawn_by_person"}),
        "breathing_space": frozenset({"resolved", "court_order"}),
        "mental_health_crisis": frozenset({"resolved", "court_order"}),
        "military": frozenset({"resolved"}),
        "minor": frozenset({"resolved", "representative_named"}),
        "deceased": frozenset({"representative_named"}),
        "cease": frozenset({"withdrawn_by_person"}),
        "wrong_number": frozenset[str](),
        "hold": frozenset({"resolved"}),
    }
)


def party_in_role(session: Session, account: str, role: str) -> str:
    """The one person in this role on the account."""
    persons = session.scalars(select(Party.person).where(Party.account == account, Party.role == role)).all()
    if not persons:
        raise BadInput("role", "nobody on the account has this role", "Name the role of one of its parties.")
    if len(persons) > 1:
        raise BadInput("role", "several persons have this role", "Place the stop on an account of theirs alone.")
    return persons[0]


def release(session: Session, *, tenant: str, account: str, stop: str, reason: str, now: datetime) -> None:
    """Lift a stop that binds the account.

    Raises:
        NotFound: no such stop binds it, as far as this lender sees.
        Conflict: this reason does not end such a stop.
    """
    placed = session.get(Stop, stop)
    persons = session.scalars(select(Party.person).where(Party.account == account)).all()
    if placed is None or placed.person not in persons or placed.account not in {None, account}:
        raise NotFound(f"No stop {stop} binds this account")
    if reason == MISTAKEN and placed.via != "lender":
        raise Conflict("The lender did not place this stop, so that it cannot have been mistaken in it")
    allowed = ENDS.get(placed.kind, frozenset[str]())
    if reason != MISTAKEN and reason not in allowed:
        others = ", ".join(sorted(allowed)) or "none"
        raise Conflict(f"This reason does not end such a stop. Reasons that do: {others}")
    audit.note(
        session, tenant=tenant, lender=placed.lender, account=placed.account, person=placed.person,
        kind="stop_release_reason", subject=stop, at=now, written={"stop": stop, "reason": reason},
    )  # fmt: skip
    lift_stop(session, tenant=tenant, stop=stop, at=now)
