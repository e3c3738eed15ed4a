"""Which of a lender's numbers a call of the machine goes out from; and where none can, a person is asked once."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import update

from forbear.contracts.decision import Contact, Rest
from forbear.ledger import pooling, senders
from forbear.ledger.engine import make_engine
from forbear.ledger.lives import load_life
from forbear.ledger.tables.accounts import Account
from forbear.ledger.tables.people import Lender
from forbear.ledger.tables.senders import Incident
from forbear.ledger.tables.tasks import Task
from forbear.ports.book import Dispatch
from forbear.settings import Settings
from tests.api.hooks.caller import Phone, calling
from tests.api.pages.site import Site

SERVICE = "MG" + "7" * 32
SHORT_CODE = "28444"


@pytest.fixture
def site(database: Settings) -> Iterator[Site]:
    site = Site(database)
    site.reset()
    yield site
    site.close()


@pytest.fixture
def phone(site: Site) -> Phone:
    return Phone(site)


def add(phone: Phone, address: str) -> None:
    pooling.add(phone.house.ledger, phone.house.tenant, phone.house.lender, address)


def retire_own(phone: Phone) -> None:
    add(phone, phone.lender_number)
    pooling.retire(phone.house.ledger, phone.house.tenant, phone.lender_number)


def decided(phone: Phone) -> str | Rest:
    """The number that the next call goes out from, or why there is none."""
    answer = phone.house.ask(phone.account, calling)
    if isinstance(answer, Rest):
        return answer
    assert isinstance(answer, Contact), answer
    return phone.house.touch(answer.touch).sender


def route_tasks(phone: Phone) -> list[Task]:
    return phone.rows(Task, Task.kind == "route")


def test_a_call_goes_out_from_the_lenders_own_number(phone: Phone) -> None:
    add(phone, "+12025550101")
    assert decided(phone) == phone.lender_number


def test_no_call_goes_out_from_a_retired_number_a_service_or_a_short_code(phone: Phone) -> None:
    retire_own(phone)
    for address in (SERVICE, SHORT_CODE, "+12025550102"):
        add(phone, address)
    assert decided(phone) == "+12025550102"


def test_a_lender_whose_own_sender_is_a_service_calls_from_a_number_of_its_pool(phone: Phone) -> None:
    with make_engine(phone.house.settings.database_url_for("migrator")).begin() as connection:
        connection.execute(update(Lender).where(Lender.id == phone.house.lender).values(sender=SERVICE))
    assert isinstance(decided(phone), Rest)
    add(phone, "+12025550103")
    assert decided(phone) == "+12025550103"


@pytest.mark.parametrize("pool", [(), (SERVICE,), (SHORT_CODE, SERVICE), (SERVICE, "+12025550105"), ("+12025550106",)])
@pytest.mark.parametrize("own", ["its number", "retired", "a service"])
def test_a_life_says_whether_a_number_would_be_found(phone: Phone, own: str, pool: tuple[str, ...]) -> None:
    if own == "a service":
        with make_engine(phone.house.settings.database_url_for("migrator")).begin() as connection:
            connection.execute(update(Lender).where(Lender.id == phone.house.lender).values(sender="MG" + "8" * 32))
    if own == "retired":
        retire_own(phone)
    for address in pool:
        add(phone, address)
    with phone.house.worker() as session:
        life = load_life(session, phone.account, now=phone.house.now)
    assert life is not None
    assert life.can_call == isinstance(decided(phone), str)


def test_whom_a_number_reached_is_called_from_it_again(phone: Phone) -> None:
    retire_own(phone)
    add(phone, "+12025550109")
    phone.rung().status("no-answer")
    add(phone, phone.lender_number)
    phone.site.hands.advance(timedelta(days=4))
    with phone.house.worker() as session:
        session.execute(update(Account).values(balance_as_of=phone.house.now))
    assert decided(phone) == "+12025550109"


def test_without_a_number_nothing_is_claimed_and_one_person_is_asked_once(phone: Phone) -> None:
    retire_own(phone)
    add(phone, SERVICE)
    answers = [decided(phone)]
    for _ in range(2):
        assert isinstance(answers[-1], Rest)
        assert answers[-1].rule == senders.NONE
        assert "no number of the lender can call" in answers[-1].reason
        phone.site.hands.set(answers[-1].until)
        answers.append(decided(phone))
    [task] = route_tasks(phone)
    assert (task.role, task.state) == ("operator", "open")
    assert "add one to its pool" in (phone.house.standing(phone.account).next_reason or ""), "its lender reads why"


def test_a_number_that_is_added_ends_the_task_and_wakes_who_waited(phone: Phone) -> None:
    retire_own(phone)
    assert isinstance(decided(phone), Rest)
    add(phone, SERVICE)
    [task] = route_tasks(phone)
    assert task.state == "done"
    assert phone.told()[-1] == "task_closed"
    assert isinstance(decided(phone), Rest), "a service cannot call: somebody is asked again"
    assert [task.state for task in route_tasks(phone)].count("open") == 1
    add(phone, "+12025550104")
    assert decided(phone) == "+12025550104"
    assert [task.state for task in route_tasks(phone)] == ["done", "done"]


def test_what_stops_texts_holds_no_call(phone: Phone) -> None:
    answer = phone.house.ask(phone.account, calling)
    assert isinstance(answer, Contact)
    with phone.house.worker() as session:
        session.add(
            Incident(
                id="inc_example",
                tenant=phone.house.tenant,
                lender=phone.house.lender,
                provider="twilio",
                kind="route",
                code="30034",
                opened_at=phone.house.now,
            )
        )
    assert isinstance(phone.house.touching().prepare(phone.house.order(phone.account, answer.touch)), Dispatch)
