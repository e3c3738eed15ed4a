"""A letter that fails for a reason of ours: somebody is told once, and nothing is made anew until it is released."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import select

from forbear.channels.lob_client import LobClient
from forbear.channels.post_lob import LobPost
from forbear.contracts.decision import Contact, Rest
from forbear.ledger import incidents, task_ends, tasks
from forbear.ledger.tables.senders import Incident
from forbear.ledger.tables.tasks import Task
from forbear.ports.post import PostAddress
from forbear.ports.sms import Refused
from forbear.settings import Settings
from tests.conftest import Hands
from tests.ledger.house import AN_HOUR, NOON, House
from tests.post.mailing import Mailed, by_letter, claimed, mailed
from tests.print_room.shelves import order


@pytest.fixture
def house(database: Settings, hands: Hands) -> Iterator[House]:
    hands.set(NOON)
    house = House(database, hands)
    yield house
    house.close()


def opened(house: House) -> list[tuple[str, str]]:
    with house.worker() as session:
        return [(each.kind, each.code) for each in incidents.still_open(session)]


def asked(house: House, kind: str) -> list[Task]:
    with house.worker() as session:
        return list(session.scalars(select(Task).where(Task.kind == kind, Task.state.in_(tasks.WAITING))))


def decided(house: House, letter: Mailed, hands: Hands) -> Contact | Rest:
    """What comes next, once the failed attempt has had its rest."""
    hands.advance(AN_HOUR)
    answer = house.ask(letter.account, by_letter("lob"))
    assert isinstance(answer, Contact | Rest)
    return answer


@pytest.mark.parametrize(
    ("code", "kind", "rule"),
    [
        ("invalid_api_key", "route", "ROUTE.HELD"),
        ("route-not-set-up", "route", "ROUTE.HELD"),
        ("sender.limits", "route", "ROUTE.HELD"),
        ("nobody-knows-this", "template", "TEMPLATE.HELD"),
    ],
)
def test_what_refuses_every_letter_holds_them_until_a_person_releases_it(
    house: House, hands: Hands, code: str, kind: str, rule: str
) -> None:
    first, second = mailed(house), mailed(house)
    for letter in (first, second):
        assert letter.record(Refused(code, ours=True)) == "failed"
    assert opened(house) == [(kind, code)]
    [task] = asked(house, "route")
    held = decided(house, first, hands)
    assert isinstance(held, Rest)
    assert held.rule == rule
    assert "texts" not in held.reason
    with house.worker() as session:
        incident = session.scalars(select(Incident.id).where(Incident.task == task.id)).one()
        incidents.release(session, incident, "operator", NOON)
    assert isinstance(decided(house, first, hands), Contact)


def test_what_cannot_be_printed_opens_a_task_too(house: House) -> None:
    letter = mailed(house)
    house.touching().cancel(letter.order, "window.only")
    assert opened(house) == [("template", "window.only")]
    house.touching().cancel(
        mailed(house, provider="print_room").order, "too late: the contact window closed before it was sent"
    )
    assert opened(house) == [("template", "window.only")], "a reason in words asks for nothing"


@pytest.mark.parametrize("code", ["address.lines", "window.address", "glyphs.covered"])
def test_an_address_that_cannot_be_printed_is_corrected_by_a_person(house: House, code: str) -> None:
    letter, other = mailed(house), claimed(house)
    house.touching().cancel(letter.order, code)
    assert (letter.address_state(), other.address_state()) == ("invalid", "valid")
    [task] = asked(house, "number")
    assert (task.account, task.contact_point) == (letter.account, letter.point)
    assert (task.reason, task.reason_values["code"]) == ("address_code", code)
    assert opened(house) == []
    with house.worker() as session:
        tasks.close(session, tasks.lock_task(session, task.id), NOON, outcome=task_ends.THEIRS)
    assert letter.address_state() == "valid"


def test_a_provider_that_is_busy_asks_nobody(house: House, hands: Hands) -> None:
    letter = mailed(house)
    letter.record(Refused("429"))
    assert opened(house) == []
    assert isinstance(decided(house, letter, hands), Contact)


def test_what_lob_would_cut_is_not_sent_to_it() -> None:
    nowhere = LobPost(LobClient("test_nowhere", "http://127.0.0.1:9/lob/v1"))
    given = order()
    abroad = PostAddress("Example Person", ("1 Example Plaza " + "Y" * 60,), "Toronto", "CA", "ON")
    assert nowhere.send(replace(given, envelope=replace(given.envelope, to=abroad))) == Refused("connection-refused")
    long_name = replace(given.envelope.to, name="X" * 41)
    long_line = PostAddress("Example Bank", ("1 Example Plaza", "Y" * 40, "Z" * 40), "Chicago", "US")
    to, sender = replace(given.envelope, to=long_name), replace(given.envelope, sender=long_line)
    assert nowhere.send(replace(given, envelope=to)) == Refused("address.limits", ours=True)
    assert nowhere.send(replace(given, envelope=sender)) == Refused("sender.limits", ours=True)
