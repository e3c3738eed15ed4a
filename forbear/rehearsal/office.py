"""A lender's back office, as a client of the API: enrols its portfolio, posts bank payments, confirms balances.

It keeps books of its own: what each loan opened with, less what came to the bank, less what the payment provider's
settlement report says. Twice in four days it tells Forbear what is owed, as of a quiet hour in which nobody pays.
"""

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from forbear.api.client_import import to_enrolment
from forbear.clock import Clock
from forbear.money.allocation import allocate_payment
from forbear.money.components import COMPONENTS, Component
from forbear.rehearsal.asking import Asking, Refused
from forbear.rehearsal.cast import AT_BANK, PAYS_THE_LENDER
from forbear.rehearsal.clientlog import ClientLog
from forbear.rehearsal.lenders import BANK, UNION, Creditor
from forbear.rehearsal.portfolio import Loan, cut

CLOSING_HOUR = time(5, 30)
"""Where the lender is: from Maine to Hawaii and all over China people are asleep, so that no payment falls between two
books."""
TOLD_AFTER = timedelta(hours=3)
"""World time from the books' close until Forbear is told."""
NIGHTS_BETWEEN = 2
"""Fewer than the three days after which a balance is stale."""
AT_ONCE = 6
FIRST_BANK_DAY, LAST_BANK_DAY = 2, 20
BANK_HOURS = (9, 16)
HALVES = 0.3
"""Share of people who pay at their bank in two halves."""
BETWEEN_HALVES = timedelta(days=6)


@dataclass(slots=True)
class Book:
    """One loan in the lender's own books. `taken` holds instant and amount of every payment it knows."""

    loan: Loan
    account: str
    taken: dict[str, tuple[datetime, Decimal]] = field(default_factory=dict[str, tuple[datetime, Decimal]])

    def owed(self, as_of: datetime) -> dict[Component, Decimal]:
        """What was owed at an instant, by component, payments taken in the order the contract says."""
        left: dict[Component, Decimal] = dict.fromkeys(COMPONENTS, Decimal(0))
        for component in COMPONENTS:
            left[component] = self.loan.components.get(component, Decimal(0))
        for _, amount in sorted(each for each in self.taken.values() if each[0] <= as_of):
            for component, part in allocate_payment(left, amount).items():
                left[component] -= part
        return left


@dataclass(frozen=True, slots=True)
class BankPayment:
    """Money that will come to the bank."""

    at: datetime
    account: str
    external_id: str
    share: Decimal


