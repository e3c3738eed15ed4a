"""An agency's validation notice that may not leave is never passed over: it holds, says why, and goes once it may."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import create_engine, select, update
from sqlalchemy.orm import Session

from forbear.cadence.decide import decide
from forbear.contracts.decision import Contact, Decision, Rest
from forbear.documents.presses import Presses
from forbear.ledger import tasks
from forbear.ledger.paper_fields import tell
from forbear.ledger.tables.accounts import Account
from forbear.ledger.tables.people import Lender
from forbear.ledger.tables.tasks import Task
from forbear.ports.book import Dispatch
from forbear.ports.papers import Unprintable
from forbear.settings import Settings
from tests.conftest import Hands
from tests.ledger.house import NOON, House
from tests.ledger.postal import OFFICE, home, is_called, lender_chooses, lives_at

STEP, KIND = "validation-notice", "us.notice.validation"
FIELDS = {
    "current_creditor": "Example Funding II LLC",
    "creditor_then": "First Sample Bank",
    "product": "Sample Stores credit card",
    "itemization_basis": "charge_off",
    "itemization_date": "2026-01-15",
    "owed_then": "100.00",
    "interest_since": "0.00",
    "fees_since": "0.00",
    "credits_since": "0.00",
    "period_end": "2026-06-30",
    "licence": "none is asked for in Illinois",
    "languages": "none",
    "growing": False,
}


@pytest.fixture
def house(database: Settings, hands: Hands) -> Iterator[House]:
    hands.set(NOON)
    house = House(database, hands)
    yield house
    house.close()


def placed(house: House) -> str:
    """An account of a collector under its playbook, with an address and a telephone."""
    person, account = house.borrower("+12135550147")
    lives_at(house, person, home("12 Sample Street"))
    is_called(house, person, "Jordan Example")
    lender_chooses(house, {"post": {"address": OFFICE, "service": "plain"}})
    owner = create_engine(house.migrator)
    with owner.begin() as connection:
        connection.execute(update(Lender).where(Lender.id == house.lender).values(role="third_party_collector"))
        connection.execute(update(Account).where(Account.id == account).values(playbook="us-agency"))
    owner.dispose()
    return account


def next_of(house: House, hands: Hands, account: str) -> Contact | Rest:
    """What the cadence says, after its rest, until it contacts or is held by what somebody must see to."""
    for _ in range(40):
        answer: Decision = house.ask(account, decide)
        if isinstance(answer, Contact) or (isinstance(answer, Rest) and answer.rule not in {"", "TOUCH.FAILED"}):
            return answer
        assert isinstance(answer, Rest), answer
        hands.set(max(answer.until, house.now + timedelta(minutes=1)))
    raise AssertionError("nothing is ever done")


def refused(house: House, account: str, answer: Contact, press: Presses) -> Unprintable:
    """The refusal of the letter, told to the ledger as a worker tells it."""
    order = house.order(account, answer.touch)
    ready = house.touching().prepare(order)
    assert isinstance(ready, Dispatch), ready
    assert ready.paper is not None
    assert ready.paper.leaves
    with pytest.raises(Unprintable) as no:
        press.render(ready.paper)
    house.touching().cancel(order, no.value.code)
    return no.value


def is_the_notice(house: House, answer: Contact | Rest) -> bool:
    touch = house.touch(answer.touch) if isinstance(answer, Contact) else None
    return touch is not None and (touch.step, touch.channel, touch.template) == (STEP, "letter", KIND)


def told(house: House, account: str) -> None:
    """The notice's fields, as an operator tells them at the terminal."""
    owner = create_engine(house.migrator)
    with Session(owner) as session, session.begin():
        tell(house.ledger, session, session.get_one(Account, account), KIND, FIELDS)
    owner.dispose()


def released(house: House) -> str:
    """Somebody looked at the one open task and released what it held; the task's reason."""
    with house.ledger.staff(house.tenant) as session:
        [task] = session.scalars(select(Task).where(Task.state.in_(tasks.WAITING)))
        reason = task.reason
        tasks.close(session, tasks.lock_task(session, task.id), house.now, outcome="released")
    return reason


def test_it_holds_for_what_it_must_be_told_then_for_its_words_and_nothing_else_goes_out(
    house: House, hands: Hands, press: Presses
) -> None:
    account = placed(house)
    first = next_of(house, hands, account)
    assert isinstance(first, Contact)
    assert is_the_notice(house, first)
    assert refused(house, account, first, press).code == "fields.given"
    held = next_of(house, hands, account)
    assert isinstance(held, Rest)
    assert held.rule == "POLICY.STOP"
    told(house, account)
    assert released(house) == "account_held"

    second = next_of(house, hands, account)
    assert isinstance(second, Contact)
    assert is_the_notice(house, second)
    no = refused(house, account, second, press)
    assert (no.code, "lacks prescribed words" in no.sentence) == ("draft.leaves", True)
    held = next_of(house, hands, account)
    assert isinstance(held, Rest)
    assert held.rule == "TEMPLATE.HELD"
    assert KIND in held.reason
    assert "draft.leaves" in held.reason
    assert released(house) == "incident_template"
    assert is_the_notice(house, next_of(house, hands, account)), "it is asked for again, and nothing else before it"
