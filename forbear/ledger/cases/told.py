"""What pages tell of cases beside their rows: decisions, what they lack, who did what, what one may choose from."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from forbear.ledger.tables.accounts import LegalCase
from forbear.ledger.tables.cases import CaseDecisionRow, CaseFact, CaseFile, Packet
from forbear.ledger.tables.people import Lender
from forbear.ledger.tables.staff import StaffAct

MOST: Final = 40
REFERENCE: Final = re.compile(r"(?:[Cc][Aa][Ss][-_])?([0-9A-Za-z]{4,22})")
LOOKED: Final = frozenset({"case_shown", "case_fields_shown"})
"""Acts of looking: they are told of once for each person and never fill a page."""


def decisions(session: Session, case: str, most: int = MOST) -> tuple[CaseDecisionRow, ...]:
    """The latest decisions, newest first; one that says what the one before it said is told once."""
    rows = session.scalars(
        select(CaseDecisionRow)
        .where(CaseDecisionRow.legal_case == case)
        .order_by(CaseDecisionRow.at.desc(), CaseDecisionRow.number.desc())
        .limit(4 * most)
    ).all()
    found: list[CaseDecisionRow] = []
    for row in rows:
        if found and (found[-1].kind, found[-1].reason) == (row.kind, row.reason):
            found[-1] = row
        else:
            found.append(row)
    return tuple(found[:most])


def lacking(session: Session, case: str) -> Sequence[Mapping[str, Any]]:
    """What the latest rest lacks."""
    answer = session.scalars(
        select(CaseDecisionRow.answer)
        .where(CaseDecisionRow.legal_case == case, CaseDecisionRow.kind == "rest")
        .order_by(CaseDecisionRow.at.desc(), CaseDecisionRow.number.desc())
        .limit(1)
    ).first()
    return list((answer or {}).get("lacking", []))


def staff_acts(session: Session, case: str, most: int = MOST) -> tuple[StaffAct, ...]:
    """Who did what on a case, newest first: on itself, and on its facts, files and packets."""
    parts = (CaseFact, CaseFile, Packet)
    subjects = union(*(select(part.id).where(part.legal_case == case) for part in parts))
    rows = session.scalars(
        select(StaffAct)
        .where((StaffAct.subject == case) | StaffAct.subject.in_(subjects), StaffAct.kind.not_in(LOOKED))
        .order_by(StaffAct.at.desc(), StaffAct.id.desc())
        .limit(most)
    )
    return tuple(rows)


def by_reference(session: Session, typed: str) -> str | None:
    """The one case whose reference somebody typed, as our papers print it; None where it is none, or of several."""
    found = REFERENCE.fullmatch("".join(typed.split()))
    if found is None:
        return None
    known = session.scalars(
        select(LegalCase.id).where(LegalCase.id.startswith(f"cas_{found[1]}", autoescape=True)).limit(2)
    ).all()
    return known[0] if len(known) == 1 else None


def stages(session: Session) -> Sequence[tuple[str, str]]:
    """Path and stage of open cases, each once."""
    chosen = select(LegalCase.path, LegalCase.stage).where(LegalCase.state == "open", LegalCase.path.is_not(None))
    return [
        (str(path), stage)
        for path, stage in session.execute(chosen.distinct().order_by(LegalCase.path, LegalCase.stage))
    ]


def lenders(session: Session) -> Sequence[tuple[str, str]]:
    """Lenders that have cases, by name."""
    chosen = select(Lender.id, Lender.name).where(Lender.id.in_(select(LegalCase.lender))).order_by(Lender.name)
    return [(found, name) for found, name in session.execute(chosen)]
