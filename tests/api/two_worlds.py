"""One lender's history told twice: in a tenant where it is alone, and in one where another lender knows its person.

Every answer is kept as a lender's program could keep it, with ids by the order of their first appearance, so that two
tellings can be laid side by side.
"""

import itertools
import json
import re
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, cast

import httpx

from forbear.api.auth import SCOPES
from forbear.api.conditions import etag
from forbear.api.cursors import TAG_BYTES
from forbear.cadence.playbooks import load_all
from forbear.contracts.decision import Asked, Contact, ContactOrder, Decision, Outcome, Rest
from forbear.ledger.admin import add_key, add_lender, add_tenant
from forbear.ledger.deciding import DecidingBook
from forbear.ledger.touching import TouchingBook
from forbear.ports.book import Dispatch
from forbear.rules.packs import load
from tests.api.house import Client, House, Json

ID = re.compile(r"\b[a-z]{2,3}_[0-9A-Za-z]{22}\b")
TOLD = ("ETag", "Location", "Retry-After", "Idempotency-Replayed")
PURE = "/v1/rules"
"""Calls that read the packs and nobody's data: hundreds of answers that could not differ."""
_senders = itertools.count(1)


@dataclass
class World:
    """A tenant with the lender whose answers are compared, and another one."""

    house: House
    us: Client
    them: Client
    answers: list[tuple[str, Json]] = field(default_factory=list[tuple[str, Json]])
    ids: dict[str, str] = field(default_factory=dict[str, str])
    decided: Iterator[int] = field(default_factory=itertools.count)

    def said(self, what: str, answer: httpx.Response) -> Json:
        """Keep an answer of ours; returns its body."""
        body = answer.json()
        if "ETag" in answer.headers:
            assert answer.headers["ETag"] == etag(body), "a tag tells no more than its answer"
        headers = {name: answer.headers.get(name) for name in TOLD if name != "ETag"}
        told = {"status": answer.status_code, "body": self._plain(body), "headers": self._plain(headers)}
        self.answers.append((self._named(what), told))
        return body

    def post(self, path: str, body: Json) -> Json:
        self.house.later(seconds=1)
        return self.said(f"POST {path}", self.us.post(path, body))

    def patch(self, path: str, body: Json) -> Json:
        self.house.later(seconds=1)
        tag = self.us.get(path).headers["ETag"]
        return self.said(f"PATCH {path}", self.us.patch(path, body, tag))

    def get(self, path: str) -> Json:
        return self.said(f"GET {path}", self.us.get(path))

    def decide(self, client: Client, account: str) -> str:
        """One decision of the real cadence; says which kind."""
        self.house.later(seconds=1)
        book = DecidingBook(self.house.ledger, load_all(), load())
        asked = Asked(tenant=client.tenant, account=account, run="run", number=next(self.decided))
        return book.decide(asked).kind

    def claim(self, client: Client, account: str) -> ContactOrder:
        """Wait for the step's place in the day, which differs with the account, and insist that a touch was claimed."""
        book = DecidingBook(self.house.ledger, load_all(), load())

        def decide() -> Decision:
            return book.decide(Asked(tenant=client.tenant, account=account, run="run", number=next(self.decided)))

        answer = decide()
        if isinstance(answer, Rest):
            self.house.hands.set(answer.until)
            answer = decide()
        assert isinstance(answer, Contact), answer
        return ContactOrder(tenant=client.tenant, account=account, touch=answer.touch)

    def prepare(self, order: ContactOrder) -> Dispatch | Outcome:
        """The sender's last look."""
        return TouchingBook(self.house.ledger, self.house.settings, load_all(), load()).prepare(order)

    def _plain(self, value: Any) -> Any:
        """The same in both worlds where nothing of another lender is in it."""
        if isinstance(value, dict):
            value = cast("Json", value)
            if value and all(ID.fullmatch(name) for name in value):
                # By what they hold: ids are random, and so is their order.
                held = {name: ID.sub("", json.dumps(value[name], sort_keys=True)) for name in value}
                return [[self._named(name), self._plain(value[name])] for name in sorted(held, key=held.__getitem__)]
            own = {name: each for name, each in value.items() if name not in {"trace_id", "instance"}}
            return {
                name: self._cursor(each) if name == "next_cursor" else self._plain(each) for name, each in own.items()
            }
        if isinstance(value, list):
            return [self._plain(each) for each in value]
        return self._named(value) if isinstance(value, str) else value

    def _cursor(self, cursor: str | None) -> Any:
        """What is in a cursor, which anybody can read who holds it."""
        if cursor is None:
            return None
        raw = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        return self._plain(json.loads(raw[TAG_BYTES:]))

    def _named(self, text: str) -> str:
        def name(found: re.Match[str]) -> str:
            id_ = found.group()
            return self.ids.setdefault(id_, f"{id_.partition('_')[0]}#{len(self.ids)}")

        return ID.sub(name, text)


def open_world(house: House) -> World:
    """A tenant of its own."""
    tenant = add_tenant(house.migrator, "Example Servicing")
    return World(house, _client(house, tenant), _client(house, tenant))


def _client(house: House, tenant: str) -> Client:
    lender = add_lender(
        house.migrator, tenant=tenant, name="Example Lender", role="original_creditor", kind="bank", country="US",
        phone="+13125550180", sender=f"+1415555{next(_senders):04}",
    )  # fmt: skip
    key = add_key(house.migrator, lender=lender, scopes=SCOPES, label="tests")
    return Client(house.http, tenant, lender, key.shown)


def read_everything(world: World, accounts: list[str], strangers: list[str]) -> None:
    """Call every GET that the document lists, with every id that can be known, page by page and whole."""
    paths: Json = world.house.http.get("/openapi.json").json()["paths"]
    for path, methods in sorted(paths.items()):
        if "get" not in methods or not path.startswith("/v1/") or path.startswith(PURE):
            continue
        paged = any(each["name"] == "cursor" for each in methods["get"].get("parameters", []))
        for filled in _filled(world, path, accounts, strangers):
            world.get(filled)
            if paged:
                _page_by_page(world, filled)


def _filled(world: World, path: str, accounts: list[str], strangers: list[str]) -> list[str]:
    """The path with every id it may be asked with; the ids of further things come from the list that shows them."""
    before, brace, rest = path.partition("{")
    if not brace:
        return [path]
    name, _, after = rest.partition("}")
    if name == "account":
        return [each for id_ in (*accounts, *strangers) for each in _filled(world, f"{before}{id_}{after}", [], [])]
    listed = world.us.get(before.rstrip("/")).json().get("data", [])
    ids = [each["id"] for each in listed] or ["xxx_nothing"]
    return [each for id_ in ids for each in _filled(world, f"{before}{id_}{after}", [], [])]


def _page_by_page(world: World, path: str) -> None:
    cursor: str | None = ""
    while cursor is not None:
        asked = f"{path}?limit=2" + (f"&cursor={cursor}" if cursor else "")
        body = world.us.get(asked)
        world.said(f"GET {path} a page", body)
        cursor = body.json().get("next_cursor")
