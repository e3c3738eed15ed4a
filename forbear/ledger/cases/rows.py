"""The rows of one case as they stand: what was taken back is left out, of corrections the last one holds."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from forbear.ledger.tables.accounts import LegalCase
from forbear.ledger.tables.cases import (
    CaseClock,
    CaseCost,
    CaseFact,
    CaseFields,
    CaseFile,
    CaseService,
    ClockAlarm,
    Guarantee,
    Packet,
)

Taken = TypeVar("Taken", CaseFact, CaseService, CaseCost)


def standing(rows: Iterable[Taken]) -> tuple[Taken, ...]:
    """Those that no later row takes back; what takes one back says nothing more itself."""
    every = tuple(rows)
    taken = {each.takes_back for each in every if each.takes_back}
    return tuple(each for each in every if each.id not in taken and each.takes_back is None)


def all_facts(session: Session, case: str) -> Sequence[CaseFact]:
    """Every fact of a case, taken back or not, in the order of telling."""
    return session.scalars(select(CaseFact).where(CaseFact.legal_case == case).order_by(CaseFact.number)).all()


def facts(session: Session, case: str) -> tuple[CaseFact, ...]:
    """The facts that stand."""
    return standing(all_facts(session, case))


def all_services(session: Session, case: LegalCase) -> Sequence[CaseService]:
    """The register of service of a case: its own pieces and those of its account from before it."""
    return session.scalars(
        select(CaseService)
        .where(
            CaseService.account == case.account,
            or_(CaseService.legal_case.is_(None), CaseService.legal_case == case.id),
        )
        .order_by(CaseService.at, CaseService.id)
    ).all()


def services(session: Session, case: LegalCase) -> tuple[CaseService, ...]:
    """The pieces that stand."""
    return standing(all_services(session, case))


def guarantees(session: Session, account: str) -> tuple[Guarantee, ...]:
    """The last word on each guarantor."""
    rows = session.scalars(
        select(Guarantee).where(Guarantee.account == account).order_by(Guarantee.number, Guarantee.id)
    )
    return tuple({row.person: row for row in rows}.values())


def files(session: Session, case: str) -> tuple[CaseFile, ...]:
    """The files that were not withdrawn, by slot."""
    rows = session.scalars(
        select(CaseFile)
        .where(CaseFile.legal_case == case, CaseFile.state == "kept")
        .order_by(CaseFile.slot, CaseFile.number, CaseFile.id)
    )
    return tuple(rows)


def costs(session: Session, case: str) -> tuple[CaseCost, ...]:
    """The costs that stand."""
    rows = session.scalars(
        select(CaseCost).where(CaseCost.legal_case == case).order_by(CaseCost.on_day, CaseCost.at, CaseCost.id)
    )
    return standing(rows)


def packets(session: Session, case: str) -> tuple[Packet, ...]:
    """Every packet, oldest first."""
    rows = session.scalars(
        select(Packet)
        .where(Packet.legal_case == case)
        .order_by(Packet.number)
        .execution_options(populate_existing=True)
    )
    return tuple(rows)


def clocks(session: Session, case: str) -> tuple[CaseClock, ...]:
    """Every clock, void ones too."""
    rows = session.scalars(
        select(CaseClock)
        .where(CaseClock.legal_case == case)
        .order_by(CaseClock.last_day, CaseClock.kind, CaseClock.subject)
        .execution_options(populate_existing=True)
    )
    return tuple(rows)


def alarms(session: Session, case: str) -> tuple[ClockAlarm, ...]:
    """Every alarm, oldest first."""
    rows = session.scalars(
        select(ClockAlarm).where(ClockAlarm.legal_case == case).order_by(ClockAlarm.raised_at, ClockAlarm.id)
    )
    return tuple(rows)


def field_rows(session: Session, case: str) -> Sequence[CaseFields]:
    """What was told for papers, oldest first."""
    return session.scalars(
        select(CaseFields).where(CaseFields.legal_case == case).order_by(CaseFields.at, CaseFields.id)
    ).all()


def fields_told(session: Session, case: str) -> frozenset[str]:
    """Names of the paper fields that hold a value, for whichever paper."""
    told: dict[tuple[str, str], bool] = {}
    for row in field_rows(session, case):
        names: Mapping[str, Any] = row.names
        told |= {(row.kind, name): bool(given) for name, given in names.items()}
    return frozenset(name for (_, name), given in told.items() if given)
