"""The officer's pages, for a phone on a bad connection: the day, one visit, checking in, beginning, the report.

Everything is a plain form. With a script a report and photos stay in the browser until the server has them; each bears
a key that the page or the phone made, so that whatever is sent twice arrives once. Such a sender asks for JSON.
"""

import secrets
from collections.abc import Callable
from dataclasses import astuple
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from starlette.datastructures import FormData

from forbear.api.staff.rendering import headers, render, see_other, words_of
from forbear.api.staff.session import Fields
from forbear.api.staff.staff_route import StaffRoute
from forbear.api.staff.visits_at import ROOT, Either, Officer, TheVisits, officers, read_day, read_instant, read_number
from forbear.api.staff.visits_view import REPORTED, door_page
from forbear.contracts.outcomes import TICKS
from forbear.errors import BadInput, Conflict, ForbearError, Forbidden, NotFound
from forbear.ledger.begun import Held, Promised
from forbear.ledger.visits_checked_in import Reading, check_in
from forbear.ledger.visits_desk import Desk
from forbear.ledger.visits_made import PAPERS, ReportedAlready, Told, abort, report, sign, start
from forbear.ledger.visits_planned import place_of
from forbear.ledger.visits_shown import seen_by
from forbear.ledger.visits_today import Day, day, today
from forbear.visits.places import to_gcj02

router = APIRouter(prefix=ROOT, route_class=StaffRoute, include_in_schema=False)
JSON: Final = "application/json"
LONGEST_NOTE: Final = 4_000
LONGEST_KEY: Final = 80
STATUS: Final[dict[type[Exception], int]] = {BadInput: 422, Conflict: 409, Forbidden: 403, NotFound: 404}


@router.get("/day")
def show_day(request: Request, staff: Officer, visits: TheVisits) -> Response:
    return _day(request, staff, visits, today)


@router.get("/day/{on}")
def show_other_day(request: Request, on: str, staff: Officer, visits: TheVisits) -> Response:
    sought = read_day(on)
    return _day(request, staff, visits, lambda desk: day(desk, sought))


@router.get("/{visit}")
def show(request: Request, visit: str, staff: Either, visits: TheVisits) -> Response:
    with visits.desk(staff) as desk:
        return door_page(request, visits, desk, visit)


@router.get("/{visit}/map")
def on_a_map(request: Request, visit: str, staff: Either, visits: TheVisits) -> Response:
    """The place for the phone's own map: a `geo:` address and numbers to copy, none of which a server is told."""
    with visits.desk(staff) as desk:
        row, _ = seen_by(desk, visit)
        place = place_of(desk, row)
    if place is None:
        raise NotFound("nobody told where it is")
    satellite, chinese = (f"{north:.6f},{east:.6f}" for north, east in (astuple(place), to_gcj02(place)))
    return render(request, "visits/map.html", id=row.id, number=row.number, satellite=satellite, chinese=chinese)


@router.post("/{visit}/check-in")
def here(request: Request, visit: str, staff: Officer, fields: Fields, visits: TheVisits) -> Response:
    return done(request, staff, visits, visit, lambda desk: check_in(desk, visit, _reading(fields)), fields)


@router.post("/{visit}/start")
def knock(request: Request, visit: str, staff: Officer, fields: Fields, visits: TheVisits) -> Response:
    """Begin, or say on the page what holds it."""
    del fields
    with visits.desk(staff) as desk:
        begun = start(desk, visit)
    if not isinstance(begun, Held):
        return see_other(f"{ROOT}/{visit}")
    with visits.desk(staff) as desk:
        return door_page(request, visits, desk, visit, held=begun)


@router.post("/{visit}/report")
def tell(request: Request, visit: str, staff: Officer, fields: Fields, visits: TheVisits) -> Response:
    return done(request, staff, visits, visit, lambda desk: report(desk, visit, _told(fields)), fields)


@router.post("/{visit}/sign")
def stand_by(request: Request, visit: str, staff: Officer, fields: Fields, visits: TheVisits) -> Response:
    del fields
    return done(request, staff, visits, visit, lambda desk: sign(desk, visit))


@router.post("/{visit}/abort")
def turn_back(request: Request, visit: str, staff: Officer, fields: Fields, visits: TheVisits) -> Response:
    del fields
    return done(request, staff, visits, visit, lambda desk: abort(desk, visit))


