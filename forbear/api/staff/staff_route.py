"""Routes of staff whose every answer is a page: also for the signed out, the wrong role, and when something fails."""

from collections.abc import Callable, Coroutine
from typing import Any, Final
from urllib.parse import urlencode

import structlog
from fastapi import HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute

from forbear.api.pace import Refused
from forbear.api.staff import kept_forms
from forbear.api.staff.rendering import render, see_other
from forbear.api.staff.session import ROOT, NotYours, SignedOut, StaleForm
from forbear.errors import BadInput, Conflict, Erased, Forbidden, NotFound

log = structlog.get_logger(__name__)
Handler = Callable[[Request], Coroutine[Any, Any, Response]]
TOLD: Final[dict[type[Exception], tuple[str, int]]] = {
    NotYours: ("not_yours", 403),
    Forbidden: ("not_yours", 403),
    StaleForm: ("stale_form", 403),
    NotFound: ("not_found", 404),
    HTTPException: ("unreadable", 422),
    Conflict: ("conflict", 409),
    Erased: ("erased", 410),
    BadInput: ("unreadable", 422),
    RequestValidationError: ("unreadable", 422),
    Refused: ("too_often", 429),
}
"""Which page tells of what, most of it by type; what is not here is a fault of ours."""


class StaffRoute(APIRoute):
    """Turns what a page's function raises into the page that somebody should see then."""

    def get_route_handler(self) -> Handler:
        answer = super().get_route_handler()

        async def calm(request: Request) -> Response:
            try:
                return await answer(request)
            except SignedOut:
                return await kept_forms.signed_out(request) or see_other(_sign_in(request))
            except tuple(TOLD) as told:
                if isinstance(told, StaleForm) and (again := await kept_forms.of_old_page(request)):
                    return again
                about, status = next(TOLD[kind] for kind in type(told).__mro__ if kind in TOLD)
                page = render(request, "note.html", status=status, about=about)
                if isinstance(told, Refused):
                    page.headers["Retry-After"] = str(told.retry_after)
                return page
            except Exception as problem:  # noqa: BLE001  staff is shown a page whatever happened
                log.error("staff_page_failed", route=self.path, error=type(problem).__name__, where=_place(problem))  # noqa: TRY400  a traceback may quote what was typed
                return render(request, "note.html", status=500, about="broken")

        return calm


def _sign_in(request: Request) -> str:
    """The sign-in page, which leads back to a page that was asked for, or on which the form stood that was sent.

    What somebody wrote down waits behind it (`forbear.api.staff.kept_forms`); no other form is sent again.
    """
    path = request.url.path if request.method == "GET" else kept_forms.page_of(request.url.path)
    if path in {"", ROOT}:
        return f"{ROOT}/sign-in"
    return f"{ROOT}/sign-in?{urlencode({'next': path})}"


def _place(problem: Exception) -> str:
    """Where it was raised; its message may quote what was typed."""
    place = problem.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    return f"{place.tb_frame.f_code.co_filename}:{place.tb_lineno}" if place else ""
