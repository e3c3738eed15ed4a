"""The lender's side of a season: enrols, confirms balances, books bank payments and their return, holds and releases.

Every act is one transaction of the ledger's own functions, as the API makes it, and goes into the client's log once it
was answered; an act without an answer is done again under the same key.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from random import Random
from typing import TypeVar

from sqlalchemy.orm import Session

from forbear.contracts.words import StopKind
from forbear.ledger import admin, books, releases, stops
from forbear.ledger.confirming import Confirmation, confirm_balances
from forbear.ledger.engine import Ledger
from forbear.ledger.enrol import AlreadyEnrolled, enrol
from forbear.ledger.forms.enrolment import EnrolmentForm
from forbear.money.allocation import allocate_payment
from tests.season.cast import Cast, Debt
from tests.season.faulty import LOST, Plan
from tests.season.options import Options
from tests.season.papers import Papers

Answer = TypeVar("Answer")
CHINESE_PHONE, SIGNATURE = "+8657100000000", "示例银行"
SENDERS = ("+16465550198", "+16465550199")
STOPS: tuple[StopKind, ...] = ("hold", "dispute", "hardship", "attorney", "cease")
RELEASES = {"hold": "resolved", "dispute": "resolved", "hardship": "resolved"}
CENT = Decimal("0.01")


class Office:
    """Two lenders of one tenant at most."""

    def __init__(self, options: Options, ledger: Ledger, papers: Papers, plan: Plan) -> None:
        self._options, self._ledger, self._papers, self._plan = options, ledger, papers, plan
        self._draw = Random(f"office {options.seed}")
        self.cast = Cast(options)
        database = ledger.settings.database_url_for("migrator")
        self.tenant = admin.add_tenant(database, "Example Outreach")
        self.lenders = [
            admin.add_lender(
                database,
                tenant=self.tenant,
                name=f"Example Lender {index}",
                role="original_creditor",
                kind="bank",
                country="US",
                phone="+16465550190",
                sender=SENDERS[index],
            )
            for index in range(options.lenders)
        ]
        if options.chinese:
            self.lenders.append(
                admin.add_lender(
                    database,
                    tenant=self.tenant,
                    name="Example Lender of China",
                    role="original_creditor",
                    kind="bank",
                    country="CN",
                    phone=CHINESE_PHONE,
                    sender=SIGNATURE,
                )
            )
        self._acts = 0

    @property
    def enrolled(self) -> list[Debt]:
        return [debt for debt in self.cast.debts if debt.account]

    def lender(self, debt: Debt) -> str:
        return self.lenders[debt.lender]

    def written(self, lender: str, work: Callable[[Session], Answer]) -> Answer:
        """One transaction of the API, which may die before it commits or before it answers."""
        with self._ledger.api(self.tenant, lender) as session:
            answer = work(session)
            self._plan.before("api.commit")
        self._plan.after("api.commit")
        return answer

    def enrol(self, debt: Debt) -> str:
        form = EnrolmentForm.model_validate(debt.form)
        lender, now = self.lender(debt), self._ledger.clock.now()

        def work(session: Session) -> str:
            return enrol(session, self._ledger, tenant=self.tenant, lender=lender, enrolment=form, now=now)

        try:
            account = self.written(lender, work)
        except AlreadyEnrolled as known:
            account = known.account
        debt.account = account
        self._papers.client("enrolled", account, **debt.told)
        self._papers.say(account, "enrolled", debt.number)
        return account

    def confirm(self, lender: int, as_of: datetime) -> None:
        """The nightly file: what the books of one lender say of every debt on which something is owed."""
        debts = [debt for debt in self.enrolled if debt.lender == lender and sum(debt.left.values()) > 0]
        if not debts:
            return
        told = [Confirmation(debt.account, as_of, debt.left) for debt in debts]
        whose, now = self.lenders[lender], self._ledger.clock.now()

        def work(session: Session) -> None:
            confirm_balances(session, tenant=self.tenant, lender=whose, confirmations=told, now=now)

        self.written(whose, work)
        for debt in debts:
            owed = str(sum(debt.left.values(), Decimal(0)))
            self._papers.client("balance", debt.account, owed=owed, as_of=as_of.isoformat())

    def pay(self, debt: Debt) -> Callable[[], str] | None:
        """Money that came to the bank: half of what is left, or all; what is returned books it, any number of times."""
        left = sum(debt.left.values(), Decimal(0))
        if left <= 0:
            return None
        amount = left if self._draw.random() < 0.5 else max(CENT, (left / 2).quantize(CENT))
        self._acts += 1
        return partial(self._book, debt, f"bank-{self._acts}", amount, self._ledger.clock.now())

    def pays_all(self, debt: Debt) -> bool:
        """Everything at once, right now; whether it was booked."""
        left = sum(debt.left.values(), Decimal(0))
        if left <= 0:
            return False
        self._acts += 1
        try:
            self._book(debt, f"bank-{self._acts}", left, self._ledger.clock.now())
        except LOST:
            # Nobody was answered, and nobody asks again: the lender's books take it as Forbear has it.
            with self._ledger.api(self.tenant, self.lender(debt)) as session:
                payment = books.payment_of(session, self.lender(debt), "lender", f"bank-{self._acts}")
            if payment is None:
                return False
            self._booked(debt, f"bank-{self._acts}", payment, left)
        return True

    def _book(self, debt: Debt, external_id: str, amount: Decimal, received_at: datetime) -> str:
        def work(session: Session) -> str:
            return books.post_payment(
                session,
                tenant=self.tenant,
                lender=self.lender(debt),
                account=debt.account,
                external_id=external_id,
                source="lender",
                amount=amount,
                currency=debt.currency,
                received_at=received_at,
                now=self._ledger.clock.now(),
            )

        payment = self.written(self.lender(debt), work)
        self._booked(debt, external_id, payment, amount)
        return payment

    def _booked(self, debt: Debt, external_id: str, payment: str, amount: Decimal) -> None:
        self._papers.client("payment", debt.account, external_id=external_id, amount=str(amount))
        self._papers.say(debt.account, "paid at bank", str(amount))
        self.take(debt, payment, amount)

    def take(self, debt: Debt, payment: str, amount: Decimal) -> None:
        """Put money into the lender's own books."""
        debt.taken.append((payment, dict(allocate_payment(debt.left, amount))))

    def bounces(self) -> bool:
        return self._draw.random() < self._options.bounces

    def reverse(self, debt: Debt, payment: str) -> None:
        """A payment comes back."""
        external_id, parts = f"back-{payment}", next(parts for known, parts in debt.taken if known == payment)

        def work(session: Session) -> str:
            now = self._ledger.clock.now()
            return books.reverse_payment(
                session,
                tenant=self.tenant,
                lender=self.lender(debt),
                payment=payment,
                external_id=external_id,
                received_at=now,
                now=now,
            )

        self.written(self.lender(debt), work)
        amount = sum(parts.values(), Decimal(0))
        self._papers.client("payment", debt.account, external_id=external_id, amount=str(-amount))
        self._papers.say(debt.account, "payment bounced", str(amount))
        debt.taken.append((external_id, {component: -part for component, part in parts.items()}))

    def stop(self, debt: Debt) -> tuple[StopKind, str] | None:
        """The lender stops one account; None if the request never arrived."""
        kind = self._draw.choice(STOPS)

        def work(session: Session) -> str:
            person = releases.party_in_role(session, debt.account, "borrower")
            return stops.place_stop(
                session,
                tenant=self.tenant,
                lender=self.lender(debt),
                person=person,
                account=debt.account,
                kind=kind,
                via="lender",
                at=self._ledger.clock.now(),
                written=True,
            )

        try:
            with self._ledger.api(self.tenant, self.lender(debt)) as session:
                placed = work(session)
                self._plan.before("api.commit")
        except LOST:
            return None
        self._papers.client("stop", debt.account, stop=kind)
        self._papers.say(debt.account, "stopped by lender", kind)
        return kind, placed

    def release(self, debt: Debt, kind: StopKind, stop: str) -> None:
        """The lender lifts its stop, where a lender may."""
        reason = RELEASES.get(kind)
        if reason is None:
            return
        # The log says so before it is done: from then on the lender cannot insist on silence.
        self._papers.client("stop_lifted", debt.account, stop=kind)

        def work(session: Session) -> None:
            releases.release(
                session,
                tenant=self.tenant,
                account=debt.account,
                stop=stop,
                reason=reason,
                now=self._ledger.clock.now(),
            )

        self.written(self.lender(debt), work)
        self._papers.say(debt.account, "released", kind)

    def plan_days(self, days: int) -> list[tuple[timedelta, str, Debt]]:
        """When money comes and when the lender stops an account, over the whole season."""
        planned: list[tuple[timedelta, str, Debt]] = []
        for debt in self.cast.debts:
            for day in range(1, days):
                for what, rate in (("pay", self._options.pays_at_bank), ("stop", self._options.lender_stops)):
                    if self._draw.random() < rate:
                        planned.append((timedelta(days=day, minutes=self._draw.randrange(1440)), what, debt))
        return planned

    def later(self, most_days: float) -> timedelta:
        return timedelta(days=self._draw.uniform(0.1, most_days))
