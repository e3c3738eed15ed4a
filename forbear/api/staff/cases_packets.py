"""Packets of a case: asked for, looked through, approved by a colleague or returned, marked as handed in.

Whoever approves names the hash that they looked at and proves with their password that it is they. A packet that the
record has overtaken is void before anything else is done with it.
"""

from collections.abc import Mapping
from typing import Any, Final

from fastapi import APIRouter
from fastapi.responses import Response
from sqlalchemy.orm import Session

from forbear.api.staff.cases_at import ROOT, CaseDesk, Input, Legal, Looker, TheCases, plain, reference
from forbear.api.staff.cases_missing import gaps
from forbear.api.staff.cases_packet_pages import CHECKS, MANIFEST, PartOf, parts_of
from forbear.api.staff.cases_packet_words import exhibits_of, packet_line, part_title
from forbear.api.staff.cases_people import people_of
from forbear.api.staff.cases_said import curled
from forbear.api.staff.cases_values import day
from forbear.api.staff.rendering import render, see_other
from forbear.api.staff.session import Fields, Staff
from forbear.api.staff.staff_route import StaffRoute
from forbear.casework import gate
from forbear.casework.assembly import changed_groups
from forbear.casework.profile_file import find_profile, names
from forbear.court.paths import load_all
from forbear.documents.packets.profiles import profiles as courts
from forbear.errors import BadInput, Conflict, Erased, NotFound
from forbear.ledger import signing_in
from forbear.ledger.cases import packets, reviewing
from forbear.ledger.cases.reviewing import Changed
from forbear.ledger.cases.sealing import unseal
from forbear.ledger.days import local, zone_of
from forbear.ledger.tables.accounts import LegalCase
from forbear.ledger.tables.cases import Packet

router = APIRouter(prefix=f"{ROOT}/{{case_id}}/packets", route_class=StaffRoute, include_in_schema=False)
FINAL: Final = frozenset({"approved", "filed"})
LONGEST: Final = 200


@router.get("")
def ask_packet(case_id: str, staff: Legal, desk: TheCases) -> Response:
    with desk.case(staff, case_id) as (session, case):
        return _ask_page(desk, session, case, {}, {})


@router.post("")
def want_packet(case_id: str, staff: Legal, fields: Fields, desk: TheCases) -> Response:
    """Ask for a packet; its page says how far it is."""
    typed = plain(dict(fields))
    with desk.case(staff, case_id) as (session, case):
        errors: dict[str, str] = {}
        if typed.get("profile") not in profiles_of(case):
            errors["profile"] = desk.words("case_wrong.missing", label=desk.words("case_packet.profile"))
        if (cut_off := day(typed.get("cut_off", ""))) is None:
            errors["cut_off"] = desk.words("case_wrong.date", label=desk.words("case_packet.cut_off"))
        if typed.get("court") and typed["court"] not in courts():
            errors["court"] = desk.words("case_wrong.missing", label=desk.words("case_packet.court"))
        if cut_off is not None and not errors:
            try:
                asked = packets.ask(
                    session, case.id, typed["profile"], cut_off,
                    staff=staff.id, court=typed.get("court", ""), now=desk.now(),
                )  # fmt: skip
                return see_other(f"{ROOT}/{case_id}/packets/{asked.id}")
            except BadInput as refused:
                errors[refused.field] = desk.words("case_wrong.future", label=desk.words("case_packet.cut_off"))
        return _ask_page(desk, session, case, typed, errors)


@router.get("/{packet_id}")
def show_packet(case_id: str, packet_id: str, staff: Looker, desk: TheCases) -> Response:
    """A packet with what it lacks, or with its parts and checks, and what may be done with it."""
    overtaken(desk, staff, case_id, packet_id)
    with desk.case(staff, case_id) as (session, case):
        packet = own(session, case, packet_id)
        return render(desk.request, "cases/packet.html", **_shown(desk, session, case, packet, staff))


