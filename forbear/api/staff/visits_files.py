"""Files and feeds of visits: a photo as it arrives from a phone, its bare copy, an officer's calendar."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Final
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import FileResponse, Response
from starlette.datastructures import FormData, UploadFile

from forbear.api.staff.rendering import headers, render, see_other
from forbear.api.staff.session import (
    TOKEN,
    Fields,
    SignedIn,
    TheSettings,
    check_site,
    check_token,
)
from forbear.api.staff.staff_route import StaffRoute
from forbear.api.staff.visits_at import ROOT, Either, Officer, TheVisits, read_instant
from forbear.api.staff.visits_door import done
from forbear.errors import BadInput
from forbear.ledger.tables.visits import VisitEvidence
from forbear.ledger.visits_evidence import LARGEST, Captured, exported, take
from forbear.ledger.visits_feed import exists, make, read, revoke
from forbear.ledger.visits_shown import seen_by

router = APIRouter(route_class=StaffRoute, include_in_schema=False)
feeds = APIRouter(include_in_schema=False)
assets = APIRouter(prefix="/staff/assets", include_in_schema=False)
AROUND: Final = 20_000
"""Bytes that a form adds to the file in it."""
ASSETS: Final = Path(__file__).parent / "assets"
CACHED: Final = {"Cache-Control": "public, max-age=3600", "X-Content-Type-Options": "nosniff"}
KINDS: Final = {"kept.js": "text/javascript", "visit.js": "text/javascript", "visits.css": "text/css"}


@dataclass(frozen=True, slots=True)
class Upload:
    """One file and the fields beside it."""

    fields: FormData
    content: bytes = field(repr=False)


async def upload_of(request: Request, staff: SignedIn) -> Upload:
    """A form with one file, of this session, bounded before anything of it is read."""
    check_site(request)
    length = request.headers.get("content-length", "")
    if not length.isdecimal():
        raise HTTPException(411)
    if int(length) > LARGEST + AROUND:
        raise BadInput("photo", "is larger than 15 MB", "Take it again with a smaller size.")
    async with request.form(max_files=1, max_fields=10) as fields:
        check_token(staff, str(fields.get(TOKEN, "")))
        file = fields.get("photo")
        content = await file.read() if isinstance(file, UploadFile) else b""
        return Upload(
            FormData([(name, value) for name, value in fields.multi_items() if isinstance(value, str)]), content
        )


TheUpload = Annotated[Upload, Depends(upload_of)]


@router.post("/staff/visit-photos/{visit}")
def arrive(request: Request, visit: str, staff: Officer, upload: TheUpload, visits: TheVisits) -> Response:
    """A photo, once: the key says which."""
    fields = upload.fields
    captured = Captured(
        key=str(fields.get("key", ""))[:80],
        kind=str(fields.get("kind", "photo")),
        content=upload.content,
        sha256=str(fields.get("sha256", "")) or None,
        captured_at=read_instant(str(fields.get("device_at", ""))),
    )
    return done(request, staff, visits, visit, lambda desk: take(desk, visit, captured))


@router.get(f"{ROOT}/evidence/{{evidence}}")
def bare_copy(evidence: str, staff: Either, visits: TheVisits) -> Response:
    """The copy without what the phone wrote into it, for the two who were there and for supervisors."""
    with visits.desk(staff) as desk:
        found = desk.session.get(VisitEvidence, evidence)
        seen_by(desk, "" if found is None else found.visit)
        row, content = exported(desk, evidence)
    name = f"{row.sha256[:16]}.{row.media_type.partition(';')[0].rpartition('/')[2]}"
    disposition = {"Content-Disposition": f'inline; filename="{name}"'}
    return Response(content, media_type=row.media_type, headers={**headers(), **disposition})


@router.get(f"{ROOT}/calendar")
def show_feed(request: Request, staff: Officer, visits: TheVisits) -> Response:
    with visits.desk(staff) as desk:
        return render(request, "visits/calendar.html", has=exists(desk), address="")


@router.post(f"{ROOT}/calendar-make")
def make_feed(request: Request, staff: Officer, fields: Fields, visits: TheVisits, settings: TheSettings) -> Response:
    """A fresh address, shown this once; the one before stops working."""
    del fields
    with visits.desk(staff) as desk:
        token = make(desk)
    address = f"{settings.public_url.rstrip('/')}/feeds/visits/{token}.ics"
    return render(request, "visits/calendar.html", has=True, address=address)


@router.post(f"{ROOT}/calendar-end")
def end_feed(staff: Officer, fields: Fields, visits: TheVisits) -> Response:
    del fields
    with visits.desk(staff) as desk:
        revoke(desk)
    return see_other(f"{ROOT}/calendar")


@feeds.get("/feeds/visits/{token}.ics")
def feed(token: str, visits: TheVisits, settings: TheSettings) -> Response:
    """Hours, numbers and places; the same answer for an address taken back and for one that never was."""
    host = urlsplit(settings.public_url).hostname or "forbear.invalid"
    found = read(visits.ledger, token, visits.rules, host)
    if found is None:
        raise HTTPException(404)
    return Response(found, media_type="text/calendar; charset=utf-8")


@assets.get("/visits/{name}")
def asset(name: str) -> Response:
    if name not in KINDS:
        raise HTTPException(404)
    return FileResponse(ASSETS / name, media_type=KINDS[name], headers=CACHED)
