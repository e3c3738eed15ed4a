"""What a letter's sender is given: a paper of the ledger's own figures, and the envelope it goes into."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import create_engine, insert, select, update

from forbear.cadence.decision import Contact as Wanted
from forbear.cadence.decision import Decision as Decided
from forbear.cadence.decision import Question
from forbear.cadence.life import Life
from forbear.cadence.permits import usable
from forbear.cadence.playbooks import Playbook
from forbear.cadence.translate import to_attempt, to_facts
from forbear.contracts.decision import Contact, ContactOrder, Outcome
from forbear.ledger.addresses import PostalAddress, key_form
from forbear.ledger.ids import new_id
from forbear.ledger.tables.contacts import Link
from forbear.ledger.tables.letters import Letter
from forbear.ledger.tables.people import ContactPoint, Lender, Profile
from forbear.ports.book import Dispatch
from forbear.ports.papers import Figure
from forbear.rules.engine import check
from forbear.rules.packs import Packs
from forbear.tokens import link_digest
from tests.conftest import Hands
from tests.ledger.house import House

HOME = PostalAddress(
    lines=["12 Sample Street", "Apt 4"], city="Chicago", region="IL", postal_code="60601", country="US"
)
OFFICE = {"lines": ["1 Example Plaza"], "city": "Chicago", "region": "IL", "postal_code": "60602", "country": "US"}


def by_letter(life: Life, playbook: Playbook, packs: Packs, now: Any) -> Decided:
    """A cadence that knows letters alone."""
    person = life.borrower
    facts = to_facts(life, person, now, contacts_in_7_days=playbook.contacts_in_7_days)
    (point,) = usable(person, "letter")
    attempt = to_attempt(life, person, point, "letter")
    permit = check(attempt, facts, packs, now)
    assert permit.verdict == "allow", permit
    return Wanted(
        step="letter",
        channel="letter",
        role=person.role,
        person=person.id,
        point=point.id,
        key=point.key,
        place=point.place,
        template="reminder",
        language=person.language,
        accounts=(life.account,),
        window_closes=permit.closes_at,
        priority=3,
        reason="a letter",
        permit=permit,
        stage="M1",
        question=Question(attempt, facts),
        provider="print_room",
    )


def _borrower(house: House, policy: dict[str, Any]) -> tuple[str, str]:
    person, account = house.borrower()
    vault = house.ledger.vault
    with house.api() as session:
        written = HOME.model_dump_json()
        sealed = vault.seal(session, tenant=house.tenant, lender=house.lender, person=person, text=written)
        name = vault.seal(session, tenant=house.tenant, lender=house.lender, person=person, text="Jordan Example")
        session.execute(update(Profile).where(Profile.person == person).values(name=name))
        values: dict[str, Any] = {
            "id": new_id("pt"),
            "tenant": house.tenant,
            "lender": house.lender,
            "person": person,
            "kind": "postal",
            "value": sealed,
            "address_key": vault.address_key(house.tenant, "postal", key_form("postal", written)),
            "place": "residence",
            "state": "valid",
            "zone": "America/Chicago",
            "zone_evidence": "address",
            "country": "US",
            "clues": [],
            "created_at": house.now,
        }
        session.execute(insert(ContactPoint).values(**values))
    owner = create_engine(house.migrator)
    with owner.begin() as connection:
        connection.execute(update(Lender).where(Lender.id == house.lender).values(policy=policy))
    owner.dispose()
    return person, account


def _prepared(house: House, account: str) -> tuple[ContactOrder, Dispatch | Outcome]:
    decision = house.ask(account, by_letter)
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
