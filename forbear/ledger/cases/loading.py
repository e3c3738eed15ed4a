"""Loads a `CaseLife`: one case and everything that bears on it, as the rules read it. Reads, and writes nothing.

The caller holds the case and its account's persons, so that what is read stays true until it commits.
"""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from forbear import calendars
from forbear.contracts.case_words import (
    CaseKind,
    ClockKind,
    ClockNature,
    ClockState,
    FactKind,
    GuaranteeKind,
    PacketState,
    ServiceMethod,
    ServiceResult,
)
from forbear.contracts.words import PartyRole
from forbear.court.facts import is_sound
from forbear.court.life import (
    Answering,
    CaseLife,
    ClockKnown,
    Guaranteed,
    Happened,
    PacketKnown,
    Served,
    Stopped,
)
from forbear.ledger import terms
from forbear.ledger.cases import money, rows
from forbear.ledger.cases.opening import jurisdictions
from forbear.ledger.days import local, zone_of
from forbear.ledger.owed import owed_on
from forbear.ledger.tables.accounts import Account, Event, LegalCase, Party, Stop
from forbear.ledger.tables.cases import CaseClock, CaseFact, CaseService, Packet
from forbear.ledger.tables.people import Lender
from forbear.rules.packs import Packs

POLICY = "legal"
"""In a lender's policy: its own thresholds for legal cases."""
SCANNED = frozenset({"tracking", "visit", "touch"})
"""Sources that are evidence by themselves: a carrier's scan, a visit's signed report, a provider's receipt."""


def load_case(session: Session, case_id: str, now: datetime, packs: Packs) -> CaseLife | None:
    """The life of a case as it stands; None where the session sees none of that id."""
    case = session.get(LegalCase, case_id, populate_existing=True)
    return None if case is None else life_of(session, case, now, packs)


def life_of(session: Session, case: LegalCase, now: datetime, packs: Packs) -> CaseLife:
    """The same, of a case that was just read."""
    account = session.get_one(Account, case.account, populate_existing=True)
    lender = session.get_one(Lender, account.lender)
    zone = zone_of(session, account.id)
    places = jurisdictions(session, account)
    today = local(now, zone)
    paid = money.paid_days(session, account.id, zone)
    return CaseLife(
        id=case.id,
        account=account.id,
        kind=cast("CaseKind", case.kind),
        path=case.path or "",
        stage=case.stage,
        stage_since=None if case.stage_since is None else local(case.stage_since, zone),
        opened=local(case.opened_at, zone),
        state=case.state,
        currency=account.currency,
        owed=_owed(session, case, account, now),
        due_since=account.due_since,
        jurisdictions=places,
        lender_role=lender.role,
        lender_kind=lender.kind,
        debt_kind=account.debt_kind,
        zone=zone or "UTC",
        calendars=tuple(calendars.calendar(name, today) for name in packs.calendars(places)),
        parties=tuple(_parties(session, account)),
        facts=tuple(_facts(session, case)),
        services=tuple(_served(row) for row in rows.services(session, case) if _in_its_name(case, row)),
        guarantees=tuple(_guarantees(session, account)),
        packets=tuple(_packet(row) for row in rows.packets(session, case.id)),
        clocks=tuple(_clocks(session, case.id)),
        stops=tuple(stops(session, account, now)),
        events=tuple(_events(session, account, zone)),
        fields_told=rows.fields_told(session, case.id),
        slots_filled=frozenset(file.slot for file in rows.files(session, case.id)),
        last_paid=paid[-1] if paid else None,
        paid_on=paid,
        instalment_due=_instalment_due(session, account),
        creditor=case.creditor or "",
        # A guarantor who paid all of it claims it back although the lender's account is closed by that.
        account_open=account.state == "open" or case.kind == money.RECOURSE,
        circumstances=frozenset(account.circumstances),
        policy=_policy(lender),
    )


def _owed(session: Session, case: LegalCase, account: Account, now: datetime) -> dict[str, Decimal]:
    if case.kind == money.RECOURSE:
        return {"principal": money.recourse_owed(session, case)}
    return {str(part): amount for part, amount in owed_on(session, account, now).parts.items()}


def _policy(lender: Lender) -> dict[str, Any]:
    told: object = lender.policy.get(POLICY)
    return dict(cast("dict[str, Any]", told)) if isinstance(told, dict) else {}


