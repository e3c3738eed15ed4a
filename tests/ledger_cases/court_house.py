"""A small tenant with legal staff and cases, which can be told facts, decided, prepared and looked at."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from hashlib import sha256
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from forbear.contracts.cases import CaseAsked, CaseDecision
from forbear.court.paths import load_all
from forbear.ledger import staffing
from forbear.ledger.cases import facts, opening, packets, reviewing, rows
from forbear.ledger.cases.deciding import CaseDecidingBook, Decide
from forbear.ledger.engine import make_engine
from forbear.ledger.ids import new_id
from forbear.ledger.owed import owed_on
from forbear.ledger.tables.accounts import Account, LegalCase, Party
from forbear.ledger.tables.base import Base
from forbear.ledger.tables.cases import CaseFact, Packet
from forbear.ledger.tables.people import Profile
from forbear.ledger.tables.record import Outbox
from tests.ledger.house import PACKS, House

PDF = b"%PDF-1.4\n"
MANIFEST = b'{"packet": "as it is"}'
DAY = date(2026, 3, 2)
"""Of the house's noon, in Chicago."""


class CourtHouse(House):
    """With one member of legal staff who prepares and a lawyer who approves."""

    def __init__(self, settings: Any, hands: Callable[[], Any], *, speed: int = 1) -> None:
        super().__init__(settings, hands, speed=speed)
        self.legal = self.hire("legal")
        self.lawyer = self.hire("lawyer")
        self._asked = 0

    def hire(self, role: str) -> str:
        with Session(make_engine(self.migrator)) as session, session.begin():
            return staffing.add(
                session,
                self.ledger.vault,
                tenant=self.tenant,
                email=f"{new_id('stf').lower()}@example.com",
                name="Example Colleague",
                roles=[role],
                language="en",
                now=self.now,
            )

    def staff(self) -> AbstractContextManager[Session]:
        return self.ledger.staff(self.tenant)

    def case(self, *, kind: str = "suit", jurisdictions: list[str] | None = None, **account: Any) -> str:
        """A case on its path, of a new account whose borrower lives there."""
        lender = account.pop("lender", self.lender)
        person = self.person()
        self.phone(person, self._number(), lender=lender)
        debt = self.account(person, lender=lender, **account)
        with self.api(lender) as session:
            profile = session.scalars(select(Profile).where(Profile.person == person)).one()
            profile.jurisdictions = jurisdictions or ["CN"]
        with self.worker() as session:
            row = LegalCase(
                id=new_id("cas"),
                tenant=self.tenant,
                lender=lender,
                account=debt,
                kind=kind,
                reason="for a test",
                state="open",
                stage="",
                version=0,
                opened_at=self.now,
            )
            session.add(row)
            session.flush()
            opening.begin(session, row, self._account(session, debt), self.now)
            return row.id

    def _account(self, session: Session, account: str) -> Any:
        return session.get_one(Account, account)

    def _number(self) -> str:
        self._asked += 1
        return f"+1{213 + self._asked % 700}555{100 + self._asked % 100:04}"

    def party(self, case: str, role: str = "guarantor") -> str:
        """One more person on a case's account."""
        person = self.person()
        row = self.row(LegalCase, case)
        self.phone(person, self._number(), lender=row.lender)
        with self.api(row.lender) as session:
            session.add(
                Party(
                    id=new_id("pty"),
                    tenant=row.tenant,
                    lender=row.lender,
                    account=row.account,
                    person=person,
                    role=role,
                )
            )
        return person

    def row(self, table: type[Base], row_id: str) -> Any:
        with self.worker() as session:
            return session.get_one(table, row_id)

    def rows(self, table: type[Base], **where: Any) -> list[Any]:
        with self.worker() as session:
            return list(session.scalars(select(table).filter_by(**where).order_by(table.__table__.c.id)))

    def decide_case(
        self, case: str, decide: Decide | None = None, *, run: str = "run-1", number: int | None = None
    ) -> CaseDecision:
        self._asked += 1
        more = {} if decide is None else {"decide": decide}
        book = CaseDecidingBook(self.ledger, load_all(), PACKS, **more)
        asked = CaseAsked(tenant=self.tenant, case=case, run=run, number=self._asked if number is None else number)
        return book.decide(asked)

    def tell(
        self, case: str, kind: str, *, on: date | None = None, person: str | None = None, **values: Any
    ) -> CaseFact:
        with self.staff() as session:
            return facts.tell_fact(
                self.ledger,
                session,
                case,
                kind,
                on or DAY,
                person=person,
                values=values,
                staff=self.legal,
                now=self.now,
            )

    def ask_packet(self, case: str, profile: str = "cn.suit", *, staff: str | None = "", cut_off: date = DAY) -> str:
        with self.staff() as session:
            who = self.legal if staff == "" else staff
            return packets.ask(session, case, profile, cut_off, staff=who, now=self.now).id

    def make(self, packet: str, **changed: Any) -> Packet:
        """Keep a packet as its shop would."""
        files = (
            packets.MadeFile("packet.pdf", "volume", PDF, 1),
            packets.MadeFile("manifest.json", "manifest", MANIFEST),
        )
        with self.worker() as session:
            snapshot = self.snapshot(session, session.get_one(Packet, packet))
            made: dict[str, Any] = {"files": files, "sha256": sha256(MANIFEST).hexdigest(), "pages": 1, "draft": False}
            return packets.keep_made(
                self.ledger,
                session,
                packet,
                packets.MadePacket(**cast("Any", {"snapshot": snapshot, **made, **changed})),
                self.now,
            )

    def made(self, case: str, profile: str = "cn.suit") -> Packet:
        return self.make(self.ask_packet(case, profile))

    def approve(self, packet: Packet, *, staff: str = "", digest: str = "") -> Packet:
        with self.staff() as session:
            return reviewing.approve(
                session,
                packet.id,
                digest or packet.sha256 or "",
                staff=staff or self.lawyer,
                snapshot=self.snapshot,
                now=self.now,
            )

    def snapshot(self, session: Session, packet: Packet) -> str:
        """What a packet rests on, as plainly as a test needs it: what is owed, and the case's facts and files."""
        case = session.get_one(LegalCase, packet.legal_case)
        owed = owed_on(session, self._account(session, case.account), self.now).total
        told = ",".join(each.id for each in rows.facts(session, case.id))
        kept = ",".join(each.id for each in rows.files(session, case.id))
        digests = {"sums": f"{owed}", "facts": told, "files": kept}
        parts = [f"{name}={sha256(text.encode()).hexdigest()[:16]}" for name, text in digests.items()]
        return " ".join([sha256(" ".join(parts).encode()).hexdigest(), *parts])

    def told_case(self, case: str) -> list[str]:
        with self.worker() as session:
            return list(session.scalars(select(Outbox.fact).where(Outbox.legal_case == case).order_by(Outbox.id)))
