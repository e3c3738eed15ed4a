"""How a case begins, is taken up, given to somebody, closed by a person and opened again.

A case of a kind that walks a path gets one at once where its place has one. A review, and what a playbook proposes
after repayment, wait for a person.
"""

from datetime import date, datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from forbear.cadence.steps import AFTER_REPAYMENT
from forbear.contracts.case_words import CASE_KINDS
from forbear.court.paths import load_all, path_for
from forbear.errors import BadInput, Conflict
from forbear.ledger.cases import acts, facts, packets
from forbear.ledger.days import local, zone_of
from forbear.ledger.engine import Ledger
from forbear.ledger.ids import new_id
from forbear.ledger.tables.accounts import Account, LegalCase
from forbear.ledger.tables.people import Profile

REVIEW: Final = "review"
CLOSED_BY_STAFF: Final = "closed_by_staff"
BEGINNING: Final = "the case was opened; its first decision is pending"


def jurisdictions(session: Session, account: Account) -> tuple[str, ...]:
    """The packs of the place in which an account's borrower lives, widest first."""
    found = session.scalars(
        select(Profile.jurisdictions).where(Profile.lender == account.lender, Profile.person == account.borrower)
    ).first()
    return tuple(found or ())


def path_of(session: Session, case: LegalCase) -> str | None:
    """The path a case walks or, where nobody has taken it up, that of its place: by it its periods run.

    None where its place has none, and for what is proposed after repayment: nothing runs there.
    """
    if case.path is not None or case.kind in AFTER_REPAYMENT:
        return case.path
    found = path_for(jurisdictions(session, session.get_one(Account, case.account)))
    return None if found is None else found.id


def begin(session: Session, case: LegalCase, account: Account, now: datetime) -> None:
    """Set a case that was just added on its path, where it walks one, and start its workflow.

    One that waits for a person has a workflow too: its periods run whether or not somebody takes it up. So has one
    whose place has no path, or is not known yet: it is looked at now and then, and told as soon as it has one.
    """
    path = path_for(jurisdictions(session, account))
    if case.kind in AFTER_REPAYMENT:
        return
    if path is not None and case.kind in path.begins:
        _set_out(case, path.id, path.version, now)
    else:
        _look(case, now)
    acts.tell(session, case, "case_opened", now)


def ended(session: Session, account: Account) -> LegalCase | None:
    """The case that ended last of an account, a recourse aside; None where there was none, or one is open."""
    rows = session.scalars(
        select(LegalCase)
        .where(
            LegalCase.account == account.id,
            LegalCase.arose_from.is_(None),
            LegalCase.kind.not_in(sorted(AFTER_REPAYMENT)),
        )
        .order_by(LegalCase.closed_at.desc().nulls_first(), LegalCase.id)
        .limit(1)
    )
    found = rows.first()
    return None if found is None or found.state == "open" else found


def open_recourse(session: Session, arose_from: LegalCase, guarantor: str, now: datetime) -> LegalCase:
    """The case in which a guarantor claims back what he paid on behalf; one for each guarantor and case."""
    known = session.scalars(
        select(LegalCase).where(
            LegalCase.arose_from == arose_from.id, LegalCase.kind == "recourse", LegalCase.creditor == guarantor
        )
    ).first()
    if known is not None:
        return known
    case = LegalCase(
        id=new_id("cas"),
        tenant=arose_from.tenant,
        lender=arose_from.lender,
        account=arose_from.account,
        kind="recourse",
        reason="a guarantor paid on behalf of the debtor",
        state="open",
        stage="",
        opened_at=now,
        assignee=arose_from.assignee,
        creditor=guarantor,
        arose_from=arose_from.id,
        version=0,
    )
    session.add(case)
    written = {"kind": case.kind, "arose_from": arose_from.id, "creditor": guarantor}
    acts.did(session, case, "case_opened", case.id, written, now, person=guarantor)
    begin(session, case, session.get_one(Account, case.account), now)
    return case


