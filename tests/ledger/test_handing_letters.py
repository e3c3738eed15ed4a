"""What a letter's sender is given: a paper of the ledger's own figures, and the envelope it goes into."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from forbear.contracts.decision import Contact, ContactOrder, Outcome
from forbear.contracts.words import PartyRole
from forbear.ledger.ids import new_id
from forbear.ledger.tables.accounts import Party
from forbear.ledger.tables.contacts import Link
from forbear.ledger.tables.letters import Letter
from forbear.ports.book import Dispatch
from forbear.ports.papers import Figure
from forbear.tokens import link_digest
from tests.conftest import Hands
from tests.ledger.house import House
from tests.ledger.postal import OFFICE, home, is_called, lender_chooses, lives_at
from tests.ledger.wanting import Decide, insisting

HOME = home("12 Sample Street", "Apt 4")
BY_LETTER = insisting("letter", "reminder", "print_room")


def _borrower(house: House, policy: dict[str, Any]) -> tuple[str, str]:
    person, account = house.borrower()
    is_called(house, person, "Jordan Example")
    lives_at(house, person, HOME)
    lender_chooses(house, policy)
    return person, account


def _prepared(house: House, account: str, decide: Decide = BY_LETTER) -> tuple[ContactOrder, Dispatch | Outcome]:
    decision = house.ask(account, decide)
    assert isinstance(decision, Contact), decision
    order = house.order(account, decision.touch)
    return order, house.touching().prepare(order)


def test_a_letter_holds_the_ledgers_own_figures_and_says_who_writes_to_whom(house: House) -> None:
    _, account = _borrower(house, {"post": {"address": OFFICE, "service": "certified"}})
    order, ready = _prepared(house, account)
    assert isinstance(ready, Dispatch), ready
    assert (ready.channel, ready.provider) == ("letter", "print_room")
    paper, envelope = ready.paper, ready.envelope
    assert paper is not None
    assert envelope is not None
    assert (paper.kind, paper.role, paper.touch, paper.currency) == ("reminder", "borrower", order.touch, "USD")
    assert (paper.to.name, paper.to.lines, paper.to.postal_code) == ("Jordan Example", tuple(HOME.lines), "60601")
    assert paper.figures == (Figure("principal", Decimal("100.00")),)
    assert paper.total == Decimal("100.00")
    assert (paper.head.name, paper.head.address) == ("Example Bank", envelope.sender)
    assert (envelope.to, envelope.sender.lines, envelope.service) == (paper.to, ("1 Example Plaza",), "certified")
    assert "Sample Street" not in repr(ready)
    assert "Jordan" not in repr(ready)


def test_a_letter_is_dated_where_its_reader_lives(house: House, hands: Hands) -> None:
    hands.set(house.now.replace(day=4, hour=3))  # 21:00 of the day before in Chicago
    _, account = _borrower(house, {"post": {"address": OFFICE}})
    _, ready = _prepared(house, account)
    assert isinstance(ready, Dispatch), ready
    assert ready.paper is not None
    assert ready.paper.day == date(2026, 3, 3)


def test_the_link_in_a_letter_is_its_touchs_own(house: House) -> None:
    _, account = _borrower(house, {"post": {"address": OFFICE}})
    order, ready = _prepared(house, account)
    assert isinstance(ready, Dispatch), ready
    assert ready.paper is not None
    with house.worker() as session:
        kept = session.scalars(select(Link.token_sha256).where(Link.touch == order.touch)).all()
        letters = session.scalars(select(Letter).where(Letter.touch == order.touch)).all()
    assert kept == [link_digest(ready.paper.link.rpartition("/")[2])]
    assert [letter.service for letter in letters] == ["plain"]


@pytest.mark.parametrize("role", ["guarantor", "counter_guarantor"])
def test_a_guarantor_is_written_to_at_home_as_what_he_is_and_without_the_borrowers_link(
    house: House, role: PartyRole
) -> None:
    borrower, account = _borrower(house, {"post": {"address": OFFICE}})
    person, at_home = house.person(), home("99 Other Street", city="Springfield", code="62701")
    house.phone(person, "+13125550142")
    is_called(house, person, "Robin Example")
    lives_at(house, person, at_home)
    with house.api() as session:
        row = {"tenant": house.tenant, "lender": house.lender, "account": account, "person": person}
        session.add(Party(id=new_id("pty"), **row, role=role))
    order, ready = _prepared(house, account, insisting("letter", "guarantor-notice", "print_room", role))
    assert isinstance(ready, Dispatch), ready
    assert ready.paper is not None
    assert ready.envelope is not None
    assert (ready.paper.role, ready.paper.kind, ready.paper.link) == (role, "guarantor-notice", "")
    assert (ready.paper.to.name, ready.paper.to.lines) == ("Robin Example", tuple(at_home.lines))
    assert ready.envelope.to == ready.paper.to
    assert ready.paper.total == Decimal("100.00")
    with house.worker() as session:
        assert session.scalars(select(Link.id).where(Link.touch == order.touch)).all() == []
        letter = session.scalars(select(Letter).where(Letter.touch == order.touch)).one()
    assert (letter.person, borrower == letter.person) == (person, False)


@pytest.mark.parametrize(
    "policy",
    [{}, {"post": {}}, {"post": {"address": "somewhere"}}, {"post": {"address": OFFICE, "service": "by pigeon"}}],
    ids=["nothing", "no-address", "no-postal-address", "no-service"],
)
def test_a_lender_without_an_address_sends_no_letters(house: House, policy: dict[str, Any]) -> None:
    _, account = _borrower(house, policy)
    order, outcome = _prepared(house, account)
    assert isinstance(outcome, Outcome)
    assert (outcome.state, outcome.reason) == ("failed", "sender.address")
    with house.worker() as session:
        assert not session.scalars(select(Letter).where(Letter.touch == order.touch)).all()
