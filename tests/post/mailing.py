"""Somebody with a postal address and a letter on its way to them, over the ledger's small house."""

import itertools
from dataclasses import dataclass

from sqlalchemy import select

from forbear.contracts.decision import Contact, ContactOrder
from forbear.ledger import letters
from forbear.ledger.letters import Source
from forbear.ledger.tables.contacts import Touch
from forbear.ledger.tables.letters import Letter, ServiceProof
from forbear.ledger.tables.people import ContactPoint
from forbear.ports.book import Dispatch
from forbear.ports.post import Tracked
from forbear.ports.sms import Accepted, Sending
from tests.ledger.house import House
from tests.ledger.postal import OFFICE, home, lender_chooses, lives_at
from tests.ledger.wanting import Decide, insisting

DIGEST = "ab" * 32
_numbers = itertools.count(1)


def by_letter(provider: str, template: str = "reminder") -> Decide:
    """A cadence that knows letters alone."""
    return insisting("letter", template, provider)


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


def mailed(
    house: House, *, provider: str = "lob", service: str = "plain", line: str = "", template: str = "reminder"
) -> Mailed:
    """A letter that its sender was just given."""
    letter = claimed(house, provider=provider, service=service, line=line, template=template)
    ready = house.touching().prepare(letter.order)
    assert isinstance(ready, Dispatch), ready
    return letter


def claimed(
    house: House, *, provider: str = "lob", service: str = "plain", line: str = "", template: str = "reminder"
) -> Mailed:
    """A letter that may go out."""
    number = next(_numbers)
    person, account = house.borrower(f"+1{213 + number // 100}55501{number % 100:02}")
    point = lives_at(house, person, home(line or f"{number} Sample Street"))
    lender_chooses(house, {"post": {"address": OFFICE, "service": service}})
    decision = house.ask(account, by_letter(provider, template))
    assert isinstance(decision, Contact), decision
    order = house.order(account, decision.touch)
    return Mailed(house, person, account, point, order, f"ltr_{order.touch[-16:]}")