@router.get("/{packet_id}/approve")
def ask_approve(case_id: str, packet_id: str, staff: Legal, desk: TheCases) -> Response:
    overtaken(desk, staff, case_id, packet_id)
    with desk.case(staff, case_id) as (session, case):
        return _approve_page(desk, case, own(session, case, packet_id), staff, {})


@router.post("/{packet_id}/approve")
def approve(case_id: str, packet_id: str, staff: Legal, fields: Fields, desk: TheCases) -> Response:
    """Approve by the hash that stands on the page; nobody approves what they prepared."""
    typed = plain(dict(fields))
    if overtaken(desk, staff, case_id, packet_id):
        return see_other(f"{ROOT}/{case_id}/packets/{packet_id}")
    with desk.case(staff, case_id) as (session, case):
        if (barred := _barred(desk, own(session, case, packet_id), staff)) is not None:
            return _refused(desk, case, packet_id, barred)
    if not signing_in.is_they(desk.ledger, staff.present, str(fields.get("password", ""))[:LONGEST]):
        with desk.case(staff, case_id) as (session, case):
            errors = {"password": desk.words("case_wrong.password")}
            return _approve_page(desk, case, own(session, case, packet_id), staff, errors)
    try:
        with desk.case(staff, case_id) as (session, case):
            own(session, case, packet_id)
            gate.approve(desk.ledger, session, packet_id, typed.get("sha256", ""), staff=staff.id, now=desk.now())
    except Changed:
        overtaken(desk, staff, case_id, packet_id)
    except BadInput:
        with desk.case(staff, case_id) as (session, case):
            errors = {"password": desk.words("case_wrong.hash")}
            return _approve_page(desk, case, own(session, case, packet_id), staff, errors)
    return see_other(f"{ROOT}/{case_id}/packets/{packet_id}")


@router.get("/{packet_id}/return")
def ask_return(case_id: str, packet_id: str, staff: Legal, desk: TheCases) -> Response:
    with desk.case(staff, case_id) as (session, case):
        return _return_page(desk, case, own(session, case, packet_id), {}, {})


@router.post("/{packet_id}/return")
def give_back(case_id: str, packet_id: str, staff: Legal, fields: Fields, desk: TheCases) -> Response:
    """Return a packet with the reason."""
    typed = plain(dict(fields))
    with desk.case(staff, case_id) as (session, case):
        packet = own(session, case, packet_id)
        try:
            reviewing.give_back(
                desk.ledger, session, packet_id, typed.get("sha256", ""), typed.get("reason", ""),
                staff=staff.id, now=desk.now(),
            )  # fmt: skip
        except BadInput as refused:
            code = "hash" if refused.field == "sha256" else "missing"
            errors = {"reason": desk.words(f"case_wrong.{code}", label=desk.words("case_packet.reason"))}
            return _return_page(desk, case, packet, typed, errors)
    return see_other(f"{ROOT}/{case_id}/packets/{packet_id}")


@router.post("/{packet_id}/filed")
def say_filed(case_id: str, packet_id: str, staff: Legal, fields: Fields, desk: TheCases) -> Response:
    """Mark an approved packet as handed in; the form of the fact that says so, with day and court, comes next."""
    if overtaken(desk, staff, case_id, packet_id):
        return see_other(f"{ROOT}/{case_id}/packets/{packet_id}")
    with desk.case(staff, case_id) as (session, case):
        packet = own(session, case, packet_id)
        try:
            reviewing.filed(session, packet_id, str(fields.get("sha256", "")), staff=staff.id, now=desk.now())
        except BadInput:
            return _refused(desk, case, packet_id, desk.words("case_wrong.hash"))
        onward = fact_of(case, packet.profile)
    return see_other(f"{ROOT}/{case_id}/{onward}" if onward else f"{ROOT}/{case_id}/packets/{packet_id}")


def overtaken(desk: CaseDesk, staff: Staff, case_id: str, packet_id: str) -> bool:
    """Void a packet that the record has overtaken, in a transaction of its own; whether it is void now by that."""
    with desk.case(staff, case_id) as (session, case):
        own(session, case, packet_id)
        return gate.void_if_changed(desk.ledger, session, packet_id, desk.now())


