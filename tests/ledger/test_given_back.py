"""What somebody took and will not finish is put back on the list; what they began stays theirs."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from forbear.ledger import staffing, tasks
from forbear.ledger.engine import make_engine
from forbear.ledger.ids import new_id
from forbear.ledger.task_reasons import because
from tests.conftest import Hands
from tests.ledger.at_work import read, started, task
from tests.ledger.house import House
from tests.ledger.visiting import Crew, crew_of

Act = Callable[[House, str], None]


def message(house: House, staff: str) -> str:
    """A message that somebody opened."""
    person, account = house.borrower()
    wanted = tasks.Wanted(
        tenant=house.tenant,
        lender=house.lender,
        kind="reply",
        role="caller",
        reason=because("reply_other"),
        account=account,
        person=person,
        reply=new_id("rpl"),
    )
    with house.worker() as session:
        made = tasks.open_task(session, wanted, house.now)
        assert made is not None
        tasks.take(session, tasks.lock_task(session, made), staff, house.now)
    return made


def shut_out(house: House, staff: str) -> None:
    with Session(make_engine(house.migrator)) as session, session.begin():
        staffing.disable(session, staff, house.ledger.clock)


def made_officer(house: House, staff: str) -> None:
    with Session(make_engine(house.migrator)) as session, session.begin():
        staffing.set_roles(session, staff, ["officer"], house.ledger.clock)


@pytest.fixture
def crew(house: House) -> Crew:
    return crew_of(house)


@pytest.mark.parametrize("act", [shut_out, made_officer])
def test_who_may_read_it_no_more_gives_it_back(house: House, crew: Crew, act: Act) -> None:
    caller, colleague = crew.hire("caller"), crew.hire("caller")
    mine, theirs = message(house, caller), message(house, colleague)
    act(house, caller)
    assert (read(house, mine).state, read(house, mine).assignee) == ("open", None)
    assert (read(house, theirs).state, read(house, theirs).assignee) == ("taken", colleague)


def test_who_keeps_the_role_keeps_the_message(house: House, crew: Crew) -> None:
    caller = crew.hire("caller")
    mine = message(house, caller)
    with Session(make_engine(house.migrator)) as session, session.begin():
        staffing.set_roles(session, caller, ["caller", "supervisor"], house.ledger.clock)
    assert read(house, mine).assignee == caller


@pytest.mark.parametrize("act", [shut_out, made_officer])
def test_a_call_that_was_begun_stays_with_whoever_began_it(house: House, crew: Crew, act: Act) -> None:
    caller = crew.hire("caller")
    person, account = house.borrower("+13125550177")
    made = task(house, account, person)
    started(house, made, (caller,))
    act(house, caller)
    assert (read(house, made).state, read(house, made).assignee) == ("taken", caller)


def test_what_lies_too_long_is_given_back(house: House, hands: Hands) -> None:
    made = message(house, "stf_caller")
    hands.advance(timedelta(hours=3, minutes=50))
    assert house.upkeeping().give_back() == 0
    hands.advance(timedelta(minutes=20))
    assert house.upkeeping().give_back() >= 1
    assert (read(house, made).state, read(house, made).assignee) == ("open", None)
    with house.worker() as session:
        tasks.take(session, tasks.lock_task(session, made), "stf_other", house.now)
    house.upkeeping().give_back()
    assert read(house, made).assignee == "stf_other", "its time begins anew"