def _parties(session: Session, account: Account) -> Iterator[Answering]:
    found = session.scalars(select(Party).where(Party.account == account.id).order_by(Party.role, Party.id))
    return (Answering(row.person, cast("PartyRole", row.role)) for row in found)


def _facts(session: Session, case: LegalCase) -> Iterator[Happened]:
    """What was told of the case and stands; of a recourse also what its guarantor paid, from which its period runs."""
    if case.arose_from is not None:
        before = rows.facts(session, case.arose_from)
        yield from (_fact(row) for row in before if row.kind == money.ON_BEHALF and row.person == case.creditor)
    yield from (_fact(row) for row in rows.facts(session, case.id))


def _fact(row: CaseFact) -> Happened:
    kind = cast("FactKind", row.kind)
    return Happened(row.id, kind, row.on_day, row.person or "", row.details)


def _in_its_name(case: LegalCase, row: CaseService) -> bool:
    """What the account's lender sent demands nothing for a guarantor who claims back."""
    return case.kind != money.RECOURSE or row.legal_case == case.id


def _served(row: CaseService) -> Served:
    return Served(
        paper=row.paper,
        person=row.person,
        method=cast("ServiceMethod", row.method),
        result=cast("ServiceResult", row.result),
        sent=row.sent_on,
        reached=row.reached_on,
        rule=row.rule or "",
        proven=bool(row.files) or row.source in SCANNED,
    )


def _guarantees(session: Session, account: Account) -> Iterator[Guaranteed]:
    for row in rows.guarantees(session, account.id):
        yield Guaranteed(
            person=row.person,
            kind=cast("GuaranteeKind", row.kind),
            main_due=row.main_due_on,
            agreed_end=row.agreed_end,
            agreed_months=row.agreed_months,
            counter=row.counter,
            most=row.most,
        )


def _packet(row: Packet) -> PacketKnown:
    return PacketKnown(
        id=row.id,
        number=row.number,
        profile=row.profile,
        state=cast("PacketState", row.state),
        draft=row.draft,
        missing=len(row.missing),
        asked_at=row.asked_at,
    )


def _clocks(session: Session, case: str) -> Iterator[ClockKnown]:
    raised: dict[str, set[tuple[date, int]]] = {}
    for alarm in rows.alarms(session, case):
        if alarm.void_at is not None:
            continue
        raised.setdefault(alarm.clock, set()).add((alarm.last_day, alarm.rung))
    for row in rows.clocks(session, case):
        rungs = frozenset(rung for day, rung in raised.get(row.id, ()) if day == row.last_day)
        yield known_clock(row, rungs)


def known_clock(row: CaseClock, raised: frozenset[int]) -> ClockKnown:
    """A clock as a decision knows it."""
    return ClockKnown(
        kind=cast("ClockKind", row.kind),
        subject=row.subject,
        nature=cast("ClockNature", row.nature),
        state=cast("ClockState", row.state),
        last=row.last_day,
        raised=raised,
    )


def stops(session: Session, account: Account, now: datetime) -> Iterator[Stopped]:
    """Those of this account, and those of its borrower that are about no other."""
    found = session.scalars(
        select(Stop)
        .where(
            Stop.lifted_at.is_(None),
            or_(Stop.until.is_(None), Stop.until > now),
            Stop.address_key.is_(None),
            or_(Stop.account == account.id, (Stop.person == account.borrower) & Stop.account.is_(None)),
        )
        .order_by(Stop.at, Stop.id)
    )
    return (Stopped(row.kind, row.until) for row in found)


def _events(session: Session, account: Account, zone: str | None) -> Iterator[tuple[str, date]]:
    found = session.scalars(select(Event).where(Event.account == account.id).order_by(Event.at, Event.id))
    return ((row.kind, local(row.at, zone)) for row in found)


def _instalment_due(session: Session, account: Account) -> date | None:
    """The day of the last instalment, where the latest terms name any."""
    latest = terms.latest(session, account.id)
    told = cast("list[dict[str, str]]", (latest.terms if latest else {}).get("instalments") or [])
    days = (date.fromisoformat(each["due"]) for each in told)
    return max((day for day in days if is_sound(day)), default=None)