def own(session: Session, case: LegalCase, packet_id: str) -> Packet:
    """A packet of this case.

    Raises:
        NotFound: it is another's, or none.
    """
    found = packets.find(session, packet_id)
    if found.legal_case != case.id:
        raise NotFound("no such packet of this case")
    return found


def profiles_of(case: LegalCase) -> tuple[str, ...]:
    """The packets that can be asked for on the path of a case; first that of its stage."""
    fits = [each for each in names() if case.path in find_profile(each).paths]
    path = load_all().get(case.path or "")
    stage = path.stage(case.stage) if path else None
    first = [each.profile for each in stage.packets] + [stage.withdrawal] if stage else []
    return tuple(dict.fromkeys([*(each for each in first if each in fits), *fits]))


def fact_of(case: LegalCase, profile: str) -> str:
    """The form of the fact that says that a packet of a profile was handed in, as the path has it."""
    path = load_all().get(case.path or "")
    for stage in path.stages if path else ():
        for each in stage.packets:
            if each.profile == profile and each.filed_by:
                return f"tell/{each.filed_by[0].kind}"
        if stage.withdrawal == profile:
            return "tell/withdrawn"
    return ""


def manifest_of(desk: CaseDesk, session: Session, packet: Packet, staff: Staff) -> bytes:
    """The manifest, for whoever may look through the packet; that they opened it is put down."""
    return reviewing.view(desk.ledger, session, packet.id, MANIFEST, staff=staff.id, now=desk.now())[1]


def _ask_page(
    desk: CaseDesk, session: Session, case: LegalCase, typed: Mapping[str, str], errors: dict[str, str]
) -> Response:
    if case.state != "open" or case.path is None:
        raise Conflict("nothing can be prepared for this case")
    words, known = desk.words, profiles_of(case)
    today = local(desk.now(), zone_of(session, case.account)).isoformat()
    usual = words("case_packet.usual_court")
    land = case.path.partition("-")[0].lower()
    there = tuple((name, curled(each.title)) for name, each in sorted(courts().items()) if name.startswith(land))
    inputs = [
        Input("profile", "radio", words("case_packet.profile"), options=desk.options("case_profile", known),
              value=typed.get("profile") or (known[0] if known else "")),
        Input("cut_off", "date", words("case_packet.cut_off"), words("case_packet.cut_off_hint"),
              value=typed.get("cut_off") or today),
        Input("court", "select", words("case_packet.court"), options=(("", usual), *there),
              value=typed.get("court", "")),
    ]  # fmt: skip
    lead = [words("case_packet.ask_lead")]
    return desk.form(
        case, words("case_do.packets"), "packets", inputs, words("case_packet.ask"), lead=lead, errors=errors
    )


def _shown(desk: CaseDesk, session: Session, case: LegalCase, packet: Packet, staff: Staff) -> dict[str, Any]:
    colleagues = desk.colleagues(session)
    people = {each.person: each.said for each in people_of(desk, session, case)}
    working = staff.is_any("legal", "lawyer")
    looked = working and packet.state in reviewing.SHOWN and packet.stored
    parts = parts_of(packet, manifest_of(desk, session, packet, staff)) if looked else ()
    zone = zone_of(session, case.account)
    line = packet_line(desk, packet, colleagues, zone)
    exhibits = exhibits_of(desk, session, case) if parts else {}
    return line | {
        "heading": desk.words("case_page.packet", number=packet.number, profile=line["profile"]),
        "case": case.id,
        "reference": reference(case.id),
        "gaps": gaps(desk, case.id, packet.missing, people),
        "parts": [_part(desk, each, exhibits) for each in parts],
        "checks": [desk.named("packet_check", each.partition(".")[2]) for each in CHECKS] if parts else [],
        "changed": _changed(desk, packet),
        "reviews": _reviews(desk, session, case, packet, colleagues),
        "barred": _barred(desk, packet, staff) or "",
        "returnable": working and packet.state in reviewing.STANDING,
        "final": working and packet.state in FINAL,
        "working": working,
        "files": [each for each in packet.stored if each["role"] != "part"] if packet.state in FINAL else [],
        "open": case.state == "open",
    }


