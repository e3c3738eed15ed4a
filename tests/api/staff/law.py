"""The legal department at its pages: cases of fictional people on a desk's house, and packets made from them."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy.orm import Session

from forbear.casework.shop import PacketShopHere
from forbear.contracts.cases import CaseAsked, CaseDecision, PacketOrder
from forbear.court.paths import load_all
from forbear.documents.packets.binding import PacketBinder
from forbear.ledger.cases import packets, rows
from forbear.ledger.cases.deciding import CaseDecidingBook
from forbear.ledger.tables.accounts import LegalCase
from forbear.ledger.tables.cases import CaseFact, CaseService, Packet
from forbear.rules.cases import packs_on
from tests.api.staff.desk import Desk
from tests.casework.conftest import AT, NOW
from tests.casework.filing import CN, CUT_OFF, Country, Filing

GUARANTEED: Final = ("borrower", "guarantor")
SLOTS: Final = ("disbursement", "transactions")


@dataclass
class Law:
    """A lender's cases, and whoever decides and makes packets in the background."""

    desk: Desk
    filing: Filing
    asked: int = 0

    @classmethod
    def of(cls, desk: Desk, country: Country = CN) -> "Law":
        filing = Filing(desk.house, country, desk.hands)
        filing.settle_in()
        desk.hands.set(NOW)
        return cls(desk, filing)

    def case(self, *, roles: tuple[str, ...] = GUARANTEED, kind: str = "suit", **form: Any) -> str:
        """A case of an account that was enrolled two weeks ago; whoever is signed in now stays so."""
        self.desk.hands.set(AT)
        made = self.filing.case(kind=kind, roles=roles, **form)
        self.desk.hands.set(NOW)
        return made

    def suit(self) -> str:
        """A case of which a suit can be prepared."""
        case = self.case(roles=("borrower",))
        self.filing.told_all(case, "cn.suit", complaint_form="free")
        self.filing.fill_slots(case, "cn.suit", *SLOTS)
        return case

    def decide(self, case: str) -> CaseDecision:
        """The case's next decision, as its workflow asks for it; an alarm or a move is followed by the next one."""
        book = CaseDecidingBook(self.desk.ledger, load_all(), packs_on(None))
        for _ in range(20):
            self.asked += 1
            answer = book.decide(CaseAsked(tenant=self.desk.house.tenant, case=case, run="run", number=self.asked))
            if answer.kind in {"rest", "close", "prepare"}:
                return answer
        raise AssertionError("a case that never rests")

    def ask(self, case: str, profile: str = "cn.suit", cut_off: date = CUT_OFF, *, staff: str | None = None) -> str:
        with self.session() as session:
            return packets.ask(session, case, profile, cut_off, staff=staff, now=self.desk.house.now).id

    def make(self, case: str, packet: str, binder: PacketBinder) -> Packet:
        shop = PacketShopHere(self.desk.ledger, binder)
        shop.make(PacketOrder(tenant=self.desk.house.tenant, case=case, packet=packet))
        return self.packet(packet)

    def packet(self, packet: str) -> Packet:
        with self.session() as session:
            return packets.find(session, packet)

    def row(self, case: str) -> LegalCase:
        with self.session() as session:
            return session.get_one(LegalCase, case)

    def facts(self, case: str) -> list[CaseFact]:
        with self.session() as session:
            return list(rows.facts(session, case))

    def services(self, case: str) -> list[CaseService]:
        with self.session() as session:
            return list(rows.services(session, session.get_one(LegalCase, case)))

    @contextmanager
    def session(self) -> Generator[Session]:
        with self.desk.ledger.staff(self.desk.house.tenant) as session:
            yield session
