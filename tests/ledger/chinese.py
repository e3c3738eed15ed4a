"""A Chinese lender on a real database, its people and debts, asked and sent from as the worker does."""

from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from sqlalchemy import update

from forbear.cadence.decide import decide
from forbear.contracts.decision import Contact, ContactOrder, Rest
from forbear.ledger import admin
from forbear.ledger.ids import new_id
from forbear.ledger.tables.accounts import Account, Entry, Party
from forbear.ledger.tables.people import Profile
from tests.conftest import Hands
from tests.ledger.house import House

BEIJING = "Asia/Shanghai"
_numbers, _signatures = count(1), count(1)


class ChineseHouse(House):
    """`House`, whose lender texts under a signature and whose people live in China."""

    signature: str

    def add_lender(self) -> str:
        self.signature = f"示例储蓄{next(_signatures)}"
        return admin.add_lender(
            self.migrator,
            tenant=self.tenant,
            name="示例储蓄银行",
            role="original_creditor",
            kind="bank",
            country="CN",
            phone="+861000000000",
            sender=self.signature,
        )

    def chinese(self, *, language: str = "zh-Hans") -> tuple[str, str, str]:
        """Somebody who is ten days late: number, person, account."""
        number = f"+861990000{next(_numbers):04d}"
        person = self.person()
        self.phone(person, number, zone=BEIJING, country="CN")
        with self.api() as session:
            session.execute(
                update(Profile).where(Profile.person == person).values(language=language, jurisdictions=["CN"])
            )
        return number, person, self._debt(person)

    def _debt(self, person: str) -> str:
        account, row = new_id("acc"), {"tenant": self.tenant, "lender": self.lender}
        values: dict[str, Any] = {"playbook": "cn-consumer", "state": "open", "stage": "new"}
        with self.api() as session:
            session.add(
                Account(
                    id=account,
                    **row,
                    borrower=person,
                    external_id=f"CN-{account[-8:]}",
                    product="loan",
                    debt_kind="personal_loan",
                    currency="CNY",
                    due_since=(self.now - timedelta(days=10)).date(),
                    playbook_version="1",
                    enrolled_at=self.now,
                    version=1,
                    balance_as_of=self.now,
                    next_at=self.now,
                    next_reason="enrolled",
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
                    amount=Decimal("1200.00"),
                    currency="CNY",
                    effective_at=self.now,
                    recorded_at=self.now,
                )
            )
        return account

    def claim_text(self, account: str, hands: Hands) -> ContactOrder:
        """Ask until the playbook's own place in the day has come, and insist on a claim."""
        for _ in range(48):
            answer = self.ask(account, decide)
            if isinstance(answer, Contact):
                return self.order(account, answer.touch)
            assert isinstance(answer, Rest), answer
            hands.set(max(answer.until, self.now + timedelta(minutes=1)))
        raise AssertionError("never claimed")
