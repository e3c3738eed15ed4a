"""From fictional records to bound packets, kept sealed: China, New York, England; and who may have them as final."""

import io
import json
import zipfile
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from sqlalchemy import update
from weasyprint import HTML

from forbear.casework import gate
from forbear.casework.reading_back import unequal_papers
from forbear.casework.shop import PacketShopHere
from forbear.contracts.cases import PacketOrder, PacketOutcome
from forbear.documents.packets.binding import PacketBinder
from forbear.errors import Conflict, Erased, Forbidden, Incomplete
from forbear.ledger.cases import packets
from forbear.ledger.cases.final import FinalPacket
from forbear.ledger.cases.reviewing import Changed
from forbear.ledger.engine import make_engine
from forbear.ledger.tables.cases import Packet
from forbear.ledger.tables.people import PersonKey
from tests.casework.conftest import NOW
from tests.casework.filing import CUT_OFF, Filing
from tests.casework.test_missing import suit
from tests.casework.test_snapshots import pay
from tests.conftest import Hands


class Room:
    """The legal department at work: asks for packets, has them made, looks, approves, fetches."""

    def __init__(self, filing: Filing, binder: PacketBinder) -> None:
        self.filing, self.ledger = filing, filing.house.ledger
        self.shop = PacketShopHere(self.ledger, binder)
        self.preparer, self.lawyer = filing.staff("legal"), filing.staff("lawyer")

    def ask(self, case: str, profile: str, cut_off: date = CUT_OFF) -> str:
        with self.ledger.staff(self.filing.house.tenant) as session:
            return packets.ask(session, case, profile, cut_off, staff=self.preparer, now=self.filing.house.now).id

    def make(self, case: str, packet: str) -> PacketOutcome:
        return self.shop.make(PacketOrder(tenant=self.filing.house.tenant, case=case, packet=packet))

    def made(self, case: str, profile: str) -> str:
        packet = self.ask(case, profile)
        outcome = self.make(case, packet)
        assert outcome.state == "prepared", self.row(packet).missing
        return packet

    def row(self, packet: str) -> Packet:
        with self.filing.house.worker() as session:
            return packets.find(session, packet)

    def approve(self, packet: str, *, by: str = "", sha: str = "") -> None:
        with self.ledger.staff(self.filing.house.tenant) as session:
            gate.approve(
                self.ledger, session, packet, sha or str(self.row(packet).sha256), staff=by or self.lawyer,
                now=self.filing.house.now,
            )  # fmt: skip

    def fetch(self, packet: str) -> dict[str, bytes]:
        with self.ledger.staff(self.filing.house.tenant) as session:
            found: FinalPacket = gate.final(self.ledger, session, packet, staff=self.lawyer, now=self.filing.house.now)
            return {str(each["name"]): found.open(str(each["name"])) for each in found.files}


@pytest.fixture
def room(china: Filing, binder: PacketBinder) -> Room:
    return Room(china, binder)


def text_of(pdf: bytes) -> str:
    read = pypdfium2.PdfDocument(pdf)
    return "".join(page.get_textpage().get_text_range() for page in read).replace("\r\n", "").replace(" ", "")


def test_a_chinese_suit_is_made_kept_approved_and_fetched(china: Filing, hands: Hands, binder: PacketBinder) -> None:
    case = suit(china, hands)
    room = Room(china, binder)
    packet = room.made(case, "cn.suit")
    assert room.make(case, packet).state == "prepared"
    room.approve(packet)
    held = room.fetch(packet)
    assert {"Packet.pdf", "manifest.json", "SHA256SUMS", "packet.zip", "schedule.csv", "movements.csv"} < held.keys()
    assert sha256(held["manifest.json"]).hexdigest() == room.row(packet).sha256
    words = text_of(held["Packet.pdf"])
    assert "36,720.00" in words
    assert china.country.names[0] in words
    manifest = json.loads(held["manifest.json"])
    assert manifest["data"] == str(room.row(packet).snapshot).split(" ")[0]
    assert {each["name"] for each in manifest["data_files"]} == {"data/schedule.csv", "data/movements.csv"}
    with zipfile.ZipFile(io.BytesIO(held["packet.zip"])) as archive:
        assert archive.read("data/schedule.csv") == held["schedule.csv"]


