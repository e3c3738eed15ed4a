"""A borrower with a text in the hand: one account, one touch, its link, and the pages behind it."""

import itertools
import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from fastapi.testclient import TestClient
from httpx import Response
from sqlalchemy import select, update

from forbear.api.app import create_app
from forbear.contracts.decision import ContactOrder
from forbear.ledger.tables.accounts import Payment, Promise, Stop
from forbear.ledger.tables.contacts import Reply, Suppression
from forbear.ledger.tables.people import Profile
from forbear.ports.payments import Begun, PaymentOrder, ProviderPayment
from forbear.settings import Settings
from tests.api.pages.reading import Page, read
from tests.conftest import Hands
from tests.ledger.house import NOON, House

BORN = date(1985, 3, 27)
NAME = "Example Borrower"
LENDER = "Example Bank"


@dataclass
class Provider:
    """A payment provider in memory: what was ordered, and how it stands."""

    orders: dict[str, PaymentOrder] = field(default_factory=dict[str, PaymentOrder])
    standing: dict[str, ProviderPayment] = field(default_factory=dict[str, ProviderPayment])
    down: bool = False
    pages: str = "https://checkout.example.com/"

    def begin(self, order: PaymentOrder) -> Begun:
        if self.down:
            raise ConnectionError("down")
        session = f"cs_test_{order.checkout}"
        known = self.orders.setdefault(order.idempotency_key, order)
        assert known == order, "one key, one order"
        self.standing.setdefault(session, self._payment(order, session, "open"))
        return Begun(session, f"{self.pages}{session}")

    def fetch(self, provider_id: str) -> ProviderPayment:
        if self.down:
            raise ConnectionError("down")
        return self.standing[provider_id]

    def turn(self, session: str, state: Any) -> None:
        [order] = [each for each in self.orders.values() if session.endswith(each.checkout)]
        self.standing[session] = self._payment(order, session, state)

    def _payment(self, order: PaymentOrder, session: str, state: Any) -> ProviderPayment:
        return ProviderPayment(session, order.checkout, state, order.amount, order.currency, None)


_numbers = itertools.count()


class Site:
    """The pages over a small house. Every borrower has a number of their own."""

    def __init__(self, settings: Settings) -> None:
        self.hands = Hands(NOON)
        self.house = House(settings, self.hands)
        self.app = create_app(settings)
        self.app.state.ledger = self.house.ledger
        self._settings = settings
        self.reset()

    def reset(self) -> None:
        """Take back what a test may have changed but for what is in the ledger."""
        self.hands.set(NOON)
        self.settings = self.app.state.settings = self._settings
        self.provider = self.app.state.payments = Provider()

    def browser(self) -> TestClient:
        return TestClient(self.app, base_url=self.settings.public_url, follow_redirects=False)

    def borrower(self, *, born: date | None = BORN, language: str = "en", **account: Any) -> "Borrower":
        """Somebody who was just sent a text."""
        number = next(_numbers)
        phone = f"+1{312 + number // 100}55501{number % 100:02}"
        person, account_id = self.house.borrower(phone, **account)
        values: dict[str, Any] = {"language": language}
        house = self.house
        with house.ledger.api(house.tenant, house.lender) as session:
            if born is not None:
                values["birth_date"] = house.ledger.vault.seal(
                    session, tenant=house.tenant, lender=house.lender, person=person, text=born.isoformat()
                )
            session.execute(update(Profile).where(Profile.person == person).values(values))
        order, ready = house.prepared(account_id)
        house.record(order)
        return Borrower(self, phone, person, account_id, order, ready.values["link"], ready.callback_url)

    def close(self) -> None:
        self.house.close()


