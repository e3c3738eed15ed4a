"""A lender of any place on a real database, whose accounts are handed over as legal cases."""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from sqlalchemy import update

from forbear.court.decide import decide as decide_by_path
from forbear.court.paths import load_all
from forbear.ledger.cases import opening
from forbear.ledger.cases.deciding import CaseDecidingBook, Decide
from forbear.ledger.engine import make_engine
from forbear.ledger.ids import new_id
from forbear.ledger.tables.accounts import Account, Entry, LegalCase, Party
from forbear.ledger.tables.cases import Guarantee
from forbear.ledger.tables.people import Lender, Profile
from tests.ledger.house import PACKS, House

_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Place:
    """What is the same for all cases of a place."""

    country: str
    jurisdictions: tuple[str, ...]
    zone: str
    currency: str
    playbook: str
    phone: str


CN: Final = Place("CN", ("CN",), "Asia/Shanghai", "CNY", "cn-consumer", "+861990001{:04d}")
NY: Final = Place("US", ("US", "US-NY"), "America/New_York", "USD", "us-first-party", "+12125550{:03d}")
GB: Final = Place("GB", ("GB", "GB-EAW"), "Europe/London", "GBP", "gb-consumer", "+442079460{:03d}")


class CaseHouse(House):
    """`House`, with cases of any place."""

    decide: Decide = staticmethod(decide_by_path)

    @property
    def book(self) -> CaseDecidingBook:
        return CaseDecidingBook(self.ledger, load_all(), PACKS, decide=self.decide)

    def hand_over(
        self,
        place: Place,
        *,
        guarantors: Iterable[str] = (),
        due_since: date | None = None,
        kind: str = "suit",
        legal: dict[str, str] | None = None,
    ) -> tuple[str, dict[str, str]]:
        """A case of a debt of 36,500 and the people in it by their parts, with a guarantor of each kind named."""
        self._settle_in(place, legal or {})
        people = {"borrower": self._somebody(place)}
        account = self._debt(place, people["borrower"], due_since or self.now.date() - timedelta(days=120))
        for number, how in enumerate(guarantors, 1):
            people[f"guarantor-{number}"] = self._guarantor(place, account, how)
        with self.worker() as session:
            debt = session.get_one(Account, account)
            case = LegalCase(id=new_id("cas"), account=account, kind=kind, reason="four months overdue", state="open")
            case.tenant, case.lender, case.opened_at = self.tenant, self.lender, self.now
            case.stage, case.version = "", 0
            session.add(case)
            session.flush()
            opening.begin(session, case, debt, self.now)
            return case.id, people

    def _settle_in(self, place: Place, legal: dict[str, str]) -> None:
        with make_engine(self.migrator).begin() as connection:
            values = {"country": place.country, "policy": {"legal": legal}}
            connection.execute(update(Lender).where(Lender.id == self.lender).values(**values))

    def _somebody(self, place: Place) -> str:
        person = self.person()
        self.phone(person, place.phone.format(100 + next(_numbers)), zone=place.zone, country=place.country)
        with self.api() as session:
            session.execute(
                update(Profile).where(Profile.person == person).values(jurisdictions=list(place.jurisdictions))
            )
        return person

    def _debt(self, place: Place, borrower: str, due_since: date) -> str:
        account, row = new_id("acc"), {"tenant": self.tenant, "lender": self.lender}
        with self.api() as session:
            session.add(
                Account(
                    id=account,
                    **row,
                    borrower=borrower,
                    external_id=f"L-{account[-8:]}",
                    product="loan",
                    debt_kind="personal_loan",
                    currency=place.currency,
                    due_since=due_since,
                    playbook=place.playbook,
                    playbook_version="1",
                    state="open",
                    stage="legal",
                    enrolled_at=self.now,
                    version=1,
                    balance_as_of=self.now,
                    next_at=self.now,
                    next_reason="with legal staff",
                )
            )
            session.flush()
            session.add(Party(id=new_id("pty"), **row, account=account, person=borrower, role="borrower"))
            session.add(
                Entry(
                    id=new_id("ent"),
                    **row,
                    account=account,
                    kind="opening",
                    component="principal",
                    amount=Decimal("36500.00"),
                    currency=place.currency,
                    effective_at=self.now,
                    recorded_at=self.now,
                )
            )
        return account

    def _guarantor(self, place: Place, account: str, how: str) -> str:
        person, row = self._somebody(place), {"tenant": self.tenant, "lender": self.lender}
        with self.api() as session:
            session.add(Party(id=new_id("pty"), **row, account=account, person=person, role="guarantor"))
            session.add(
                Guarantee(
                    id=new_id("gua"),
                    **row,
                    account=account,
                    person=person,
                    number=1,
                    kind=how,
                    counter=False,
                    contract_no=b"",
                    signed_on=date(2025, 1, 10),
                    main_due_on=session.get_one(Account, account).due_since,
                    at=self.now,
                )
            )
        return person
