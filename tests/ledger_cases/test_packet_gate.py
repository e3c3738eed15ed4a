"""The way of a packet: asked for, made, looked at, approved; and the gate that lets nothing else out."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import text

from forbear.errors import BadInput, Conflict, Erased, ForbearError, Forbidden, Incomplete, Missing, NotFound
from forbear.ledger.cases import fields, packets, reviewing
from forbear.ledger.cases.final import final
from forbear.ledger.engine import make_engine
from forbear.ledger.tables.accounts import LegalCase
from forbear.ledger.tables.cases import Packet, PacketReview
from tests.ledger_cases.court_house import DAY, MANIFEST, PDF, CourtHouse

Hinder = Callable[[CourtHouse, Packet], None]


def fetch(house: CourtHouse, packet: str, *, staff: str | None = "") -> bytes:
    with house.staff() as session:
        who = house.legal if staff == "" else staff
        return final(house.ledger, session, packet, house.snapshot, staff=who, now=house.now).open("packet.pdf")


def test_an_approved_packet_leaves_with_the_bytes_that_were_made(house: CourtHouse) -> None:
    packet = house.made(house.case())
    assert (packet.state, packet.sha256) == ("prepared", sha256(MANIFEST).hexdigest())
    house.approve(packet)
    assert fetch(house, packet.id) == PDF
    verdicts = [row.verdict for row in house.rows(PacketReview, packet=packet.id)]
    assert sorted(verdicts) == ["approved", "downloaded"]


def as_it_is(house: CourtHouse, packet: Packet) -> None:
    """Prepared, and approved by nobody."""


def returned(house: CourtHouse, packet: Packet) -> None:
    house.approve(packet)
    with house.staff() as session:
        reviewing.give_back(
            house.ledger, session, packet.id, packet.sha256 or "", "a page is upside down", staff=house.lawyer,
            now=house.now,
        )  # fmt: skip


def paid(house: CourtHouse, packet: Packet) -> None:
    house.approve(packet)
    house.pay(house.row(LegalCase, packet.legal_case).account, "1.00")


def told(house: CourtHouse, packet: Packet) -> None:
    house.approve(packet)
    house.tell(packet.legal_case, "mediation_failed")


def superseded(house: CourtHouse, packet: Packet) -> None:
    house.approve(packet)
    house.make(house.ask_packet(packet.legal_case))


def tampered(house: CourtHouse, packet: Packet) -> None:
    house.approve(packet)
    for stored in packet.stored:
        path = Path(house.settings.data) / "cases" / stored["stored_sha256"][:2] / stored["stored_sha256"][2:]
        path.write_bytes(b"something else")


def lost(house: CourtHouse, packet: Packet) -> None:
    house.approve(packet)
    for stored in packet.stored:
        path = Path(house.settings.data) / "cases" / stored["stored_sha256"][:2] / stored["stored_sha256"][2:]
        path.unlink()


def marked(house: CourtHouse, packet: Packet, column: str, value: str) -> None:
    house.approve(packet)
    overwritten(house, packet, column, value)


def overwritten(house: CourtHouse, packet: Packet, column: str, value: str) -> None:
    """By somebody who owns the database and its triggers: the gate trusts neither."""
    with make_engine(house.migrator).begin() as connection:
        connection.execute(text("alter table packet disable trigger user"))
        connection.execute(text(f"update packet set {column} = {value} where id = :id"), {"id": packet.id})  # noqa: S608  our own words
        connection.execute(text("alter table packet enable trigger user"))


def a_draft(house: CourtHouse, packet: Packet) -> None:
    marked(house, packet, "draft", "true")


def lacking(house: CourtHouse, packet: Packet) -> None:
    marked(
        house, packet, "missing",
        """'[{"item": "contract", "problem": "is missing", "remedy": "Upload it", "supplier": "lender"}]'""",
    )  # fmt: skip


def another_hash(house: CourtHouse, packet: Packet) -> None:
    marked(house, packet, "sha256", "'00'")


def only_said_to_be_approved(house: CourtHouse, packet: Packet) -> None:
    overwritten(house, packet, "state", "'approved'")


@pytest.mark.parametrize(
    ("hinder", "error", "says"),
    [
        (as_it_is, Conflict, "prepared"),
        (returned, Conflict, "returned"),
        (paid, reviewing.Changed, "sums"),
        (told, reviewing.Changed, "facts"),
        (superseded, Conflict, "void"),
        (tampered, Erased, "changed"),
        (lost, NotFound, "missing"),
        (a_draft, Conflict, "draft"),
        (lacking, Incomplete, "contract"),
        (another_hash, Conflict, "no approval of its hash"),
        (only_said_to_be_approved, Conflict, "no approval"),
    ],
)
@pytest.mark.parametrize("whole_way", ["staff", "api"])
def test_nothing_else_passes_the_gate_over_any_way(
    house: CourtHouse, hinder: Hinder, error: type[ForbearError], says: str, whole_way: str
) -> None:
    packet = house.made(house.case())
    hinder(house, packet)
    scope = house.staff() if whole_way == "staff" else house.api()
    with scope as session, pytest.raises(error, match=says):
        final(house.ledger, session, packet.id, house.snapshot, staff=None, now=house.now)
    assert not [row for row in house.rows(PacketReview, packet=packet.id) if row.verdict == "downloaded"]


def test_who_prepared_it_may_not_approve_it_nor_may_others_than_lawyers(house: CourtHouse) -> None:
    packet = house.made(house.case())
    with pytest.raises(Forbidden, match="prepared"):
        house.approve(packet, staff=house.legal)
    with pytest.raises(Forbidden):
        house.approve(packet, staff=house.hire("supervisor"))
    with pytest.raises(BadInput, match="hash"):
        house.approve(packet, digest="00" * 32)
    house.approve(packet, staff=house.hire("legal"))
    assert house.row(Packet, packet.id).state == "approved"


def test_a_draft_cannot_be_approved(house: CourtHouse) -> None:
    packet = house.make(house.ask_packet(house.case()), draft=True)
    with pytest.raises(Conflict, match="draft"):
        house.approve(packet)


def test_a_change_voids_an_approval_for_good(house: CourtHouse) -> None:
    packet = house.made(house.case())
    house.approve(packet)
    house.pay(house.row(LegalCase, packet.legal_case).account, "1.00")
    with house.api() as session:
        assert reviewing.void_if_changed(session, packet.id, house.snapshot, house.now)
    assert house.row(Packet, packet.id).state == "void"
    with pytest.raises(Conflict, match="void"):
        house.approve(packet)
    assert house.told_case(packet.legal_case).count("packet_reviewed") == 2


def test_what_was_filed_stays_as_it_was(house: CourtHouse) -> None:
    packet = house.made(house.case())
    house.approve(packet)
    with house.staff() as session:
        reviewing.filed(session, packet.id, packet.sha256 or "", staff=house.legal, now=house.now)
    house.pay(house.row(LegalCase, packet.legal_case).account, "1.00")
    house.make(house.ask_packet(packet.legal_case))
    assert fetch(house, packet.id) == PDF
    with house.staff() as session:
        assert not reviewing.void_if_changed(session, packet.id, house.snapshot, house.now)


def test_a_payment_that_lands_while_somebody_approves_is_seen_or_comes_after(house: CourtHouse) -> None:
    packet = house.made(house.case())
    account = house.row(LegalCase, packet.legal_case).account
    ready = Barrier(2)

    def pays() -> None:
        ready.wait()
        house.pay(account, "1.00")

    def approves() -> str:
        ready.wait()
        try:
            house.approve(packet)
        except reviewing.Changed:
            return "changed"
        return "approved"

    with ThreadPoolExecutor(2) as pool:
        paying, approving = pool.submit(pays), pool.submit(approves)
        paying.result()
        outcome = approving.result()
    assert outcome in {"changed", "approved"}
    with pytest.raises(Conflict):
        fetch(house, packet.id)


def test_a_packet_is_shown_for_review_to_legal_staff_alone_and_that_is_put_down(house: CourtHouse) -> None:
    packet = house.made(house.case())
    with house.staff() as session:
        _, body = reviewing.view(house.ledger, session, packet.id, "packet.pdf", staff=house.lawyer, now=house.now)
    assert body == PDF
    with house.staff() as session, pytest.raises(Forbidden):
        reviewing.view(house.ledger, session, packet.id, "packet.pdf", staff=house.hire("caller"), now=house.now)
    assert [row.verdict for row in house.rows(PacketReview, packet=packet.id)] == ["opened"]


def test_what_is_missing_is_kept_with_who_can_supply_it_and_no_title(house: CourtHouse) -> None:
    packet = house.ask_packet(house.case())
    missing = Missing("contract", "is missing", "Upload it", "lender", "the contract of somebody")
    with house.worker() as session:
        packets.mark_incomplete(session, packet, [missing], house.now)
    row = house.row(Packet, packet)
    assert row.state == "incomplete"
    assert row.missing == [{"item": "contract", "problem": "is missing", "remedy": "Upload it", "supplier": "lender"}]
    with pytest.raises(Incomplete, match="contract"):
        fetch(house, packet)


def test_asking_twice_is_one_packet_and_a_later_day_takes_its_place(house: CourtHouse) -> None:
    case = house.case()
    first = house.ask_packet(case)
    assert house.ask_packet(case) == first
    second = house.ask_packet(case, cut_off=DAY - timedelta(days=1))
    assert second != first
    assert house.row(Packet, first).state == "void"
    with pytest.raises(BadInput, match="cut_off"):
        house.ask_packet(case, cut_off=DAY + timedelta(days=3))
    with pytest.raises(BadInput, match="profile"):
        house.ask_packet(case, "cn.nonsense")


def test_what_was_made_for_a_packet_that_nobody_waits_for_changes_nothing(house: CourtHouse) -> None:
    packet = house.made(house.case())
    again = house.make(packet.id, snapshot="another")
    assert again.snapshot == packet.snapshot
    with pytest.raises(BadInput, match="manifest"):
        house.make(house.ask_packet(house.case()), sha256="00" * 32)


def test_who_filled_what_the_case_asked_for_by_itself_does_not_approve_it(house: CourtHouse) -> None:
    case = house.case()
    with house.staff() as session:
        fields.tell_fields(
            house.ledger, session, case, "", {"court": "Example Court"}, staff=house.lawyer, now=house.now
        )
    packet = house.make(house.ask_packet(case, staff=None))
    with pytest.raises(Forbidden, match="ask a colleague"):
        house.approve(packet)
    assert house.approve(packet, staff=house.hire("lawyer")).state == "approved"
