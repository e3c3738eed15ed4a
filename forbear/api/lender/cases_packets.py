"""Packets: asked for, looked at, and fetched as final through the one gate. Nobody approves a packet over the API."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse
from sqlalchemy.orm import Session

from forbear.api.acting import Answer, TheCall
from forbear.api.auth import Caller, CaseReader, CaseWriter, TheLedger
from forbear.api.described import acting, reading
from forbear.api.lender import cases_examples as examples
from forbear.api.lender.cases_documented import PDF, ZIP, fetching
from forbear.api.lender.cases_shown import missing_view, packet_view, parties_of
from forbear.api.lender.forms import Id
from forbear.api.lender.shapes import cases_packets as shapes
from forbear.api.lender.shapes.cases import CasePacket, PacketPage
from forbear.api.paging import Cursor, Limit, cut
from forbear.api.problems import Problem
from forbear.casework import gate
from forbear.documents.packets.profiles import profiles as courts
from forbear.errors import BadInput, Conflict, Incomplete, NotFound
from forbear.ledger.cases import acts, packets, rows
from forbear.ledger.cases.final import FinalPacket
from forbear.ledger.cases.reviewing import Changed
from forbear.ledger.days import local, zone_of
from forbear.ledger.engine import Ledger
from forbear.ledger.tables.cases import Packet

router = APIRouter(tags=["Packets"])
MANIFEST_TYPE: Final = "application/json"
REMEDIES: Final[Mapping[str, str]] = {
    "asked": "Wait: it is being made.",
    "prepared": "Have legal staff look through it and approve it.",
    "returned": "Legal staff returned it: ask again once it is put right.",
    "void": "The record has changed since, or a newer one was asked for: ask again.",
    "failed": "Ask again; if it fails again, tell whoever runs the installation.",
}


@router.post(
    "/v1/cases/{case}/packets",
    **acting(
        "askPacket",
        "Ask for a packet",
        CasePacket,
        "not_found",
        "conflict",
        scope="cases:write",
        sent=examples.ASK,
        example=examples.ASKED,
    ),
)
def post_packet(case: Id, call: TheCall, caller: CaseWriter, form: shapes.AskPacketForm) -> Response:
    """Have the papers of a court or committee made, bound and checked. It is made in the background.

    Follow it by webhook or by asking for the packet. What keeps it from being complete is in `missing`, each with who
    can supply it. A packet of the same kind that still waits is the same; one that was made before becomes void.
    """
    if form.court is not None and form.court not in courts():
        raise BadInput("court", "is no court profile of ours", f"Choose one of {', '.join(sorted(courts()))}.")

    def deed(session: Session, now: datetime) -> Answer:
        found = acts.find(session, case)
        cut_off = form.cut_off or local(now, zone_of(session, found.account))
        row = packets.ask(session, case, form.profile, cut_off, court=form.court or "", now=now)
        return Answer(201, packet_view(row, parties_of(session, found.account)))

    return call.once(caller, deed)


@router.get(
    "/v1/cases/{case}/packets",
    **reading(
        "listPackets",
        "List a case's packets",
        PacketPage,
        "bad_cursor",
        "not_found",
        "invalid",
        example=examples.PACKETS,
        scope="cases:read",
    ),
)
def list_packets(
    *, request: Request, case: Id, caller: CaseReader, ledger: TheLedger, limit: Limit = 100, cursor: Cursor = None
) -> JSONResponse:
    """Every packet that was asked for, oldest first."""
    with ledger.api(caller.tenant, caller.lender) as session:
        parties = parties_of(session, acts.find(session, case).account)
        found = [packet_view(each, parties) for each in rows.packets(session, case)]
    return cut(request, f"packets|{caller.lender}|{case}", found, limit=limit, cursor=cursor)


@router.get(
    "/v1/packets/{packet}",
    **reading(
        "getPacket",
        "See a packet",
        CasePacket,
        "not_found",
        "invalid",
        example=examples.ASKED,
        scope="cases:read",
    ),
)
def get_packet(packet: Id, caller: CaseReader, ledger: TheLedger) -> JSONResponse:
    """How far a packet is, and what it lacks."""
    with ledger.api(caller.tenant, caller.lender) as session:
        found = packets.find(session, packet)
        view = packet_view(found, parties_of(session, acts.find(session, found.legal_case).account))
    return JSONResponse(view)


@router.get(
    "/v1/packets/{packet}/final",
    response_class=Response,
    **fetching("getFinalPacket", "Fetch a final packet", ZIP, examples.ARCHIVE),
)
def get_final(packet: Id, caller: CaseReader, ledger: TheLedger) -> Response:
    """Every file of an approved packet as a ZIP, with manifest and checksums. That you fetched it is put down.

    Refused with `packet_not_final` as long as anything is missing, or nobody of legal staff other than its preparer has
    approved these very bytes, or anything it rests on has changed since; `missing` names each item.
    """
    return _fetched(ledger, caller, packet, what=("archive", 1), media=ZIP, name=f"{packet}.zip")


@router.get(
    "/v1/packets/{packet}/final.pdf",
    response_class=Response,
    **fetching("getFinalPdf", "Fetch a final packet as PDF", PDF, examples.PDF),
)
def get_final_pdf(
    packet: Id,
    caller: CaseReader,
    ledger: TheLedger,
    volume: Annotated[int, Query(ge=1, le=999, description="Which one, where one file would be too large.")] = 1,
) -> Response:
    """One volume of an approved packet, in one file as it is filed. Refused like the ZIP."""
    return _fetched(ledger, caller, packet, what=("volume", volume), media=PDF, name=f"{packet}-{volume}.pdf")


@router.get(
    "/v1/packets/{packet}/manifest",
    response_class=Response,
    **fetching("getManifest", "Fetch a final packet's manifest", MANIFEST_TYPE, examples.MANIFEST),
)
def get_manifest(packet: Id, caller: CaseReader, ledger: TheLedger) -> Response:
    """What an approved packet is made of, with the digest of every part and of every untouched original.

    Its own SHA-256 is the packet's `sha256`, which the approval names. Refused like the ZIP.
    """
    name = f"{packet}-manifest.json"
    return _fetched(ledger, caller, packet, what=(packets.MANIFEST, 1), media=MANIFEST_TYPE, name=name)


def _fetched(ledger: Ledger, caller: Caller, packet: str, *, what: tuple[str, int], media: str, name: str) -> Response:
    """One file of a packet that passes the gate: of a role, and which of them."""
    now = ledger.clock.now()
    try:
        with ledger.api(caller.tenant, caller.lender) as session:
            passed = gate.final(ledger, session, packet, now=now)
            body = passed.open(_named(passed, *what))
    except Changed as error:
        # In a transaction of its own: the refusal took the one in which it was found back.
        with ledger.api(caller.tenant, caller.lender) as session:
            gate.void_if_changed(ledger, session, packet, now)
        raise _not_final(ledger, caller, packet, error) from None
    except (Conflict, Incomplete) as error:
        raise _not_final(ledger, caller, packet, error) from None
    return Response(body, media_type=media, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _named(passed: FinalPacket, role: str, number: int) -> str:
    found = [str(each["name"]) for each in passed.files if each["role"] == role]
    if number > len(found):
        raise NotFound(f"Packet {passed.packet.id} has {len(found)} of these")
    return found[number - 1]


def _not_final(ledger: Ledger, caller: Caller, packet: str, error: Exception) -> Problem:
    """The refusal, naming each item with what to do and who can."""
    with ledger.api(caller.tenant, caller.lender) as session:
        row = packets.find(session, packet)
        parties = parties_of(session, acts.find(session, row.legal_case).account)
        items = [missing_view(each, parties) for each in row.missing] or [_unready(row, parties.words(str(error)))]
        state = row.state
    told = [
        {"pointer": f"/missing/{at}", "detail": f"{each['item']}: {each['problem']}. {each['remedy']}"}
        for at, each in enumerate(items)
    ]
    return Problem("packet_not_final", f"The packet is {state}: it cannot be fetched", errors=told,
                   missing=items, state=state)  # fmt: skip


def _unready(row: Packet, problem: str) -> dict[str, Any]:
    if row.draft:
        return _item("wording", problem, "Enter the prescribed wording, and ask again.", "operator")
    if row.state in REMEDIES:
        supplier = {"prepared": "lawyer", "failed": "operator"}.get(row.state, "legal")
        item = "approval" if row.state == "prepared" else "packet"
        return _item(item, problem, REMEDIES[row.state], supplier)
    return _item("packet", problem, "Ask for it again, and have it approved.", "legal")


def _item(item: str, problem: str, remedy: str, supplier: str) -> dict[str, Any]:
    return {"item": item, "problem": problem, "remedy": remedy, "supplier": supplier}
