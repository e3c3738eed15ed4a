"""The loop of a season: the earliest due thing happens, the clock jumps to it, and decisions are obeyed.

It stands where Temporal stands, in few lines: runs with numbered questions, timers, signals out of the real outbox, an
activity that is tried once, a loop of upkeep. Everything it calls is the product's own.
"""

import heapq
import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any

from temporalio.testing import ActivityEnvironment

from activities.contact import ContactActivities
from activities.texts import Texts
from activities.upkeep import UpkeepActivities
from forbear.cadence.playbooks import Playbook, load_all
from forbear.channels.inbound_words import read
from forbear.channels.wording import SmsWording
from forbear.clock import Clock
from forbear.contracts.decision import Asked, Close, Contact, ContactOrder, Escalate, Rest
from forbear.ledger import outbox, receipts, routes
from forbear.ledger.asking import CheckoutsBook
from forbear.ledger.deciding import DecidingBook
from forbear.ledger.engine import Ledger
from forbear.ledger.listening import ListeningBook
from forbear.ledger.touching import TouchingBook
from forbear.ledger.upkeeping import UpkeepingBook
from forbear.ports.book import CadenceBook, TouchBook
from forbear.ports.sms import SmsCarrier
from forbear.rules.packs import Packs
from forbear.rules.packs import load as load_packs
from forbear.settings import Settings
from tests.conftest import Hands
from tests.season.cast import Debt
from tests.season.faulty import LOST, Chances, faulty
from tests.season.office import Office
from tests.season.options import Options
from tests.season.papers import Papers
from tests.season.people import People
from tests.season.world import Message, Receipt, World

PLAYBOOKS: Mapping[str, Playbook] = load_all()
PACKS = load_packs()
CONTACT_TIMEOUT = timedelta(seconds=25)
HEALING = timedelta(days=4)
"""Long enough for the lender's next file, for every late receipt, and for upkeep to find what was lost."""
AT_ONCE = 1_000
INSTANT = timedelta(microseconds=1)
"""Two things never happen at one instant: of a payment and a claim the judge could not tell which came first."""
SOON, LATE = timedelta(minutes=20), timedelta(hours=9)
"""After something was lost: before and after what a provider's list and a claim's lease may take."""


@dataclass(slots=True)
class Parts:
    """What may be swapped for something broken, to see that a rig says so."""

    packs: Packs = PACKS
    cadence: Callable[[CadenceBook], CadenceBook] = lambda book: book
    touches: Callable[[TouchBook], TouchBook] = lambda book: book
    carrier: Callable[[SmsCarrier], SmsCarrier] = lambda carrier: carrier
    decide: Any = None
    recheck: Any = None
    contact: type[ContactActivities] = ContactActivities
    sweeps: bool = True
    signals: bool = True


@dataclass(slots=True)
class Life:
    """One account's workflow: the run, the number of its next question, and which timer is the last one set."""

    run: str = "run-1"
    runs: int = 1
    number: int = 0
    timer: int = 0
    running: bool = False


