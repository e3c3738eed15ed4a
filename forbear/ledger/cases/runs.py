"""Many packets of one lender asked for as one job. Each case makes its own; the run counts, and lists the exceptions.

A run holds nothing back: a case for which nothing could be asked is put down with its reason, and the others go on.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from forbear.errors import BadInput, ForbearError, NotFound
from forbear.ledger import audit, staff_acts
from forbear.ledger.cases import packets
from forbear.ledger.ids import new_id
from forbear.ledger.locking import lock_persons
from forbear.ledger.tables.accounts import LegalCase, Party
from forbear.ledger.tables.cases import CaseRun, Packet
from forbear.ledger.tables.people import Lender

MOST: Final = 500
"""Cases of one run."""
DONE: Final = frozenset({"prepared", "approved", "filed"})
EXCEPTIONS: Final = frozenset({"incomplete", "failed", "returned", "void"})


@dataclass(frozen=True, slots=True)
class RunStatus:
    """How a run stands.

    Attributes:
        waiting: packets that are yet to be made.
        done: packets that were made, whatever became of them since.
        exceptions: packets that were not, or do not hold, each with what is missing; then cases that were refused.
    """

    run: CaseRun
    waiting: int
    done: int
    states: Mapping[str, int]
    exceptions: Sequence[Mapping[str, Any]]

    @property
    def over(self) -> bool:
        return self.waiting == 0


def start_run(
    session: Session,
    lender: str,
    profile: str,
    cut_off: date,
    cases: Sequence[str],
    *,
    staff: str | None = None,
    now: datetime,
) -> CaseRun:
    """Ask for one packet of each case.

    Args:
        session: of staff or of the lender's API.
        lender: whose cases they are; one of another's is refused like one that does not exist.
        profile: which packet.
        cut_off: the day up to which sums are reckoned.
        cases: their ids; the same twice counts once.
        staff: who prepares them all.
        now: world instant.

    Raises:
        BadInput: there is none, or more than a run takes.
        NotFound: the session sees no such lender.
    """
    chosen = list(dict.fromkeys(cases))
    if not chosen or len(chosen) > MOST:
        raise BadInput("cases", f"are none, or more than {MOST}", "Name some cases; the others go into another run.")
    owner = session.get(Lender, lender)
    if owner is None:
        raise NotFound(f"No lender {lender}")
    tenant, run = owner.tenant, new_id("crn")
    asked: list[str] = []
    refused: list[dict[str, str]] = []
    _lock_all(session, tenant, chosen)
    for case in chosen:
        try:
            with session.begin_nested():
                asked.append(_ask(session, lender, case, profile, cut_off, staff=staff, run=run, now=now))
        except ForbearError as error:
            refused.append({"case": case, "reason": str(error)})
    row = CaseRun(
        id=run,
        tenant=tenant,
        lender=lender,
        profile=profile,
        cut_off=cut_off,
        staff=staff,
        wanted=len(chosen),
        refused=refused,
        at=now,
    )
    session.add(row)
    session.flush()
    written = {"run": run, "profile": profile, "cut_off": cut_off, "packets": asked, "refused": len(refused)}
    audit.note(session, tenant=tenant, lender=lender, kind="case_run_started", subject=run, at=now, written=written)
    if staff is not None:
        staff_acts.note(
            session, tenant=tenant, staff=staff, kind="case_run_started", subject=run, at=now, lender=lender
        )
    return row


def run_status(session: Session, run_id: str) -> RunStatus:
    """How a run stands now.

    Raises:
        NotFound: the session sees none of that id.
    """
    run = session.get(CaseRun, run_id)
    if run is None:
        raise NotFound(f"No run {run_id}")
    rows = session.scalars(
        select(Packet).where(Packet.run == run_id).order_by(Packet.legal_case).execution_options(populate_existing=True)
    ).all()
    states = Counter(row.state for row in rows)
    exceptions = [
        {"case": row.legal_case, "packet": row.id, "state": row.state, "missing": row.missing}
        for row in rows
        if row.state in EXCEPTIONS
    ]
    return RunStatus(
        run=run,
        waiting=sum(states[state] for state in packets.WAITING),
        done=sum(states[state] for state in DONE),
        states=dict(states),
        exceptions=[*exceptions, *({**each, "state": "refused"} for each in run.refused)],
    )


def runs(session: Session, lender: str | None = None, *, limit: int = 50) -> list[CaseRun]:
    """The latest runs."""
    chosen = select(CaseRun).order_by(CaseRun.at.desc(), CaseRun.id).limit(limit)
    return list(session.scalars(chosen if lender is None else chosen.where(CaseRun.lender == lender)))


def _lock_all(session: Session, tenant: str, cases: Sequence[str]) -> None:
    """Take all locks at once and in their order: one after the other, two runs could wait for ever."""
    persons = (
        select(Party.person).join(LegalCase, LegalCase.account == Party.account).where(LegalCase.id.in_(list(cases)))
    )
    lock_persons(session, tenant, session.scalars(persons))


def _ask(
    session: Session,
    lender: str,
    case: str,
    profile: str,
    cut_off: date,
    *,
    staff: str | None,
    run: str,
    now: datetime,
) -> str:
    found = session.get(LegalCase, case)
    if found is None or found.lender != lender:
        raise NotFound(f"No case {case}")
    packet = packets.ask(session, case, profile, cut_off, staff=staff, run=run, now=now)
    if packet.run != run:
        raise BadInput("case", "is being prepared already", "Wait for that packet.")
    return packet.id
