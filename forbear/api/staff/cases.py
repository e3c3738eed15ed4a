"""All pages of legal cases, in the order in which their addresses are tried: fixed ones before those with an id."""

from pathlib import Path
from typing import Final

from fastapi import APIRouter
from fastapi.responses import FileResponse

from forbear.api.staff import (
    cases_calendar,
    cases_facts,
    cases_fields,
    cases_files,
    cases_packets,
    cases_page,
    cases_queue,
    cases_records,
    cases_review,
    cases_runs,
    cases_service,
)

ASSETS: Final = Path(__file__).parent / "assets"
CACHED: Final = {"Cache-Control": "public, max-age=3600", "X-Content-Type-Options": "nosniff"}
assets = APIRouter(prefix="/staff/assets", include_in_schema=False)


@assets.get("/cases/cases.css")
def style() -> FileResponse:
    return FileResponse(ASSETS / "cases.css", media_type="text/css", headers=CACHED)


router = APIRouter()
for each in (
    assets,
    cases_calendar.feeds,
    cases_calendar.router,
    cases_queue.router,
    cases_runs.router,
    cases_facts.router,
    cases_records.router,
    cases_service.router,
    cases_files.router,
    cases_fields.router,
    cases_review.router,
    cases_packets.router,
    cases_page.router,
):
    router.include_router(each)
