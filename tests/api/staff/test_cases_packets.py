"""Packets at the pages: made, looked through page by page, approved by a colleague, fetched; every other way is refused."""

import json
from collections.abc import Iterator
from datetime import date
from hashlib import sha256
from io import BytesIO
from typing import Any, get_args

import pytest
from PIL import Image

from forbear.api.staff.cases_packet_pages import CHECKS
from forbear.api.staff.wording import words_in
from forbear.contracts.case_words import PacketState
from forbear.documents.packets.binding import PacketBinder
from forbear.documents.packets.preflight import CHECKS as PREFLIGHT
from forbear.ledger.staffing import LANGUAGES
from forbear.ledger.tables.cases import Packet
from forbear.settings import Settings
from tests.api.staff.desk import PASSWORD, Colleague, Desk
from tests.api.staff.law import Law
from tests.casework.filing import GB, page


@pytest.fixture
def law(desk: Desk) -> Law:
    return Law.of(desk)


@pytest.fixture
def preparer(desk: Desk) -> Colleague:
    return desk.hire("legal").signed_in()


@pytest.fixture
def lawyer(desk: Desk) -> Colleague:
    return desk.hire("lawyer").signed_in()


@pytest.fixture(scope="module")
def lasting(_desk: Desk, binder: PacketBinder) -> tuple[str, Colleague]:
    """A packet for the tests that leave it as it is, and who prepared it: making one takes seconds."""
    law = Law.of(_desk)
    preparer = _desk.hire("legal").signed_in()
    return prepared(law, binder, preparer), preparer


@pytest.fixture
def waiting(law: Law, lasting: tuple[str, Colleague]) -> Iterator[str]:
    """Its address; it waits for a lawyer, and still does so after the test."""
    address, preparer = lasting
    preparer.signed_in()
    yield address
    assert law.packet(address.rpartition("/")[2]).state == "prepared"


@pytest.fixture
def its_preparer(waiting: str, lasting: tuple[str, Colleague]) -> Colleague:
    """Signed in, like everybody of today."""
    return lasting[1]


def prepared(law: Law, binder: PacketBinder, by: Colleague, case: str = "") -> str:
    """The address of a packet that was made for a case."""
    case = case or law.suit()
    form = by.visit(f"/staff/cases/{case}/packets")
    answer = by.send(form, "packets", profile="cn.suit", cut_off="2026-03-12")
    assert answer.status_code == 303, answer.text
    address = answer.headers["location"]
    assert "It is being made." in by.visit(address).text
    found = law.make(case, address.rpartition("/")[2], binder)
    assert found.state == "prepared", found.missing
    return address


def test_a_packet_from_asking_to_the_archive(
    law: Law, binder: PacketBinder, preparer: Colleague, lawyer: Colleague
) -> None:
    address = prepared(law, binder, preparer)
    packet = law.packet(address.rpartition("/")[2])
    shown = lawyer.visit(address)
    assert packet.sha256
    assert packet.sha256 in shown.text
    assert (f"{address}/pages/1", "Look through it page by page") in shown.links
    assert not any("/files/" in target for target, _ in shown.links)
    asked = lawyer.visit(f"{address}/approve")
    assert packet.sha256 in asked.text
    assert lawyer.send(asked, "approve", password="not mine at all").status_code == 422
    assert law.packet(packet.id).state == "prepared"
    done = lawyer.send_on(asked, "approve", password=PASSWORD)
    assert law.packet(packet.id).state == "approved"
    names = [target for target, _ in done.links if "/files/" in target]
    assert [each.rpartition("/")[2] for each in names if each.endswith((".zip", ".json"))] == [
        "manifest.json",
        "packet.zip",
    ]
    for target in names:
        fetched = lawyer.get(target)
        assert fetched.status_code == 200
        assert fetched.headers["cache-control"] == "no-store"
    manifest = lawyer.get(f"{address}/files/manifest.json").content
    assert sha256(manifest).hexdigest() == packet.sha256
    onward = preparer.send(preparer.visit(address), "filed")
    assert onward.headers["location"].endswith("/tell/filed")
    assert law.packet(packet.id).state == "filed"
    assert preparer.visit(onward.headers["location"]).h1 == "Claim handed in"
    assert lawyer.get(f"{address}/files/packet.zip").status_code == 200


def test_every_page_is_shown_with_its_part_its_words_and_its_hash(law: Law, waiting: str, lawyer: Colleague) -> None:
    address, packet = waiting, law.packet(waiting.rpartition("/")[2])
    pages = packet.pages or 0
    parts, words = list[str](), list[str]()
    for number in range(1, pages + 1):
        answer = lawyer.get(f"{address}/pages/{number}")
        words.append(answer.text)
        assert answer.status_code == 200
        assert "img-src 'self'" in answer.headers["content-security-policy"]
        assert str(packet.sha256) in answer.text
        parts.append(answer.text.split("<dd>", 2)[1].partition("</dd>")[0])
    assert "none" not in parts
    assert sorted(set(parts), key=parts.index) == list(dict.fromkeys(parts)), "a part that is torn apart"
    manifest = json.loads(_manifest(law, packet))
    assert len(dict.fromkeys(parts)) >= len({each["key"] for each in manifest["parts"]}) - 1
    picture = lawyer.get(f"{address}/pages/1.png")
    assert picture.headers["content-type"] == "image/png"
    assert picture.headers["cache-control"] == "no-store"
    drawn = Image.open(BytesIO(picture.content))
    assert drawn.width > 800
    assert len(drawn.convert("L").getcolors(256) or []) > 2
    assert law.filing.country.names[0] in "".join(words[:5])
    assert lawyer.get(f"{address}/pages/{pages + 1}").status_code == 404
    assert lawyer.get(f"{address}/pages/0.png").status_code == 404