@dataclass
class Season:
    """One seed's season. `folder` takes the logs."""

    settings: Settings
    options: Options
    folder: Any
    parts: Parts = field(default_factory=Parts)

    def __post_init__(self) -> None:
        options, parts = self.options, self.parts
        self.hands = Hands(options.origin)
        self.papers = Papers(self.folder, self.hands)
        self.ledger = Ledger.open(self.settings, clock=Clock.real(self.hands))
        self.plan = Chances(options, self.hands, self._worker_says)
        self.world = World(options, self.hands, self.papers, self)
        self.office = Office(options, self.ledger, self.papers, self.plan)
        self.people = People(
            options, self.ledger, self.papers, plan=self.plan, office=self.office, world=self.world, stage=self
        )
        deciding = DecidingBook(self.ledger, PLAYBOOKS, parts.packs, **_given(decide=parts.decide))
        touching = TouchingBook(self.ledger, self.settings, PLAYBOOKS, parts.packs, **_given(recheck=parts.recheck))
        carrier = faulty(parts.carrier(self.world), self.plan, "carrier")
        self.cadence = faulty(parts.cadence(deciding), self.plan, "cadence")
        self.contact = parts.contact(
            faulty(parts.touches(touching), self.plan, "touch"),
            {"sms": Texts(carrier, faulty(SmsWording(), self.plan, "wording"))},
            self.ledger.clock,
        )
        self.upkeep = UpkeepActivities(
            faulty(UpkeepingBook(self.ledger, self.settings), self.plan, "upkeep"),
            {"sms": carrier},
            faulty(ListeningBook(self.ledger, read), self.plan, "replies"),
            self.world,
            runs=self,
            checkouts=faulty(CheckoutsBook(self.ledger), self.plan, "checkouts"),
            payments=self.people,
        )
        self._draw = Random(f"season {options.seed}")
        self._due: list[tuple[datetime, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._troubled_until = options.origin
        self.lives: dict[str, Life] = {}
        self.decisions = 0
        self.overtaken: set[str] = set()
        """Touches that something committed before they were sent forbids."""
        self.end = options.origin + timedelta(days=options.days)

    def at(self, when: datetime, deed: Callable[[], None]) -> None:
        heapq.heappush(self._due, (when, next(self._order), deed))

    def run(self) -> None:
        """Faults first, then everything heals and must come to rest."""
        self._plan_everything()
        self._until(self.end)
        self._heal()
        self.end += HEALING
        self._until(self.end)
        self._look_after()
        self._relay()
        self._until(self.end + timedelta(seconds=1))
        self.papers.close()

    def _until(self, end: datetime) -> None:
        while self._due and self._due[0][0] <= end:
            at, _, deed = heapq.heappop(self._due)
            self.hands.set(max(at, self.hands.at + INSTANT))
            deed()
            self._relay()
        self.hands.set(max(end, self.hands.at))

    def _plan_everything(self) -> None:
        origin = self.options.origin
        for debt in self.office.cast.debts:
            self.at(origin + timedelta(hours=self._draw.choice((0, 0, 0, 5, 50))), partial(self._enrol, debt))
        days = self.options.days + HEALING.days
        for night, lender in itertools.product(range(1, days + 1, 2), range(len(self.office.lenders))):
            close = origin.replace(hour=6, minute=0) + timedelta(days=night)
            self.at(close, partial(self._confirm, lender, close - timedelta(hours=1)))
        for span, what, debt in self.office.plan_days(self.options.days):
            self.at(origin + span, partial(self._pay if what == "pay" else self._stop, debt))
        self.at(origin + timedelta(hours=1), self._round)

    def _heal(self) -> None:
        self.papers.say("season", "heals")
        self.plan.healed = self.world.healed = True

    # What the lender does.

    def _enrol(self, debt: Debt) -> None:
        self._again(partial(self.office.enrol, debt))

    def _confirm(self, lender: int, as_of: datetime) -> None:
        self.people.read_settlement()
        self._again(partial(self.office.confirm, lender, as_of))

    def _pay(self, debt: Debt) -> None:
        self.people.read_settlement()
        book = self.office.pay(debt) if debt.account else None
        if book is None:
            return

        def paid() -> None:
            payment = book()
            if self.office.bounces():
                self.at(self.hands.at + self.office.later(6), partial(self._bounce, debt, payment))

        self._again(paid)

    def _bounce(self, debt: Debt, payment: str) -> None:
        self._again(partial(self.office.reverse, debt, payment))

    def _stop(self, debt: Debt) -> None:
        placed = self.office.stop(debt) if debt.account else None
        if placed is not None:
            release = partial(self.office.release, debt, *placed)
            self.at(self.hands.at + self.office.later(8), partial(self._again, release))

    def _again(self, deed: Callable[[], object]) -> None:
        """A client whose request got no answer sends it again under the same key."""
        try:
            deed()
        except LOST:
            self.at(self.hands.at + timedelta(seconds=20), partial(self._again, deed))

    # What the carrier tells.

    def hear(self, receipt: Receipt) -> None:
        """A status callback, through the same functions as the hook; told again while it gets no answer."""
        message = receipt.message
        try:
            self.plan.before("hook.status")
            with self.ledger.anyone() as session:
                owner = routes.touch_owner(session, message.touch)
            if owner is None:
                return
            with self.ledger.api(*owner) as session:
                receipts.add_receipt(
                    session,
                    touch_id=message.touch,
                    source="callback",
                    status=receipt.status,
                    provider_id=message.sid,
                    code=receipt.code,
                    at=self.ledger.clock.now(),
                )
            self.plan.after("hook.status")
        except LOST:
            self.at(self.hands.at + timedelta(seconds=5), partial(self.hear, receipt))

    def read(self, message: Message) -> None:
        if self.hands.at < self.end and not self.world.healed:
            self.people.read(message)

    # What Temporal does.

    def _relay(self) -> None:
        """Facts become signals. One that is lost changes nothing but when the account wakes."""
        with self.ledger.relay() as session:
            facts = outbox.waiting(session, AT_ONCE)
            outbox.delivered(session, [fact.id for fact in facts], self.hands.at)
        for account, told in itertools.groupby(facts, key=lambda fact: fact.account):
            names = ", ".join(fact.fact for fact in told)
            if self._draw.random() < self.options.signal_lost and not self.plan.healed:
                self.papers.say(account, "signal lost", names)
                self.trouble()
            elif self.parts.signals or "enrolled" in names:
                self.papers.say(account, "hears", names)
                self._wake(account)

    def running(self, accounts: Sequence[str]) -> frozenset[str]:
        """What Temporal lists. Implements `forbear.ports.runs.Runs`."""
        return frozenset(each for each in accounts if each in self.lives and self.lives[each].running)

    def _wake(self, account: str) -> None:
        life = self.lives.setdefault(account, Life())
        if not life.running:
            life.running, life.number = True, 0
            self._new_run(life)
        self._sleep(account, life, self.hands.at)

    def _sleep(self, account: str, life: Life, until: datetime) -> None:
        """Set the run's one timer; news, or another timer, puts it away."""
        life.timer += 1
        self.at(until, partial(self._timer, account, life, life.timer))

    def _timer(self, account: str, life: Life, timer: int) -> None:
        if timer == life.timer:
            self._decide(account, life)

    def _new_run(self, life: Life) -> None:
        life.runs += 1
        life.run = f"run-{life.runs}"

    def _decide(self, account: str, life: Life) -> None:
        """Ask, obey, and ask the next question when the time has come."""
        self.decisions += 1
        asked = Asked(tenant=self.office.tenant, account=account, run=life.run, number=life.number)
        try:
            decision = self.cadence.decide(asked)
            if self._draw.random() < self.options.asked_twice and not self.plan.healed:
                decision = self.cadence.decide(asked)
        except LOST:
            if self._draw.random() < 0.2:
                self._new_run(life)  # its history was lost: another run takes over at the same number
            self._sleep(account, life, self.hands.at + timedelta(seconds=self._draw.choice((1, 30, 400))))
            return
        life.number += 1
        match decision:
            case Rest():
                self.papers.say(account, "rests", f"{decision.until:%d %b %H:%M} {decision.rule or decision.reason}")
                if self._draw.random() < self.options.timer_lost and not self.plan.healed:
                    life.running = self._draw.random() < 0.5  # the timer alone, or the workflow with it
                    self.papers.say(account, "timer lost" if life.running else "workflow lost")
                    life.timer += 1
                    self.at(decision.until + SOON, self.trouble)
                else:
                    self._sleep(account, life, max(decision.until, self.hands.at + timedelta(milliseconds=200)))
            case Contact():
                self.papers.say(account, "contacts", decision.touch)
                if self._draw.random() < self.options.last_second and not self.plan.healed:
                    self._last_second(account, decision.touch)
                self._contact(account, decision.touch)
                self._sleep(account, life, self.hands.at)
            case Escalate():
                self.papers.say(account, "escalates", decision.case)
                self._sleep(account, life, self.hands.at)
            case Close():
                self.papers.say(account, "closes", decision.reason)
                life.running = False

    def _last_second(self, account: str, touch: str) -> None:
        """While the order waits in its queue the person says stop, or pays everything; then it may not be sent."""
        debt = next(each for each in self.office.enrolled if each.account == account)
        self.hands.advance(timedelta(seconds=1))
        writes = self._draw.random() < 0.5 and debt.lender < self.options.lenders
        overtakes = self.people.says_stop if writes else self.office.pays_all
        if overtakes(debt):
            self.overtaken.add(touch)

    def _contact(self, account: str, touch: str) -> None:
        """The activity is tried once; now and then the server hands it to a second worker all the same."""
        order = ContactOrder(tenant=self.office.tenant, account=account, touch=touch)
        for _ in range(2):
            try:
                outcome = self.contact.contact(order)
                self.papers.say(touch, "outcome", outcome.state)
                if outcome.state == "unknown":
                    self.trouble()
            except LOST:
                self.hands.advance(CONTACT_TIMEOUT)
            if self._draw.random() >= self.options.asked_twice / 4 or self.plan.healed:
                return
            self.papers.say(touch, "sent for again")

    def _round(self) -> None:
        """Upkeep about once a day, as far as nothing is wrong: where nothing waits, a round finds nothing."""
        self._look_after()
        self.at(self.hands.at + timedelta(hours=self._draw.uniform(18, 23)), self._round)

    def trouble(self) -> None:
        """Something was lost: two rounds that come upon it, early and late."""
        if self.hands.at >= self._troubled_until:
            self._troubled_until = self.hands.at + SOON
            for span in (SOON, LATE):
                self.at(self.hands.at + span, self._look_after)

    def _worker_says(self, what: str, state: str) -> None:
        self.papers.say("worker", what, state)
        if what in {"dies", "breaks"}:
            self.trouble()

    def _look_after(self) -> None:
        if not self.parts.sweeps:
            return
        try:
            ActivityEnvironment().run(self.upkeep.look_after)
        except LOST:
            self.papers.say("upkeep", "died")


def _given(**parts: Any) -> dict[str, Any]:
    return {name: part for name, part in parts.items() if part is not None}
