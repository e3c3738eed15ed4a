"""The pages of those who work for a tenant, put together: signing in, the work list, and what each room adds."""

from fastapi import APIRouter
from fastapi.responses import Response

from forbear.api.staff import cases, list_routes, sign_in_routes, task_routes, visits
from forbear.api.staff.rendering import STYLE
from forbear.api.staff.session import ROOT, SignedIn
from forbear.api.staff.staff_route import StaffRoute
from forbear.errors import NotFound

assets = APIRouter(prefix=f"{ROOT}/assets", include_in_schema=False)
strays = APIRouter(prefix=ROOT, route_class=StaffRoute, include_in_schema=False)


@assets.get("/staff.css")
def style() -> Response:
    caching = {"Cache-Control": "public, max-age=3600", "X-Content-Type-Options": "nosniff"}
    return Response(STYLE, media_type="text/css", headers=caching)


@strays.get("/{rest:path}")
@strays.post("/{rest:path}")
def stray(rest: str, staff: SignedIn) -> Response:
    """An address of ours that leads nowhere, whatever it is."""
    del rest, staff
    raise NotFound("no such page")


router = APIRouter()
for each in (
    assets,
    sign_in_routes.router,
    list_routes.router,
    task_routes.router,
    visits.router,
    cases.router,
    strays,
):
    router.include_router(each)