def _manifest(law: Law, packet: Packet) -> bytes:
    from forbear.ledger.cases import packets

    with law.session() as session:
        return packets.open_stored(law.desk.ledger, session, packets.find(session, packet.id), "manifest.json")


def test_nobody_approves_what_they_prepared(law: Law, waiting: str, its_preparer: Colleague, lawyer: Colleague) -> None:
    address, preparer = waiting, its_preparer
    assert "you prepared it" in preparer.visit(address).text
    assert preparer.get(f"{address}/approve").status_code == 409
    form = lawyer.visit(f"{address}/approve").form("approve")
    mine = preparer.visit(address).form("sign-out") if preparer.visit(address).offers("sign-out") else None
    assert mine is None
    token = preparer.visit(f"{address}/return").form("return").fields["csrf"]
    sent = preparer.http.post(form.action, data={**form.fields, "csrf": token, "password": PASSWORD})
    assert sent.status_code == 409
    assert law.packet(address.rpartition("/")[2]).state == "prepared"


def test_another_hash_is_never_approved(law: Law, waiting: str, lawyer: Colleague) -> None:
    page = lawyer.visit(f"{waiting}/approve")
    refused = lawyer.send(page, "approve", password=PASSWORD, sha256="0" * 64)
    assert refused.status_code == 422
    assert "not the hash" in refused.text
    assert law.packet(waiting.rpartition("/")[2]).state == "prepared"


@pytest.mark.parametrize("name", ["Packet.pdf", "manifest.json", "packet.zip", "SHA256SUMS"])
def test_what_nobody_approved_is_fetched_by_nobody(
    waiting: str, its_preparer: Colleague, lawyer: Colleague, name: str
) -> None:
    for who in (its_preparer, lawyer):
        answer = who.get(f"{waiting}/files/{name}")
        assert answer.status_code == 409
        assert "prepared, to be looked through" in answer.text


def test_a_packet_that_was_returned_says_why_and_stays_in(
    law: Law, binder: PacketBinder, preparer: Colleague, lawyer: Colleague
) -> None:
    address = prepared(law, binder, preparer)
    page = lawyer.visit(f"{address}/return")
    assert lawyer.send(page, "return", reason="").status_code == 422
    shown = lawyer.send_on(page, "return", reason="The court is the wrong one")
    assert "The court is the wrong one" in shown.text
    assert lawyer.get(f"{address}/approve").status_code == 409
    assert lawyer.get(f"{address}/files/packet.zip").status_code == 409
    assert law.packet(address.rpartition("/")[2]).state == "returned"


def test_a_change_voids_what_was_prepared_and_what_was_approved(
    law: Law, binder: PacketBinder, preparer: Colleague, lawyer: Colleague
) -> None:
    case = law.suit()
    address = prepared(law, binder, preparer, case)
    form = lawyer.visit(f"{address}/approve")
    law.filing.file(case, "contract", content=page("An amendment"), title="Another contract")
    sent = lawyer.send_on(form, "approve", password=PASSWORD)
    assert "Something that it rests on changed" in sent.text
    assert "the exhibits themselves" in sent.text
    assert law.packet(address.rpartition("/")[2]).state == "void"
    again = prepared(law, binder, preparer, case)
    lawyer.send_on(lawyer.visit(f"{again}/approve"), "approve", password=PASSWORD)
    law.filing.told(case, {"court": "示例市第二人民法院"})
    refused = lawyer.get(f"{again}/files/packet.zip")
    assert refused.status_code == 409
    assert law.packet(again.rpartition("/")[2]).state == "void"
    assert "void" in lawyer.visit(again).text


def test_an_incomplete_packet_says_what_is_missing_who_can_supply_it_and_where(
    law: Law, binder: PacketBinder, preparer: Colleague, lawyer: Colleague
) -> None:
    case = law.case(roles=("borrower",))
    packet = law.ask(case, staff=preparer.id)
    assert law.make(case, packet, binder).state == "incomplete"
    address = f"/staff/cases/{case}/packets/{packet}"
    shown = lawyer.visit(address)
    targets = {target for target, _ in shown.links}
    assert f"/staff/cases/{case}/files/add?slot=contract" in targets
    assert f"/staff/cases/{case}/fields/court" in targets
    assert "From the lender." in shown.text
    for target in sorted(
        each for each in targets if each.startswith(f"/staff/cases/{case}/") and "/packets" not in each
    ):
        assert lawyer.get(target).status_code == 200, target
    refused = lawyer.get(f"{address}/files/packet.zip")
    assert refused.status_code == 409
    assert "files/add?slot=contract" in refused.text
    assert lawyer.get(f"{address}/approve").status_code == 409
    assert lawyer.get(f"{address}/pages/1").status_code == 409


