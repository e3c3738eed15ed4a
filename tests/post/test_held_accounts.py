"""A letter that shows that an account is not right: the account is held, and only that one, until a person has looked."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from forbear.contracts.decision import Contact, Rest
from forbear.ledger import incidents, tasks
from forbear.ledger.tables.accounts import Stop
from forbear.ledger.tables.tasks import Task
from forbear.ports.sms import Refused
from forbear.settings import Settings
from tests.conftest import Hands
from tests.ledger.house import AN_HOUR, NOON, House
from tests.post.mailing import Mailed, by_letter, mailed


@pytest.fixture
def house(database: Settings, hands: Hands) -> Iterator[House]:
    hands.set(NOON)
    house = House(database, hands)
    yield house
    house.close()


def waiting(house: House) -> list[Task]:
    with house.worker() as session:
        return list(session.scalars(select(Task).where(Task.state.in_(tasks.WAITING))))


def holds(house: House, letter: Mailed) -> list[str]:
    with house.worker() as session:
        found = select(Stop).where(Stop.account == letter.account, Stop.lifted_at.is_(None))
        return [each.kind for each in session.scalars(found)]


@pytest.mark.parametrize("code", ["sums.equal", "another-letter"])
def test_nothing_goes_out_about_an_account_that_is_not_right_until_a_person_says_so(
    house: House, hands: Hands, code: str
) -> None:
    letter, other = mailed(house), mailed(house)
    if code == "another-letter":
        letter.record(Refused(code, ours=True))
    else:
        house.touching().cancel(letter.order, code)
    [task] = waiting(house)
    assert (task.kind, task.role, task.account, task.reason) == ("account", "operator", letter.account, "account_held")
    assert (holds(house, letter), holds(house, other)) == (["hold"], [])
    hands.advance(AN_HOUR)
    held = house.ask(letter.account)
    assert isinstance(held, Rest), "nothing goes out by any channel"
    assert held.rule == "POLICY.STOP"
    assert getattr(house.ask(other.account), "rule", "") != held.rule
    with house.ledger.staff(house.tenant) as session:
        tasks.close(session, tasks.lock_task(session, task.id), house.now, outcome="released")
    assert holds(house, letter) == []
    assert isinstance(house.ask(letter.account), Contact)


def test_an_engine_that_gave_no_answer_holds_nothing_and_is_shown_once(house: House, hands: Hands) -> None:
    letter, other = mailed(house), mailed(house)
    for each in (letter, other):
        house.touching().cancel(each.order, "engine.hung")
    [task] = waiting(house)
    assert (task.kind, task.reason) == ("route", "incident_call")
    with house.worker() as session:
        assert [each.kind for each in incidents.still_open(session)] == ["call"]
    hands.advance(AN_HOUR)
    assert isinstance(house.ask(letter.account, by_letter("lob")), Contact)
