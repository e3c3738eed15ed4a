"""A legal case on a real database and a clock moved by hand: asked as its workflow asks, told what people tell.

Packets are marked as made, approved and filed without being bound: how they are made has tests of its own.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from forbear.contracts.cases import CaseAsked, CaseClose, CaseDecision, CasePrepare, CaseRest
from forbear.court.paths import load_all
from forbear.ledger import books
from forbear.ledger.cases import facts, rows
from forbear.ledger.engine import make_engine
from forbear.ledger.ids import new_id
from forbear.ledger.tables.accounts import LegalCase
from forbear.ledger.tables.cases import CaseClock, CaseFile, ClockAlarm, Packet
from tests.case_life.handing_over import CaseHouse, Place
from tests.conftest import Hands

A_DAY: Final = timedelta(days=1)
MOST_ANSWERS: Final = 60
"""Between two rests; more means that a case goes in a circle."""
LAPSE: Final = -1


@dataclass(frozen=True, slots=True)
class Seen:
    """One clock with one last day, from when to when it was seen to run."""

    kind: str
    subject: str
    last: date


@dataclass
class LivedCase:
    """One case and its clock. `answers` keeps what it was answered, with the day."""

    house: CaseHouse
    hands: Hands
    place: Place
    case: str
    people: dict[str, str]
    number: int = 0
    answers: list[tuple[date, CaseDecision]] = field(default_factory=list)
    running: dict[Seen, tuple[date, date]] = field(default_factory=dict)

    @property
    def today(self) -> date:
        return self.house.now.astimezone(ZoneInfo(self.place.zone)).date()

    @property
    def row(self) -> LegalCase:
        with self.house.worker() as session:
            return session.get_one(LegalCase, self.case)

    @property
    def stage(self) -> str:
        return self.row.stage

    def ask(self) -> CaseDecision:
        """The next decision, as the workflow asks for it; a packet that is asked for is made."""
        asked = CaseAsked(tenant=self.house.tenant, case=self.case, run="run-1", number=self.number)
        self.number += 1
        answer = self.house.book.decide(asked)
        self.answers.append((self.today, answer))
        self._look()
        if isinstance(answer, CasePrepare):
            self.mark(answer.packet, "prepared")
        return answer

    def settle(self) -> CaseRest | CaseClose:
        """Ask until the case rests or is over."""
        for _ in range(MOST_ANSWERS):
            answer = self.ask()
            if isinstance(answer, CaseRest | CaseClose):
                return answer
        raise AssertionError(f"no rest after {MOST_ANSWERS} answers: {self.answers[-4:]}")

    def live_until(self, day: date) -> CaseRest | CaseClose:
        """Wait as the workflow would, from rest to rest, up to the middle of a day."""
        ends = self._noon(day)
        while True:
            answer = self.settle()
            if isinstance(answer, CaseClose) or self.house.now >= ends:
                return answer
            assert answer.until > self.house.now, f"{answer.reason}: a rest that is over already"
            self.hands.set(min(answer.until, ends))

    def tell(self, kind: str, *, on: date | None = None, person: str = "", **values: Any) -> str:
        """Tell a fact, and let the case take it in."""
        with self.house.worker() as session:
            told = facts.tell_fact(
                self.house.ledger,
                session,
                self.case,
                kind,
                on or self.today,
                person=self.people[person] if person else None,
                values={
                    name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()
                },
                now=self.house.now,
            ).id
        self.settle()
        return told

    def notify(self, paper: str, *people: str) -> None:
        """A notice that reached these people today, with proof."""
        with self.house.worker() as session:
            lies = any(row.slot == "notice_proof" for row in rows.files(session, self.case))
        if not lies:
            self.file("notice_proof")
        for person in people:
            self.tell("notice_served", person=person, paper=paper)

    def file(self, *slots: str) -> None:
        """Something lies in these slots of the checklist."""
        row = {"tenant": self.house.tenant, "lender": self.house.lender, "legal_case": self.case}
        with self.house.worker() as session:
            for slot in slots:
                session.add(
                    CaseFile(
                        id=new_id("cfl"),
                        **row,
                        slot=slot,
                        number=1,
                        title=b"",
                        media_type="application/pdf",
                        sha256="00" * 32,
                        size=1,
                        pages=1,
                        details={},
                        stored_sha256="00" * 32,
                        file_key=b"",
                        state="kept",
                        at=self.house.now,
                    )
                )

    def mark(self, packet: str, state: str) -> None:
        """Say how a packet stands."""
        values = {"state": state, "changed_at": self.house.now, "made_at": self.house.now, "sha256": "00" * 32}
        # As its owner: nobody else can say so of a packet without a review.
        with Session(make_engine(self.house.migrator)) as session, session.begin():
            session.execute(update(Packet).where(Packet.id == packet).values(**values, snapshot="", pages=1))

    def approve(self, profile: str) -> str:
        """The packet of a profile that was made, accepted by a lawyer."""
        packet = self.packets(profile)[-1]
        assert packet.state == "prepared", packet.state
        self.mark(packet.id, "approved")
        self.settle()
        return packet.id

    def packets(self, profile: str = "") -> list[Packet]:
        with self.house.worker() as session:
            found = session.scalars(select(Packet).where(Packet.legal_case == self.case).order_by(Packet.number))
            return [packet for packet in found if profile in {"", packet.profile}]

    def pay(self, amount: str = "") -> None:
        """Money comes in on the account: all that is owed, if no sum is named."""
        account = self.row.account
        with self.house.api() as session:
            books.post_payment(
                session,
                tenant=self.house.tenant,
                lender=self.house.lender,
                account=account,
                external_id=new_id("pay"),
                source="lender",
                amount=Decimal(amount or "36500.00"),
                currency=self.place.currency,
                received_at=self.house.now,
                now=self.house.now,
            )

    def clocks(self) -> list[CaseClock]:
        with self.house.worker() as session:
            return list(session.scalars(select(CaseClock).where(CaseClock.legal_case == self.case)))

    def clock(self, kind: str, person: str = "") -> CaseClock:
        subject = self.people[person] if person else ""
        return next(each for each in self.clocks() if each.kind == kind and each.subject == subject)

    def raised(self) -> list[ClockAlarm]:
        """Every alarm that was told, oldest first."""
        with self.house.worker() as session:
            found = select(ClockAlarm).where(ClockAlarm.legal_case == self.case).order_by(ClockAlarm.raised_at)
            return list(session.scalars(found))

    def alarms(self) -> dict[tuple[Seen, int], date]:
        """The day on which each rung of each clock was told."""
        with self.house.worker() as session:
            found = session.execute(
                select(CaseClock.kind, CaseClock.subject, ClockAlarm.last_day, ClockAlarm.rung, ClockAlarm.raised_at)
                .join(ClockAlarm, ClockAlarm.clock == CaseClock.id)
                .where(ClockAlarm.legal_case == self.case)
            ).all()
        zone = ZoneInfo(self.place.zone)
        return {
            (Seen(kind, subject, last), rung): at.astimezone(zone).date() for kind, subject, last, rung, at in found
        }

    def check_alarms(self) -> int:
        """Every deadline told its people on each day of its ladder that it ran through; returns how many alarms."""
        raised = self.alarms()
        for (clock, rung), day in raised.items():
            begun, _ = self.running.get(clock, (clock.last, clock.last))
            if rung == LAPSE:
                assert day == max(clock.last + A_DAY, begun), (clock, "lapse", day)
            else:
                assert day == max(clock.last - rung * A_DAY, begun), (clock, rung, day, begun)
        for clock, (begun, ended) in self.running.items():
            for rung in self.ladder(clock.kind):
                due = clock.last - rung * A_DAY
                if begun <= due <= ended:
                    assert (clock, rung) in raised, (clock, rung, "was never told")
        return len(raised)

    def ladder(self, kind: str) -> Iterable[int]:
        path = load_all()[self.row.path or ""]
        rule = next((rule for name, rule in path.clocks.items() if name == kind), None)
        return () if rule is None or rule.nature != "deadline" else rule.ladder

    def _look(self) -> None:
        for each in self.clocks():
            if each.state == "running" and each.nature == "deadline":
                seen = Seen(each.kind, each.subject, each.last_day)
                begun, _ = self.running.get(seen, (self.today, self.today))
                self.running[seen] = (begun, self.today)

    def _noon(self, day: date) -> datetime:
        return datetime.combine(day, time(12), ZoneInfo(self.place.zone)).astimezone(UTC)


def open_case(house: CaseHouse, hands: Hands, place: Place, **options: Any) -> LivedCase:
    """A case that is asked directly, on the clock that these hands move."""
    case, people = house.hand_over(place, **options)
    return LivedCase(house, hands, place, case, people)
