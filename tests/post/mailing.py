"""Somebody with a postal address and a letter on its way to them, over the ledger's small house."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import create_engine, insert, select, update

from forbear.cadence.decision import Contact as Wanted
from forbear.cadence.decision import Decision as Decided
from forbear.cadence.decision import Question
from forbear.cadence.life import Life
from forbear.cadence.permits import usable
from forbear.cadence.playbooks import Playbook
from forbear.cadence.translate import to_attempt, to_facts
from forbear.contracts.decision import Contact, ContactOrder
from forbear.ledger import letters
from forbear.ledger.addresses import PostalAddress, key_form
from forbear.ledger.ids import new_id
from forbear.ledger.letters import Source
from forbear.ledger.tables.contacts import Touch
from forbear.ledger.tables.letters import Letter, ServiceProof
from forbear.ledger.tables.people import ContactPoint, Lender
from forbear.ports.book import Dispatch
from forbear.ports.post import Tracked
from forbear.ports.sms import Accepted, Sending
from forbear.rules.engine import check
from forbear.rules.packs import Packs
from tests.ledger.house import House

OFFICE = {"lines": ["1 Example Plaza"], "city": "New York", "region": "NY", "postal_code": "10001", "country": "US"}
DIGEST = "ab" * 32
_numbers = itertools.count(1)


def by_letter(provider: str) -> Callable[[Life, Playbook, Packs, datetime], Decided]:
    """A cadence that knows letters alone."""

    def decide(life: Life, playbook: Playbook, packs: Packs, now: datetime) -> Decided:
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
            provider=provider,
        )

    return decide


@dataclass
class Mailed:
    """A letter as its sender got it; `provider_id` is what its print house calls it."""

    house: House
    person: str
    account: str
    point: str
    order: ContactOrder
    provider_id: str

    @property
    def touch(self) -> str:
        return self.order.touch

    def record(self, sending: Sending | None = None) -> str:
        """The state after the print house's answer."""
        sending = sending or Accepted(self.provider_id, "accepted")
        return self.house.touching().record(self.order, sending, body_sha256=DIGEST, segments=2).state

    def learn(self, *news: Tracked, source: Source = "callback") -> bool:
        with self.house.api() as session:
            return letters.learn(
                session, self.touch, news, source=source, at=self.house.now, provider_id=self.provider_id
            )

    def state(self) -> str:
        return self.house.touch(self.touch).state

    def letter(self) -> Letter:
        with self.house.worker() as session:
            return session.scalars(select(Letter).where(Letter.touch == self.touch)).one()

    def proofs(self) -> list[ServiceProof]:
        with self.house.worker() as session:
            return list(letters.proofs(session, self.account))

    def proved(self) -> list[tuple[str, str, str | None]]:
        return [(proof.kind, proof.level, proof.code) for proof in self.proofs()]

    def address_state(self) -> str:
        with self.house.worker() as session:
            return session.get_one(ContactPoint, self.point).state

    def told(self) -> list[str]:
        return self.house.told(self.account)

    def row(self) -> Touch:
        return self.house.touch(self.touch)


def mailed(house: House, *, provider: str = "lob", service: str = "plain", line: str = "") -> Mailed:
    """A letter that its sender was just given."""
    letter = claimed(house, provider=provider, service=service, line=line)
    ready = house.touching().prepare(letter.order)
    assert isinstance(ready, Dispatch), ready
    return letter


def claimed(house: House, *, provider: str = "lob", service: str = "plain", line: str = "") -> Mailed:
    """A letter that may go out."""
    number = next(_numbers)
    person, account = house.borrower(f"+1{213 + number // 100}55501{number % 100:02}")
    point = _address(house, person, line or f"{number} Sample Street")
    _lender(house, {"post": {"address": OFFICE, "service": service}})
    decision = house.ask(account, by_letter(provider))
    assert isinstance(decision, Contact), decision
    order = house.order(account, decision.touch)
    return Mailed(house, person, account, point, order, f"ltr_{order.touch[-16:]}")


def _address(house: House, person: str, line: str) -> str:
    vault, point = house.ledger.vault, new_id("pt")
    written = PostalAddress(lines=[line], city="Chicago", region="IL", postal_code="60601", country="US")
    text = written.model_dump_json()
    with house.api() as session:
        sealed = vault.seal(session, tenant=house.tenant, lender=house.lender, person=person, text=text)
        values: dict[str, Any] = {
            "id": point,
            "tenant": house.tenant,
            "lender": house.lender,
            "person": person,
            "kind": "postal",
            "value": sealed,
            "address_key": vault.address_key(house.tenant, "postal", key_form("postal", text)),
            "place": "residence",
            "state": "valid",
            "zone": "America/Chicago",
            "zone_evidence": "address",
            "country": "US",
            "clues": [],
            "created_at": house.now,
        }
        session.execute(insert(ContactPoint).values(**values))
    return point


def _lender(house: House, policy: dict[str, Any]) -> None:
    owner = create_engine(house.migrator)
    with owner.begin() as connection:
        connection.execute(update(Lender).where(Lender.id == house.lender).values(policy=policy))
    owner.dispose()
