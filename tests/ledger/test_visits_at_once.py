"""Two phones at one door: whatever both send at the same moment becomes one report, and the other is told."""

import pytest
from sqlalchemy import select

from forbear.ledger.locking import lock_account
from forbear.ledger.tables.visits import VisitReport
from forbear.ledger.visits_made import ReportedAlready, Told, report
from tests.ledger.house import House
from tests.ledger.races import Running, start, until_blocked
from tests.ledger.visiting import Crew, crew_of


@pytest.fixture
def crew(house: House) -> Crew:
    return crew_of(house)


def sent(crew: Crew, visit: str, officer: str, key: str) -> Running[str]:
    def send() -> str:
        with crew.desk(officer) as desk:
            return report(desk, visit, Told(key, "nobody_home", "nobody")).id

    return start(send)


@pytest.mark.parametrize("same", [True, False])
def test_two_reports_at_once_are_one(crew: Crew, same: bool) -> None:
    visit, _, account = crew.under_way()
    second = (crew.one, "phone") if same else (crew.two, "other-phone")
    with crew.house.worker() as session:
        lock_account(session, crew.house.tenant, account)
        both = [sent(crew, visit, crew.one, "phone"), sent(crew, visit, *second)]
        assert all(until_blocked(crew.house.ledger, "staff", each) for each in both)
    ended: list[str | None] = []
    for each in both:
        try:
            ended.append(each.result())
        except ReportedAlready:
            ended.append(None)
    with crew.house.worker() as session:
        made = list(session.scalars(select(VisitReport.id).where(VisitReport.visit == visit)))
    assert len(made) == 1
    assert ended == made * 2 if same else sorted(ended, key=str) == sorted([None, *made], key=str)
