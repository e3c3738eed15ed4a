"""Visits on a real database: a supervisor, officers, and a door in Chicago."""

import itertools
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from forbear.ledger import staffing
from forbear.ledger.begun import Begun, Held
from forbear.ledger.engine import make_engine
from forbear.ledger.tables.record import AuditRow
from forbear.ledger.tables.visits import Visit, VisitPlan
from forbear.ledger.visits import approve, plan_of
from forbear.ledger.visits_checked_in import Reading, check_in
from forbear.ledger.visits_desk import Desk, Rules
from forbear.ledger.visits_made import Told, report, start
from forbear.ledger.visits_planned import Team, assign, tell_place
from tests.ledger.at_work import address, task
from tests.ledger.house import PACKS, PLAYBOOKS, House

RULES = Rules(PLAYBOOKS, PACKS)
DOOR = (41.8810, -87.6230)
ACROSS_TOWN = (41.9810, -87.6230)
_emails, _keys, _numbers = itertools.count(1), itertools.count(1), itertools.count(1)


@dataclass
class Crew:
    """The people of one tenant, and what they do, each in a transaction of their own."""

    house: House
    supervisor: str
    second_supervisor: str
    one: str
    two: str
    three: str

    @contextmanager
    def desk(self, staff: str, tenant: str = "") -> Generator[Desk]:
        with self.house.ledger.staff(tenant or self.house.tenant) as session:
            yield Desk(self.house.ledger, session, staff, RULES)

    def requested(self, **account: Any) -> tuple[str, str, str]:
        """Somebody with an address of whom a visit is asked: visit, person, account."""
        number = next(_numbers)
        person, debt = self.house.borrower(f"+1312555{number // 100 + 10:02}{number % 100:02}", **account)
        address(self.house, person, text=f"{number} Example Street, Chicago")
        made = task(self.house, debt, person, "visit")
        with self.house.worker() as session:
            visit = session.scalars(select(Visit.id).where(Visit.task == made)).one()
        return visit, person, debt

    def team(self, **changes: Any) -> Team:
        return replace(Team(self.one, self.two, self.house.now.date()), **changes)

    def assigned(self, *, door: tuple[float, float] | None = DOOR, **account: Any) -> tuple[str, str, str]:
        made = self.requested(**account)
        with self.desk(self.supervisor) as desk:
            approve(desk, made[0], "no_other_way")
            if door is not None:
                tell_place(desk, made[0], *door, "wgs84")
            assign(desk, made[0], self.team(), self.house.now + timedelta(minutes=10))
        return made

    def check_in(self, visit: str, officer: str, at: tuple[float, float] | None = DOOR, **changes: Any) -> str:
        reading = Reading(f"key-{next(_keys)}", device_at=self.house.now, accuracy=12.0)
        if at is not None:
            reading = replace(reading, latitude=at[0], longitude=at[1])
        with self.desk(officer) as desk:
            return check_in(desk, visit, replace(reading, **changes)).nearness

    def start(self, visit: str, officer: str = "") -> Begun | Held:
        with self.desk(officer or self.one) as desk:
            return start(desk, visit)

    def under_way(self, **changes: Any) -> tuple[str, str, str]:
        made = self.assigned(**changes)
        door = changes.get("door", DOOR)
        for officer in (self.one, self.two):
            self.check_in(made[0], officer, door or DOOR)
        begun = self.start(made[0])
        assert isinstance(begun, Begun), begun
        return made

    def report(self, visit: str, outcome: str = "nobody_home", met: str = "nobody", **told: Any) -> str:
        values: dict[str, Any] = {"key": f"key-{next(_keys)}", **told}
        with self.desk(self.one) as desk:
            return report(desk, visit, Told(outcome=outcome, met=met, **values)).id

    def visit(self, visit: str) -> Visit:
        with self.house.worker() as session:
            return session.get_one(Visit, visit)

    def plan(self, visit: str) -> VisitPlan:
        with self.house.worker() as session:
            plan = plan_of(session, visit)
            assert plan is not None
            return plan

    def audited(self, subject: str) -> list[str]:
        with self.house.worker() as session:
            return list(session.scalars(select(AuditRow.kind).where(AuditRow.subject == subject).order_by(AuditRow.id)))

    def hire(self, *roles: str, tenant: str = "") -> str:
        with Session(make_engine(self.house.migrator)) as session, session.begin():
            return staffing.add(
                session,
                self.house.ledger.vault,
                tenant=tenant or self.house.tenant,
                email=f"visits{next(_emails)}@example.org",
                name="Robin Example",
                roles=roles,
                language="en",
                now=self.house.now,
            )


def crew_of(house: House) -> Crew:
    crew = Crew(house, "", "", "", "", "")
    crew.supervisor, crew.second_supervisor = crew.hire("supervisor"), crew.hire("supervisor")
    crew.one, crew.two, crew.three = (crew.hire("officer") for _ in range(3))
    return crew


def photo(colour: str = "navy", *, taken: datetime | None = None) -> bytes:
    """A small JPEG that knows where and when it was taken."""
    picture, out = Image.new("RGB", (64, 48), colour), BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "Example Phones"
    exif[0x0132] = f"{taken or datetime(2026, 3, 2, 12, 0):%Y:%m:%d %H:%M:%S}"  # noqa: DTZ001  EXIF knows no zone
    exif.get_ifd(0x8825)[1] = "N"
    picture.save(out, "JPEG", exif=exif)
    return out.getvalue()
