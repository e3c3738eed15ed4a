"""A visit from the door on: begun with a permit of that moment, reported once, signed by both, or broken off.

Whatever was paid, stopped or forbidden since the plan holds it here; a visit of which nothing is left is withdrawn.
What follows from a report (no more visits, a dispute, a promise) is committed with it, before any page says so.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select

from forbear.contracts.outcomes import FORMAL_PAPERS, VISIT_OUTCOMES
from forbear.errors import BadInput, Conflict, NotFound
from forbear.ledger import tasks
from forbear.ledger.begun import Begun, Held, Promised, begin, settle
from forbear.ledger.ids import new_id
from forbear.ledger.locking import lock_account
from forbear.ledger.tables.tasks import Task
from forbear.ledger.tables.visits import HandedOver, Visit, VisitPlan, VisitReport, VisitSignature
from forbear.ledger.task_ends import NOBODY_KNOWS
from forbear.ledger.unknowns import KIND as UNKNOWN
from forbear.ledger.visits import lock, plan_of
from forbear.ledger.visits_checked_in import noted, sent, together
from forbear.ledger.visits_desk import Desk
from forbear.ledger.visits_evidence import Captured, keep
from forbear.ledger.visits_requested import note

EARLY, LATE = timedelta(hours=1), timedelta(hours=3)
"""World time around the slot in which it may begin; beyond, it is planned anew."""
MET: Final = ("borrower", "household", "colleague", "neighbour", "nobody")
OF_OUTCOME: Final = {
    "met_borrower": ("borrower",),
    "refused": ("borrower",),
    "met_third_party": ("household", "colleague", "neighbour"),
    "nobody_home": ("nobody",),
}
"""Whom an outcome implies; with the others it may be anybody."""
PAPERS: Final = ("notice", "statement", "contact_card", *FORMAL_PAPERS)
OVER: Final = frozenset({"ACCOUNT.PAID", "ACCOUNT.CLOSED", "TASK.EXPIRED"})
"""Held so, there is nothing left to do."""


class ReportedAlready(Conflict):
    """A report of this visit stands: another officer's, or the same one's from another phone."""


@dataclass(frozen=True, slots=True)
class Told:
    """What an officer reports. `handed` names papers and whether the person took or refused them."""

    key: str
    outcome: str
    met: str
    cause: str | None = None
    promise: Promised | None = None
    no_promise: bool = False
    ticks: tuple[str, ...] = ()
    handed: tuple[tuple[str, str], ...] = ()
    note: str = field(default="", repr=False)
    device_at: datetime | None = None


def start(desk: Desk, visit_id: str) -> Begun | Held:
    """Let the two knock, or say what holds it. Begun already, the same touch is told again.

    Raises:
        Conflict: it is not planned, or over.
        Forbidden: somebody else was sent.
    """
    visit, task = _locked(desk, visit_id)
    plan = sent(plan_of(desk.session, visit.id), desk.staff)
    if visit.state not in {"assigned", "under_way"}:
        raise Conflict("This visit is not planned, or is over")
    if visit.state == "assigned" and (held := _not_yet(desk, visit, plan)) is not None:
        return held
    team, rules = (plan.first_officer, plan.second_officer), desk.rules
    begun = begin(desk.ledger, desk.session, task.id, team, playbooks=rules.playbooks, packs=rules.packs)
    if isinstance(begun, Held):
        if begun.rule in OVER:
            tasks.close(desk.session, task, desk.now(), state="withdrawn")
        return begun
    if visit.state == "assigned":
        visit.state, visit.started_at, visit.touch = "under_way", desk.now(), begun.touch
        visit.version += 1
        note(desk.session, visit, "visit_started", desk.now(), by=desk.staff)
        desk.did(visit, "visit_started")
    return begun


def report(desk: Desk, visit_id: str, told: Told) -> VisitReport:
    """Put down how it ended, with all that follows; the same key again changes nothing.

    Raises:
        BadInput: something does not fit, is missing, or is not one of the words.
        Conflict: it was not begun.
        Forbidden: somebody else was sent.
        ReportedAlready: another report was there first.
    """
    visit, task = _locked(desk, visit_id)
    plan = sent(plan_of(desk.session, visit.id), desk.staff)
    known = desk.session.scalars(select(VisitReport).where(VisitReport.visit == visit.id)).first()
    if known is not None:
        if (known.officer, known.key) == (desk.staff, told.key):
            return known
        raise ReportedAlready("This visit was reported already")
    if not to_be_told(visit):
        raise Conflict("This visit was not begun")
    _checked(told)
    settle(
        desk.ledger,
        desk.session,
        task.id,
        (plan.first_officer, plan.second_officer),
        told.outcome,
        playbooks=desk.rules.playbooks,
        cause=told.cause,
        promise=told.promise,
        no_promise=told.no_promise,
        ticked=told.ticks,
        note=told.note.strip() or None,
        said_at=told.device_at,
    )
    return _written(desk, visit, told)


def sign(desk: Desk, visit_id: str) -> None:
    """Stand by the report as one who was there; twice changes nothing.

    Raises:
        Conflict: there is no report yet.
        Forbidden: somebody else was sent.
    """
    visit, _ = _locked(desk, visit_id)
    sent(plan_of(desk.session, visit.id), desk.staff)
    if desk.session.scalars(select(VisitReport.id).where(VisitReport.visit == visit.id)).first() is None:
        raise Conflict("There is nothing to sign yet")
    _sign(desk, visit)


def abort(desk: Desk, visit_id: str) -> None:
    """Turn back before the door, for safety; nothing was said to anybody and nothing counts. Twice changes nothing.

    Raises:
        Conflict: it has begun, and is to be reported; or it is over.
        Forbidden: somebody else was sent.
    """
    visit, task = _locked(desk, visit_id)
    sent(plan_of(desk.session, visit.id), desk.staff)
    if visit.state == "aborted":
        return
    if visit.state != "assigned":
        raise Conflict("This visit has begun or is over")
    _end(desk, visit, "aborted", "unsafe_aborted")
    tasks.close(desk.session, task, desk.now(), outcome="unsafe_aborted")


def end_untold(desk: Desk, visit_id: str) -> None:
    """End a visit that was begun and of which nobody told in time; twice changes nothing.

    Its touch stays counted as one of which nobody knows, and nobody is asked to find out any more; the two who were
    sent may still report.

    Raises:
        Conflict: it is not under way, or its time is not over.
        Forbidden: who ends it is no supervisor.
    """
    desk.must_be("supervisor")
    visit, task = _locked(desk, visit_id)
    if visit.state == "aborted" and to_be_told(visit):
        return
    if visit.state != "under_way" or task.state in tasks.WAITING:
        raise Conflict("This visit is not under way, or the two who were sent still have time to report")
    _end(desk, visit, "aborted", None)
    asked = select(Task).where(Task.touch == visit.touch, Task.kind == UNKNOWN, Task.state.in_(tasks.WAITING))
    for each in desk.session.scalars(asked.with_for_update()):
        tasks.close(desk.session, each, desk.now(), outcome=NOBODY_KNOWS)


def to_be_told(visit: Visit) -> bool:
    """Whether it was begun and nobody has told how it ended, also after a supervisor ended it."""
    return visit.touch is not None and visit.outcome is None and visit.state in {"under_way", "aborted"}


def _locked(desk: Desk, visit_id: str) -> tuple[Visit, Task]:
    """The persons first, then task and visit: the order in which everyone takes them."""
    seen = desk.session.get(Visit, visit_id)
    if seen is None:
        raise NotFound("no such visit")
    lock_account(desk.session, seen.tenant, seen.account)
    return lock(desk.session, visit_id)


def _not_yet(desk: Desk, visit: Visit, plan: VisitPlan) -> Held | None:
    now = desk.now()
    if now < plan.starts_at - EARLY:
        return Held("VISIT.SLOT", "it is planned for later", plan.starts_at - EARLY)
    if now > plan.ends_at + LATE:
        return Held("VISIT.SLOT", "its hour is long past: it has to be planned anew")
    return together(desk, visit, plan)


def _checked(told: Told) -> None:
    if told.outcome not in VISIT_OUTCOMES:
        raise BadInput("outcome", "is not one of the words", f"Choose one of {', '.join(VISIT_OUTCOMES)}.")
    if told.met not in OF_OUTCOME.get(told.outcome, MET):
        raise BadInput("met", "does not fit the outcome", "Say whom you met.")
    if any(paper not in PAPERS or taken not in {"borrower", "refused"} for paper, taken in told.handed):
        raise BadInput("handed", "is not one of the words", f"Choose of {', '.join(PAPERS)}.")
    if told.handed and told.met != "borrower":
        raise BadInput(
            "handed", "is a paper for somebody who was not met", "Take papers about the account back with you."
        )


def _written(desk: Desk, visit: Visit, told: Told) -> VisitReport:
    row = VisitReport(
        id=new_id("vrp"),
        tenant=visit.tenant,
        lender=visit.lender,
        visit=visit.id,
        officer=desk.staff,
        key=told.key,
        outcome=told.outcome,
        met=told.met,
        cause=told.cause,
        ticks=sorted(set(told.ticks)),
        at=desk.now(),
        device_at=told.device_at,
    )
    desk.session.add(row)
    desk.session.flush()
    noted(desk, visit, "visit_reported", row.id, row)
    for paper, taken_by in dict(told.handed).items():
        _hand_over(desk, visit, paper, taken_by)
    if told.note.strip():
        captured = Captured(f"{told.key}-note", "note", told.note.strip().encode(), captured_at=told.device_at)
        keep(desk, visit, captured)
    _sign(desk, visit)
    _end(desk, visit, "aborted" if told.outcome == "unsafe_aborted" else "reported", told.outcome)
    return row


def _hand_over(desk: Desk, visit: Visit, paper: str, taken_by: str) -> None:
    row = HandedOver(
        id=new_id("hov"),
        tenant=visit.tenant,
        lender=visit.lender,
        visit=visit.id,
        account=visit.account,
        person=visit.person,
        paper=paper,
        taken_by=taken_by,
        at=desk.now(),
        officer=desk.staff,
    )
    desk.session.add(row)
    desk.session.flush()
    noted(desk, visit, "paper_handed_over", row.id, row)


def _sign(desk: Desk, visit: Visit) -> None:
    mine = (VisitSignature.visit == visit.id, VisitSignature.officer == desk.staff)
    if desk.session.scalars(select(VisitSignature.id).where(*mine)).first() is None:
        signature = VisitSignature(
            id=new_id("vsg"),
            tenant=visit.tenant,
            lender=visit.lender,
            visit=visit.id,
            officer=desk.staff,
            at=desk.now(),
        )
        desk.session.add(signature)
        desk.session.flush()
        desk.did(visit, "visit_signed")


def _end(desk: Desk, visit: Visit, state: str, outcome: str | None) -> None:
    visit.state, visit.outcome, visit.ended_at = state, outcome, desk.now()
    visit.version += 1
    note(desk.session, visit, f"visit_{state}", desk.now(), by=desk.staff)
    desk.did(visit, f"visit_{state}")
