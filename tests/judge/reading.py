"""Reads the three files a verdict is made of: the world's log, the client's log and the ledger's dump.

All are JSON Lines, and instants are world time unless a name says `machine`. The world's log is the sandbox's own:
accepted texts, their later states, what people said, what they paid. The ledger's dump has one object a row with its
`table`. The client's log holds what a lender's client was answered, one acknowledged call a line, by `kind`:

* `enrolled`: `at`, `account`, `person` (the client's own label), `phones`, `zones`, `consents` (`channel`, `to`, `at`),
  `opt_outs` (the same), `contacts` (`at`, `channel`, `result`), `owed` (decimal text), `balance_as_of` or null
* `payment`: `at`, `account`, `external_id`, `amount`; `balance`: `at`, `account`, `owed`, `as_of`
* `stop`: `at`, `account`, `stop`; `stop_lifted`: the same
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

Row = dict[str, Any]
BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)


def instant(text: str) -> datetime:
    """An aware instant; a text without an offset is refused, because guessing a zone would be judging by luck."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"an instant without an offset: {text}")
    return at.astimezone(UTC)


def maybe(text: str | None) -> datetime | None:
    return None if text is None else instant(text)


def lines(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            if line.strip():
                yield json.loads(line)


@dataclass(slots=True)
class Text:
    """One text the carrier accepted from us, when the handset had it, and whether it is known never to have."""

    at: datetime
    to: str
    sid: str
    ref: str | None
    delivered_at: datetime | None = None
    failed: bool = False


@dataclass(slots=True)
class Said:
    """What a person wrote back, or did on a page that acknowledged it."""

    at: datetime
    phone: str
    kind: str
    sid: str | None
    on_page: bool


@dataclass(slots=True)
class Paid:
    """Money a person paid at the payment provider; `ref` is what the checkout was begun under."""

    at: datetime
    sid: str
    ref: str | None
    amount: Decimal


@dataclass(slots=True)
class World:
    texts: list[Text] = field(default_factory=list[Text])
    said: list[Said] = field(default_factory=list[Said])
    paid: list[Paid] = field(default_factory=list[Paid])
    last_at: datetime = BEFORE_ALL


@dataclass(frozen=True, slots=True)
class Told:
    """With which account's enrolment something was told, and when that was acknowledged.

    A claim for that very account comes after its enrolment was committed, however late the answer to it was read.
    """

    account: str
    at: datetime

    def known(self, at: datetime, accounts: set[str]) -> bool:
        """Whether it had been told when these accounts were spoken of."""
        return self.at <= at or self.account in accounts


@dataclass(slots=True)
class Permission:
    """A consent or an opt-out; `channel` None is any channel, `to` None any number."""

    channel: str | None
    to: str | None
    at: datetime
    told: Told

    def covers(self, channel: str, to: str) -> bool:
        return self.channel in {None, channel} and self.to in {None, to}


@dataclass(slots=True)
class Contact:
    """One contact from before enrolment."""

    at: datetime
    channel: str
    result: str
    told: Told


@dataclass(slots=True)
class Person:
    """One person as the client knows them, over all their accounts."""

    label: str
    accounts: set[str] = field(default_factory=set[str])
    phones: set[str] = field(default_factory=set[str])
    zones: list[tuple[str, Told]] = field(default_factory=list[tuple[str, Told]])
    consents: list[Permission] = field(default_factory=list[Permission])
    opt_outs: list[Permission] = field(default_factory=list[Permission])
    contacts: list[Contact] = field(default_factory=list[Contact])


@dataclass(slots=True)
class Posted:
    at: datetime
    external_id: str
    amount: Decimal


@dataclass(slots=True)
class Account:
    """One account as the client knows it. `dated` holds pairs of (acknowledged, balance as of)."""

    id: str
    person: str
    owed: Decimal
    enrolled_at: datetime
    dated: list[tuple[datetime, datetime]] = field(default_factory=list[tuple[datetime, datetime]])
    payments: list[Posted] = field(default_factory=list[Posted])


@dataclass(slots=True)
class Stopped:
    at: datetime
    account: str
    stop: str
    lifted_at: datetime | None = None


@dataclass(slots=True)
class Client:
    persons: dict[str, Person] = field(default_factory=dict[str, Person])
    accounts: dict[str, Account] = field(default_factory=dict[str, Account])
    stops: list[Stopped] = field(default_factory=list[Stopped])

    def holders(self, phone: str) -> list[Person]:
        """Everyone who gave this number."""
        return [person for person in self.persons.values() if phone in person.phones]


@dataclass(slots=True)
class Record:
    """The ledger's rows by table, and the clock they were written under."""

    tables: dict[str, list[Row]] = field(default_factory=dict[str, list[Row]])

    def rows(self, table: str) -> list[Row]:
        return self.tables.get(table, [])

    def by_id(self, table: str) -> dict[str, Row]:
        return {row["id"]: row for row in self.rows(table)}

    @property
    def speed(self) -> int:
        return max((int(row["speed"]) for row in self.rows("clock")), default=1)

    def machine(self, world: datetime) -> datetime:
        """The machine instant on which a world instant fell."""
        for row in self.rows("clock"):
            return instant(row["anchor"]) + (world - instant(row["origin"])) / int(row["speed"])
        return world


@dataclass(frozen=True, slots=True)
class Allowances:
    """How much world time is granted before a delay counts.

    `patience` is for a fact nobody acknowledged yet, `slack` for two commits that raced, `grace` for a next instant
    that has just passed.
    """

    now: datetime
    patience: timedelta = timedelta(hours=24)
    slack: timedelta = timedelta(minutes=5)
    grace: timedelta = timedelta(hours=6)


def read_world(path: Path) -> World:
    world = World()
    texts: dict[str, Text] = {}
    for line in lines(path):
        at = instant(line["at"])
        world.last_at = max(world.last_at, at)
        match line.get("channel"):
            case "sms":
                texts[line["sid"]] = Text(at, line["to"], line["sid"], line["ref"])
            case "sms-in" | "page":
                world.said.append(Said(at, line["from"], line["kind"], line["sid"], line["channel"] == "page"))
            case "payment":
                world.paid.append(Paid(at, line["sid"], line["ref"], Decimal(line["amount"])))
            case None if line["sid"] in texts:
                _later(texts[line["sid"]], line["status"], at)
            case _:
                pass
    world.texts = list(texts.values())
    return world


def _later(text: Text, status: str, at: datetime) -> None:
    if status == "delivered":
        text.delivered_at = at
    text.failed = text.failed or status in {"undelivered", "failed"}


def read_client(path: Path) -> Client:
    client = Client()
    for line in lines(path):
        at = instant(line["at"])
        match line["kind"]:
            case "enrolled":
                _enrolled(client, line, at)
            case "payment":
                posted = Posted(at, line["external_id"], Decimal(line["amount"]))
                client.accounts[line["account"]].payments.append(posted)
            case "balance":
                client.accounts[line["account"]].dated.append((at, instant(line["as_of"])))
            case "stop":
                client.stops.append(Stopped(at, line["account"], line["stop"]))
            case "stop_lifted":
                _lift(client, line, at)
            case other:
                raise ValueError(f"a line of an unknown kind in the client's log: {other}")
    return client


def _enrolled(client: Client, line: Row, at: datetime) -> None:
    account = Account(line["account"], line["person"], Decimal(line["owed"]), at)
    if line["balance_as_of"]:
        # Known before the answer: nobody can be texted about an account before its enrolment was committed.
        account.dated.append((BEFORE_ALL, instant(line["balance_as_of"])))
    client.accounts[account.id] = account
    person = client.persons.setdefault(line["person"], Person(line["person"]))
    person.accounts.add(account.id)
    person.phones.update(line["phones"])
    told = Told(account.id, at)
    person.zones += [(zone, told) for zone in line["zones"]]
    person.consents += [_permission(given, told) for given in line["consents"]]
    person.opt_outs += [_permission(given, told) for given in line["opt_outs"]]
    person.contacts += [
        Contact(instant(made["at"]), made["channel"], made["result"], told) for made in line["contacts"]
    ]


def _permission(given: Row, told: Told) -> Permission:
    return Permission(given["channel"], given["to"], instant(given["at"]), told)


def _lift(client: Client, line: Row, at: datetime) -> None:
    for stopped in client.stops:
        if (stopped.account, stopped.stop) == (line["account"], line["stop"]) and stopped.lifted_at is None:
            stopped.lifted_at = at


def read_record(path: Path) -> Record:
    record = Record()
    for line in lines(path):
        record.tables.setdefault(line["table"], []).append(line)
    return record
