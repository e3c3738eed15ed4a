"""A running API with two tenants: one that works for two lenders, and a bank. It listens, so that races are real."""

import copy
import itertools
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI

from forbear.api.app import create_app
from forbear.api.auth import SCOPES
from forbear.api.lender.examples import ENROLMENT
from forbear.clock import Clock
from forbear.ledger.admin import add_key, add_lender, add_tenant
from forbear.ledger.engine import Ledger
from forbear.ledger.outbox import waiting
from forbear.services.ports import free_port
from forbear.settings import Settings
from tests.conftest import MONDAY_MORNING, Hands

Json = dict[str, Any]
_keys, _people, _loans = itertools.count(1), itertools.count(), itertools.count(1)


@dataclass
class Client:
    """One lender's program: sends its key, and a fresh Idempotency-Key unless told otherwise."""

    http: httpx.Client
    tenant: str
    lender: str
    key: str

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self.http.get(path, headers={**self._bearer(), **headers})

    def post(self, path: str, body: Any, *, key: str | None = None) -> httpx.Response:
        given = {"Idempotency-Key": key or f"test-{next(_keys)}"}
        return self.http.post(path, json=body, headers={**self._bearer(), **given})

    def patch(self, path: str, body: Any, tag: str | None, **headers: str) -> httpx.Response:
        given = {} if tag is None else {"If-Match": tag}
        return self.http.patch(path, json=body, headers={**self._bearer(), **given, **headers})

    def made(self, path: str, body: Any) -> Json:
        """Post something that must be taken; the answer is its body."""
        answer = self.post(path, body)
        assert answer.status_code in {200, 201}, answer.text
        return answer.json()

    def enrol(self, **changes: Any) -> Json:
        """Enrol somebody new; the answer is the account."""
        return self.made("/v1/accounts", enrolment(**changes))

    def account(self, account: str) -> Json:
        answer = self.get(f"/v1/accounts/{account}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    def story(self, account: str) -> list[Json]:
        return self.get(f"/v1/accounts/{account}/timeline").json()["data"]

    def pay(self, account: str, amount: str, external_id: str | None = None) -> Json:
        return self.made(f"/v1/accounts/{account}/payments", payment(amount, external_id=external_id))

    def _bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}


@dataclass
class House:
    """The installation under test."""

    app: FastAPI
    settings: Settings
    hands: Hands
    base_url: str
    http: httpx.Client
    clients: dict[str, Client] = field(default_factory=dict[str, Client])

    @property
    def ledger(self) -> Ledger:
        return self.app.state.ledger

    @property
    def migrator(self) -> str:
        return self.settings.database_url_for("migrator")

    def facts(self, account: str) -> list[str]:
        """What the outbox holds of an account, oldest first."""
        with self.ledger.relay() as session:
            return [told.fact for told in waiting(session, 10_000) if told.account == account]

    def later(self, **span: float) -> None:
        self.hands.advance(timedelta(**span))


def enrolment(**changes: Any) -> Json:
    """The documented example with a person, a number and a reference of its own; terms are for the tests of terms."""
    body = copy.deepcopy(ENROLMENT)
    del body["terms"]
    number = next(_people)
    body["external_id"] = f"LN-{next(_loans)}"
    party = body["parties"][0]
    party["name"] = f"Ada Sampleton {number}"
    party["contact_points"][0]["value"] = f"+1{201 + number // 100}5550{100 + number % 100}"
    party["contact_points"][1]["value"]["lines"] = [f"{number} Example Street"]
    body.update(changes)
    return body


def payment(amount: str, *, external_id: str | None = None, received_at: str = "2026-03-02T14:00:00Z") -> Json:
    named = external_id or f"PMT-{next(_loans)}"
    return {
        "external_id": named,
        "amount": {"amount": amount, "currency": "USD"},
        "received_at": received_at,
    }


@contextmanager
def serving(settings: Settings) -> Generator[House]:
    """The application behind a real server in a thread, with hands on its clock."""
    app, port, hands = create_app(settings), free_port(), Hands(MONDAY_MORNING)
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None, lifespan="on"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    base_url = f"http://127.0.0.1:{port}"
    try:
        with httpx.Client(base_url=base_url, trust_env=False, timeout=30) as http:
            _await(http, thread)
            app.state.ledger.clock = Clock.real(source=hands)
            house = House(app, settings, hands, base_url, http)
            _people_it(house)
            yield house
    finally:
        server.should_exit = True
        thread.join(timeout=10)


def _await(http: httpx.Client, thread: threading.Thread) -> None:
    while True:
        try:
            if http.get("/healthz").status_code == 200:
                return
        except httpx.TransportError:
            assert thread.is_alive(), "the server ended before it listened"
            thread.join(timeout=0.02)


def _people_it(house: House) -> None:
    agency = add_tenant(house.migrator, "Example Servicing")
    bank = add_tenant(house.migrator, "Example Bank")
    for index, (name, tenant) in enumerate({"one": agency, "two": agency, "bank": bank}.items()):
        lender = add_lender(
            house.migrator,
            tenant=tenant,
            name=f"Example Lender {name}",
            role="original_creditor",
            kind="bank",
            country="US",
            phone="+13125550180",
            sender=f"+1312555019{index}",
        )
        key = add_key(house.migrator, lender=lender, scopes=SCOPES, label="tests")
        house.clients[name] = Client(house.http, tenant, lender, key.shown)
