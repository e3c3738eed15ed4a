"""A small tenant with two lenders on a real database, and hands to move its clock: what the ledger's tests start from."""

import itertools
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from forbear.cadence import decision as cadence
from forbear.cadence.life import Life
from forbear.cadence.permits import usable
from forbear.cadence.playbooks import Playbook, load_all
from forbear.cadence.translate import to_attempt, to_facts
from forbear.clock import Clock
from forbear.contracts.decision import Asked, Contact, ContactOrder, Decision, Outcome
from forbear.contracts.words import StopKind, SuppressionScope
from forbear.ledger import admin, books, stops
from forbear.ledger.deciding import Decide, DecidingBook
from forbear.ledger.engine import Ledger
from forbear.ledger.ids import new_id
from forbear.ledger.tables.accounts import Account, Entry, Party
from forbear.ledger.tables.contacts import Receipt, Touch
from forbear.ledger.tables.people import Consent, ContactPoint, Person, Profile
from forbear.ledger.tables.record import Outbox
from forbear.ledger.touching import TouchingBook
from forbear.ledger.upkeeping import UpkeepingBook
from forbear.ports.book import Dispatch
from forbear.ports.sms import Accepted, Sending
from forbear.rules.engine import check
from forbear.rules.packs import Packs
from forbear.rules.packs import load as load_packs
from forbear.settings import Settings

PLAYBOOK = "us-first-party"
PLAYBOOKS = load_all()
PACKS = load_packs()
CHICAGO = "America/Chicago"
_senders = itertools.count(1)


def eager(life: Life, playbook: Playbook, packs: Packs, now: datetime) -> cadence.Decision:
    """A cadence without manners: it contacts whenever the rules allow it, so that only they hold it back."""
    if life.balance <= 0 or life.state == "closed":
        return cadence.Close("paid in full")
    if life.in_flight:
        return cadence.Rest(now + timedelta(hours=6), "a touch is not settled", "TOUCH.UNSETTLED", stage="M1")
    if any(promise.state == "open" for promise in life.promises):
        return cadence.Rest(now + timedelta(days=1), "a payment is promised", "PROMISE.OPEN", stage="M1")
    person = life.borrower
    facts = to_facts(life, person, now, contacts_in_7_days=playbook.contacts_in_7_days)
    for point in usable(person, "sms"):
        permit = check(to_attempt(life, person, point, "sms"), facts, packs, now)
        if permit.verdict == "allow":
            return cadence.Contact(
                step="friendly",
                channel="sms",
                role=person.role,
                person=person.id,
                point=point.id,
                key=point.key,
                place=point.place,
                template="reminder-friendly",
                language=person.language,
                accounts=(life.account,),
                window_closes=permit.closes_at,
                priority=3,
                reason="a reminder",
                permit=permit,
                stage="M1",
            )
        until = permit.until or now + timedelta(days=7)
        return cadence.Rest(min(until, now + timedelta(days=7)), "held", permit.rules[0], permit, "M1")
    return cadence.Rest(now + timedelta(days=7), "no number", "POINT.NONE", stage="M1")


