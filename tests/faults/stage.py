"""A rehearsal whose services can be killed: a real house with thirty accounts, a patient client, and looks into it.

Everything a test waits for is a condition: a text in the world's log, a row in the ledger, a call answered. The clock is
slow enough for a service's restart to cost a few hours of the world, and no more.
"""

import json
import os
import signal
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from forbear.api.auth import SCOPES
from forbear.clock import Clock, machine_time
from forbear.ledger import admin
from forbear.ledger.census import Census
from forbear.ledger.engine import make_engine
from forbear.ledger.tables.accounts import Account
from forbear.ledger.tables.contacts import Touch
from forbear.rehearsal import cast, closing, portfolio
from forbear.rehearsal.clientlog import ClientLog
from forbear.rehearsal.closing import Papers
from forbear.rehearsal.demo import LENDER, LENDER_PHONE, SENDER
from forbear.rehearsal.office import Office
from forbear.rehearsal.portfolio import Loan
from forbear.services import settings_file
from forbear.services.addresses import Addresses
from forbear.services.folders import private, write_private
from forbear.services.house import House
from forbear.services.processes import Child, poll_until
from tests.faults.patient import PatientTransport

ORIGIN = datetime(2026, 10, 26, 11, 30, tzinfo=UTC)
"""07:30 on a Monday in New York: texts begin half an hour later."""
START_UP = timedelta(seconds=8)
"""Machine time that services need on a quiet machine; on a busy one the first texts come later in the day."""
SPEED = 1_800
ACCOUNTS, FIRST_WAVE = 30, 20
LEASE_SECONDS = 28.0
"""Just longer than the contact activity's time-out, so that healing does not take longer than it must."""
UPKEEP_SECONDS = 3.0
PATIENCE_SECONDS = 240.0
"""Machine time. No condition takes a tenth of it on a quiet machine."""
ZONES = {"America/New_York", "America/Chicago", "America/Denver"}
HABITS = (
    "pays_after_first",
    "never_answers",
    "disputes",
    "replies_stop",
    "pays_in_parts",
    "no_delivery_report",
    "promises_and_keeps",
    "replies_stop_in_words",
    "stops_on_page",
    "hardship",
    "pays_after_declined_card",
    "unreachable",
    "wrong_number",
    "asks_help",
)
"""What people do about a first text; taken in turn."""

Row = dict[str, Any]
TEXTS_ALONE = "us-first-party"
"""The playbook under which nobody waits for a caller."""


def reachable() -> list[Loan]:
    """Thirty loans of the example whose borrowers may be texted on the first day, one debt each."""
    chosen: dict[str, Loan] = {}
    for loan in portfolio.read(portfolio.EXAMPLE):
        row = loan.row
        may = row["sms_consent_at"] and not row["opt_out_sms_at"] and not loan.contacts
        fresh = row["balance_as_of"] >= "2026-10-26"
        may = may and row["playbook"] == TEXTS_ALONE
        if may and fresh and row["phone_type"] == "mobile" and loan.zones and set(loan.zones) <= ZONES:
            chosen.setdefault(loan.phone, loan)
    return list(chosen.values())[:ACCOUNTS]