def done(  # noqa: PLR0917  one request about one visit
    request: Request,
    staff: Any,
    visits: TheVisits,
    visit: str,
    act: Callable[[Desk], object],
    fields: FormData | None = None,
) -> Response:
    """Do it in one transaction and lead on; what does not fit comes back on the page, or as JSON to a script.

    `fields` is what was written, which then stands on the page again.
    """
    script = request.headers.get("accept", "") == JSON
    try:
        with visits.desk(staff) as desk:
            act(desk)
    except tuple(STATUS) as wrong:
        status = next(code for kind, code in STATUS.items() if isinstance(wrong, kind))
        if script:
            return JSONResponse({"sent": False, "why": sentence(request, wrong)}, status, headers=headers())
        if not isinstance(wrong, BadInput | ReportedAlready):
            raise
        told = (wrong.field if isinstance(wrong, BadInput) else REPORTED, sentence(request, wrong))
        values = {} if fields is None else {name: str(value) for name, value in fields.items()}
        with visits.desk(staff) as desk:
            return door_page(request, visits, desk, visit, wrong=told, values=values, status=status)
    if script:
        return JSONResponse({"sent": True}, headers=headers())
    return see_other(f"{ROOT}/{visit}")


def sentence(request: Request, wrong: Exception) -> str:
    """What is wrong, in the reader's words."""
    words = words_of(request)
    if isinstance(wrong, BadInput):
        key = f"visit_wrong.{wrong.field}"
        return words(key) if key in words.sentences else words("visit_wrong.other")
    if isinstance(wrong, ReportedAlready):
        return words("visit_wrong.reported")
    return words("visit_wrong.conflict" if isinstance(wrong, ForbearError) else "visit_wrong.other")


def new_key() -> str:
    """For a form without a script: pressed twice, it is one."""
    return secrets.token_urlsafe(12)


def _day(request: Request, staff: Any, visits: TheVisits, of: Callable[[Desk], Day]) -> Response:
    with visits.desk(staff) as desk:
        names, found = officers(desk), of(desk)
        rows = [
            {
                "id": visit.id,
                "number": visit.number,
                "state": visit.state,
                "when": visits.when(plan.starts_at, plan.zone),
                "with": names.get(plan.second_officer if plan.first_officer == staff.id else plan.first_officer, ""),
            }
            for visit, plan in found.visits
        ]
    return render(
        request,
        "visits/day.html",
        device=True,
        rows=rows,
        day=visits.day(found.on),
        before=(found.on - timedelta(days=1)).isoformat(),
        after=(found.on + timedelta(days=1)).isoformat(),
        words=words_of(request),
    )


def _key(fields: FormData) -> str:
    key = str(fields.get("key", ""))
    if not 1 <= len(key) <= LONGEST_KEY:
        raise BadInput("key", "is missing", "Open the page again.")
    return key


def _reading(fields: FormData) -> Reading:
    latitude, longitude, accuracy = (
        read_number(str(fields.get(name, ""))) for name in ("latitude", "longitude", "accuracy")
    )
    return Reading(
        key=_key(fields),
        device_at=read_instant(str(fields.get("device_at", ""))),
        latitude=latitude,
        longitude=longitude,
        accuracy=accuracy,
        system="gcj02" if fields.get("system") == "gcj02" else "wgs84",
        mocked={"1": True, "0": False}.get(str(fields.get("mocked", ""))),
        typed=str(fields.get("typed", "1")) != "0",
    )


def _told(fields: FormData) -> Told:
    return Told(
        key=_key(fields),
        outcome=str(fields.get("outcome", "")),
        met=str(fields.get("met", "")),
        cause=str(fields.get("cause", "")) or None,
        promise=_promise(fields),
        no_promise=bool(fields.get("no_promise")),
        ticks=tuple(tick for tick in TICKS if fields.get(f"tick_{tick}")),
        handed=tuple((paper, taken) for paper in PAPERS if (taken := str(fields.get(f"paper_{paper}", "")))),
        note=str(fields.get("note", ""))[:LONGEST_NOTE],
        device_at=read_instant(str(fields.get("device_at", ""))),
    )


def _promise(fields: FormData) -> Promised | None:
    due, amount = (str(fields.get(name, "")).strip() for name in ("promise_day", "promise_amount"))
    if not due and not amount:
        return None
    try:
        return Promised(read_day(due), Decimal(amount) if amount else None)
    except (BadInput, InvalidOperation):
        raise BadInput("promise", "is no day with an amount", "Write them as 2026-03-09 and 250.00.") from None