def take_up(session: Session, case_id: str, path: str, *, kind: str = "suit", staff: str, now: datetime) -> LegalCase:
    """Turn a review into a suit or a mediation on a path, or put a case on one that had none.

    Raises:
        BadInput: there is no such path or kind.
        Conflict: it walks a path already, or is closed.
        Forbidden: they are neither legal staff nor a lawyer.
    """
    acts.may(session, staff, acts.LEGAL, acts.LAWYER)
    known = load_all()
    if path not in known:
        raise BadInput("path", "is not one of ours", f"Choose one of {', '.join(sorted(known))}.")
    if kind not in known[path].begins or kind not in CASE_KINDS:
        raise BadInput("kind", "does not walk this path", f"Choose one of {', '.join(sorted(known[path].begins))}.")
    case = acts.is_open(acts.lock(session, case_id))
    if case.path is not None:
        raise Conflict(f"Case {case.id} walks path {case.path} already")
    if case.kind not in CASE_KINDS:
        case.kind = kind
    _set_out(case, path, known[path].version, now)
    if case.assignee is None:
        case.assignee = staff
    written = {"case": case.id, "path": path, "kind": case.kind}
    acts.did(session, case, "case_taken_up", case.id, written, now, staff=staff)
    acts.tell(session, case, "case_opened", now)
    return case


def assign(session: Session, case_id: str, assignee: str | None, *, staff: str, now: datetime) -> LegalCase:
    """Name who sees to a case; nobody named is everybody with the role.

    Raises:
        Forbidden: whoever assigns is no legal staff or supervisor, or who is named works on no cases.
    """
    acts.may(session, staff, acts.LEGAL, acts.LAWYER, "supervisor")
    if assignee is not None:
        acts.may(session, assignee, acts.LEGAL, acts.LAWYER)
    case = acts.lock(session, case_id)
    if case.assignee != assignee:
        case.assignee = assignee
        acts.did(session, case, "case_assigned", case.id, {"case": case.id, "assignee": assignee}, now, staff=staff)
        acts.tell(session, case, "case_fact_told", now)
    return case


def close_by_staff(
    ledger: Ledger, session: Session, case_id: str, outcome: str, reason: str, *, staff: str, now: datetime
) -> LegalCase:
    """End a case. Its account is told and goes on.

    Args:
        ledger: with the vault.
        session: of staff.
        case_id: the case.
        outcome: one of the choices of the fact `closed_by_staff`.
        reason: why, for people; it is sealed.
        staff: who ends it.
        now: world instant.

    Raises:
        BadInput: outcome or reason cannot be accepted.
        Conflict: it is closed.
        Forbidden: they are neither legal staff nor a lawyer.
    """
    acts.may(session, staff, acts.LEGAL, acts.LAWYER)
    case = acts.is_open(acts.lock(session, case_id))
    told = {"outcome": outcome, "reason": reason}
    facts.put(ledger, session, case, CLOSED_BY_STAFF, _today(session, case, now), values=told, staff=staff, now=now)
    end(session, case, outcome, now, staff=staff)
    return case


def reopen(ledger: Ledger, session: Session, case_id: str, reason: str, *, staff: str, now: datetime) -> LegalCase:
    """Open a closed case again, in the stage in which it ended.

    Raises:
        BadInput: the reason is missing.
        Conflict: it is open.
        Forbidden: they are neither legal staff nor a lawyer.
    """
    acts.may(session, staff, acts.LEGAL, acts.LAWYER)
    case = acts.lock(session, case_id)
    if case.state == "open":
        raise Conflict(f"Case {case.id} is open")
    facts.put(
        ledger, session, case, "reopened", _today(session, case, now), values={"reason": reason}, staff=staff, now=now
    )
    case.state, case.closed_at, case.outcome = "open", None, None
    case.next_at, case.next_reason, case.next_rule = now, "the case was opened again", ""
    acts.did(session, case, "case_reopened", case.id, {"case": case.id}, now, staff=staff)
    acts.tell(session, case, "case_fact_told", now)
    return case


def end(session: Session, case: LegalCase, outcome: str, now: datetime, *, staff: str | None = None) -> None:
    """Close a case and wake its account, which closes too or goes on: it is never left idle."""
    case.state, case.outcome, case.closed_at = "closed", outcome, now
    case.next_at = case.next_reason = case.next_rule = None
    packets.drop_waiting(session, case, now)
    acts.did(session, case, "case_closed", case.id, {"case": case.id, "outcome": outcome}, now, staff=staff)
    if staff is not None:  # else its own workflow closed it, and need not be woken
        acts.tell(session, case, "case_fact_told", now)
    acts.tell_account(session, case, now)


def _set_out(case: LegalCase, path: str, version: str, now: datetime) -> None:
    case.path, case.path_version, case.stage_since = path, version, now
    _look(case, now)


def _look(case: LegalCase, now: datetime) -> None:
    """A case that is ever to be looked at has a next time from its first moment, by which it is found and woken."""
    case.next_at, case.next_reason, case.next_rule = now, BEGINNING, ""


def _today(session: Session, case: LegalCase, now: datetime) -> date:
    return local(now, zone_of(session, case.account))
