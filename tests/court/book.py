"""A small record of one case, kept in memory: what is told goes in, what `decide` answers is written down.

It does what the ledger does with a decision, and nothing else, so that a whole path can be walked in a test.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from forbear.calendars import calendar
from forbear.contracts.case_words import ClockKind, FactKind, PacketState, ServiceMethod, ServiceResult
from forbear.court.decide import decide
from forbear.court.decision import Alarm, Ask, CaseDecision, Clock, Close, Move, Prepare, Rest
from forbear.court.facts import check_fact
from forbear.court.life import Answering, CaseLife, ClockKnown, Guaranteed, Happened, PacketKnown, Served, Stopped
from forbear.court.path import CasePath
from forbear.court.paths import load_all
from forbear.rules.wall import zone

ZONES = {"CN": "Asia/Shanghai", "US": "America/Chicago", "US-NY": "America/New_York", "US-CA": "America/Los_Angeles",
         "GB-EAW": "Europe/London"}  # fmt: skip
PLACES = {"CN": ("CN",), "US": ("US", "US-TX"), "US-NY": ("US", "US-NY"), "US-CA": ("US", "US-CA"),
          "GB-EAW": ("GB", "GB-EAW")}  # fmt: skip
CALENDARS = {"CN": "CN", "GB-EAW": "GB-EAW"}
DUE = date(2026, 1, 5)
MOST_STEPS = 60


def life(place: str, **told: Any) -> CaseLife:
    """A case of one borrower on a path, opened three months after the debt was due."""
    plain: dict[str, Any] = {
        "id": "cas_1",
        "account": "acc_1",
        "kind": "suit",
        "path": place,
        "stage": "",
        "stage_since": None,
        "opened": date(2026, 4, 7),
        "state": "open",
        "currency": "CNY" if place == "CN" else "USD",
        "owed": {"principal": Decimal(9000), "interest": Decimal(500)},
        "due_since": DUE,
        "jurisdictions": PLACES[place],
        "lender_role": "original_creditor",
        "lender_kind": "bank",
        "debt_kind": "personal_loan",
        "zone": ZONES[place],
        "calendars": (calendar(CALENDARS.get(place, "US-federal"), DUE),),
        "parties": (Answering("per_b", "borrower"),),
        "fields_told": frozenset({"respondent_persons"}),
        "slots_filled": frozenset({"contract", "service_proof"}),
    }
    return CaseLife(**(plain | told))


@dataclass
class Book:
    """One case and its record. `alarms` are those raised, in order; `stages` those entered."""

    life: CaseLife
    path: CasePath
    today: date
    alarms: list[tuple[str, str, date, int]] = field(default_factory=list[tuple[str, str, date, int]])
    stages: list[str] = field(default_factory=list[str])
    asked: list[str] = field(default_factory=list[str])
    closed: str = ""
    clocks: tuple[Clock, ...] = ()
    last: CaseDecision | None = None

    @property
    def stage(self) -> str:
        return self.life.stage

    def now(self, hour: int = 9) -> datetime:
        return datetime.combine(self.today, time(hour), zone(self.life.zone)).astimezone(UTC)

    def tell(self, kind: FactKind, on: date | None = None, person: str = "", **details: Any) -> str:
        """Enter a fact as its form asks for it."""
        assert check_fact(kind, details, person=bool(person) or kind in {"served", "order_served"}) == ()
        name = f"fct_{len(self.life.facts) + 1:03d}"
        fact = Happened(name, kind, on or self.today, person, details)
        self.life = replace(self.life, facts=(*self.life.facts, fact))
        return name

    def take_back(self, name: str) -> None:
        self.life = replace(self.life, facts=tuple(each for each in self.life.facts if each.id != name))

    def serve(
        self,
        paper: str,
        person: str = "per_b",
        reached: date | None = None,
        *,
        proven: bool = True,
        result: ServiceResult = "signed",
        sent: date | None = None,
        method: ServiceMethod = "ems",
    ) -> None:
        day = reached or self.today
        piece = Served(paper, person, method, result, sent or day, day, "", proven)
        self.life = replace(self.life, services=(*self.life.services, piece))

    def stop(self, *kinds: str) -> None:
        self.life = replace(self.life, stops=tuple(Stopped(each) for each in kinds))

    def pay(self, amount: int | None = None) -> None:
        """A payment, of everything where no amount is told."""
        left = Decimal(0) if amount is None else self.life.balance - amount
        self.life = replace(self.life, owed={"principal": left}, paid_on=(*self.life.paid_on, self.today))

    def packet(self, profile: str, state: PacketState) -> None:
        """What people did with the latest packet of a profile."""
        last = max((each for each in self.life.packets if each.profile == profile), key=lambda each: each.number)
        rest = tuple(each for each in self.life.packets if each is not last)
        self.life = replace(self.life, packets=(*rest, replace(last, state=state)))

    def step(self) -> CaseDecision:
        """Ask once and write the answer down."""
        found = decide(self.life, self.path, self.now())
        self.clocks, self.last = found.clocks, found.answer
        self._keep_clocks()
        match found.answer:
            case Alarm(clock=clock, rung=rung):
                self.alarms.append((clock.kind, clock.subject, clock.last, rung))
                self._raise(clock, rung)
            case Move(stage=stage):
                self.stages.append(stage)
                self.life = replace(self.life, stage=stage, stage_since=self.today)
            case Ask(profile=profile):
                self.asked.append(profile)
                number = len(self.life.packets) + 1
                packet = PacketKnown(f"pkt_{number}", number, profile, "asked", asked_at=self.now())
                self.life = replace(self.life, packets=(*self.life.packets, packet))
            case Prepare(packet=packet):
                made = tuple(
                    replace(each, state="prepared") if each.id == packet else each for each in self.life.packets
                )
                self.life = replace(self.life, packets=made)
            case Close(outcome=outcome):
                self.closed = outcome
            case Rest():
                pass
        return found.answer

    def _keep_clocks(self) -> None:
        raised = {(each.kind, each.subject, each.last): each.raised for each in self.life.clocks}
        kept = tuple(
            ClockKnown(each.kind, each.subject, each.nature, each.state, each.last,
                       raised.get((each.kind, each.subject, each.last), frozenset()))
            for each in self.clocks
        )  # fmt: skip
        self.life = replace(self.life, clocks=kept)

    def _raise(self, clock: Clock, rung: int) -> None:
        def told(each: ClockKnown) -> ClockKnown:
            same = (each.kind, each.subject) == (clock.kind, clock.subject)
            return replace(each, raised=each.raised | {rung}) if same else each

        self.life = replace(self.life, clocks=tuple(told(each) for each in self.life.clocks))

    def run(self) -> CaseDecision:
        """Ask until the case rests or closes."""
        for _ in range(MOST_STEPS):
            answer = self.step()
            if isinstance(answer, Rest | Close):
                return answer
        raise AssertionError("the case never comes to rest")

    def rest(self) -> Rest:
        answer = self.run()
        assert isinstance(answer, Rest), answer
        assert answer.until > self.now()
        assert answer.until <= self.now() + timedelta(days=7)
        return answer

    def lacking(self) -> list[str]:
        return [each.item for each in self.rest().lacking]

    def go(self, day: date) -> "Book":
        """Live on to a day, asking whenever the case said that it would like to be asked."""
        while self.today < day:
            answer = self.rest()
            woken = answer.until.astimezone(zone(self.life.zone)).date()
            self.today = min(max(woken, self.today + timedelta(days=1)), day)
        self.run()
        return self

    def clock(self, kind: ClockKind, subject: str = "") -> Clock:
        return next(each for each in self.clocks if (each.kind, each.subject) == (kind, subject))


def book(place: str, today: date = date(2026, 4, 7), **told: Any) -> Book:
    """The record of a fresh case."""
    return Book(life(place, **told), load_all()[place], today)


JOINT = Guaranteed("per_g", "joint", DUE)
GENERAL = Guaranteed("per_h", "general", DUE)
Doing = Callable[[Book], None]
