"""People at work on a real database: a caller with a task, two officers at a door."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from forbear.cadence.playbooks import Playbook
from forbear.contracts.words import TaskKind
from forbear.ledger import tasks
from forbear.ledger.begun import Begun, Held, begin, settle
from forbear.ledger.ids import new_id
from forbear.ledger.tables.people import ContactPoint
from forbear.ledger.tables.tasks import Task
from forbear.ledger.task_reasons import because
from tests.ledger.house import PACKS, PLAYBOOKS, House

CALLER, OFFICERS = "stf_caller", ("stf_one", "stf_two")
HOME = "1 Example Street, Chicago"


def address(house: House, person: str, *, lender: str = "", text: str = HOME, zone: str = "America/Chicago") -> str:
    """Give a person a place where they live."""
    lender, point = lender or house.lender, new_id("pt")
    vault = house.ledger.vault
    with house.api(lender) as session:
        session.add(
            ContactPoint(
                id=point,
                tenant=house.tenant,
                lender=lender,
                person=person,
                kind="postal",
                value=vault.seal(session, tenant=house.tenant, lender=lender, person=person, text=text),
                address_key=vault.address_key(house.tenant, "postal", text),
                place="residence",
                state="valid",
                zone=zone,
                zone_evidence="address",
                created_at=house.now,
            )
        )
    return point


def point_of(house: House, person: str, kind: str, lender: str) -> str:
    mine = (ContactPoint.person == person, ContactPoint.kind == kind, ContactPoint.lender == lender)
    with house.worker() as session:
        return session.scalars(select(ContactPoint.id).where(*mine).order_by(ContactPoint.id)).all()[0]


def task(house: House, account: str, person: str, kind: TaskKind = "call", **fields: Any) -> str:
    """A task as a decision opens it."""
    lender = str(fields.get("lender", house.lender))
    point = point_of(house, person, "phone" if kind == "call" else "postal", lender)
    wanted = tasks.Wanted(
        tenant=house.tenant,
        lender=house.lender,
        kind=kind,
        role="caller" if kind == "call" else "officer",
        reason=because("step", step=f"by-hand-{kind}", title="Somebody should talk to this person"),
        account=account,
        person=person,
        contact_point=point,
        step=f"by-hand-{kind}",
        template="reminder-call" if kind == "call" else "visit",
        language="en",
        expires_at=house.now + timedelta(days=3),
    )
    with house.worker() as session:
        made = tasks.open_task(session, replace(wanted, **fields), house.now)
    assert made is not None
    return made


def start(
    house: House, made: str, staff: Sequence[str] = (CALLER,), *, playbooks: Mapping[str, Playbook] = PLAYBOOKS
) -> Begun | Held:
    with house.ledger.staff(house.tenant) as session:
        return begin(house.ledger, session, made, staff, playbooks=playbooks, packs=PACKS)


def started(house: House, made: str, staff: Sequence[str] = (CALLER,)) -> Begun:
    answer = start(house, made, staff)
    assert isinstance(answer, Begun), answer
    return answer


def end(
    house: House,
    made: str,
    outcome: str,
    staff: Sequence[str] = (CALLER,),
    *,
    playbooks: Mapping[str, Playbook] = PLAYBOOKS,
    **fields: Any,
) -> None:
    with house.ledger.staff(house.tenant) as session:
        settle(house.ledger, session, made, staff, outcome, playbooks=playbooks, **fields)


def read(house: House, made: str) -> Task:
    with house.worker() as session:
        return session.get_one(Task, made)
