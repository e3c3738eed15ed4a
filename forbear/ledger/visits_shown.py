"""What people at work see of visits: the supervisor's board, an officer's day, one visit at the door.

A name and an address are opened for those who go there and for who plans it, and each opening is put down.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import ValidationError
from sqlalchemy import or_, select

from forbear.errors import Erased, Forbidden, NotFound
from forbear.ledger.addresses import PostalAddress
from forbear.ledger.begun import Held
from forbear.ledger.owed import owed_on
from forbear.ledger.tables.accounts import Account
from forbear.ledger.tables.contacts import Decision, Touch
from forbear.ledger.tables.people import ContactPoint, Lender, Profile
from forbear.ledger.tables.tasks import Task
from forbear.ledger.tables.visits import HandedOver, Visit, VisitEvidence, VisitPlan, VisitReport, VisitSignature
from forbear.ledger.visits import plan_of
from forbear.ledger.visits_checked_in import latest, sent, together
from forbear.ledger.visits_desk import Desk
from forbear.ledger.visits_hours import Standing, standing
from forbear.ledger.visits_over import is_over
from forbear.ledger.visits_planned import overtaken, place_of
from forbear.ledger.visits_requested import NOT_BEGUN
from forbear.visits.places import Place


@dataclass(frozen=True, slots=True)
class OnBoard:
    """One visit on the board; `rules` is the rules' answer now where somebody has to decide or plan."""

    visit: Visit
    task: Task
    plan: VisitPlan | None
    rules: Standing | None
    overtaken: Held | None


@dataclass(frozen=True, slots=True)
class AtDoor:
    """One visit for those who make it."""

    visit: Visit
    plan: VisitPlan
    lender: str
    name: str = field(repr=False)
    address: tuple[str, ...] = field(repr=False)
    place: Place | None = field(repr=False)
    here: Mapping[str, Any]
    """By officer, the last check-in or None."""
    waits: Held | None
    owed: Decimal
    currency: str
    due_since: date
    disclosures: tuple[str, ...]
    report: VisitReport | None
    evidence: Sequence[VisitEvidence]
    signed: frozenset[str]
    handed: Sequence[HandedOver]
    jurisdictions: tuple[str, ...]
    of_lender: tuple[str, str]
    """Role and kind, by which rules bind."""
    asked: tuple[str, ...]
    """What the playbook's step wants told of a talk there."""


def board(desk: Desk) -> list[OnBoard]:
    """What waits for a decision, then what waits for a plan, then what is planned or under way."""
    states = (*NOT_BEGUN, "under_way")
    chosen = select(Visit, Task).join(Task, Task.id == Visit.task).where(Visit.state.in_(states))
    chosen = chosen.where(or_(Visit.state == "under_way", ~is_over(desk.now())))
    rows = [(row[0], row[1]) for row in desk.session.execute(chosen.order_by(Task.priority, Visit.number))]
    return sorted((_on_board(desk, *row) for row in rows), key=lambda each: states.index(each.visit.state))


def recent(desk: Desk, at_most: int = 20) -> Sequence[Visit]:
    """The visits that ended last."""
    ended = select(Visit).where(Visit.ended_at.is_not(None)).order_by(Visit.ended_at.desc(), Visit.id)
    return desk.session.scalars(ended.limit(at_most)).all()


def at_door(desk: Desk, visit_id: str) -> AtDoor:
    """Everything those who go there need; opened for them and put down.

    Raises:
        Erased: the person's data was erased.
        Forbidden: somebody else was sent.
        NotFound: the session sees no such visit.
    """
    visit, plan = seen_by(desk, visit_id)
    account = desk.session.get_one(Account, visit.account)
    report = desk.session.scalars(select(VisitReport).where(VisitReport.visit == visit.id)).first()
    officers = (plan.first_officer, plan.second_officer)
    owed = owed_on(desk.session, account, desk.now()).total
    evidence = select(VisitEvidence).where(VisitEvidence.visit == visit.id).order_by(VisitEvidence.at, VisitEvidence.id)
    signed = select(VisitSignature.officer).where(VisitSignature.visit == visit.id)
    desk.did(visit, "visit_opened")
    lender, profile = desk.session.get_one(Lender, visit.lender), _profile(desk, visit)
    return AtDoor(
        visit=visit,
        plan=plan,
        lender=lender.name,
        name="" if profile is None else desk.open(visit, profile.name),
        address=_address(desk, visit),
        place=place_of(desk, visit),
        here={each: latest(desk.session, visit.id, each) for each in officers},
        waits=together(desk, visit, plan) if visit.state == "assigned" else None,
        owed=owed,
        currency=account.currency,
        due_since=account.due_since,
        disclosures=_disclosures(desk, visit),
        report=report,
        evidence=desk.session.scalars(evidence).all(),
        signed=frozenset(desk.session.scalars(signed)),
        handed=desk.session.scalars(select(HandedOver).where(HandedOver.visit == visit.id)).all(),
        jurisdictions=() if profile is None else tuple(profile.jurisdictions),
        of_lender=(lender.role, lender.kind),
        asked=_asked(desk, visit, account),
    )


def seen_by(desk: Desk, visit_id: str) -> tuple[Visit, VisitPlan]:
    """A planned visit, for the two who were sent and for supervisors.

    Raises:
        Forbidden: it is not for them.
        NotFound: there is no such visit, or no plan of it.
    """
    visit = desk.session.get(Visit, visit_id)
    plan = None if visit is None else plan_of(desk.session, visit.id)
    if visit is None or plan is None:
        raise NotFound("no such visit")
    try:
        sent(plan, desk.staff)
    except Forbidden:
        desk.must_be("supervisor")
    return visit, plan


def address_of(desk: Desk, visit: Visit) -> tuple[str, ...]:
    """The lines of the address, opened for whoever plans the visit, and put down."""
    desk.did(visit, "visit_address_opened")
    return _address(desk, visit)


def _on_board(desk: Desk, visit: Visit, task: Task) -> OnBoard:
    plan = plan_of(desk.session, visit.id)
    rules = standing(desk, visit) if visit.state in {"requested", "approved"} else None
    late = None if plan is None else overtaken(desk, visit, plan)
    return OnBoard(visit, task, plan, rules, late)


def _profile(desk: Desk, visit: Visit) -> Profile | None:
    of = (Profile.lender == visit.lender, Profile.person == visit.person)
    return desk.session.scalars(select(Profile).where(*of)).first()


def _asked(desk: Desk, visit: Visit, account: Account) -> tuple[str, ...]:
    playbook, task = desk.rules.playbooks.get(account.playbook), desk.session.get_one(Task, visit.task)
    step = None if playbook is None else playbook.step(task.step)
    return () if step is None else tuple(step.requires)


def _address(desk: Desk, visit: Visit) -> tuple[str, ...]:
    point = None if visit.contact_point is None else desk.session.get(ContactPoint, visit.contact_point)
    if point is None:
        raise Erased("the visit names no address any more")
    text = desk.open(visit, point.value)
    try:
        address = PostalAddress.model_validate_json(text)
    except ValidationError:
        return (text,)
    last = " ".join(part for part in (address.city, address.region, address.postal_code) if part)
    return (*address.lines, last)


def _disclosures(desk: Desk, visit: Visit) -> tuple[str, ...]:
    if visit.touch is None:
        return ()
    said = select(Decision.permit).join(Touch, Touch.decision == Decision.id).where(Touch.id == visit.touch)
    permit = desk.session.scalars(said).one_or_none() or {}
    return tuple(permit.get("disclosures", ()))
