"""A season in a box: the real cadence, ledger and contact activity under one loop, with the time between skipped.

No Temporal, no sockets: a driver takes the earliest due account, sets the clock to it and obeys the decision. The world
is a carrier that writes what it accepts. Parts can be swapped for broken ones, to see that the judge says so.
"""

import heapq
import itertools
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from activities.contact import ContactActivities
from forbear.api.client_import import to_enrolment
from forbear.cadence.playbooks import load_all
from forbear.channels.wording import SmsWording
from forbear.clock import Clock
from forbear.contracts.decision import Asked, Close, Contact, ContactOrder, Escalate, Rest
from forbear.ledger import admin, books, dump, stops
from forbear.ledger.confirming import Confirmation, confirm_balances
from forbear.ledger.deciding import DecidingBook
from forbear.ledger.engine import Ledger
from forbear.ledger.enrol import enrol
from forbear.ledger.forms.enrolment import EnrolmentForm
from forbear.ledger.touching import TouchingBook
from forbear.ports.book import CadenceBook, TouchBook
from forbear.ports.sms import Accepted, Found, Sending, SmsText
from forbear.rehearsal.clientlog import ClientLog
from forbear.rehearsal.demo import LENDER, LENDER_PHONE, ORIGIN, SENDER
from forbear.rehearsal.portfolio import Loan
from forbear.rules.packs import Packs
from forbear.rules.packs import load as load_packs
from forbear.settings import Settings
from tests.conftest import Hands
from tests.judge.__main__ import judge
from tests.judge.finding import Verdict
from tests.judge.reading import Allowances, read_client, read_record, read_world

CONFIRM_EVERY = timedelta(days=2)
PLAYBOOKS = load_all()