def test_the_same_record_is_bound_to_the_same_bytes(china: Filing, hands: Hands, binder: PacketBinder) -> None:
    case = suit(china, hands)
    assembly = china.assembled(case, "cn.suit", contents=True)
    once = binder.bind(assembly.parts, assembly.court, assembly.facts)
    again = china.assembled(case, "cn.suit", contents=True)
    assert binder.bind(again.parts, again.court, again.facts).archive == once.archive


def test_the_checklist_has_the_pages_of_each_part(china: Filing, hands: Hands, binder: PacketBinder) -> None:
    case = suit(china, hands)
    long = HTML(string="<html lang=en><title>x</title>" + "<p style='break-after: page'>x" * 3).write_pdf()
    china.file(case, "contract", content=long or b"")
    assembly = china.assembled(case, "cn.suit", contents=True)
    bound = binder.bind(assembly.parts, assembly.court, assembly.facts)
    pages = {each.part: each.pages for each in bound.files}
    checklist = next(each for each in bound.files if each.part == "checklist")
    rows = dict(assembly.facts.materials)
    assert pages["exhibit-2"] > 1
    assert set(rows.values()) == pages.keys() - {"index", "checklist"}
    said = text_of(checklist.content)
    assert f"民事起诉状2{pages['complaint-free']}" in said
    assert f"证据2contract2{pages['exhibit-2']}" in said


def test_an_application_for_mediation_is_made(china: Filing, hands: Hands, binder: PacketBinder) -> None:
    case = china.case()
    hands.set(NOW)
    china.told_all(case, "cn.mediation")
    china.fill_slots(case, "cn.mediation", "disbursement")
    row = Room(china, binder)
    assert row.row(row.made(case, "cn.mediation")).court == "cn-mediation"


def test_a_suit_in_new_york_is_made(america: Filing, hands: Hands, binder: PacketBinder) -> None:
    case = america.case()
    hands.set(NOW)
    america.told_all(case, "us-ny.suit")
    america.clock(case, "limitation")
    america.fill_slots(case, "us-ny.suit")
    room = Room(america, binder)
    packet = room.made(case, "us-ny.suit")
    room.approve(packet)
    words = text_of(room.fetch(packet)["Packet.pdf"])
    assert "January31,2029" in words
    assert "$36,720.00" in words


def test_a_claim_in_england_is_made_and_stays_a_draft(england: Filing, hands: Hands, binder: PacketBinder) -> None:
    """The statement of truth is prescribed, and nobody has entered its words."""
    case = england.case()
    hands.set(NOW)
    england.told_all(case, "gb.claim", regulated=False, with_witness=True)
    england.serve(case, "gb.letter.claim")
    england.fill_slots(case, "gb.claim", "notice_proof")
    room = Room(england, binder)
    packet = room.made(case, "gb.claim")
    assert room.row(packet).draft
    with pytest.raises(Conflict, match="particulars: statement_of_truth"):
        room.approve(packet)
    with pytest.raises(Conflict, match="particulars: statement_of_truth"):
        room.fetch(packet)


def test_a_guarantor_who_paid_claims_it_back_in_their_own_name(
    china: Filing, hands: Hands, binder: PacketBinder
) -> None:
    first = china.case(roles=("borrower", "guarantor", "counter_guarantor"))
    hands.set(NOW)
    guarantor = china.person(first, "guarantor")
    china.fact(first, "paid_on_behalf", CUT_OFF, person=guarantor, amount="20000.00")
    case = china.recourse(first, guarantor)
    china.guarantee(case, "counter_guarantor", counter=True)
    names = china.country.names
    china.told_all(case, "cn.suit", complaint_form="free",
                   claimant_persons=[{"name": names[1], "sex": "male", "id_type": "居民身份证"}])  # fmt: skip
    china.fill_slots(case, "cn.suit", "payment_on_behalf", "guarantee_contract")
    room = Room(china, binder)
    packet = room.made(case, "cn.suit")
    room.approve(packet)
    words = text_of(room.fetch(packet)["Packet.pdf"])
    assert f"原告：{names[1]}" in words
    assert f"被告：{names[0]}" in words
    assert names[2] in words
    assert "追偿权纠纷" in words
    assert "20,000.00" in words
    assert "36,720.00" not in words


def test_what_is_missing_is_kept_with_the_packet_and_names_nobody(room: Room, china: Filing, hands: Hands) -> None:
    case = china.case()
    hands.set(NOW)
    packet = room.ask(case, "cn.suit")
    outcome = room.make(case, packet)
    assert (outcome.state, room.row(packet).state) == ("incomplete", "incomplete")
    assert "things are missing" in outcome.reason
    assert china.country.names[0] not in json.dumps(room.row(packet).missing, ensure_ascii=False)
    with pytest.raises(Incomplete, match="slot:contract"):
        room.fetch(packet)


