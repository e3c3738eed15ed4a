"""A call that was begun and never dialled is given back: no attempt is counted, and it may be begun again."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from forbear.cadence.translate import to_facts
from forbear.contracts.decision import Rest
from forbear.errors import BadInput, Conflict, NotFound
from forbear.ledger import not_dialled, replaying
from forbear.ledger.deciding import FIRST_PAUSE
from forbear.ledger.lives import load_life
from forbear.ledger.tables.contacts import Decision
from forbear.ledger.tables.record import AuditRow
from forbear.ledger.tables.tasks import Task
from forbear.ports.sms import Refused
from tests.conftest import Hands
from tests.ledger.at_work import CALLER, OFFICERS, address, end, read, started, task
from tests.ledger.house import AN_HOUR, PACKS, House


def give_back(house: House, made: str, staff: str = CALLER) -> bool:
    with house.ledger.staff(house.tenant) as session:
        return not_dialled.take_back(house.ledger, session, made, staff)


def counted(house: House, account: str) -> list[str]:
    """What the borrower's past counts as."""
    with house.worker() as session:
        life = load_life(session, account, now=house.now, packs=PACKS)
        assert life is not None
        told = to_facts(life, life.borrower, house.now, contacts_in_7_days=3)
        return [past.result for past in told.history]


def test_nothing_is_counted_and_the_task_is_on_the_list_again(house: House) -> None:
    person, account = house.borrower()
    made = task(house, account, person)
    touch = started(house, made).touch
    assert counted(house, account) == ["connected"], "under way it may be a conversation"
    assert give_back(house, made)
    assert (house.touch(touch).state, house.touch(touch).code) == ("failed", "not_dialled")
    assert counted(house, account) == []
    standing = read(house, made)
    assert (standing.state, standing.assignee, standing.touch) == ("open", None, None)
    assert house.told(account)[-1] == "touch_reconciled"
    with house.worker() as session:
        kinds = session.scalars(select(AuditRow.kind).where(AuditRow.subject == made)).all()
    assert kinds.count("task_not_dialled") == 1
    assert not give_back(house, made), "said again it changes nothing"


def test_it_is_no_attempt_of_the_machines_that_could_not_be_sent(house: House) -> None:
    person, account = house.borrower()
    made = task(house, account, person)
    started(house, made)
    give_back(house, made)
    order, _ = house.prepared(account)
    house.record(order, Refused(code="20003", ours=True))
    rest = house.ask(account)
    assert isinstance(rest, Rest)
    assert rest.until == house.now + FIRST_PAUSE, "and is not counted with those either"


def test_whoever_waited_for_its_end_may_go_on(house: House) -> None:
    person, account = house.borrower()
    _, elsewhere = house.borrower()
    made = task(house, account, person)
    started(house, made)
    before = len(house.told(elsewhere))
    give_back(house, made)
    assert house.told(elsewhere)[before:] == ["touch_reconciled"]


@pytest.mark.parametrize(
    ("outcome", "wakes"),
    [("no_answer", ["touch_undelivered"]), ("voicemail_left", ["call_ended"]), ("spoke_refuses", [])],
)
def test_so_may_they_when_it_was_no_conversation(house: House, outcome: str, wakes: list[str]) -> None:
    person, account = house.borrower()
    _, elsewhere = house.borrower()
    made = task(house, account, person)
    started(house, made)
    before = len(house.told(elsewhere))
    end(house, made, outcome)
    assert house.told(elsewhere)[before:] == wakes


def test_it_is_begun_again_with_a_permit_of_its_own(house: House, hands: Hands) -> None:
    person, account = house.borrower()
    made = task(house, account, person)
    first = started(house, made).touch
    give_back(house, made)
    hands.advance(timedelta(minutes=5))
    second = started(house, made).touch
    assert second != first
    with house.worker() as session:
        decisions = session.scalars(select(Decision).where(Decision.run == made).order_by(Decision.number)).all()
        assert [(each.number, each.touch) for each in decisions] == [(0, first), (1, second)]
        assert all(replaying.recompute(session, each.id).same for each in decisions)
    end(house, made, "no_answer")
    assert counted(house, account) == ["no_answer"]
    with pytest.raises(Conflict):
        give_back(house, made)


def test_what_is_said_after_its_time_is_believed_and_ends_the_inquiry(house: House, hands: Hands) -> None:
    person, account = house.borrower()
    made = task(house, account, person)
    touch = started(house, made).touch
    hands.advance(3 * AN_HOUR)
    assert house.upkeeping().expire_claims() == 1
    assert house.touch(touch).state == "unknown"
    assert give_back(house, made)
    assert house.touch(touch).state == "failed"
    assert counted(house, account) == []
    assert read(house, made).state == "expired"
    with house.worker() as session:
        [inquiry] = session.scalars(select(Task).where(Task.kind == "unknown_touch")).all()
    assert (inquiry.state, inquiry.outcome) == ("withdrawn", "reconciled")


def test_only_who_began_a_call_says_so(house: House) -> None:
    person, account = house.borrower()
    made = task(house, account, person)
    assert not give_back(house, made), "nothing was begun"
    started(house, made)
    with pytest.raises(Conflict):
        give_back(house, made, "stf_another")
    address(house, person)
    visit = task(house, account, person, kind="visit")
    with pytest.raises(BadInput):
        give_back(house, visit, OFFICERS[0])
    with pytest.raises(NotFound):
        give_back(house, "tsk_nobody")