class House:
    """One tenant. Accounts and people are written as an enrolment would, with few words."""

    def __init__(self, settings: Settings, hands: Callable[[], datetime], *, speed: int = 1) -> None:
        clock = Clock.real(hands) if speed == 1 else Clock.starting(hands(), speed, hands)
        self.settings = settings
        self.ledger = Ledger.open(settings, clock=clock)
        self.migrator = settings.database_url_for("migrator")
        self.tenant = admin.add_tenant(self.migrator, "Example Collections")
        self.lender = self.add_lender()
        self._numbers: dict[str, int] = {}
        self._externals = itertools.count(1)

    def add_lender(self) -> str:
        serial = next(_senders)
        return admin.add_lender(
            self.migrator,
            tenant=self.tenant,
            name="Example Bank",
            role="original_creditor",
            kind="bank",
            country="US",
            phone="+12125550199",
            sender=f"+1{200 + serial // 100:03}55501{serial % 100:02}",
        )

    @property
    def now(self) -> datetime:
        return self.ledger.clock.now()

    def person(self) -> str:
        person = new_id("per")
        with self.ledger.api(self.tenant, self.lender) as session:
            session.add(Person(id=person, tenant=self.tenant, created_at=self.now))
        return person

    def phone(self, person: str, number: str, *, lender: str = "", zone: str | None = CHICAGO, **fields: Any) -> str:
        """Give a person a mobile number, with a consent to texts and a profile."""
        lender = lender or self.lender
        row = {"tenant": self.tenant, "lender": lender, "person": person}
        values = {"place": "mobile", "state": "valid", **fields}
        vault = self.ledger.vault
        point = new_id("pt")
        with self.ledger.api(self.tenant, lender) as session:
            sealed = vault.seal(session, tenant=self.tenant, lender=lender, person=person, text=number)
            key = vault.address_key(self.tenant, "phone", number)
            session.add(
                ContactPoint(
                    id=point,
                    **row,
                    kind="phone",
                    value=sealed,
                    address_key=key,
                    zone=zone,
                    zone_evidence="area_code_mobile" if zone else None,
                    created_at=self.now,
                    **values,
                )
            )
            session.flush()
            session.add(
                Consent(
                    id=new_id("con"),
                    **row,
                    contact_point=point,
                    channel="sms",
                    given_to="Example Bank",
                    how="on paper",
                    at=self.now - timedelta(days=60),
                )
            )
            known = session.scalars(select(Profile.id).where(Profile.lender == lender, Profile.person == person))
            if known.first() is None:
                name = vault.seal(session, tenant=self.tenant, lender=lender, person=person, text="Example Borrower")
                session.add(
                    Profile(
                        id=new_id("pro"), **row, name=name, language="en", jurisdictions=["US"], created_at=self.now
                    )
                )
        return point

    def key(self, number: str) -> bytes:
        return self.ledger.vault.address_key(self.tenant, "phone", number)

    def account(
        self, person: str, *, lender: str = "", amount: str = "100.00", due_since: date | None = None, **fields: Any
    ) -> str:
        lender = lender or self.lender
        account = new_id("acc")
        row = {"tenant": self.tenant, "lender": lender}
        values: dict[str, Any] = {
            "playbook": PLAYBOOK,
            "state": "open",
            "stage": "new",
            "balance_as_of": self.now,
            "next_at": self.now,
            "next_reason": "enrolled",
            **fields,
        }
        with self.ledger.api(self.tenant, lender) as session:
            session.add(
                Account(
                    id=account,
                    **row,
                    borrower=person,
                    external_id=f"E-{next(self._externals)}",
                    product="loan",
                    debt_kind="personal_loan",
                    currency="USD",
                    due_since=due_since or (self.now - timedelta(days=10)).date(),
                    playbook_version="1",
                    enrolled_at=self.now,
                    version=1,
                    **values,
                )
            )
            session.flush()
            session.add(Party(id=new_id("pty"), **row, account=account, person=person, role="borrower"))
            session.add(
                Entry(
                    id=new_id("ent"),
                    **row,
                    account=account,
                    kind="opening",
                    component="principal",
                    amount=Decimal(amount),
                    currency="USD",
                    effective_at=self.now,
                    recorded_at=self.now,
                )
            )
        return account

    def borrower(self, number: str = "+13125550101", **account: Any) -> tuple[str, str]:
        """A person with one number and one account: person, account."""
        person = self.person()
        self.phone(person, number)
        return person, self.account(person, **account)

    def pay(self, account: str, amount: str = "100.00", *, external_id: str = "", lender: str = "") -> str:
        lender = lender or self.lender
        with self.ledger.api(self.tenant, lender) as session:
            return books.post_payment(
                session,
                tenant=self.tenant,
                lender=lender,
                account=account,
                external_id=external_id or new_id("pay"),
                source="lender",
                amount=Decimal(amount),
                currency="USD",
                received_at=self.now,
                now=self.now,
            )

    def reverse(self, payment: str) -> str:
        with self.ledger.api(self.tenant, self.lender) as session:
            return books.reverse_payment(
                session,
                tenant=self.tenant,
                lender=self.lender,
                payment=payment,
                external_id=new_id("pay"),
                received_at=self.now,
                now=self.now,
            )

    def stop(self, person: str, kind: StopKind = "dispute", **fields: Any) -> str:
        with self.ledger.api(self.tenant, self.lender) as session:
            values: dict[str, Any] = {"account": None, "via": "sms", "at": self.now, **fields}
            return stops.place_stop(session, tenant=self.tenant, lender=self.lender, person=person, kind=kind, **values)

    def opt_out(
        self, number: str, person: str | None = None, *, lender: str = "", scope: SuppressionScope = "number"
    ) -> str:
        lender = lender or self.lender
        with self.ledger.api(self.tenant, lender) as session:
            return stops.suppress(
                session,
                tenant=self.tenant,
                lender=lender,
                person=person,
                scope=scope,
                channel=None,
                address_key=self.key(number),
                via="sms",
                at=self.now,
            )

    def opt_in(self, number: str) -> int:
        with self.ledger.api(self.tenant, self.lender) as session:
            return stops.lift_suppression(
                session, tenant=self.tenant, address_key=self.key(number), via="sms", at=self.now
            )

    def deciding(self, decide: Decide = eager) -> DecidingBook:
        return DecidingBook(self.ledger, PLAYBOOKS, PACKS, decide=decide)

    def touching(self) -> TouchingBook:
        return TouchingBook(self.ledger, self.settings, PLAYBOOKS, PACKS)

    def upkeeping(self) -> UpkeepingBook:
        return UpkeepingBook(self.ledger, self.settings)

    def asked(self, account: str, number: int | None = None, run: str = "run-1") -> Asked:
        if number is None:
            number = self._numbers.get(account, 0)
            self._numbers[account] = number + 1
        return Asked(tenant=self.tenant, account=account, run=run, number=number)

    def ask(self, account: str, decide: Decide = eager) -> Decision:
        """The next decision of an account."""
        return self.deciding(decide).decide(self.asked(account))

    def claim(self, account: str) -> ContactOrder:
        """Decide, and insist that a touch was claimed."""
        decision = self.ask(account)
        assert isinstance(decision, Contact), decision
        return self.order(account, decision.touch)

    def order(self, account: str, touch: str) -> ContactOrder:
        return ContactOrder(tenant=self.tenant, account=account, touch=touch)

    def prepared(self, account: str) -> tuple[ContactOrder, Dispatch]:
        order = self.claim(account)
        ready = self.touching().prepare(order)
        assert isinstance(ready, Dispatch), ready
        return order, ready

    def record(self, order: ContactOrder, sending: Sending | None = None) -> Outcome:
        sending = sending or Accepted(provider_id=f"SM{order.touch[-16:]}", status="queued")
        return self.touching().record(order, sending, body_sha256="00" * 32, segments=1)

    def touch(self, touch: str) -> Touch:
        with self.ledger.worker(self.tenant) as session:
            return session.get_one(Touch, touch)

    def receipts(self, touch: str) -> list[str]:
        with self.ledger.worker(self.tenant) as session:
            statement = select(Receipt.status).where(Receipt.touch == touch).order_by(Receipt.at, Receipt.id)
            return list(session.scalars(statement))

    def standing(self, account: str) -> Account:
        with self.ledger.worker(self.tenant) as session:
            return session.get_one(Account, account)

    def point(self, person: str) -> ContactPoint:
        with self.ledger.worker(self.tenant) as session:
            return session.scalars(select(ContactPoint).where(ContactPoint.person == person)).one()

    def told(self, account: str) -> list[str]:
        """The facts in the outbox for an account, in order."""
        with self.ledger.worker(self.tenant) as session:
            return list(session.scalars(select(Outbox.fact).where(Outbox.account == account).order_by(Outbox.id)))

    def close(self) -> None:
        with suppress(Exception):
            self.ledger.close()


AN_HOUR = timedelta(hours=1)
A_DAY = timedelta(days=1)
NOON = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)
"""12:00 in Chicago, a Monday."""
