"""The supervisor's pages: requests with the rules' answer, the decision, two officers and an hour, a day's route."""

from datetime import datetime, timedelta
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from forbear.api.staff import task_reasons
from forbear.api.staff.rendering import render, see_other, words_of
from forbear.api.staff.session import Fields
from forbear.api.staff.staff_route import StaffRoute
from forbear.api.staff.visits_at import (
    ROOT,
    Either,
    Supervisor,
    TheVisits,
    Visits,
    days_from,
    officers,
    read_instant,
    read_number,
    team_of,
    today,
)
from forbear.errors import BadInput, Conflict, NotFound
from forbear.ledger.tables.visits import Visit
from forbear.ledger.tasks import WAITING
from forbear.ledger.visits import APPROVALS, DECLINES, approve, decline, plan_of
from forbear.ledger.visits_desk import Desk
from forbear.ledger.visits_hours import open_day
from forbear.ledger.visits_made import end_untold
from forbear.ledger.visits_planned import assign, assign_day, place_of, propose, tell_place
from forbear.ledger.visits_shown import address_of, board, recent
from forbear.ledger.visits_today import NOWHERE, zone_at_work
from forbear.visits.slots import slots

router = APIRouter(prefix=ROOT, route_class=StaffRoute, include_in_schema=False)
UNPROCESSABLE: Final = 422
DAYS: Final = 3
"""For how many days slots are offered."""


@router.get("")
def begin(staff: Either) -> Response:
    """Supervisors see the board, officers their day."""
    return see_other(f"{ROOT}/board" if staff.is_any("supervisor") else f"{ROOT}/day")


@router.get("/board")
def show_board(request: Request, staff: Supervisor, visits: TheVisits) -> Response:
    with visits.desk(staff) as desk:
        return render(request, "visits/board.html", **_board(desk, visits))


# Before the addresses with an id, of which 'route' would be one.
@router.get("/route")
def ask_route(request: Request, staff: Supervisor, visits: TheVisits) -> Response:
    with visits.desk(staff) as desk:
        return render(request, "visits/route.html", **_route(desk), proposed=None)


@router.post("/route/propose")
def show_route(request: Request, staff: Supervisor, fields: Fields, visits: TheVisits) -> Response:
    """A day's route to look at; nothing is assigned by it."""
    chosen, team = [str(each) for each in fields.getlist("visit")], team_of(fields)
    with visits.desk(staff) as desk:
        shown = _route(desk)
        plan = propose(desk, chosen, team)
        numbers = {each["id"]: each["number"] for each in shown["open"]}
        proposed = {
            "placed": [
                {"id": each.id, "number": numbers.get(each.id), "when": visits.when(each.slot.start, plan.zone)}
                for each in plan.route.placed
            ],
            "dropped": [
                {
                    "number": numbers.get(each.id),
                    "why": visits.held(plan.held[each.id], plan.zone)
                    if each.id in plan.held
                    else words_of(request)("visit_route.no_time"),
                }
                for each in plan.route.dropped
            ],
        }
    values = {name: str(value) for name, value in fields.items()}
    shown["chosen"] = chosen
    return render(request, "visits/route.html", **shown, proposed=proposed, values=values)


@router.post("/route/assign")
def take_route(staff: Supervisor, fields: Fields, visits: TheVisits) -> Response:
    with visits.desk(staff) as desk:
        assign_day(desk, [str(each) for each in fields.getlist("visit")], team_of(fields))
    return see_other(f"{ROOT}/board")


@router.post("/{visit}/approve")
def say_yes(visit: str, staff: Supervisor, fields: Fields, visits: TheVisits) -> Response:
    with visits.desk(staff) as desk:
        approve(desk, visit, str(fields.get("reason", "")))
    return see_other(f"{ROOT}/{visit}/plan")


@router.post("/{visit}/decline")
def say_no(visit: str, staff: Supervisor, fields: Fields, visits: TheVisits) -> Response:
    with visits.desk(staff) as desk:
        decline(desk, visit, str(fields.get("reason", "")))
    return see_other(f"{ROOT}/board")


@router.post("/{visit}/end")
def end_it(visit: str, staff: Supervisor, fields: Fields, visits: TheVisits) -> Response:
    """End a visit of which nobody told in time."""
    del fields
    with visits.desk(staff) as desk:
        end_untold(desk, visit)
    return see_other(f"{ROOT}/board")


@router.get("/{visit}/plan")
def show_plan(request: Request, visit: str, staff: Supervisor, visits: TheVisits) -> Response:
    with visits.desk(staff) as desk:
        return render(request, "visits/plan.html", **_plan(desk, visits, visit))