@pytest.fixture
def england(database: Settings) -> Iterator[Law]:
    """A lender of England at a desk of its own: what another packet rests on would change if it were the same."""
    desk = Desk(database)
    yield Law.of(desk, GB)
    desk.close()


def test_a_draft_is_approved_by_nobody(england: Law, binder: PacketBinder) -> None:
    preparer, lawyer = england.desk.hire("legal").signed_in(), england.desk.hire("lawyer").signed_in()
    case = england.case(roles=("borrower",))
    england.filing.told_all(case, "gb.claim", regulated=False, with_witness=True)
    england.filing.serve(case, "gb.letter.claim")
    england.filing.fill_slots(case, "gb.claim", "notice_proof")
    packet = england.ask(case, "gb.claim", staff=preparer.id)
    made = england.make(case, packet, binder)
    assert (made.state, made.draft) == ("prepared", True)
    address = f"/staff/cases/{case}/packets/{packet}"
    assert "It is a draft" in lawyer.visit(address).text
    assert lawyer.get(f"{address}/approve").status_code == 409
    given = lawyer.visit(f"{address}/return").form("return").fields | {"password": PASSWORD}
    assert lawyer.http.post(f"{address}/approve", data=given).status_code == 409
    assert lawyer.get(f"{address}/files/packet.zip").status_code == 409
    assert england.packet(packet).state == "prepared"


def test_those_who_look_only_see_no_page_of_a_packet(desk: Desk, waiting: str) -> None:
    looker = desk.hire("supervisor").signed_in()
    shown = looker.visit(waiting)
    assert shown.forms == []
    for way in ("pages/1", "pages/1.png", "approve", "return", "files/packet.zip"):
        assert looker.get(f"{waiting}/{way}").status_code == 403, way


def test_a_packet_is_found_under_its_own_case_alone(law: Law, waiting: str, preparer: Colleague) -> None:
    other = law.case(roles=("borrower",))
    strange = f"/staff/cases/{other}/packets/{waiting.rpartition('/')[2]}"
    for way in ("", "/pages/1", "/approve", "/files/packet.zip"):
        assert preparer.get(f"{strange}{way}").status_code == 404, way


def test_many_cases_at_once_with_the_exceptions_listed(law: Law, binder: PacketBinder, preparer: Colleague) -> None:
    whole, bare, closed = law.suit(), law.case(roles=("borrower",)), law.case(roles=("borrower",))
    preparer.send_on(preparer.visit(f"/staff/cases/{closed}/close"), "close", outcome="uneconomic", reason="Too small")
    page = preparer.visit("/staff/cases/runs")
    assert preparer.send(page, "runs", lender="", profile="", cut_off="").status_code == 422
    chosen: dict[str, Any] = {
        "lender": law.desk.house.lender,
        "profile": "cn.suit",
        "stage": "",
        "cut_off": "2026-03-12",
    }
    shown = preparer.send_on(page, "runs", **chosen)
    address = next(each for each in preparer.visit("/staff/cases/runs").links if "/runs/crn_" in each[0])[0]
    assert "being made" in shown.text
    with law.session() as session:
        asked = [
            (each.legal_case, each.id) for each in session.query(Packet).where(Packet.run == address.rpartition("/")[2])
        ]
    assert closed not in dict(asked)
    for case, packet in asked:
        if case in {whole, bare}:
            law.make(case, packet, binder)
    told = preparer.visit(address)
    assert f"/staff/cases/{bare}/packets/{dict(asked)[bare]}" in {target for target, _ in told.links}
    assert f"/staff/cases/{whole}/packets/{dict(asked)[whole]}" not in {target for target, _ in told.links}
    refused = preparer.send(page, "runs", **{**chosen, "profile": "us.suit", "stage": "CN:notice"})
    assert refused.status_code == 422


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_state_and_every_check_of_a_packet_has_words(language: str) -> None:
    known = words_in(language).sentences
    assert set(CHECKS) == PREFLIGHT.keys()
    wanted = [f"packet_check.{each.partition('.')[2]}" for each in CHECKS]
    wanted += [f"packet_state.{each}" for each in get_args(PacketState)]
    assert [each for each in wanted if each not in known] == []


def test_a_day_to_come_is_refused_where_it_was_typed(law: Law, preparer: Colleague) -> None:
    case = law.suit()
    page = preparer.visit(f"/staff/cases/{case}/packets")
    answer = preparer.send(page, "packets", profile="cn.suit", cut_off=date(2027, 1, 1).isoformat())
    assert answer.status_code == 422
    assert "still to come" in answer.text
    assert preparer.send(page, "packets", profile="us.suit", cut_off="2026-03-12").status_code == 422
