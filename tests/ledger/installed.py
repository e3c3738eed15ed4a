"""A tenant with lenders, people and accounts on a real database, written with few words as an enrolment would."""

import itertools
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from forbear.clock import Clock
from forbear.ledger import admin
from forbear.ledger.ids import new_id
from forbear.ledger.tables.accounts import Account, Entry, Party
from forbear.ledger.tables.contacts import Receipt, Touch
from forbear.ledger.tables.people import Consent, ContactPoint, Person, Profile
from forbear.ledger.tables.record import Outbox
from forbear.settings import Settings
from tests.ledger.kept import KeptLedger

PLAYBOOK = "us-first-party"
CHICAGO = "America/Chicago"
_senders = itertools.count(1)


class Installed:
    """One tenant, its first lender, and a clock moved by hand."""

    def __init__(self, settings: Settings, hands: Callable[[], datetime], *, speed: int = 1) -> None:
        clock = Clock.real(hands) if speed == 1 else Clock.starting(hands(), speed, hands)
        self.settings = settings
        self.ledger = KeptLedger.open(settings, clock=clock)
        self.migrator = settings.database_url_for("migrator")
        self.tenant = admin.add_tenant(self.migrator, "Example Collections")
        self.lender = self.add_lender()
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
        with self.api() as session:
            session.add(Person(id=person, tenant=self.tenant, created_at=self.now))
        return person

    def phone(self, person: str, number: str, *, lender: str = "", zone: str | None = CHICAGO, **fields: Any) -> str:
        """Give a person a mobile number, with a consent to texts and a profile."""
        lender = lender or self.lender
        row = {"tenant": self.tenant, "lender": lender, "person": person}
        values = {"place": "mobile", "state": "valid", **fields}
        vault = self.ledger.vault
        point = new_id("pt")
        with self.api(lender) as session:
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
        with self.api(lender) as session:
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

    def api(self, lender: str = "") -> AbstractContextManager[Session]:
        return self.ledger.api(self.tenant, lender or self.lender)

    def worker(self) -> AbstractContextManager[Session]:
        return self.ledger.worker(self.tenant)

    def touch(self, touch: str) -> Touch:
        with self.worker() as session:
            return session.get_one(Touch, touch)

    def receipts(self, touch: str) -> list[str]:
        with self.worker() as session:
            statement = select(Receipt.status).where(Receipt.touch == touch).order_by(Receipt.at, Receipt.id)
            return list(session.scalars(statement))

    def standing(self, account: str) -> Account:
        with self.worker() as session:
            return session.get_one(Account, account)

    def point(self, person: str) -> ContactPoint:
        with self.worker() as session:
            return session.scalars(select(ContactPoint).where(ContactPoint.person == person)).one()

    def told(self, account: str) -> list[str]:
        """The facts in the outbox for an account, in order."""
        with self.worker() as session:
            return list(session.scalars(select(Outbox.fact).where(Outbox.account == account).order_by(Outbox.id)))

    def close(self) -> None:
        with suppress(Exception):
            self.ledger.close()
