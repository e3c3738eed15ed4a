"""A lender fetches a packet as final only once staff approved these very bytes; every refusal names what is in the way."""

import json
from collections.abc import Callable
from hashlib import sha256

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from forbear.errors import Missing
from forbear.ledger.cases import packets, reviewing
from forbear.ledger.engine import make_engine
from tests.api.house import Client, House
from tests.api.legal import FILES, MANIFEST, approved, asked, final, hired, made, opened, pdf, upload
from tests.api.snapshot import committed

WAYS = ("final", "final.pdf", "manifest")


def test_an_approved_packet_is_fetched_byte_for_byte(house: House, one: Client) -> None:
    packet = final(house, one)
    got = {way: one.get(f"/v1/packets/{packet}/{way}") for way in WAYS}
    assert {way: answer.status_code for way, answer in got.items()} == dict.fromkeys(WAYS, 200)
    contents = {each.role: each.content for each in FILES}
    assert got["final"].content == contents["archive"]
    assert got["final.pdf"].content == contents["volume"]
    assert got["manifest"].content == MANIFEST
    assert got["final"].headers["content-disposition"] == f'attachment; filename="{packet}.zip"'
    assert sha256(got["manifest"].content).hexdigest() == one.get(f"/v1/packets/{packet}").json()["sha256"]
    assert one.get(f"/v1/packets/{packet}/final.pdf?volume=2").status_code == 404
    with make_engine(house.migrator).connect() as connection:
        fetched = text("select count(*) from packet_review where packet = :packet and verdict = 'downloaded'")
        assert connection.execute(fetched, {"packet": packet}).scalar_one() == len(WAYS)


def as_asked(house: House, client: Client, packet: str) -> None:
    """Asked for, and not made."""


def unapproved(house: House, client: Client, packet: str) -> None:
    made(house, client, packet)


def incomplete(house: House, client: Client, packet: str) -> None:
    lacks = Missing("exhibit:contract", "no file lies there", "Upload it", "lender")
    with house.ledger.worker(client.tenant) as session:
        packets.mark_incomplete(session, packet, [lacks], house.ledger.clock.now())


def failed(house: House, client: Client, packet: str) -> None:
    with house.ledger.worker(client.tenant) as session:
        packets.mark_failed(session, packet, "the engine hung", house.ledger.clock.now())


def draft(house: House, client: Client, packet: str) -> None:
    made(house, client, packet, draft=True)


def given_back(house: House, client: Client, packet: str) -> None:
    digest, staff = made(house, client, packet), hired(house, client.tenant)
    with house.ledger.staff(client.tenant) as session:
        reviewing.give_back(
            house.ledger, session, packet, digest, "page 3 is upside down", staff=staff, now=house.ledger.clock.now()
        )


@pytest.mark.parametrize(
    ("hinder", "item"),
    [
        (as_asked, "packet"),
        (unapproved, "approval"),
        (incomplete, "exhibit:contract"),
        (failed, "packet"),
        (draft, "wording"),
        (given_back, "packet"),
    ],
    ids=lambda each: getattr(each, "__name__", each),
)
@pytest.mark.parametrize("way", WAYS)
def test_what_is_not_final_is_refused_by_name(
    house: House, one: Client, hinder: Callable[[House, Client, str], None], item: str, way: str
) -> None:
    packet = asked(one, opened(one)["id"])
    hinder(house, one, packet)
    answer = one.get(f"/v1/packets/{packet}/{way}")
    assert (answer.status_code, answer.json()["code"]) == (409, "packet_not_final")
    told = answer.json()
    assert [each["item"] for each in told["missing"]] == [item]
    assert all(each["remedy"] and each["supplier"] for each in told["missing"])
    assert told["errors"][0]["pointer"] == "/missing/0"
    assert told["errors"][0]["detail"].startswith(f"{item}: ")
    assert b"PK" not in answer.content
    assert b"%PDF" not in answer.content


def test_a_payment_after_the_approval_voids_it(house: House, one: Client) -> None:
    case = opened(one)
    packet = asked(one, case["id"])
    approved(house, one, packet, made(house, one, packet))
    assert one.get(f"/v1/packets/{packet}/final").status_code == 200
    one.made(
        f"/v1/accounts/{case['account']}/payments",
        {
            "external_id": "PMT-LATE",
            "amount": {"amount": "10.00", "currency": "USD"},
            "received_at": "2026-02-28T14:00:00Z",
        },
    )
    for way in WAYS:
        assert one.get(f"/v1/packets/{packet}/{way}").json()["code"] == "packet_not_final"
    assert one.get(f"/v1/packets/{packet}").json()["state"] == "void"


def test_a_file_sent_after_the_approval_voids_it(house: House, one: Client) -> None:
    case = opened(one)["id"]
    packet = asked(one, case)
    approved(house, one, packet, made(house, one, packet))
    assert upload(one, case, pdf(), key="late-file").status_code == 201
    answer = one.get(f"/v1/packets/{packet}/final")
    assert (answer.status_code, answer.json()["state"]) == (409, "void")


def test_nobody_elses_packet_is_there(house: House, one: Client, two: Client, bank: Client) -> None:
    packet = final(house, one)
    for other in (two, bank):
        for path in ("", *(f"/{way}" for way in WAYS)):
            assert other.get(f"/v1/packets/{packet}{path}").status_code == 404


def test_a_lender_cannot_approve_whatever_it_calls(house: House, one: Client) -> None:
    """No call of the document does it, and the database refuses the role that calls are made with."""
    said = json.dumps([each["operationId"] for path in committed()["paths"].values() for each in path.values()])
    assert "pprove" not in said
    packet = asked(one, opened(one)["id"])
    made(house, one, packet)
    for path in ("approve", "approval", "review"):
        assert one.post(f"/v1/packets/{packet}/{path}", {}).status_code in {404, 405}
    with (
        pytest.raises(ProgrammingError, match=r"row-level security|approved by a review"),
        house.ledger.api(one.tenant, one.lender) as session,
    ):
        session.execute(text("update packet set state = 'approved' where id = :id"), {"id": packet})
    review = text(
        "insert into packet_review (id, tenant, lender, packet, verdict, sha256, at) "
        "values ('rvw_x', :tenant, :lender, :packet, 'approved', 'x', now())"
    )
    with pytest.raises(ProgrammingError), house.ledger.api(one.tenant, one.lender) as session:
        session.execute(review, {"tenant": one.tenant, "lender": one.lender, "packet": packet})
    assert one.get(f"/v1/packets/{packet}").json()["state"] == "prepared"
