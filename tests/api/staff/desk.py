"""A tenant's desk: people who work there, their browsers, and the pages they see, over a small house."""

import itertools
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from fastapi.testclient import TestClient
from httpx import Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from forbear.api.app import create_app
from forbear.api.staff.session import COOKIE, ROOT
from forbear.ledger import passwords, signing_in, staffing
from forbear.ledger.engine import make_engine
from forbear.ledger.tables.staff import StaffAct
from forbear.settings import Settings
from tests.api.pages.reading import Page, read
from tests.conftest import Hands
from tests.ledger.house import NOON, House

PASSWORD = "four quiet river stones"
_people = itertools.count(1)


@cache
def _hashed() -> str:
    """Made once in a process: a hash is a tenth of a second's work on purpose."""
    return passwords.hashed(PASSWORD)


class Desk:
    """The pages of staff over a small house, and those who work in it."""

    def __init__(self, settings: Settings) -> None:
        self.hands = Hands(NOON)
        self.settings = settings
        self.house = House(settings, self.hands)
        self.app = create_app(settings)
        self.app.state.ledger = self.house.ledger
        self.ledger = self.house.ledger

    def reset(self) -> None:
        self.hands.set(NOON)
        self.app.state.settings = self.settings

    @contextmanager
    def operator(self) -> Generator[Session]:
        """A transaction of the operator, who sees every tenant."""
        with Session(make_engine(self.house.migrator)) as session, session.begin():
            yield session

    def hire(self, *roles: str, language: str = "en", tenant: str = "", password: str | None = PASSWORD) -> "Colleague":
        """Somebody new, with a password."""
        number = next(_people)
        email, clock = f"person{number}@example.org", self.ledger.clock
        with self.operator() as session:
            staff = staffing.add(
                session,
                self.ledger.vault,
                tenant=tenant or self.house.tenant,
                email=email,
                name=f"Robin Example {number}",
                roles=roles or ("caller",),
                language=language,
                now=clock.now(),
            )
            if password == PASSWORD:
                staffing.locked(session, staff).password_hash = _hashed()
            elif password is not None:
                staffing.set_password(session, self.ledger.vault, staff, password, clock)
        return Colleague(self, staff, email, tenant or self.house.tenant)

    def browser(self) -> TestClient:
        return TestClient(self.app, base_url=self.settings.public_url, follow_redirects=False)

    def acts(self, staff: str) -> list[str]:
        with self.operator() as session:
            chosen = select(StaffAct.kind).where(StaffAct.staff == staff).order_by(StaffAct.at, StaffAct.id)
            return list(session.scalars(chosen))

    def close(self) -> None:
        self.house.close()


@dataclass
class Colleague:
    """One person who works for the tenant."""

    desk: Desk
    id: str
    email: str
    tenant: str

    def sign_in(self, password: str = PASSWORD, browser: TestClient | None = None, next_: str = "") -> Response:
        """Send the form; the browser keeps what it is given."""
        self.http = browser or self.desk.browser()
        return self.http.post("/staff/sign-in", data={"email": self.email, "password": password, "next": next_})

    def signed_in(self) -> "Colleague":
        """With the session that the form would open, without the work of comparing the password."""
        self.http, ledger = self.desk.browser(), self.desk.ledger
        with ledger.staff(self.tenant) as session:
            cookie = signing_in._new_session(session, ledger, self.tenant, self.id)
        self.http.cookies.set(COOKIE, cookie, urlsplit(self.desk.settings.public_url).hostname or "", ROOT)
        return self

    @property
    def cookie(self) -> str:
        return self.http.cookies[COOKIE]

    def get(self, path: str) -> Response:
        return self.http.get(path)

    def visit(self, path: str, *, status: int = 200) -> Page:
        """Open a page, follow where it leads, and insist that it is a good one."""
        answer = self.get(path)
        while answer.status_code == 303:
            answer = self.get(answer.headers["location"])
        assert answer.status_code == status, answer.text
        return seen(answer)

    def send(self, page: Page, word: str, **fields: Any) -> Response:
        """Take a form from a page as a person would, hidden fields included, and send it."""
        form = page.form(word)
        return self.http.post(form.action, data={**form.fields, **fields})

    def send_on(self, page: Page, word: str, *, status: int = 200, **fields: Any) -> Page:
        """The same, and the page to which it leads."""
        answer = self.send(page, word, **fields)
        while answer.status_code == 303:
            answer = self.get(answer.headers["location"])
        assert answer.status_code == status, answer.text
        return seen(answer)


def seen(answer: Response) -> Page:
    """The page of a response, checked like every page."""
    page = read(answer.text)
    page.check("/staff")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    return page
