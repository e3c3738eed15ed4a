"""The list of cases for those who work them, and all clocks for their calendars: ids, words and figures.

What is listed is what the session sees: a tenant's staff every lender's cases, a lender's API its own.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, Literal, cast

from sqlalchemy import case, func, literal_column, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from forbear.contracts.case_words import PacketState
from forbear.ledger.cases.money import RECOURSE, recourse_owed
from forbear.ledger.life_rows import balance_of
from forbear.ledger.owed import owed_on
from forbear.ledger.tables.accounts import Account, LegalCase
from forbear.ledger.tables.cases import CaseClock, ClockAlarm, Packet

Order = Literal["clock", "amount", "readiness", "opened"]
MOST: Final = 200
READINESS: Final[Sequence[PacketState]] = ("prepared", "returned", "incomplete", "failed", "asked", "approved", "filed")
"""What wants a person first: a packet to look through, one to put right; then what is under way or done."""
NOBODY: Final = ""
FAR: Final = date(9999, 12, 31)


@dataclass(frozen=True, slots=True)
class CaseWanted:
    """Which cases; None means whichever. `assignee` may be `NOBODY`, `taken_up` says whether a path is walked."""

    state: str | None = "open"
    lender: str | None = None
    account: str | None = None
    stage: str | None = None
    path: str | None = None
    kind: str | None = None
    assignee: str | None = None
    readiness: str | None = None
    taken_up: bool | None = None
    clock_before: date | None = None
    lapsed: bool | None = None


@dataclass(frozen=True, slots=True)
class CaseListed:
    """One case in the list.

    Attributes:
        clock: kind of the deadline that ends first among those that run, and its last day.
        lapsed: how many deadlines ran out.
        unseen: how many alarms nobody has seen.
        packet: state of its latest packet that is not void; None without any.
        missing: how many things that packet lacks.
    """

    case: LegalCase
    account: Account
    owed: Decimal
    clock: str | None
    last_day: date | None
    lapsed: int
    unseen: int
    packet: str | None
    missing: int


def cases_page(
    session: Session, wanted: CaseWanted, *, order: Order = "clock", limit: int = MOST, offset: int = 0, now: datetime
) -> list[CaseListed]:
    """Cases in the order that is asked for; those that are equal in it by their ids."""
    clock, last_day, lapsed, packet, missing = _columns()
    unseen = (
        select(func.count())
        .where(ClockAlarm.legal_case == LegalCase.id, ClockAlarm.seen_at.is_(None), ClockAlarm.void_at.is_(None))
        .correlate(LegalCase)
        .scalar_subquery()
    )
    chosen = (
        select(LegalCase, Account, clock, last_day, lapsed, unseen, packet, missing)
        .join(Account, Account.id == LegalCase.account)
        .where(*_conditions(wanted, last_day, lapsed, packet))
        .order_by(*_ordered(order, last_day, lapsed, packet), LegalCase.id)
        .limit(min(limit, MOST))
        .offset(offset)
    )
    return [_listed(session, row, now) for row in session.execute(chosen)]


def _listed(session: Session, row: Any, now: datetime) -> CaseListed:
    found, account, *about = row
    clock, last_day, lapsed, unseen, packet, missing = about
    owed = _owed(session, found, account, now)
    return CaseListed(found, account, owed, clock, last_day, lapsed, unseen, packet, missing or 0)


def count_cases(session: Session, wanted: CaseWanted) -> int:
    """How many there are."""
    _, last_day, lapsed, packet, _ = _columns()
    counted = select(func.count()).select_from(LegalCase).where(*_conditions(wanted, last_day, lapsed, packet))
    return int(session.scalars(counted).one())


@dataclass(frozen=True, slots=True)
class ClockListed:
    """One clock with whose it is."""

    clock: CaseClock
    case: LegalCase
    account: Account


def all_clocks(
    session: Session, *, staff: str | None = None, lender: str | None = None, since: date | None = None
) -> list[ClockListed]:
    """The clocks of open cases that run or have lapsed, by last day.

    Args:
        session: of staff, or of the lender's API.
        staff: only cases of theirs and of nobody.
        lender: only of one lender.
        since: only those whose last day is not before it.
    """
    chosen = (
        select(CaseClock, LegalCase, Account)
        .join(LegalCase, LegalCase.id == CaseClock.legal_case)
        .join(Account, Account.id == LegalCase.account)
        .where(LegalCase.state == "open", CaseClock.state.in_(["running", "lapsed"]))
        .order_by(CaseClock.last_day, CaseClock.id)
    )
    if staff is not None:
        chosen = chosen.where((LegalCase.assignee == staff) | LegalCase.assignee.is_(None))
    if lender is not None:
        chosen = chosen.where(LegalCase.lender == lender)
    if since is not None:
        chosen = chosen.where(CaseClock.last_day >= since)
    return [ClockListed(row[0], row[1], row[2]) for row in session.execute(chosen)]


def _columns() -> tuple[Any, Any, Any, Any, Any]:
    """Subqueries of one case: its nearest deadline, how many lapsed, its latest packet."""
    runs = (CaseClock.legal_case == LegalCase.id, CaseClock.state == "running", CaseClock.nature == "deadline")
    nearest = select(CaseClock.kind).where(*runs).order_by(CaseClock.last_day, CaseClock.kind).limit(1)
    last_day = select(func.min(CaseClock.last_day)).where(*runs)
    lapsed = select(func.count()).where(CaseClock.legal_case == LegalCase.id, CaseClock.state == "lapsed")
    living = (Packet.legal_case == LegalCase.id, Packet.state != "void")
    packet = select(Packet.state).where(*living).order_by(Packet.number.desc()).limit(1)
    missing = select(func.jsonb_array_length(Packet.missing)).where(*living).order_by(Packet.number.desc()).limit(1)
    found = (each.correlate(LegalCase).scalar_subquery() for each in (nearest, last_day, lapsed, packet, missing))
    return cast("tuple[Any, Any, Any, Any, Any]", tuple(found))


def _conditions(wanted: CaseWanted, last_day: Any, lapsed: Any, packet: Any) -> Iterator[ColumnElement[bool]]:
    for name in ("state", "lender", "account", "stage", "path", "kind"):
        if (value := getattr(wanted, name)) is not None:
            yield getattr(LegalCase, name) == value
    if wanted.assignee is not None:
        yield LegalCase.assignee.is_(None) if wanted.assignee == NOBODY else LegalCase.assignee == wanted.assignee
    if wanted.taken_up is not None:
        yield LegalCase.path.is_not(None) if wanted.taken_up else LegalCase.path.is_(None)
    if wanted.readiness is not None:
        yield packet.is_(None) if wanted.readiness == "none" else packet == wanted.readiness
    if wanted.clock_before is not None:
        yield last_day < wanted.clock_before
    if wanted.lapsed is not None:
        yield lapsed > 0 if wanted.lapsed else lapsed == 0


def _ordered(order: Order, last_day: Any, lapsed: Any, packet: Any) -> Sequence[Any]:
    """What lapsed comes before every other clock: it wants somebody at once."""
    if order == "amount":
        return (balance_of(Account.id).desc(),)
    if order == "readiness":
        place = {state: literal_column(str(at)) for at, state in enumerate(READINESS)}
        return (case(place, value=packet, else_=literal_column(str(len(READINESS)))), func.coalesce(last_day, FAR))
    if order == "opened":
        return (LegalCase.opened_at.desc(),)
    return ((lapsed > 0).desc(), func.coalesce(last_day, FAR))


def _owed(session: Session, row: LegalCase, account: Account, now: datetime) -> Decimal:
    return recourse_owed(session, row) if row.kind == RECOURSE else owed_on(session, account, now).total
