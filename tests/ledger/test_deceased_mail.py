"""Mail that came back with the note that its reader died: a person looks, the account waits, nobody is stopped as dead."""

import pytest
from sqlalchemy import select

from forbear.ledger import tasks
from forbear.ledger.tables.accounts import Stop
from forbear.ledger.tables.tasks import Task
from tests.ledger.house import House
from tests.post.mailing import Mailed, mailed
from tests.post.test_letters import arrived, back


def returned(house: House) -> Mailed:
    letter = mailed(house)
    letter.record()
    letter.learn(arrived())
    letter.learn(back("deceased"))
    return letter


def asked(house: House, letter: Mailed) -> list[Task]:
    with house.worker() as session:
        return list(session.scalars(select(Task).where(Task.person == letter.person)))


def stops(house: House, letter: Mailed) -> list[tuple[str, str | None]]:
    """Those in force, with their account."""
    with house.worker() as session:
        placed = select(Stop).where(Stop.person == letter.person, Stop.lifted_at.is_(None)).order_by(Stop.kind)
        return [(stop.kind, stop.account) for stop in session.scalars(placed)]


def found_out(house: House, letter: Mailed, outcome: str) -> None:
    [task] = asked(house, letter)
    with house.ledger.staff(house.tenant) as session:
        tasks.close(session, tasks.lock_task(session, task.id), house.now, outcome=outcome)


def test_a_person_is_asked_once_and_the_account_waits(house: House) -> None:
    letter = returned(house)
    letter.learn(back("deceased"), source="listing")
    [task] = asked(house, letter)
    assert (task.kind, task.role, task.state, task.contact_point) == ("number", "supervisor", "open", letter.point)
    assert stops(house, letter) == [("hold", letter.account)], "held for a look, and not stopped as dead"
    assert letter.address_state() == "invalid"
    assert "stop_placed" in letter.told()


@pytest.mark.parametrize(
    ("outcome", "left", "address"),
    [("theirs", [], "valid"), ("not_theirs", [], "invalid"), ("deceased", [("deceased", None)], "invalid")],
)
def test_what_somebody_found_out_binds_and_ends_the_hold(
    house: House, outcome: str, left: list[tuple[str, str | None]], address: str
) -> None:
    letter = returned(house)
    found_out(house, letter, outcome)
    assert stops(house, letter) == left
    assert letter.address_state() == address
    letter.learn(back("deceased"), source="listing")
    assert stops(house, letter) == left, "told again, it is no news"


def test_a_hold_of_the_lenders_own_stays(house: House) -> None:
    letter = returned(house)
    house.stop(letter.person, "hold", account=letter.account)
    found_out(house, letter, "theirs")
    assert stops(house, letter) == [("hold", letter.account)]