def test_nobody_fetches_what_nobody_else_approved(room: Room, china: Filing, hands: Hands) -> None:
    case = suit(china, hands)
    packet = room.ask(case, "cn.suit")
    with pytest.raises(Conflict, match="is asked"):
        room.fetch(packet)
    room.make(case, packet)
    with pytest.raises(Conflict, match="is prepared"):
        room.fetch(packet)
    with pytest.raises(Forbidden, match="prepared"):
        room.approve(packet, by=room.preparer)
    room.approve(packet)
    assert room.fetch(packet)


def test_an_approval_is_void_after_a_payment_before_the_cut_off_day(room: Room, china: Filing, hands: Hands) -> None:
    case = suit(china, hands)
    packet = room.made(case, "cn.suit")
    room.approve(packet)
    pay(china, case, days=5)
    with pytest.raises(Changed, match="sums"):
        room.fetch(packet)
    with china.house.ledger.staff(china.house.tenant) as session:
        assert gate.void_if_changed(china.house.ledger, session, packet, china.house.now)
    with pytest.raises(Conflict, match="is void"):
        room.fetch(packet)


def test_a_damaged_file_is_not_handed_out(room: Room, china: Filing, hands: Hands) -> None:
    packet = room.made(suit(china, hands), "cn.suit")
    room.approve(packet)
    stored = next(each for each in room.row(packet).stored if each["role"] == "volume")
    path = next(Path(china.house.settings.data).rglob(str(stored["stored_sha256"])[2:]))
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-1] + b"\0")
    with pytest.raises(Erased):
        room.fetch(packet)


def test_an_exhibit_that_was_changed_on_the_disk_is_named(room: Room, china: Filing, hands: Hands) -> None:
    case = suit(china, hands)
    for path in Path(china.house.settings.data).rglob("*"):
        if path.is_file():
            path.chmod(0o600)
            path.write_bytes(b"something else")
    packet = room.ask(case, "cn.suit")
    assert room.make(case, packet).state == "incomplete"
    told = {(each["item"], each["supplier"]) for each in room.row(packet).missing}
    assert ("slot:contract:1", "operator") in told


def test_a_paper_that_does_not_print_the_total_is_not_kept(china: Filing, hands: Hands, binder: PacketBinder) -> None:
    assembly = china.assembled(suit(china, hands), "cn.suit", contents=True)
    bound = binder.bind(assembly.parts, assembly.court, assembly.facts)
    assert unequal_papers(assembly, bound) == ()
    other = next(each.content for each in bound.files if each.part == "legal-rep")
    files = tuple(replace(each, content=other) if each.part == "schedule" else each for each in bound.files)
    assert unequal_papers(assembly, replace(bound, files=files)) == ("schedule",)


def test_a_packet_of_somebody_who_was_erased_fails_and_says_so(room: Room, china: Filing, hands: Hands) -> None:
    case = suit(china, hands)
    packet = room.ask(case, "cn.suit")
    with make_engine(china.house.migrator).begin() as connection:
        connection.execute(update(PersonKey).values(wrapped=None))
    assert room.make(case, packet).state == "failed"
    assert "erased" in str(room.row(packet).missing)


def test_an_exhibit_that_no_court_can_read_is_named_by_its_slot(room: Room, china: Filing, hands: Hands) -> None:
    case = suit(china, hands)
    china.file(case, "other", content=without_its_font(), source="原告提供", proves="其他情况")
    packet = room.ask(case, "cn.suit")
    assert room.make(case, packet).state == "incomplete"
    [lacking] = room.row(packet).missing
    assert lacking["item"] == "slot:other:1"
    assert "font" in lacking["problem"]
    with pytest.raises(Incomplete, match="slot:other:1"):
        room.fetch(packet)


def without_its_font() -> bytes:
    """A page that names a font and does not bring it."""
    made, written = pikepdf.new(), io.BytesIO()
    page = made.add_blank_page(page_size=(595, 842))
    font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Courier)
    page.obj.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=made.make_indirect(font)))
    page.obj.Contents = made.make_stream(b"BT /F1 12 Tf 72 700 Td (words) Tj ET")
    made.save(written)
    return written.getvalue()