@router.post("/{visit}/assign")
def send_two(request: Request, visit: str, staff: Supervisor, fields: Fields, visits: TheVisits) -> Response:
    """Two officers and an hour; back with the reason where they do not fit."""
    starts_at = read_instant(str(fields.get("starts_at", "")))
    try:
        with visits.desk(staff) as desk:
            _assign(desk, visit, fields, starts_at)
    except (BadInput, Conflict) as wrong:
        with visits.desk(staff) as desk:
            shown = _plan(desk, visits, visit)
        key = wrong.field if isinstance(wrong, BadInput) else "busy"
        field = "second" if key in {"second", "busy"} else "starts_at"
        errors = {field: words_of(request)(f"visit_plan.wrong_{key}")}
        shown["values"] = {name: str(value) for name, value in fields.items()}
        return render(request, "visits/plan.html", status=UNPROCESSABLE, **shown, errors=errors)
    return see_other(f"{ROOT}/board")


@router.post("/{visit}/place")
def say_where(visit: str, staff: Supervisor, fields: Fields, visits: TheVisits) -> Response:
    """Where the address is on the globe."""
    latitude, longitude = (read_number(str(fields.get(name, ""))) for name in ("latitude", "longitude"))
    system = "gcj02" if fields.get("system") == "gcj02" else "wgs84"
    if latitude is None or longitude is None:
        raise BadInput("place", "is not complete", "Give both coordinates.")
    with visits.desk(staff) as desk:
        tell_place(desk, visit, latitude, longitude, system)
    return see_other(f"{ROOT}/{visit}/plan")


def _assign(desk: Desk, visit: str, fields: FormData, starts_at: datetime | None) -> None:
    if starts_at is None:
        raise BadInput("starts_at", "is missing", "Choose one of the hours.")
    row = desk.session.get(Visit, visit)
    if row is None:
        raise NotFound("no such visit")
    zone = open_day(desk, row, starts_at.date()).zone
    team = team_of({**dict(fields), "day": today(starts_at, zone).isoformat(), "opens": "07:00", "closes": "21:00"})
    assign(desk, visit, team, starts_at)


def _board(desk: Desk, visits: Visits) -> dict[str, Any]:
    names, cards = officers(desk), list[dict[str, Any]]()
    for each in board(desk):
        zone = each.plan.zone if each.plan else each.rules.zone if each.rules else None
        cards.append(
            {
                "id": each.visit.id,
                "number": each.visit.number,
                "state": each.visit.state,
                "reason": task_reasons.why(words_of(visits.request), each.task),
                "asked": visits.when(each.visit.requested_at, zone),
                "untold": each.visit.state == "under_way" and each.task.state not in WAITING,
                "mine": each.visit.requested_by == desk.staff,
                "rules": [visits.held(held, zone) for held in each.rules.reasons] if each.rules else [],
                "never": each.rules is not None and each.rules.never is not None,
                "when": visits.when(each.plan.starts_at, zone) if each.plan else "",
                "who": [names.get(one, "") for one in (each.plan.first_officer, each.plan.second_officer)]
                if each.plan
                else [],
                "overtaken": visits.held(each.overtaken, zone) if each.overtaken else "",
            }
        )
    ended = [{"id": v.id, "number": v.number, "state": v.state, "outcome": v.outcome} for v in recent(desk)]
    return {"cards": cards, "ended": ended, "approvals": list(APPROVALS), "declines": list(DECLINES)}


def _plan(desk: Desk, visits: Visits, visit_id: str) -> dict[str, Any]:
    visit = desk.session.get(Visit, visit_id)
    if visit is None or visit.state not in {"approved", "assigned"}:
        raise NotFound("no such visit to be planned")
    hours: list[dict[str, Any]] = []
    before = plan_of(desk.session, visit.id)
    zone = open_day(desk, visit, desk.now().date()).zone
    for day in days_from(today(desk.now(), zone), DAYS):
        found = open_day(desk, visit, day)
        times = [(each.start.isoformat(), visits.when(each.start, found.zone)) for each in slots(found.spans)]
        why = visits.held(found.why, found.zone) if found.why else ""
        hours.append({"day": visits.day(day), "times": [each for each in times if not _soon(desk, each)], "why": why})
    return {
        "id": visit.id,
        "number": visit.number,
        "officers": list(officers(desk).items()),
        "hours": hours,
        "address": address_of(desk, visit),
        "located": place_of(desk, visit) is not None,
        "values": {} if before is None else {"first": before.first_officer, "second": before.second_officer},
    }


def _soon(desk: Desk, slot: tuple[str, str]) -> bool:
    """Too soon for anybody to get there."""
    at = read_instant(slot[0])
    return at is not None and at < desk.now() + timedelta(minutes=1)


def _route(desk: Desk) -> dict[str, Any]:
    found = [each for each in board(desk) if each.visit.state == "approved"]
    waiting = [each.visit for each in found]
    there = [each.rules.zone for each in found if each.rules is not None and each.rules.zone != NOWHERE]
    return {
        "open": [{"id": each.id, "number": each.number} for each in waiting],
        "officers": list(officers(desk).items()),
        "today": today(desk.now(), there[0] if there else zone_at_work(desk)).isoformat(),
        "chosen": [each.id for each in waiting],
    }
