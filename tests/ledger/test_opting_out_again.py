"""An opt-out said again after a consent binds again: none that is older stands in for it."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from forbear.contracts.decision import Contact, Rest
from forbear.ledger import stops
from forbear.ledger.tables.contacts import Suppression
from forbear.ports.sms import Refused
from tests.conftest import Hands
from tests.ledger.house import A_DAY, AN_HOUR, House

NUMBER = "+13125550101"
SCOPES = ["number", "channel", "all_automated", "everything"]


def opt_out(house: House, person: str, scope: Any, **said: Any) -> str:
    """As a lender puts it down; `said` differs from what a text would say."""
    values: dict[str, Any] = {
        "lender": house.lender,
        "channel": "sms" if scope == "channel" else None,
        "address_key": house.key(NUMBER) if scope == "number" else None,
        "via": "lender",
        "at": house.now,
        **said,
    }
    with house.api(values["lender"]) as session:
        return stops.suppress(session, tenant=house.tenant, person=person, scope=scope, **values)


@pytest.mark.parametrize("scope", SCOPES)
def test_stop_consent_stop_holds(house: House, hands: Hands, scope: str) -> None:
    person, account = house.borrower(NUMBER)
    first = opt_out(house, person, scope)
    assert isinstance(house.ask(account), Rest)
    hands.advance(AN_HOUR)
    house.consent(account)
    hands.advance(AN_HOUR)
    assert opt_out(house, person, scope) != first
    assert isinstance(house.ask(account), Rest)
    assert house.told(account)[-1] == "opted_out"


def test_a_consent_between_does_lift_it(house: House, hands: Hands) -> None:
    """Otherwise the tests beside this one would hold nothing."""
    person, account = house.borrower(NUMBER)
    opt_out(house, person, "everything")
    hands.advance(AN_HOUR)
    house.consent(account)
    hands.advance(AN_HOUR)
    assert isinstance(house.ask(account), Contact)


@pytest.mark.parametrize("scope", SCOPES)
def test_a_consent_to_another_lender_between_does_not_void_it_there(house: House, hands: Hands, scope: str) -> None:
    person, _ = house.borrower(NUMBER)
    other = house.add_lender()
    house.phone(person, NUMBER, lender=other)
    elsewhere = house.account(person, lender=other)
    opt_out(house, person, scope)
    hands.advance(AN_HOUR)
    house.consent(elsewhere, lender=other)
    hands.advance(AN_HOUR)
    opt_out(house, person, scope)
    assert isinstance(house.ask(elsewhere), Rest)


def test_what_was_said_earlier_is_covered_by_what_was_said_since(house: House, hands: Hands) -> None:
    person, account = house.borrower(NUMBER)
    hands.advance(AN_HOUR)
    said = opt_out(house, person, "number")
    assert opt_out(house, person, "number", at=house.now - AN_HOUR) == said
    assert opt_out(house, person, "number") == said
    assert house.told(account) == ["opted_out"]


def test_start_takes_back_however_many_there_are(house: House, hands: Hands) -> None:
    person, account = house.borrower(NUMBER)
    for _ in range(2):
        house.opt_out(NUMBER, person)
        hands.advance(timedelta(minutes=1))
    assert house.opt_in(NUMBER) == 2
    assert isinstance(house.ask(account), Contact)


def test_the_carriers_opt_out_after_a_consent_binds_again(house: House, hands: Hands) -> None:
    """The carrier goes on blocking whoever only consented on paper: each refusal is an opt-out of its own."""
    person, account = house.borrower(NUMBER)
    for _ in range(2):
        order, _ready = house.prepared(account)
        house.record(order, Refused(code="21610", permanent=True, opted_out=True))
        hands.advance(AN_HOUR)
        assert isinstance(house.ask(account), Rest)
        house.consent(account)
        hands.advance(A_DAY)
    assert isinstance(house.ask(account), Contact)
    with house.worker() as session:
        said = select(func.count()).select_from(Suppression).where(Suppression.person == person)
        assert session.scalars(said).one() == 2
