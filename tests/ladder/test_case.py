"""The ladder of one case, from its opening to its first packet: each alarm told once, one packet asked for, never idle."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from forbear.contracts.cases import CaseAsked, CaseClose, CasePrepare, CaseRest
from forbear.court.paths import load_all
from forbear.ledger import audit
from forbear.ledger.cases import facts
from forbear.ledger.cases.deciding import CaseDecidingBook
from forbear.ledger.cases.upkeeping import CaseSweepsBook
from forbear.ledger.verify import verify
from forbear.settings import Settings
from tests.case_life.handing_over import CN, CaseHouse
from tests.case_life.living import LivedCase, open_case
from tests.conftest import Hands
from tests.ladder.breaking import EVERY_WAY, BreakingLedger, Rung, Sound, climb, open_ledger, patiently
from tests.ledger.house import PACKS
from tests.season.faulty import Nth

FEWEST_RUNGS = 8
MOST_ANSWERS = 20


@pytest.fixture
def house(module_database: Settings, hands: Hands) -> Iterator[CaseHouse]:
    house = CaseHouse(module_database, hands)
    yield house
    house.close()


class OneCase:
    """A case with a guarantor, asked until it rests; then a notice reached the debtor, and it goes on to a packet."""

    def __init__(self, house: CaseHouse, hands: Hands, ledger: BreakingLedger) -> None:
        self.ledger = ledger
        self.lived: LivedCase = open_case(house, hands, CN, guarantors=("joint",), legal={"mediation": "skip"})
        self.lived.file("notice_proof")
        self.book = CaseDecidingBook(ledger, load_all(), PACKS)
        self.number = 0

    def run(self, plan: Nth | Sound) -> None:
        type(self.ledger).plan = plan
        try:
            patiently(self._settle)
            patiently(self._tell)
            patiently(self._settle)
        finally:
            type(self.ledger).plan = Sound()

    def _tell(self) -> None:
        case = self.lived
        with self.ledger.worker(case.house.tenant) as session:
            facts.tell_fact(
                self.ledger,
                session,
                case.case,
                "notice_served",
                case.today,
                person=case.people["borrower"],
                values={"paper": "cn.notice.dunning"},
                now=case.house.now,
            )

    def _settle(self) -> None:
        """As the workflow asks: under the same number until it is answered."""
        for _ in range(MOST_ANSWERS):
            asked = CaseAsked(tenant=self.lived.house.tenant, case=self.lived.case, run="run-1", number=self.number)
            answer = self.book.decide(asked)
            self.number += 1
            if isinstance(answer, CasePrepare):
                self.lived.mark(answer.packet, "prepared")
            if isinstance(answer, CaseRest | CaseClose):
                return
        raise AssertionError(f"no rest after {MOST_ANSWERS} answers")

    def check(self, rung: Rung, *, healed: bool) -> None:
        row, packets = self.lived.row, self.lived.packets()
        assert row.next_at is not None, f"idle: {rung}"
        assert row.next_reason, f"no reason: {rung}"
        assert len(packets) <= 1, f"{len(packets)} packets: {rung}"
        if healed:
            assert (row.stage, [each.state for each in packets]) == ("suing", ["prepared"]), f"{row.stage}: {rung}"
            assert [each.rung for each in self.lived.raised()] == [90], f"told otherwise than once: {rung}"


@EVERY_WAY
def test_a_case_from_its_opening_to_its_first_packet(house: CaseHouse, hands: Hands, mode: str, when: str) -> None:
    def scenario(rung: Rung) -> Nth:
        hands.advance(timedelta(minutes=1))
        case, plan = OneCase(house, hands, ledger), rung.plan()
        case.run(plan)
        case.check(rung, healed=False)
        hands.advance(timedelta(minutes=1))
        CaseSweepsBook(house.ledger).wake_idle()
        case.run(Sound())
        case.check(rung, healed=True)
        return plan

    ledger = open_ledger(house.settings, house.ledger.clock)
    try:
        rungs = climb(scenario, mode, when)
    finally:
        ledger.close()
    assert rungs >= FEWEST_RUNGS
    audit.seal(house.ledger, house.settings.data)
    assert verify(house.ledger, house.settings.data) == []
