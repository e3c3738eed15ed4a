"""A lender's cases as a list, in the order in which they were opened; row-level security keeps it to its own."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from forbear.ledger.tables.accounts import LegalCase


@dataclass(frozen=True, slots=True)
class CasesWanted:
    """Which cases; None means whichever."""

    state: str | None = None
    stage: str | None = None
    kind: str | None = None
    path: str | None = None
    account: str | None = None


def opened_cases(
    session: Session, wanted: CasesWanted, *, after: tuple[datetime, str] | None, limit: int
) -> list[LegalCase]:
    """Cases after a position; those opened at one instant by their ids."""
    chosen = select(LegalCase).order_by(LegalCase.opened_at, LegalCase.id).limit(limit)
    for name in ("state", "stage", "kind", "path", "account"):
        if (value := getattr(wanted, name)) is not None:
            chosen = chosen.where(getattr(LegalCase, name) == value)
    if after is not None:
        at, last = after
        chosen = chosen.where(or_(LegalCase.opened_at > at, (LegalCase.opened_at == at) & (LegalCase.id > last)))
    return list(session.scalars(chosen))


def open_case_of(session: Session, account: str) -> str | None:
    """The open case of an account that was opened first; None without any."""
    chosen = select(LegalCase.id).where(LegalCase.account == account, LegalCase.state == "open")
    return session.scalars(chosen.order_by(LegalCase.opened_at, LegalCase.id).limit(1)).first()