def _part(desk: CaseDesk, part: PartOf, exhibits: Mapping[str, str]) -> dict[str, Any]:
    return {
        "title": part_title(desk, part, exhibits),
        "printed": part.printed,
        "first": part.first,
        "sha256": part.sha256,
    }


def _changed(desk: CaseDesk, packet: Packet) -> list[str]:
    """What of the record differs from what a void packet says."""
    if packet.state != "void" or not packet.snapshot:
        return []
    try:
        fresh = gate.assembled(desk.ledger, packet).snapshot
    except (BadInput, Erased, NotFound):
        return []
    return [desk.named("packet_group", each) for each in changed_groups(packet.snapshot, fresh)]


def _reviews(
    desk: CaseDesk, session: Session, case: LegalCase, packet: Packet, colleagues: Mapping[str, str]
) -> list[dict[str, str]]:
    zone, found = zone_of(session, case.account), list[dict[str, str]]()
    for row in reviewing.reviews(session, packet.id):
        try:
            reason = unseal(desk.ledger, session, case, row.reason)
        except Erased:
            reason = ""
        found.append(
            {
                "verdict": desk.named("packet_verdict", row.verdict),
                "who": colleagues.get(row.staff or "", desk.words("case_page.lender_told")),
                "when": desk.when(row.at, zone),
                "reason": reason,
            }
        )
    return found


def _barred(desk: CaseDesk, packet: Packet, staff: Staff) -> str | None:
    """Why this person cannot approve this packet now; None where they can."""
    if not staff.is_any("legal", "lawyer"):
        return desk.words("case_why_not.look_only")
    if packet.state != "prepared":
        return desk.words("case_packet.not_prepared", state=desk.named("packet_state", packet.state))
    if packet.draft:
        return desk.words("case_packet.is_draft")
    if packet.asked_by == staff.id:
        return desk.words("case_packet.own")
    return None


def _approve_page(desk: CaseDesk, case: LegalCase, packet: Packet, staff: Staff, errors: dict[str, str]) -> Response:
    if (barred := _barred(desk, packet, staff)) is not None:
        return _refused(desk, case, packet.id, barred)
    words = desk.words
    inputs = [
        Input("sha256", "hidden", "", value=packet.sha256 or ""),
        Input("password", "password", words("case_packet.password"), words("case_packet.password_hint"), most=LONGEST),
    ]
    lead = [
        words("case_packet.approve_lead", profile=desk.named("case_profile", packet.profile), pages=packet.pages),
        words("case_packet.hash", sha256=packet.sha256),
        words("case_packet.approve_holds"),
    ]
    action = f"packets/{packet.id}/approve"
    return desk.form(
        case, words("case_packet.approve"), action, inputs, words("case_packet.approve"), lead=lead, errors=errors
    )


def _return_page(
    desk: CaseDesk, case: LegalCase, packet: Packet, typed: Mapping[str, str], errors: dict[str, str]
) -> Response:
    if packet.state not in reviewing.STANDING:
        raise Conflict("it is neither prepared nor approved")
    words = desk.words
    inputs = [
        Input("sha256", "hidden", "", value=packet.sha256 or ""),
        Input("reason", "area", words("case_packet.reason"), value=typed.get("reason", ""), most=2_000),
    ]
    action = f"packets/{packet.id}/return"
    return desk.form(case, words("case_packet.return"), action, inputs, words("case_packet.return"), errors=errors)


def _refused(desk: CaseDesk, case: LegalCase, packet_id: str, why: str) -> Response:
    """That something cannot be done with a packet, and why."""
    return render(
        desk.request, "cases/refused.html", status=409, reasons=[why], gaps=[],
        back=f"{ROOT}/{case.id}/packets/{packet_id}", reference=reference(case.id),
    )  # fmt: skip
