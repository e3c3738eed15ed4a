"""The borrower's pages behind a link: cover and identity check, account, and what can be done there.

`/p/<token>` never changes anything on a GET, because previews and scanners open links before people do.
"""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from forbear.api.pages import act_routes, answers, pay_routes, screens
from forbear.api.pages.answers import Wrong
from forbear.api.pages.page_route import PageRoute
from forbear.api.pages.rendering import STYLE, see_other
from forbear.api.pages.visits import COOKIE, Fields, Gone, GoTo, Inside, OpenVisit, Visit
from forbear.ledger import links

assets = APIRouter(prefix="/p/assets", include_in_schema=False)
strays = APIRouter(prefix="/p", route_class=PageRoute, include_in_schema=False)
pages = APIRouter(prefix="/p/{token}", route_class=PageRoute, include_in_schema=False)


@assets.get("/page.css")
def style() -> Response:
    caching = {"Cache-Control": "public, max-age=3600", "X-Content-Type-Options": "nosniff"}
    return Response(STYLE, media_type="text/css", headers=caching)


@pages.get("")
def cover(visit: OpenVisit) -> Response:
    """The lender's name and the identity check; whoever passed it is led on."""
    if visit.stage == "inside":
        raise GoTo("/account")
    return screens.stage(visit)


@pages.get("/identity")
def identity() -> Response:
    raise GoTo("")


def unhurried(request: Request) -> None:
    """Count a guess of whoever is at the other end of the connection."""
    if request.client is not None:
        request.app.state.pace.count("identity", request.client.host)


@pages.post("/identity", dependencies=[Depends(unhurried)])
def identify(visit: OpenVisit, fields: Fields) -> Response:
    """Compare the date of birth; let the browser in, or count the guess."""
    if visit.stage == "inside":
        raise GoTo("/account")
    if visit.stage != "cover":
        return screens.stage(visit)
    typed = {name: str(fields.get(name, "")) for name in ("birth_year", "birth_month", "birth_day")}
    today = visit.writing.local_day(visit.ledger.clock.now())
    try:
        born = answers.birth_date(typed, visit.words, visit.writing, today)
    except Wrong as wrong:
        return screens.stage(visit, values=typed, wrong=wrong)
    place, ledger = visit.journey.place, visit.ledger
    with ledger.api(place.tenant, place.lender) as session:
        checked = links.check_identity(session, ledger.vault, place, born, ledger.clock)
        cookie = links.open_session(session, place, ledger.clock) if checked.right else None
    if cookie is not None:
        return _let_in(visit, cookie)
    if checked.locked_until is not None:
        raise GoTo("")
    return screens.stage(visit, values=typed, wrong=_refused(visit, checked.tries_left))


@pages.get("/account")
def account(visit: Inside) -> Response:
    return screens.account(visit)


def _let_in(visit: Visit, cookie: str) -> Response:
    """The cookie goes to this link's pages only, and to no script."""
    answer = see_other(visit.settings, visit.address("/account"))
    answer.set_cookie(
        COOKIE,
        cookie,
        max_age=int(links.SESSION.total_seconds()),
        path=visit.address(),
        secure=visit.settings.public_url.startswith("https:"),
        httponly=True,
        samesite="lax",
    )
    return answer


def _refused(visit: Visit, tries: int) -> Wrong:
    first = "month" if visit.writing.month_first else "year" if visit.writing.year_first else "day"
    key = "cover.refused_last" if tries == 1 else "cover.refused"
    return Wrong(f"birth_{first}", visit.words(key, tries=tries))


@strays.get("/{rest:path}")
@strays.post("/{rest:path}")
def stray(rest: str) -> Response:
    """An address of ours that leads nowhere, whatever it is."""
    del rest
    raise Gone


router = APIRouter()
router.include_router(assets)
router.include_router(pages)
router.include_router(act_routes.router)
router.include_router(pay_routes.router)
router.include_router(strays)
