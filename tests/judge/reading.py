"""Reads the three files a verdict is made of: the world's log, the client's log and the ledger's dump.

All are JSON Lines, and instants are world time unless a name says `machine`. The world's log is the sandbox's own:
accepted texts, calls and letters, their later states, what people said, what they paid. The ledger's dump has one
object a row with its `table`. What staff wrote down of their own calls, visits and letters is read in `handwork`. The
client's log holds what a lender's client was answered, one acknowledged call a line, by `kind`:

* `enrolled`: `at`, `lender` and `account`, `person` (a label, one for a person over all lenders), `phones`, `zones`,
  `countries` (of address and phone; without it the United States), `consents` (`channel`, `to`, `at`), `opt_outs` (the
  same), `contacts` (`at`, `channel`, `result`), `owed` (decimal text), `balance_as_of` or null; `others` lists further
  people on the account, each with `role` and the fields of a person
* `payment`: `at`, `account`, `external_id`, `amount`; `balance`: `at`, `account`, `owed`, `as_of`
* `stop`: `at`, `account`, `stop`; `stop_lifted`: the same

A text says by which route it went: `route` is absent for the default one. The domestic route of China adds `template`
(the provider's code), `links` (how many are in the text) and `words` (the forbidden ones it saw).
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.judge.told import BEFORE_ALL, BORROWER, Account, Client, Contact, Permission, Person, Posted, Stopped, Told

Row = dict[str, Any]
DEFAULT_ROUTE = "twilio"
HOME = ("US",)
PRESSED = {
    "stop": "stop",
    "wrong": "wrong_person",
    "not_me": "wrong_person",
    "dispute": "dispute",
    "hardship": "hardship",
}
"""What somebody told a menu that took it, in the words in which people write it."""


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
    """One text a carrier accepted from us, when the handset had it, and whether it is known never to have."""

    at: datetime
    to: str
    sender: str
    sid: str
    ref: str | None
    route: str = DEFAULT_ROUTE
    template: str | None = None
    links: int = 0
    words: tuple[str, ...] = ()
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
    route: str = DEFAULT_ROUTE
    ref: str | None = None
    """The touch in which it was said, where it was said in a call."""


@dataclass(slots=True)
class Call:
    """One call that the carrier placed for us, when somebody or something answered, and what did."""

    at: datetime
    to: str
    sid: str
    ref: str | None
    answered_at: datetime | None = None
    answered_by: str = ""
    failed: bool = False


@dataclass(slots=True)
class Letter:
    """One letter that the print house took."""

    at: datetime
    sid: str
    ref: str | None
    ended: dict[str, datetime] = field(default_factory=dict[str, datetime])
    """When it was mailed, delivered, returned, lost or cancelled."""


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
    calls: list[Call] = field(default_factory=list[Call])
    letters: list[Letter] = field(default_factory=list[Letter])
    said: list[Said] = field(default_factory=list[Said])
    paid: list[Paid] = field(default_factory=list[Paid])
    last_at: datetime = BEFORE_ALL


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
    calls: dict[str, Call] = {}
    letters: dict[str, Letter] = {}
    for line in lines(path):
        at = instant(line["at"])
        world.last_at = max(world.last_at, at)
        match line.get("channel"):
            case "sms":
                texts[line["sid"]] = _text(line, at)
            case "sms-in" | "page":
                world.said.append(_said(line, at))
            case "call":
                _call(calls, line, at)
            case "call-in" if line["kind"] in PRESSED:
                world.said.append(
                    Said(at, line["from"], PRESSED[line["kind"]], line["sid"], on_page=True, ref=line["ref"])
                )
            case "letter" if line["kind"] == "accepted":
                letters.setdefault(line["sid"], Letter(at, line["sid"], line["ref"]))
            case "letter" if line["sid"] in letters:
                letters[line["sid"]].ended[line["kind"]] = at
            case "payment":
                world.paid.append(Paid(at, line["sid"], line["ref"], Decimal(line["amount"])))
            case None if line["sid"] in texts:
                _later(texts[line["sid"]], line["status"], at)
            case _:
                pass
    world.texts, world.calls, world.letters = list(texts.values()), list(calls.values()), list(letters.values())
    return world


def _call(calls: dict[str, Call], line: Row, at: datetime) -> None:
    match line["kind"]:
        case "accepted":
            calls[line["sid"]] = Call(at, line["to"], line["sid"], line["ref"])
        case "answered" if line["sid"] in calls:
            calls[line["sid"]].answered_at = at
            calls[line["sid"]].answered_by = line.get("answered_by") or ""
        case "ended" if line["sid"] in calls:
            calls[line["sid"]].failed = line["status"] in {"failed", "canceled"}
        case _:
            pass


def _text(line: Row, at: datetime) -> Text:
    return Text(
        at,
        line["to"],
        line.get("from") or "",
        line["sid"],
        line["ref"],
        route=line.get("route") or DEFAULT_ROUTE,
        template=line.get("template"),
        links=line.get("links") or 0,
        words=tuple(line.get("words") or ()),
    )


def _said(line: Row, at: datetime) -> Said:
    route = line.get("route") or DEFAULT_ROUTE
    return Said(at, line["from"], line["kind"], line["sid"], line["channel"] == "page", route)


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
    account = Account(line["account"], line.get("lender", ""), Decimal(line["owed"]), at)
    if line["balance_as_of"]:
        # Known before the answer: nobody can be texted about an account before its enrolment was committed.
        account.dated.append((BEFORE_ALL, instant(line["balance_as_of"])))
    client.accounts[account.id] = account
    told = Told(account.id, at, account.lender)
    for party in ({"role": BORROWER, **line}, *line.get("others", ())):
        _party(client, account, party, told)


def _party(client: Client, account: Account, line: Row, told: Told) -> None:
    """What was told of one person with an account; further people may come with less."""
    person = client.persons.setdefault(line["person"], Person(line["person"]))
    person.parts.add((account.id, line["role"]))
    account.people.setdefault(line["role"], set()).add(person.label)
    person.phones.update(line["phones"])
    person.zones += [(zone, told) for zone in line["zones"]]
    person.countries += [(country, told) for country in line.get("countries", HOME)]
    person.consents += [_permission(given, told) for given in line["consents"]]
    person.opt_outs += [_permission(given, told) for given in line.get("opt_outs", ())]
    person.contacts += [
        Contact(instant(made["at"]), made["channel"], made["result"], told) for made in line.get("contacts", ())
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
