"""What must not be handed in any more: a stop binds, the case is over, something is missing since, money came in."""

from hashlib import sha256

import pytest
from sqlalchemy import select

from forbear.casework import gate
from forbear.errors import Conflict
from forbear.ledger import stops
from forbear.ledger.cases import opening, packets
from forbear.ledger.cases.packets import MadeFile, MadePacket
from forbear.ledger.cases.reviewing import Changed
from forbear.ledger.tables.accounts import LegalCase, Payment
from forbear.ledger.tables.cases import Packet
from tests.casework.filing import CUT_OFF, Filing
from tests.casework.test_missing import lacks, suit
from tests.casework.test_snapshots import pay
from tests.conftest import Hands

MANIFEST = b"{}"


class Desk:
    """A packet of a suit as it would be kept, its bytes aside: what is looked at here is who may have it."""

    def __init__(self, filing: Filing, hands: Hands) -> None:
        self.filing, self.case = filing, suit(filing, hands)
        self.preparer, self.lawyer = filing.staff("legal"), filing.staff("lawyer")
        self.packet = self.kept()

    def kept(self) -> str:
        house = self.filing.house
        with house.ledger.staff(house.tenant) as session:
            row = packets.ask(session, self.case, "cn.suit", CUT_OFF, staff=self.preparer, now=house.now)
        assembly = gate.assembled(house.ledger, row)
        assert assembly.missing == ()
        files = (MadeFile("manifest.json", packets.MANIFEST, MANIFEST),)
        made = MadePacket(files, sha256(MANIFEST).hexdigest(), assembly.snapshot.text, 1, draft=False)
        with house.worker() as session:
            return packets.keep_made(house.ledger, session, row.id, made, house.now).id

    def approve(self) -> Packet:
        house = self.filing.house
        with house.ledger.staff(house.tenant) as session:
            digest = sha256(MANIFEST).hexdigest()
            return gate.approve(house.ledger, session, self.packet, digest, staff=self.lawyer, now=house.now)

    def fetch(self) -> bytes:
        house = self.filing.house
        with house.ledger.staff(house.tenant) as session:
            found = gate.final(house.ledger, session, self.packet, staff=self.lawyer, now=house.now)
            return found.open("manifest.json")


@pytest.fixture
def desk(china: Filing, hands: Hands) -> Desk:
    return Desk(china, hands)


def test_nothing_is_approved_or_leaves_while_a_stop_holds_the_case(desk: Desk) -> None:
    desk.approve()
    assert desk.fetch() == MANIFEST
    house, person = desk.filing.house, desk.filing.person(desk.case)
    stop = house.stop(person, "insolvency")
    with pytest.raises(Conflict, match="held by a stop"):
        desk.fetch()
    with house.api() as session:
        stops.lift_stop(session, tenant=house.tenant, stop=stop, at=house.now)
    assert desk.fetch() == MANIFEST
    desk.packet = desk.kept()
    house.stop(person, "insolvency")
    with pytest.raises(Conflict, match="held by a stop"):
        desk.approve()


def test_nothing_leaves_of_a_case_that_a_person_closed(desk: Desk) -> None:
    desk.approve()
    house = desk.filing.house
    with house.ledger.staff(house.tenant) as session:
        opening.close_by_staff(
            house.ledger, session, desk.case, "other", "it is forgiven", staff=desk.lawyer, now=house.now
        )
    with pytest.raises(Conflict, match="is closed"):
        desk.fetch()


def test_money_after_the_cut_off_day_voids_a_packet_and_asks_for_a_later_day(desk: Desk) -> None:
    desk.approve()
    pay(desk.filing, desk.case, days=11)
    with pytest.raises(Changed, match="lacking"):
        desk.fetch()
    assert lacks(desk.filing.assembled(desk.case, "cn.suit")) == {"cut_off": "legal"}
    house = desk.filing.house
    with house.ledger.staff(house.tenant) as session:
        assert gate.void_if_changed(house.ledger, session, desk.packet, house.now)


def test_money_that_came_and_was_taken_back_asks_for_nothing(desk: Desk) -> None:
    pay(desk.filing, desk.case, days=11)
    assert "cut_off" in lacks(desk.filing.assembled(desk.case, "cn.suit"))
    house = desk.filing.house
    with house.worker() as session:
        account = session.get_one(LegalCase, desk.case).account
        (payment,) = session.scalars(select(Payment.id).where(Payment.account == account)).all()
    house.reverse(payment)
    assert lacks(desk.filing.assembled(desk.case, "cn.suit")) == {}
