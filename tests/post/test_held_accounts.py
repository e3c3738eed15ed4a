"""A letter that shows that an account is not right: the account is held, and only that one, until a person has looked."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from forbear.contracts.decision import Contact, Rest
from forbear.ledger import incidents, lessons, stops, task_ends, tasks
from forbear.ledger.ids import new_id
from forbear.ledger.receipts import add_receipt
from forbear.ledger.tables.accounts import Party, Stop
from forbear.ledger.tables.people import Person
from forbear.ledger.tables.tasks import Task
from forbear.ledger.task_reasons import because
from forbear.ports.sms import Refused
from forbear.settings import Settings
from tests.conftest import Hands
from tests.ledger.house import AN_HOUR, NOON, House
from tests.ledger.races import start, until_blocked
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


def heard(house: House, letter: Mailed, code: str) -> None:
    """The same trouble, told of the letter from outside its sender."""
    with house.worker() as session:
        add_receipt(session, touch_id=letter.touch, source="listing", status="not_written", code=code, at=house.now)


def release(house: House, task: str) -> None:
    with house.ledger.staff(house.tenant) as session:
        tasks.close(session, task_ends.lock(session, task), house.now, outcome="released")


def lift(house: House, letter: Mailed) -> None:
    with house.ledger.staff(house.tenant) as session:
        [stop] = session.scalars(select(Stop.id).where(Stop.account == letter.account)).all()
        stops.lift_stop(session, tenant=house.tenant, stop=stop, at=house.now)


def test_an_account_whose_hold_was_lifted_is_held_again_while_somebody_looks(house: House) -> None:
    letter = mailed(house)
    house.touching().cancel(letter.order, "sums.equal")
    lift(house, letter)
    assert holds(house, letter) == []
    heard(house, letter, "another-letter")
    assert holds(house, letter) == ["hold"]
    assert len(waiting(house)) == 1, "somebody looks already"
    heard(house, letter, "sums.twice")
    assert holds(house, letter) == ["hold"]


def test_a_letter_that_was_looked_at_says_nothing_new(house: House) -> None:
    letter = mailed(house)
    house.touching().cancel(letter.order, "sums.equal")
    [task] = waiting(house)
    release(house, task.id)
    heard(house, letter, "sums.equal")
    assert (holds(house, letter), waiting(house)) == ([], [])


def test_an_account_is_held_until_everybody_who_looks_has_looked(house: House) -> None:
    letter = mailed(house)
    house.touching().cancel(letter.order, "sums.equal")
    [first] = waiting(house)
    with house.worker() as session:
        wanted = tasks.Wanted(
            tenant=house.tenant,
            lender=house.lender,
            kind="account",
            role="operator",
            reason=because("account_held", channel="letter", provider="lob", code="sums.equal"),
            account=letter.account,
        )
        second = tasks.open_task(session, wanted, house.now)
    assert second is not None
    release(house, first.id)
    assert holds(house, letter) == ["hold"]
    release(house, second)
    assert holds(house, letter) == []


def test_news_that_holds_an_account_locks_all_its_people_first(house: House) -> None:
    letter, guarantor = mailed(house), house.person()
    with house.api() as session:
        row = {"tenant": house.tenant, "lender": house.lender, "account": letter.account}
        session.add(Party(id=new_id("pty"), **row, person=guarantor, role="guarantor"))
    free = select(Person.id).where(Person.id.in_((letter.person, guarantor)))
    with house.worker() as session:
        lessons.lock_ahead(session, letter.touch, "not_written", "sums.equal")
        with house.worker() as other:
            assert other.scalars(free.with_for_update(skip_locked=True, key_share=True)).all() == []


def test_who_ends_the_task_waits_for_news_that_holds_the_account(house: House) -> None:
    letter, other = mailed(house), mailed(house)
    house.touching().cancel(letter.order, "sums.equal")
    [task] = waiting(house)
    with house.worker() as session:
        lessons.lock_ahead(session, letter.touch, "not_written", "sums.equal")
        ending = start(lambda: release(house, task.id))
        assert until_blocked(house.ledger, "staff", ending)
        free = select(Task.id).where(Task.id == task.id)
        assert session.scalars(free.with_for_update(skip_locked=True)).all() == [task.id], "the task comes last"
    ending.result()
    assert (holds(house, letter), holds(house, other)) == ([], [])