@dataclass
class Stage:
    """A running house, its lender's office, and what a test may do to them and see of them."""

    house: House
    office: Office
    api: httpx.Client
    loans: list[Loan]
    papers: Papers
    log: ClientLog
    cells: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])

    @property
    def clock(self) -> Clock:
        return self.house.clock

    @property
    def first_wave(self) -> list[Loan]:
        return self.loans[:FIRST_WAVE]

    @property
    def second_wave(self) -> list[Loan]:
        """Those the lender enrols later in the day: whatever happened until then, somebody is still to be texted."""
        return self.loans[FIRST_WAVE:]

    def enrolling(self, loans: list[Loan]) -> "Future[None]":
        """Enrol these beside the test."""
        pool = ThreadPoolExecutor(1)
        enrolled = pool.submit(self.office.enrol, loans, lambda: None)
        pool.shutdown(wait=False)
        return enrolled

    def pay_in_full(self, account: str) -> None:
        """Post a payment of all that is owed, and write down that it was acknowledged."""
        loan = next(loan for loan in self.loans if self.office.accounts[loan.number] == account)
        body = {
            "external_id": f"branch-{loan.number}",
            "amount": {"amount": f"{loan.owed:.2f}", "currency": loan.row["currency"]},
            "received_at": self.clock.now().isoformat(),
        }
        key = {"Idempotency-Key": f"branch-{loan.number}"}
        self.api.post(f"/v1/accounts/{account}/payments", json=body, headers=key).raise_for_status()
        self.log.payment(account, f"branch-{loan.number}", Decimal(loan.owed))

    def kill(self, service: str, point: str) -> None:
        """SIGKILL a service, see that it is gone, start it again: one cell."""
        before = self.child(service)
        self.house.kill(service)
        assert not before.alive()
        self.house.restart(service)
        assert self.child(service).pid != before.pid
        self.cells.append((service, point))

    def child(self, service: str) -> Child:
        child = self.house.services[service].child
        assert child is not None
        return child

    @contextmanager
    def paused(self, service: str) -> Generator[None]:
        """A service that the machine forgets for a while."""
        os.kill(self.child(service).pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.child(service).pid, signal.SIGCONT)

    def world(self) -> Iterator[Row]:
        """What the world's log says so far; a line that is being written is left for later."""
        if not self.papers.world.exists():
            return
        text = self.papers.world.read_text(encoding="utf-8")
        yield from (json.loads(line) for line in text[: text.rfind("\n") + 1].splitlines())

    def texts(self) -> list[str]:
        """The references of all accepted texts, in their order."""
        return [line["ref"] for line in self.world() if line.get("channel") == "sms"]

    def texts_to(self, phone: str) -> list[str]:
        return [line["ref"] for line in self.world() if line.get("channel") == "sms" and line["to"] == phone]

    def touches(self, *states: str) -> dict[str, Touch]:
        """The touches in these states, or all, by id."""
        wanted = select(Touch).where(Touch.state.in_(states)) if states else select(Touch)
        return {touch.id: touch for touch in self._rows(wanted)}

    def untouched(self) -> list[str]:
        """Open accounts that wait for their first text, the latest first."""
        waiting = select(Account).where(
            Account.state == "open", Account.next_at.is_not(None), Account.id.not_in(select(Touch.account))
        )
        found: list[Account] = self._rows(waiting)
        return [account.id for account in sorted(found, key=lambda each: (each.next_at, each.id), reverse=True)]

    def arm(self, kind: str, phone: str, *, times: int = 1, machine_seconds: float = 0.0) -> None:
        """Have the carrier do something unkind to the next text to somebody."""
        order = {"kind": kind, "phone": phone, "times": times, "machine_seconds": machine_seconds}
        at = f"{self.house.addresses.sandbox_url}/_sandbox/faults"
        httpx.post(at, json=order, trust_env=False, timeout=30.0).raise_for_status()

    def await_that(self, condition: Callable[[], bool], what: str) -> None:
        assert poll_until(condition, PATIENCE_SECONDS), f"not within {PATIENCE_SECONDS:g} s: {what}"

    def healed(self) -> bool:
        """Nothing under way, nothing unheard of, no lost answer open, nobody late."""
        with Census(self._database) as census:
            count = census.take()
            late = census.late(self.clock.now() - self.clock.world_span(closing.SURELY_LATE))
        return not (count.in_flight or count.waiting or late or self.touches("unknown"))

    def end(self) -> Row:
        """Let everything come to rest, and have it judged."""
        self.await_that(self.healed, "the house has healed")
        with Census(self._database) as census:
            now = closing.settle(self.house, census)
        closing.write_record(self.house, self.papers)
        return closing.judge(self.papers, now, self.house.logs)

    def run_for(self, span: timedelta, since: datetime) -> None:
        self.await_that(lambda: self.clock.now() >= since + span, f"{span} of the world have passed")

    @property
    def _database(self) -> str:
        return self.house.settings.database_url_for("migrator")

    def _rows(self, query: Select[Any]) -> list[Any]:
        engine = make_engine(self._database)  # a connection of its own each time: the last one's server may be dead
        with Session(engine) as session:
            return list(session.scalars(query))


@contextmanager
def opened(folder: Path) -> Generator[Stage]:
    """A house with nothing in it but its lender; the world begins when it is ready."""
    data = private(folder / "house")
    loans = reachable()
    assert len(loans) == ACCOUNTS
    habits = {loan.phone: HABITS[number % len(HABITS)] for number, loan in enumerate(loans)}
    people = cast.write(loans, habits, private(folder / "people"))
    settings_file.provide(data / settings_file.FILE, {"lease_seconds": LEASE_SECONDS, "upkeep_seconds": UPKEEP_SECONDS})
    papers = Papers(data)
    write_private(papers.needles, "".join(f"{value}\n" for value in portfolio.personal_values(loans)))
    clock = Clock(origin=ORIGIN, anchor=machine_time() + START_UP, speed=SPEED)
    with House(data, addresses=Addresses.free(), clock=clock, people=people) as house:
        assert poll_until(lambda: clock.now() >= ORIGIN, PATIENCE_SECONDS)
        headers = {"Authorization": f"Bearer {_key(house)}"}
        log = ClientLog(papers.client, clock)
        patient = PatientTransport()
        at = house.addresses.api_url
        with httpx.Client(base_url=at, headers=headers, timeout=60.0, transport=patient, trust_env=False) as api:
            yield Stage(house, Office(api, clock, log, list), api, loans, papers, log)
        log.close()


def _key(house: House) -> str:
    database = house.settings.database_url_for("migrator")
    tenant = admin.add_tenant(database, "Example Outreach")
    lender = admin.add_lender(
        database,
        tenant=tenant,
        name=LENDER,
        role="original_creditor",
        kind="bank",
        country="US",
        phone=LENDER_PHONE,
        sender=SENDER,
    )
    return admin.add_key(database, lender=lender, scopes=SCOPES, label="back office").shown
