"""The work list: what may be begun comes first however much is held, and nothing is left off without a word."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from forbear.ledger import work
from tests.ledger.at_work import CALLER, task
from tests.ledger.house import PACKS, PLAYBOOKS, House


def listed(house: House, *, staff: str = CALLER, roles: Sequence[str] = ("caller",), after: int = 0) -> work.Listed:
    with house.ledger.staff(house.tenant) as session:
        return work.waiting(house.ledger, session, staff, roles, playbooks=PLAYBOOKS, packs=PACKS, after=after)


def held(house: House, number: int) -> str:
    """A call that a dispute holds, due before every other."""
    person, account = house.borrower(f"+1312555{number:04}")
    made = task(house, account, person, due_at=house.now + timedelta(hours=1))
    house.stop(person, "dispute", account=account)
    return made


def ready(house: House, number: int) -> str:
    person, account = house.borrower(f"+1312555{number:04}")
    return task(house, account, person, due_at=house.now + timedelta(hours=6))


def ids(found: Sequence[work.Waiting]) -> list[str]:
    return [each.task.id for each in found]


def test_what_is_held_hides_nothing_that_may_be_begun(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "MOST", 3)
    monkeypatch.setattr(work, "MOST_HELD", 2)
    barred = {held(house, 100 + number) for number in range(5)}
    free = {ready(house, 110 + number) for number in range(2)}
    found = listed(house)
    assert set(ids(found.ready)) == free
    assert len(found.held) == 2
    assert set(ids(found.held)) <= barred
    assert (found.more_held, found.rest) == (3, 0)


def test_the_next_page_goes_on_where_the_looking_ended(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "LOOKED_AT", 3)
    for number in range(4):
        held(house, 120 + number)
    free = ready(house, 130)
    first = listed(house)
    assert (ids(first.ready), first.rest, first.onward) == ([], 2, 3)
    second = listed(house, after=first.onward)
    assert (ids(second.ready), second.rest, second.onward) == ([free], 0, 5)


def test_a_page_is_full_when_so_many_may_be_begun(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "MOST", 2)
    free = {ready(house, 140 + number) for number in range(3)}
    first = listed(house)
    second = listed(house, after=first.onward)
    assert (len(first.ready), first.rest, len(second.ready), second.rest) == (2, 1, 1, 0)
    assert {*ids(first.ready), *ids(second.ready)} == free
