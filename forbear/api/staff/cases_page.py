"""One case on a page: where it stands and why, what is missing, clocks, papers, proof, records, history, and acts."""

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from forbear.api.staff import cases_shown
from forbear.api.staff.cases_at import ROOT, CaseDesk, Legal, Looker, TheCases, reference
from forbear.api.staff.cases_missing import gaps
from forbear.api.staff.cases_packet_words import packet_line
from forbear.api.staff.cases_said import say
from forbear.api.staff.cases_shown import Showing
from forbear.api.staff.rendering import render, see_other
from forbear.api.staff.session import Fields, Staff
from forbear.api.staff.staff_route import StaffRoute
from forbear.contracts.case_words import CASE_KINDS
from forbear.court.path import CasePath, Way
from forbear.court.paths import load_all
from forbear.errors import NotFound
from forbear.ledger.cases import clocks, rows, told
from forbear.ledger.cases.money import RECOURSE, recourse_owed
from forbear.ledger.owed import owed_on
from forbear.ledger.tables.accounts import LegalCase
from forbear.ledger.tables.people import Lender

router = APIRouter(prefix=f"{ROOT}/{{case_id}}", route_class=StaffRoute, include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Act:
    """Something that may be done with a case now, or why it may not."""

    label: str
    address: str
    why_not: str = ""


@router.get("")
def show(case_id: str, staff: Looker, desk: TheCases) -> Response:
    """The whole case; that somebody looked is put down."""
    with desk.case(staff, case_id) as (session, case):
        seen = Showing.of(desk, session, case)
        facts = list(rows.facts(session, case.id))
        page: dict[str, Any] = _head(seen) | {
            "missing": _missing(seen),
            "clocks": cases_shown.clocks(seen),
            "packets": [
                packet_line(desk, row, seen.colleagues, seen.zone) for row in reversed(rows.packets(session, case.id))
            ],
            "services": cases_shown.services(seen),
            "guarantees": cases_shown.guarantees(seen),
            "files": cases_shown.files_of(seen),
            "costs": cases_shown.costs(seen),
            "filing": cases_shown.record(seen, facts, cases_shown.FILING),
            "mediation": cases_shown.record(seen, facts, cases_shown.MEDIATING),
            "history": cases_shown.history(seen),
            "decisions": _decisions(seen),
            "doings": _doings(seen),
            "acts": _acts(desk, case, staff),
            "working": staff.is_any("legal", "lawyer"),
        }
        desk.note(session, staff, case, "case_shown")
        return render(desk.request, "cases/case.html", **page)


@router.post("/alarms/{alarm}/seen")
def see_alarm(case_id: str, alarm: str, staff: Legal, fields: Fields, desk: TheCases) -> Response:
    """Somebody saw an alarm."""
    del fields
    with desk.case(staff, case_id) as (session, case):
        if all(each.id != alarm for each in rows.alarms(session, case.id)):
            raise NotFound("no such alarm of this case")
        clocks.see(session, alarm, staff=staff.id, now=desk.now())
    return see_other(f"{ROOT}/{case_id}#clocks")


def _head(seen: Showing) -> dict[str, Any]:
    desk, case, account = seen.desk, seen.case, seen.account
    path = load_all().get(case.path or "")
    stage = path.stage(case.stage) if path else None
    recourse = case.kind == RECOURSE
    owed = recourse_owed(seen.session, case) if recourse else owed_on(seen.session, account, desk.now()).total
    return {
        "id": case.id,
        "heading": desk.words("case_page.heading", reference=reference(case.id)),
        "reference": reference(case.id),
        "lender": seen.session.get_one(Lender, case.lender).name,
        "kind": desk.named("case_kind", case.kind),
        "is_open": case.state == "open",
        "outcome": desk.named("case_outcome", case.outcome or "closed"),
        "path": path.title[desk.language] if path else "",
        "stage": stage.title[desk.language] if stage else "",
        "since": desk.when(case.stage_since, seen.zone),
        "opened": desk.when(case.opened_at, seen.zone),
        "closed": desk.when(case.closed_at, seen.zone),
        "hint": say(stage.hint, desk.language) if stage and stage.hint else None,
        "reason": say(case.next_reason, desk.language) if case.next_reason else None,
        "until": desk.when(case.next_at, seen.zone),
        "onward": _onward(desk, path, case),
        "owed": desk.money(owed, account.currency),
        "due_since": desk.day(account.due_since),
        "people": seen.people,
        "assignee": seen.colleague(case.assignee),
        "creditor": seen.named(case.creditor),
        "arose_from": case.arose_from or "",
        "arose_reference": reference(case.arose_from) if case.arose_from else "",
    }


def _onward(desk: CaseDesk, path: CasePath | None, case: LegalCase) -> list[tuple[str, str]]:
    """The stages that may come next, each with what leads there."""
    stage = path.stage(case.stage) if path else None
    if path is None or stage is None or case.state != "open":
        return []
    found: dict[str, list[str]] = {}
    for way in stage.next:
        target = path.stage(way.stage)
        if target is not None:
            found.setdefault(target.title[desk.language], []).append(_leads(desk, way))
    either = desk.words("case_page.or")
    return [(title, either.join(dict.fromkeys(ways))) for title, ways in found.items()]


def _leads(desk: CaseDesk, way: Way) -> str:
    if way.on:
        return desk.words("case_page.or").join(dict.fromkeys(desk.named("case_fact", told.kind) for told in way.on))
    return desk.words("case_page.by_itself")


def _missing(seen: Showing) -> list[Any]:
    if seen.case.state != "open":
        return []
    names = {each.person: each.said for each in seen.people}
    return gaps(seen.desk, seen.case.id, told.lacking(seen.session, seen.case.id), names)


def _decisions(seen: Showing) -> list[dict[str, Any]]:
    desk = seen.desk
    return [
        {
            "at": desk.when(row.at, seen.zone),
            "kind": desk.named("case_decision", row.kind),
            "reason": say(row.reason, desk.language),
            "rule": row.rule,
        }
        for row in told.decisions(seen.session, seen.case.id)
    ]


def _doings(seen: Showing) -> list[dict[str, str]]:
    desk = seen.desk
    return [
        {
            "at": desk.when(row.at, seen.zone),
            "who": seen.colleague(row.staff),
            "what": desk.named("case_act", row.kind),
        }
        for row in told.staff_acts(seen.session, seen.case.id)
    ]


def _acts(desk: CaseDesk, case: LegalCase, staff: Staff) -> list[Act]:
    """Every act in its place, allowed or not: what is not says why."""
    shut = "" if staff.is_any("legal", "lawyer") else "look_only"
    ended = shut or ("" if case.state == "open" else "closed")
    walking = ended or ("" if case.path else "no_path")
    why = {
        "take-up": ended or ("walking" if case.path else ""),
        "tell": ended,
        "packets": walking,
        "fields": walking,
        "files/add": ended,
        "service": ended,
        "guarantee": ended,
        "cost": shut,
        "assign": shut,
        "close": ended,
        "reopen": shut or ("open" if case.state == "open" else ""),
    }
    if case.path and case.kind not in CASE_KINDS:
        why["take-up"] = ended
    return [
        Act(
            desk.words(f"case_do.{way.replace('/', '_').replace('-', '_')}"),
            f"{ROOT}/{case.id}/{way}",
            desk.words(f"case_why_not.{reason}") if reason else "",
        )
        for way, reason in why.items()
    ]