@dataclass
class Borrower:
    site: Site
    phone: str
    person: str
    account: str
    order: ContactOrder
    link: str
    callback_url: str

    @property
    def path(self) -> str:
        return urlsplit(self.link).path

    def visitor(self) -> "Visitor":
        """A browser that just opened."""
        return Visitor(self, self.site.browser())

    def inside(self) -> "Visitor":
        """A browser that passed the identity check."""
        visitor = self.visitor()
        answer = visitor.identify(BORN)
        assert (answer.status_code, answer.headers["location"]) == (303, f"{self.path}/account")
        return visitor

    def promises(self) -> list[tuple[Decimal, date, str]]:
        with self.site.house.ledger.worker(self.site.house.tenant) as session:
            rows = session.scalars(select(Promise).where(Promise.account == self.account).order_by(Promise.made_at))
            return [(row.amount, row.due_on, row.state) for row in rows]

    def stops(self) -> list[tuple[str, str | None]]:
        with self.site.house.ledger.worker(self.site.house.tenant) as session:
            rows = session.scalars(select(Stop).where(Stop.person == self.person).order_by(Stop.at, Stop.id))
            return [(row.kind, row.account) for row in rows]

    def opt_outs(self) -> list[tuple[str, bool]]:
        """Scope, and whether a number is named."""
        key = self.site.house.key(self.phone)
        with self.site.house.ledger.worker(self.site.house.tenant) as session:
            rows = session.scalars(
                select(Suppression)
                .where((Suppression.person == self.person) | (Suppression.address_key == key))
                .where(Suppression.lifted_at.is_(None))
                .order_by(Suppression.scope)
            )
            return [(row.scope, row.address_key is not None) for row in rows]

    def replies(self) -> list[Reply]:
        with self.site.house.ledger.worker(self.site.house.tenant) as session:
            return list(session.scalars(select(Reply).where(Reply.person == self.person).order_by(Reply.at, Reply.id)))

    def payments(self) -> list[tuple[str, Decimal]]:
        with self.site.house.ledger.worker(self.site.house.tenant) as session:
            rows = session.scalars(select(Payment).where(Payment.account == self.account).order_by(Payment.id))
            return [(row.external_id, row.amount) for row in rows]

    def told(self) -> list[str]:
        return self.site.house.told(self.account)


@dataclass
class Visitor:
    """One browser at one link."""

    borrower: Borrower
    http: TestClient

    def get(self, path: str = "") -> Response:
        return self.http.get(f"{self.borrower.path}{path}")

    def post(self, path: str, **fields: str) -> Response:
        return self.http.post(f"{self.borrower.path}{path}", data=fields)

    def visit(self, path: str = "", *, status: int = 200, **told: Any) -> Page:
        """Open a page, following redirects, and insist that it is a good one."""
        answer = self.get(path)
        while answer.status_code == 303:
            answer = self.http.get(answer.headers["location"])
        assert answer.status_code == status, answer.text
        return visit(answer, self.borrower, **told)

    def identify(self, born: date) -> Response:
        return self.post("/identity", birth_year=str(born.year), birth_month=str(born.month), birth_day=str(born.day))

    def fill(self, path: str, **fields: str) -> Response:
        """Take the form from the page as a person would, hidden fields included, and send it."""
        page = self.visit(path)
        form = page.form(path.rsplit("/", 1)[-1])
        return self.post(path, **{**form.fields, **fields})


def visit(answer: Response, borrower: Borrower, *, before: bool = False) -> Page:
    """The page of a response, checked like every page: structure, quiet headers, and nothing told too early."""
    page = read(answer.text)
    page.check()
    assert len(answer.content) < 50_000
    _is_quiet(answer)
    for secret in (NAME, borrower.phone, borrower.phone[2:], str(BORN.year)):
        assert secret not in " ".join(page.addresses), "personal data in an address"
    if before:
        _tells_nothing(page)
    return page


def _is_quiet(answer: Response) -> None:
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "noindex" in answer.headers["x-robots-tag"]
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


TOO_EARLY = re.compile(
    r"\b(owe[ds]?|debts?|overdue|balance|pay\w*|amounts?|loans?|collect\w*|arrears)\b", re.IGNORECASE
)


def _tells_nothing(page: Page) -> None:
    """Before the identity check: no name, no amount, nothing about a debt."""
    assert NAME not in page.text
    assert not re.search(r"[$€£¥]|\b\d+\.\d\d\b", page.text), "an amount"
    found = TOO_EARLY.search(page.text)
    assert found is None, found
