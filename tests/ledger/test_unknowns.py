"""A touch of which nobody knows becomes somebody's task after a while, and no one's when it is known."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from forbear.contracts.decision import ContactOrder
from forbear.contracts.words import OPEN_TASKS
from forbear.ledger import tasks
from forbear.ledger.lives import load_life
from forbear.ledger.receipts import add_receipt
from forbear.ledger.tables.tasks import Task
from forbear.ledger.task_ends import NOBODY_KNOWS, NOT_SENT, SENT
from forbear.ports.sms import Unknown
from tests.conftest import Hands
from tests.ledger.house import PACKS, House

LONG = timedelta(minutes=16)


def lost(house: House) -> ContactOrder:
    order, _ = house.prepared(house.borrower()[1])
    house.record(order, Unknown("no answer"))
    return order


def asked(house: House, order: ContactOrder) -> list[Task]:
    with house.worker() as session:
        return list(session.scalars(select(Task).where(Task.touch == order.touch)))


def test_asking_the_provider_has_its_time_first(house: House, hands: Hands) -> None:
    order = lost(house)
    hands.advance(timedelta(minutes=14))
    assert house.upkeeping().call_for_help() == 0
    hands.advance(timedelta(minutes=2))
    assert house.upkeeping().call_for_help() == 1
    assert house.upkeeping().call_for_help() == 0
    [task] = asked(house, order)
    assert (task.kind, task.role, task.state, task.account) == ("unknown_touch", "operator", "open", order.account)


def test_a_touch_that_is_known_is_nobodys(house: House, hands: Hands) -> None:
    order, _ = house.prepared(house.borrower()[1])
    house.record(order)
    hands.advance(LONG)
    assert house.upkeeping().call_for_help() == 0


@pytest.mark.parametrize(("status", "state"), [("delivered", "delivered"), ("absent", "failed")])
def test_the_task_closes_itself_when_it_is_reconciled(house: House, hands: Hands, status: str, state: str) -> None:
    order = lost(house)
    hands.advance(LONG)
    house.upkeeping().call_for_help()
    with house.worker() as session:
        add_receipt(session, touch_id=order.touch, source="listing", status=status, at=house.now)
    [task] = asked(house, order)
    assert (task.state, task.outcome, house.touch(order.touch).state) == ("withdrawn", "reconciled", state)


@pytest.mark.parametrize(("outcome", "state"), [(SENT, "sent"), (NOT_SENT, "failed"), (NOBODY_KNOWS, "unknown")])
def test_what_an_operator_found_out_is_a_receipt(house: House, hands: Hands, outcome: str, state: str) -> None:
    order = lost(house)
    hands.advance(LONG)
    house.upkeeping().call_for_help()
    with house.ledger.staff(house.tenant) as session:
        task = session.scalars(select(Task).where(Task.touch == order.touch)).one()
        tasks.close(session, tasks.lock_task(session, task.id), house.now, outcome=outcome)
    assert house.touch(order.touch).state == state
    assert [task.state for task in asked(house, order)] == ["done"]
    hands.advance(LONG)
    assert house.upkeeping().call_for_help() == 0, "nobody is asked the same twice"


def give_up(house: House, order: ContactOrder) -> None:
    """An operator could find out nothing."""
    with house.ledger.staff(house.tenant) as session:
        open_ = (Task.touch == order.touch, Task.state.in_(OPEN_TASKS))
        task = session.scalars(select(Task.id).where(*open_)).one()
        tasks.close(session, tasks.lock_task(session, task), house.now, outcome=NOBODY_KNOWS)


def flying(house: House, order: ContactOrder) -> bool:
    """Whether its account waits for it; in either case it counts as made."""
    with house.worker() as session:
        life = load_life(session, order.account, now=house.now, packs=PACKS)
    assert life is not None
    assert [past.ref for past in life.borrower.history if past.state == "unknown"] == [order.touch]
    return life.in_flight


def test_what_nobody_can_find_out_holds_its_account_no_longer_and_still_counts(house: House, hands: Hands) -> None:
    order = lost(house)
    assert flying(house, order)
    hands.advance(LONG)
    house.upkeeping().call_for_help()
    assert flying(house, order), "somebody is asked, and may find out"
    assert [one.touch for one in house.upkeeping().unsettled() if one.tenant == house.tenant] == [order.touch]
    give_up(house, order)
    assert not flying(house, order)
    ours = [one for one in house.upkeeping().unsettled() if one.tenant == house.tenant]
    assert ours == [], "nor is its provider asked for ever"


def test_what_is_learnt_after_all_counts_as_it_was(house: House, hands: Hands) -> None:
    order = lost(house)
    hands.advance(LONG)
    house.upkeeping().call_for_help()
    give_up(house, order)
    with house.worker() as session:
        add_receipt(session, touch_id=order.touch, source="callback", status="delivered", at=house.now)
    assert house.touch(order.touch).state == "delivered"
    assert [task.outcome for task in asked(house, order)] == [NOBODY_KNOWS]
