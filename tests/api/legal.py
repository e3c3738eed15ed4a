"""What tests of cases need beside a lender's calls: legal staff, a packet made as its shop makes one, a file to send."""

from hashlib import sha256
from io import BytesIO
from typing import Any

import httpx
import pikepdf
from PIL import Image
from sqlalchemy.orm import Session

from forbear.casework import gate
from forbear.ledger import staffing
from forbear.ledger.cases import packets
from forbear.ledger.cases.packets import MadeFile, MadePacket
from forbear.ledger.engine import make_engine
from forbear.ledger.ids import new_id
from tests.api.house import Client, House

Json = dict[str, Any]
MANIFEST = b'{"packet":"as it is"}'
FILES = (
    MadeFile("packet.pdf", "volume", b"%PDF-1.4\n% one volume\n", 1),
    MadeFile("manifest.json", "manifest", MANIFEST),
    MadeFile("packet.zip", "archive", b"PK the archive"),
)


def opened(client: Client, **changes: Any) -> Json:
    """A case of a new account."""
    account = client.enrol(**changes)["id"]
    return client.made(f"/v1/accounts/{account}/cases", {"kind": "suit"})


def hired(house: House, tenant: str, role: str = "lawyer") -> str:
    with Session(make_engine(house.migrator)) as session, session.begin():
        return staffing.add(
            session,
            house.ledger.vault,
            tenant=tenant,
            email=f"{new_id('stf').lower()}@example.com",
            name="Example Colleague",
            roles=[role],
            language="en",
            now=house.ledger.clock.now(),
        )


def asked(client: Client, case: str, profile: str = "us.suit") -> str:
    return client.made(f"/v1/cases/{case}/packets", {"profile": profile, "cut_off": "2026-03-01"})["id"]


def made(house: House, client: Client, packet: str, *, draft: bool = False) -> str:
    """Keep a packet that rests on the record as it stands; returns its hash."""
    now = house.ledger.clock.now()
    with house.ledger.worker(client.tenant) as session:
        rests_on = gate.snapshots(house.ledger)(session, packets.find(session, packet))
        digest = sha256(MANIFEST).hexdigest()
        packets.keep_made(house.ledger, session, packet, MadePacket(FILES, digest, rests_on, 1, draft), now)
    return digest


def approved(house: House, client: Client, packet: str, digest: str) -> None:
    staff, now = hired(house, client.tenant), house.ledger.clock.now()
    with house.ledger.staff(client.tenant) as session:
        gate.approve(house.ledger, session, packet, digest, staff=staff, now=now)


def final(house: House, client: Client) -> str:
    """A packet that may be fetched."""
    packet = asked(client, opened(client)["id"])
    approved(house, client, packet, made(house, client, packet))
    return packet


def upload(client: Client, case: str, content: bytes, *, key: str, **told: str) -> httpx.Response:
    """Send a file as a lender's program does: each time with another boundary."""
    return client.http.post(
        f"/v1/cases/{case}/files",
        data={"slot": "contract", "title": "Loan agreement", **told},
        files={"file": ("agreement.pdf", content)},
        headers={"Authorization": f"Bearer {client.key}", "Idempotency-Key": key},
    )


def pdf(*, password: str = "") -> bytes:
    out = BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page(page_size=(612, 792))
        document.save(out, encryption=pikepdf.Encryption(owner=password, user=password) if password else False)
    return out.getvalue()


def picture(form: str) -> bytes:
    out = BytesIO()
    Image.new("RGB", (8, 8), "white").save(out, form)
    return out.getvalue()
