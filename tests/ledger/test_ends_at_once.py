"""A task that somebody ends while what it asks after moves by itself: neither waits for the other for ever."""

import pytest
from sqlalchemy import select

from forbear.ledger import incidents, pooling, task_ends, tasks
from forbear.ledger.receipts import add_receipt, lock_touch
from forbear.ledger.tables.people import Lender
from forbear.ledger.tables.record import AuditRow
from forbear.ledger.tables.senders import Incident
from forbear.ledger.tables.tasks import Task
from forbear.ports.sms import Unknown
from tests.conftest import Hands
from tests.ledger.house import House
from tests.ledger.races import start, until_blocked
from tests.ledger.test_unknowns import LONG

SERVICE = "MG" + "5" * 32


@pytest.mark.parametrize("how", ["added", "released"])
def test_a_sender_is_added_while_somebody_ends_the_task_that_asks_for_one(house: House, how: str) -> None:
    with house.worker() as session:
        lender = session.get_one(Lender, house.lender)
        incidents.lacking(session, lender, "twilio", "call", house.now)
        incident, asked = session.execute(select(Incident.id, Incident.task)).one()

    def supply() -> None:
        if how == "added":
            pooling.add(house.ledger, house.tenant, house.lender, SERVICE)
            return
        with house.ledger.staff(house.tenant) as session:
            incidents.release(session, incident, "operator", house.now)

    assert asked is not None
    with house.ledger.staff(house.tenant) as session:
        task = task_ends.lock(session, asked)
        tasks.take(session, task, "stf_example", house.now)
        supplying = start(supply)
        assert until_blocked(house.ledger, "staff", supplying)
        tasks.close(session, task, house.now, outcome="released")
    supplying.result()
    with house.worker() as session:
        assert session.get_one(Incident, incident).released_by == "stf_example"
        assert session.get_one(Task, asked).state == "done"
        told = session.scalars(select(AuditRow.id).where(AuditRow.kind == "incident_released")).all()
        assert len(told) == 1


def test_news_of_a_touch_comes_while_somebody_ends_the_task_that_asks_after_it(house: House, hands: Hands) -> None:
    order, _ = house.prepared(house.borrower()[1])
    house.record(order, Unknown("no answer"))
    hands.advance(LONG)
    assert house.upkeeping().call_for_help() == 1
    with house.worker() as session:
        asked = session.scalars(select(Task.id).where(Task.touch == order.touch)).one()

    def end() -> str:
        with house.ledger.staff(house.tenant) as session:
            return task_ends.lock(session, asked).state

    with house.worker() as session:
        assert lock_touch(session, order.touch) is not None
        ending = start(end)
        assert until_blocked(house.ledger, "staff", ending)
        add_receipt(session, touch_id=order.touch, source="callback", status="delivered", at=house.now)
    assert ending.result() == "withdrawn", "what became of it was known first"
