"""The lender's back office, as a client of the API: enrols the portfolio, posts bank payments, confirms balances.

It keeps books of its own: what each loan opened with, less what came to the bank, less what the payment provider's
settlement report says. Twice in four days it tells Forbear what is owed, as of a quiet hour in which nobody pays.
"""

import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any, TypeVar

import httpx

from forbear.api.client_import import to_enrolment
from forbear.clock import Clock
from forbear.errors import CannotStart, ForbearError
from forbear.money.allocation import allocate_payment
from forbear.money.components import COMPONENTS, Component
from forbear.rehearsal.cast import AT_BANK
from forbear.rehearsal.clientlog import ClientLog
from forbear.rehearsal.figures import OFFICE
from forbear.rehearsal.portfolio import Loan

Answer = TypeVar("Answer")
CLOSING_HOUR = time(5, 30)
"""In New York: everybody from Maine to Hawaii is asleep, so that no payment falls between two books."""
TOLD_AFTER = timedelta(hours=3)
"""World time from the books' close until Forbear is told."""
NIGHTS_BETWEEN = 2
"""Fewer than the three days after which a balance is stale."""
AT_ONCE = 6
PATIENCE = timedelta(seconds=60)
"""Machine time to wait out an outage."""
PAUSE_SECONDS = 0.25
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

    def __init__(self, client: httpx.Client, clock: Clock, log: ClientLog, settled: Callable[[], list[Any]]) -> None:
        self._client, self._clock, self._log, self._settled = client, clock, log, settled
        self._books: dict[str, Book] = {}
        self._stop, self._pause = threading.Event(), threading.Event()
        self.banked = Decimal(0)
        """What came to the bank so far."""

    @property
    def accounts(self) -> dict[str, str]:
        """Account ids by loan number."""
        return {book.loan.number: account for account, book in self._books.items()}

    def enrol(self, loans: Iterable[Loan], done: Callable[[], object]) -> None:
        """Enrol every loan, each under a key made before the first try; `done` is called after each."""

        def one(loan: Loan) -> None:
            answer = self._post("/v1/accounts", f"enrol-{loan.number}", to_enrolment(loan.row))
            account = str(answer["id"])
            self._log.enrolled(loan, account)
            self._books[account] = Book(loan, account)
            done()

        with ThreadPoolExecutor(AT_ONCE) as pool:
            for finished in [pool.submit(one, loan) for loan in loans]:
                finished.result()

    def work(self, habits: Mapping[str, str], seed: int, start: datetime) -> None:
        """Do what the office does until `stop`: bank payments when they come, balances after every second night."""
        bank = sorted(self._plan_bank(habits, seed, start), key=lambda payment: payment.at)
        close = _next_close(start)
        while not self._stop.is_set():
            told = close + TOLD_AFTER
            due = min([told, *(payment.at for payment in bank[:1])])
            if self._stop.wait(max(0.0, self._clock.machine_span(due - self._clock.now()).total_seconds())):
                return
            if bank and bank[0].at == due:
                self._post_bank(bank.pop(0))
            else:
                self._confirm(close)
                close = _next_close(close + timedelta(days=NIGHTS_BETWEEN - 1))

    def stop(self) -> None:
        self._stop.set()

    def account(self, account: str) -> dict[str, Any]:
        """What the API says of an account now."""
        return self._get(f"/v1/accounts/{account}")

    def timeline(self, account: str) -> list[dict[str, Any]]:
        """Everything the API tells of an account, oldest first."""
        items: list[dict[str, Any]] = []
        cursor: str | None = None
        while True:
            page = self._get(f"/v1/accounts/{account}/timeline", **({"cursor": cursor} if cursor else {}))
            items += page["data"]
            cursor = page["next_cursor"]
            if cursor is None:
                return sorted(items, key=lambda item: item["at"])

    def _plan_bank(self, habits: Mapping[str, str], seed: int, start: datetime) -> list[BankPayment]:
        planned: list[BankPayment] = []
        for account, book in sorted(self._books.items(), key=lambda pair: pair[1].loan.number):
            if habits.get(book.loan.phone) != AT_BANK:
                continue
            rng = Random(f"{seed}:{book.loan.number}")  # noqa: S311  seeded on purpose
            local = start.astimezone(OFFICE) + timedelta(days=rng.randint(FIRST_BANK_DAY, LAST_BANK_DAY))
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
        self._post(f"/v1/accounts/{payment.account}/payments", payment.external_id, body)
        self._log.payment(payment.account, payment.external_id, amount)
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
        answer = self._post("/v1/balances", f"balances-{close:%Y%m%d}", {"balances": rows})
        for result in answer["results"]:
            if result["result"] in {"confirmed", "adjusted"}:
                total = sum(open_ones[result["account"]].values(), Decimal(0))
                self._log.balance(result["account"], total, close)

    def _read_settlement(self) -> None:
        """Take the provider's report into the books. It names payments by our checkout, so its label finds the loan."""
        for paid in self._patiently(self._settled):
            book = self._books.get(paid["account"])
            if book is not None:
                book.taken[paid["session"]] = datetime.fromisoformat(paid["at"]), Decimal(paid["amount"])

    def _get(self, path: str, **query: str) -> dict[str, Any]:
        return self._patiently(lambda: _read(self._client.get(path, params=query)))

    def _post(self, path: str, key: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Post under a key; after a lost answer or an outage it is asked for again under the same one."""
        headers = {"Idempotency-Key": key}
        return self._patiently(lambda: _read(self._client.post(path, json=body, headers=headers)))

    def _patiently(self, ask: Callable[[], Answer]) -> Answer:
        """Ask again and again while nobody can answer; a refusal is final."""
        deadline = self._clock.machine_now() + PATIENCE
        while True:
            try:
                return ask()
            except (httpx.TransportError, Unavailable, CannotStart) as error:
                if self._clock.machine_now() > deadline:
                    raise CannotStart(f"The back office got no answer for {PATIENCE.seconds} s: {error}") from None
                self._pause.wait(PAUSE_SECONDS)


class Unavailable(Exception):
    """Nobody could answer just now."""


class Refused(ForbearError):
    """The API said no to something the back office may do."""


def _read(answer: httpx.Response) -> dict[str, Any]:
    if answer.is_success:
        return answer.json()
    problem = answer.json() if answer.headers.get("content-type", "").startswith("application/") else {}
    said = f"{answer.status_code} to {answer.request.method} {answer.request.url.path}: {problem.get('detail')}"
    if answer.is_server_error or problem.get("code") == "in_progress":
        raise Unavailable(said)
    raise Refused(f"The API answered {said}")


def _next_close(after: datetime) -> datetime:
    """The next closing of the books after an instant."""
    local = after.astimezone(OFFICE)
    close = datetime.combine(local.date(), CLOSING_HOUR, OFFICE)
    return close if close > local else datetime.combine(local.date() + timedelta(days=1), CLOSING_HOUR, OFFICE)