class World:
    """A carrier that takes everything and delivers it half a minute later."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self._file, self._clock = path.open("a", encoding="utf-8"), clock
        self._numbers = itertools.count(1)

    def send(self, text: SmsText) -> Sending:
        sid, at = f"SM{next(self._numbers):032x}", self._clock.now()
        ref = parse_qs(urlsplit(text.callback_url).query)["t"][0]
        line = {"channel": "sms", "to": text.to, "from": text.sender, "ref": ref, "status": "queued"}
        self.write(line | {"sid": sid, "body_sha256": ""}, at)
        self.write({"sid": sid, "status": "delivered"}, at + timedelta(seconds=30))
        return Accepted(sid, "queued")

    def find(
        self, *, provider: str, touch: str, to: str, sender: str, since: datetime, marker_sha256: str
    ) -> Found | None:
        raise ConnectionError("this world answers every request, so nobody needs to search it")

    def write(self, line: Mapping[str, Any], at: datetime) -> None:
        self._file.write(json.dumps({"at": at.isoformat(), **line}) + "\n")
        self._file.flush()


@dataclass(slots=True)
class Parts:
    """What may be swapped for something broken."""

    packs: Packs = field(default_factory=load_packs)
    cadence: Callable[[CadenceBook], CadenceBook] = lambda book: book
    touches: Callable[[TouchBook], TouchBook] = lambda book: book


class Season:
    """Some days in the life of some accounts."""

    def __init__(self, settings: Settings, hands: Hands, folder: Path, loans: list[Loan], parts: Parts) -> None:
        hands.set(ORIGIN)
        self._hands, self._folder, self._loans = hands, folder, loans
        self.ledger = Ledger.open(settings, clock=Clock.real(hands))
        self._migrator = settings.database_url_for("migrator")
        self.world = World(folder / "world.jsonl", self.ledger.clock)
        self._log = ClientLog(folder / "client.jsonl", self.ledger.clock)
        self._cadence = parts.cadence(DecidingBook(self.ledger, PLAYBOOKS, parts.packs))
        touching = parts.touches(TouchingBook(self.ledger, settings, PLAYBOOKS, parts.packs))
        self._activities = ContactActivities(touching, self.world, SmsWording(), self.ledger.clock)
        self._due: list[tuple[datetime, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._numbers: dict[str, int] = {}
        self._people: dict[str, list[str]] = {}

    def run(self, days: int) -> Verdict:
        """Enrol, live, and let the judge look at the three logs."""
        self._enrol_all()
        end = ORIGIN + timedelta(days=days)
        while self._due and self._due[0][0] <= end:
            at, _, deed = heapq.heappop(self._due)
            self._hands.set(max(at, self._hands.at))
            deed()
        self._hands.set(end)
        dump.write(self._migrator, self._folder / "ledger.jsonl")
        self.ledger.close()
        files = (self._folder / name for name in ("world.jsonl", "client.jsonl", "ledger.jsonl"))
        world, client, record = next(files), next(files), next(files)
        return judge(read_world(world), read_client(client), read_record(record), Allowances(end))

    def _at(self, at: datetime, deed: Callable[[], None]) -> None:
        heapq.heappush(self._due, (at, next(self._order), deed))

    def _enrol_all(self) -> None:
        self.tenant = admin.add_tenant(self._migrator, "Example Outreach")
        self.lender = admin.add_lender(
            self._migrator,
            tenant=self.tenant,
            name=LENDER,
            role="original_creditor",
            kind="bank",
            country="US",
            phone=LENDER_PHONE,
            sender=SENDER,
        )
        now = self.ledger.clock.now()
        for loan in self._loans:
            form = EnrolmentForm.model_validate(to_enrolment(loan.row))
            with self.ledger.api(self.tenant, self.lender) as session:
                account = enrol(session, self.ledger, tenant=self.tenant, lender=self.lender, enrolment=form, now=now)
            self._log.enrolled(loan, account)
            self._people.setdefault(loan.phone, []).append(account)
            self._at(now, partial(self._decide, account))
            self._at(now + CONFIRM_EVERY, partial(self._confirm, account))
        self._plan_people(now)

    def _plan_people(self, now: datetime) -> None:
        """A third pays at the bank on some day, a sixth says stop on some other."""
        for index, phone in enumerate(sorted(self._people)):
            later = now + timedelta(days=5 + index % 9, hours=6)
            if index % 3 == 0:
                account = self._people[phone][0]
                self._at(later, partial(self._pay, account))
            elif index % 6 == 1:
                self._at(later, partial(self._say_stop, phone))

    def _decide(self, account: str) -> None:
        number = self._numbers[account] = self._numbers.get(account, -1) + 1
        asked = Asked(tenant=self.tenant, account=account, run="run-1", number=number)
        match decision := self._cadence.decide(asked):
            case Rest():
                wake = max(decision.until, self._hands.at + timedelta(minutes=1))
                self._at(wake, partial(self._decide_if_last, account, number))
            case Contact():
                self._activities.contact(ContactOrder(tenant=self.tenant, account=account, touch=decision.touch))
                self._decide(account)
            case Close() | Escalate():
                pass

    def _decide_if_last(self, account: str, number: int) -> None:
        """A timer that news overtook does nothing."""
        if self._numbers[account] == number:
            self._decide(account)

    def _left(self, account: str) -> dict[Any, Decimal]:
        with self.ledger.api(self.tenant, self.lender) as session:
            return dict(books.balance(session, account))

    def _confirm(self, account: str) -> None:
        as_of = self._hands.at - timedelta(hours=1)
        owed = self._left(account)
        with self.ledger.api(self.tenant, self.lender) as session:
            told = [Confirmation(account, as_of, owed)]
            confirm_balances(session, tenant=self.tenant, lender=self.lender, confirmations=told, now=self._hands.at)
        self._log.balance(account, sum(owed.values(), Decimal(0)), as_of)
        if sum(owed.values()) > 0:
            self._decide(account)
            self._at(self._hands.at + CONFIRM_EVERY, partial(self._confirm, account))

    def _pay(self, account: str) -> None:
        left = sum(self._left(account).values(), Decimal(0))
        with self.ledger.api(self.tenant, self.lender) as session:
            books.post_payment(
                session,
                tenant=self.tenant,
                lender=self.lender,
                account=account,
                external_id=f"bank-{account}",
                source="lender",
                amount=left,
                currency="USD",
                received_at=self._hands.at,
                now=self._hands.at,
            )
        self._log.payment(account, f"bank-{account}", left)
        self._decide(account)

    def _say_stop(self, phone: str) -> None:
        key = self.ledger.vault.address_key(self.tenant, "phone", phone)
        self.world.write(
            {"channel": "sms-in", "kind": "stop", "from": phone, "to": SENDER, "sid": f"SMin{key.hex()[:28]}"},
            self._hands.at,
        )
        with self.ledger.api(self.tenant, self.lender) as session:
            stops.suppress(
                session,
                tenant=self.tenant,
                lender=self.lender,
                person=None,
                scope="number",
                channel="sms",
                address_key=key,
                via="sms",
                at=self._hands.at,
            )
