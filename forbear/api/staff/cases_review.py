"""A packet looked through page by page, and its final files, which leave by the gate alone."""

import mimetypes

from fastapi import APIRouter
from fastapi.responses import Response

from forbear.api.staff.cases_at import ROOT, WITH_PICTURES, CaseDesk, Legal, TheCases, reference
from forbear.api.staff.cases_drawing import png, text
from forbear.api.staff.cases_missing import gaps
from forbear.api.staff.cases_packet_pages import CHECKS, Leaf, leaf, parts_of
from forbear.api.staff.cases_packet_words import exhibits_of, part_title
from forbear.api.staff.cases_packets import manifest_of, overtaken, own
from forbear.api.staff.cases_people import people_of
from forbear.api.staff.cases_said import say
from forbear.api.staff.rendering import headers, render
from forbear.api.staff.session import Staff
from forbear.api.staff.staff_route import StaffRoute
from forbear.casework import gate
from forbear.errors import Conflict, Incomplete
from forbear.ledger.cases import reviewing
from forbear.ledger.cases.reviewing import Changed
from forbear.ledger.tables.cases import Packet

router = APIRouter(prefix=f"{ROOT}/{{case_id}}/packets/{{packet_id}}", route_class=StaffRoute, include_in_schema=False)
REFUSED = 409


@router.get("/pages/{number}.png")
def picture(case_id: str, packet_id: str, number: int, staff: Legal, desk: TheCases) -> Response:
    """One page as it is printed."""
    _, _, content, found, _ = _leaf(desk, staff, case_id, packet_id, number)
    return Response(png(content, found.at), media_type="image/png", headers=headers())


@router.get("/pages/{number}")
def page(case_id: str, packet_id: str, number: int, staff: Legal, desk: TheCases) -> Response:
    """One page with the checks beside it, and its words for whoever does not see the picture."""
    packet, case_reference, content, found, title = _leaf(desk, staff, case_id, packet_id, number)
    address = f"{ROOT}/{case_id}/packets/{packet_id}"
    part = found.part
    written = " ".join(text(content, found.at).split())
    answer = render(
        desk.request,
        "cases/page.html",
        heading=desk.words("case_leaf.heading", page=found.number, of=found.of),
        reference=case_reference,
        back=address,
        picture=f"{address}/pages/{found.number}.png",
        before=f"{address}/pages/{found.number - 1}" if found.number > 1 else "",
        onward=f"{address}/pages/{found.number + 1}" if found.number < found.of else "",
        last=found.number == found.of,
        number=found.number,
        of=found.of,
        volume=found.volume,
        part=title,
        printed=part.printed if part else "",
        part_sha256=part.sha256 if part else "",
        written=written,
        sha256=packet.sha256,
        state=desk.named("packet_state", packet.state),
        draft=packet.draft,
        checks=[desk.named("packet_check", each.partition(".")[2]) for each in CHECKS],
    )
    answer.headers["Content-Security-Policy"] = WITH_PICTURES
    return answer


@router.get("/files/{name}")
def download(case_id: str, packet_id: str, name: str, staff: Legal, desk: TheCases) -> Response:
    """A final file, through the gate; what is in the way is named."""
    overtaken(desk, staff, case_id, packet_id)
    try:
        with desk.case(staff, case_id) as (session, case):
            own(session, case, packet_id)
            body = gate.final(desk.ledger, session, packet_id, staff=staff.id, now=desk.now()).open(name)
    except Incomplete as lacking:
        return _refused(desk, staff, case_id, packet_id, [], lacking)
    except (Changed, Conflict) as refused:
        return _refused(desk, staff, case_id, packet_id, [str(refused)], None)
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body, media_type=kind, headers={**headers(), **disposition})


def _leaf(
    desk: CaseDesk, staff: Staff, case_id: str, packet_id: str, number: int
) -> tuple[Packet, str, bytes, Leaf, str]:
    """A page of a packet that may be looked at, with the volume in which it lies and what it is of."""
    with desk.case(staff, case_id) as (session, case):
        packet = own(session, case, packet_id)
        parts = parts_of(packet, manifest_of(desk, session, packet, staff))
        found = leaf(packet, parts, number)
        _, content = reviewing.view(desk.ledger, session, packet_id, found.file, staff=staff.id, now=desk.now())
        title = part_title(desk, found.part, exhibits_of(desk, session, case)) if found.part else ""
        return packet, reference(case.id), content, found, title


def _refused(  # noqa: PLR0917  a page is all of these
    desk: CaseDesk, staff: Staff, case_id: str, packet_id: str, reasons: list[str], lacking: Incomplete | None
) -> Response:
    with desk.case(staff, case_id) as (session, case):
        packet = own(session, case, packet_id)
        people = {each.person: each.said for each in people_of(desk, session, case)}
        state = desk.words("case_packet.not_final", state=desk.named("packet_state", packet.state))
        missing = gaps(desk, case_id, packet.missing, people) if lacking else []
        return render(
            desk.request,
            "cases/refused.html",
            status=REFUSED,
            reasons=[state],
            details=[say(each, desk.language) for each in reasons],
            gaps=missing,
            back=f"{ROOT}/{case_id}/packets/{packet_id}",
            reference=reference(case_id),
        )
