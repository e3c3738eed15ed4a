"""A calendar of legal periods by a secret address: whose it is, and which clocks and hearings it shows.

The address is the same secret that an officer's calendar of visits has (`forbear.ledger.visits_feed`), made and taken
back there. What it shows names no person and no sum: a reference, a period, a day.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from forbear.court.paths import load_all
from forbear.ledger.cases import opening, rows
from forbear.ledger.cases.queue import all_clocks
from forbear.ledger.engine import Ledger
from forbear.ledger.tables.accounts import LegalCase
from forbear.ledger.tables.staff import Staff
from forbear.ledger.visits_feed import OWNER

WORKING: Final = frozenset({"legal", "lawyer"})
BACK: Final = timedelta(days=14)
"""World time for which a hearing stays in the feed."""


@dataclass(frozen=True, slots=True)
class Term:
    """One day of a calendar. `ladder` are the days before it on which the calendar reminds."""

    id: str
    case: str
    kind: str
    day: date
    changed_at: datetime
    ladder: tuple[int, ...] = ()
    lapsed: bool = False
    hearing: bool = False


@dataclass(frozen=True, slots=True)
class Terms:
    """What a feed shows, and in which language."""

    language: str
    terms: tuple[Term, ...]


def read(ledger: Ledger, token: str) -> Terms | None:
    """The terms of a token's owner; None where it is nobody's, was taken back, or its owner works no cases."""
    with ledger.staff() as session:
        owner = session.execute(OWNER, {"sought": sha256(token.encode()).hexdigest()}).one_or_none()
    if owner is None:
        return None
    with ledger.staff(owner.tenant) as session:
        staff = session.get(Staff, owner.staff)
        if staff is None or staff.disabled_at is not None or not WORKING & set(staff.roles):
            return None
        since = (ledger.clock.now() - BACK).date()
        return Terms(staff.language, (*_clocks(session, staff.id), *_hearings(session, staff.id, since)))


def _clocks(session: Session, staff: str) -> Iterator[Term]:
    paths = load_all()
    for listed in all_clocks(session, staff=staff):
        clock, path = listed.clock, paths.get(opening.path_of(session, listed.case) or "")
        rule = {str(kind): each for kind, each in path.clocks.items()}.get(clock.kind) if path else None
        yield Term(
            id=clock.id,
            case=listed.case.id,
            kind=clock.kind,
            day=clock.last_day,
            changed_at=clock.changed_at,
            ladder=rule.ladder if rule else (),
            lapsed=clock.state == "lapsed",
        )


def _hearings(session: Session, staff: str, since: date) -> Iterator[Term]:
    """Hearings that are set: the latest word on each day of a case."""
    mine = (LegalCase.assignee == staff) | LegalCase.assignee.is_(None)
    for case in session.scalars(select(LegalCase).where(LegalCase.state == "open", mine).order_by(LegalCase.id)):
        said: dict[date, Term | None] = {}
        for fact in rows.facts(session, case.id):
            told = str(fact.details.get("set_for", "")) if fact.kind == "hearing" else ""
            if told and (day := date.fromisoformat(told)) >= since:
                term = Term(fact.id, case.id, "hearing", day, fact.at, (7, 1), hearing=True)
                said[day] = None if fact.details.get("result") == "adjourned" else term
        yield from (term for term in said.values() if term is not None)