class Office:
    """Acts on the world's clock until it is told to stop. `settled` asks the payment provider what was paid."""

    def __init__(
        self,
        client: httpx.Client,
        clock: Clock,
        log: ClientLog,
        settled: Callable[[], list[Any]],
        lender: Creditor = UNION,
    ) -> None:
        self.lender = lender
        self.api, self.log = Asking(client, clock), log
        self._clock, self._settled = clock, settled
        self._books: dict[str, Book] = {}
        self._stop = threading.Event()
        self.banked = Decimal(0)
        """What came to the bank so far."""

    @property
    def name(self) -> str:
        return self.lender.name

    @property
    def accounts(self) -> dict[str, str]:
        """Account ids by loan number."""
        return {book.loan.number: account for account, book in self._books.items()}

    def enrol(self, loans: Iterable[Loan], done: Callable[[], object]) -> None:
        """Enrol every loan, each under a key made before the first try; `done` is called after each."""

        def one(loan: Loan) -> None:
            answer = self.api.post("/v1/accounts", f"enrol-{loan.number}", enrolment(loan))
            self._enter(loan, str(answer["id"]))
            done()

        with ThreadPoolExecutor(AT_ONCE) as pool:
            for finished in [pool.submit(one, loan) for loan in loans]:
                finished.result()

    def hand_over(self, loans: Sequence[Loan], shown: Callable[[int], object]) -> dict[str, int]:
        """Send the export as it is and wait for the end of the import; `shown` is told how many rows are settled.

        Returns:
            How many rows were enrolled, were there already, and were refused.
        """
        kind = f"text/csv; charset={self.lender.encoding}"
        sent = self.api.send("/v1/imports", f"export-{len(loans)}", cut(loans), kind)
        import_ = f"/v1/imports/{sent['id']}"

        def look() -> dict[str, Any]:
            told = self.api.get(import_)
            shown(told["position"]["row"])
            return told

        told = self.api.until(look, lambda view: view["state"] in {"done", "refused"})
        if told["problem"]:
            raise Refused(f"The import was refused: {told['problem']['problem']}. {told['problem']['remedy']}")
        by_number = {loan.number: loan for loan in loans}
        for line in self.api.lines(f"{import_}/results"):
            if line["account"] is not None:
                self._enter(by_number[line["external_id"]], line["account"])
        return told["counts"]

    def work(self, habits: Mapping[str, str], seed: int, start: datetime) -> None:
        """Do what the office does until `stop`: bank payments when they come, balances after every second night."""
        bank = sorted(self._plan_bank(habits, seed, start), key=lambda payment: payment.at)
        close = _next_close(start, self.lender.zone)
        while not self._stop.is_set():
            told = close + TOLD_AFTER
            due = min([told, *(payment.at for payment in bank[:1])])
            if self._stop.wait(max(0.0, self._clock.machine_span(due - self._clock.now()).total_seconds())):
                return
            if bank and bank[0].at == due:
                self._post_bank(bank.pop(0))
            else:
                self._confirm(close)
                close = _next_close(close + timedelta(days=NIGHTS_BETWEEN - 1), self.lender.zone)

    def stop(self) -> None:
        self._stop.set()

    def account(self, account: str) -> dict[str, Any]:
        """What the API says of an account now."""
        return self.api.get(f"/v1/accounts/{account}")

    def timeline(self, account: str) -> list[dict[str, Any]]:
        """Everything the API tells of an account, oldest first."""
        items: list[dict[str, Any]] = []
        cursor: str | None = None
        while True:
            page = self.api.get(f"/v1/accounts/{account}/timeline", **({"cursor": cursor} if cursor else {}))
            items += page["data"]
            cursor = page["next_cursor"]
            if cursor is None:
                return sorted(items, key=lambda item: item["at"])

    def _enter(self, loan: Loan, account: str) -> None:
        """Write down that an enrolment was acknowledged."""
        self.log.enrolled(loan, account)
        self._books[account] = Book(loan, account)

    def _plan_bank(self, habits: Mapping[str, str], seed: int, start: datetime) -> list[BankPayment]:
        """Who pays the lender itself, and when: in its app where texts hold no link, else at its bank."""
        payers = PAYS_THE_LENDER if self.lender.country == BANK.country else {AT_BANK}
        planned: list[BankPayment] = []
        for account, book in sorted(self._books.items(), key=lambda pair: pair[1].loan.number):
            if habits.get(book.loan.phone) not in payers:
                continue
            rng = Random(f"{seed}:{book.loan.number}")  # noqa: S311  seeded on purpose
            local = start.astimezone(self.lender.zone) + timedelta(days=rng.randint(FIRST_BANK_DAY, LAST_BANK_DAY))
            at = local.replace(hour=rng.randint(*BANK_HOURS), minute=rng.randint(0, 59))
            shares = [Decimal("0.5"), Decimal(1)] if rng.random() < HALVES else [Decimal(1)]
            for number, share in enumerate(shares):
                external = f"bank-{book.loan.number}-{number + 1}"
                planned.append(BankPayment(at + number * BETWEEN_HALVES, account, external, share))
        return planned

    def _post_bank(self, payment: BankPayment) -> None:
        """Tell Forbear of money that came; nothing comes for a loan that was paid another way."""
        book = self._books[payment.account]
        self._read_settlement()
        left = sum(book.owed(self._clock.now()).values(), Decimal(0))
        amount = (left * payment.share).quantize(Decimal("0.01"))
        if amount <= 0:
            return
        received = self._clock.now()
        body = {
            "external_id": payment.external_id,
            "amount": {"amount": f"{amount:.2f}", "currency": book.loan.row["currency"]},
            "received_at": received.isoformat(),
        }
        self.api.post(f"/v1/accounts/{payment.account}/payments", payment.external_id, body)
        self.log.payment(payment.account, payment.external_id, amount)
        book.taken[payment.external_id] = received, amount
        self.banked += amount

    def _confirm(self, close: datetime) -> None:
        """Tell Forbear what every unpaid loan had owing when the books were closed."""
        self._read_settlement()
        owed = {account: book.owed(close) for account, book in self._books.items()}
        open_ones = {account: parts for account, parts in owed.items() if sum(parts.values()) > 0}
        if not open_ones:
            return
        rows = [
            {
                "account_id": account,
                "as_of": close.isoformat(),
                "components": {name: f"{part:.2f}" for name, part in parts.items()},
            }
            for account, parts in open_ones.items()
        ]
        answer = self.api.post("/v1/balances", f"balances-{close:%Y%m%d}", {"balances": rows})
        for result in answer["results"]:
            if result["result"] in {"confirmed", "adjusted"}:
                total = sum(open_ones[result["account"]].values(), Decimal(0))
                self.log.balance(result["account"], total, close)

    def _read_settlement(self) -> None:
        """Take the provider's report into the books. It names payments by our checkout, so its label finds the loan."""
        for paid in self.api.patiently(self._settled):
            book = self._books.get(paid["account"])
            if book is not None:
                book.taken[paid["session"]] = datetime.fromisoformat(paid["at"]), Decimal(paid["amount"])


def enrolment(loan: Loan) -> dict[str, Any]:
    """What the API is told of a loan: its row, and a consent to recorded calls, for which the export has no column."""
    body = to_enrolment(loan.row, loan.lender.country)
    if loan.recorded_calls_at:
        agreed = {"channel": "call", "contact_point": 0, "given_to": loan.lender.name, "at": loan.recorded_calls_at}
        body["parties"][0]["consents"].append({**agreed, "how": "signed form on automated calls, in the loan's file"})
    return body


def _next_close(after: datetime, zone: ZoneInfo = UNION.zone) -> datetime:
    """The next closing of the books after an instant."""
    local = after.astimezone(zone)
    close = datetime.combine(local.date(), CLOSING_HOUR, zone)
    return close if close > local else datetime.combine(local.date() + timedelta(days=1), CLOSING_HOUR, zone)
