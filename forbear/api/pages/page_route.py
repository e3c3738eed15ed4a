"""Routes whose every answer is a page: also when the link is gone, the form unreadable, or something fails."""

import traceback
from collections.abc import Callable, Coroutine
from typing import Any

import structlog
from fastapi import HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute

from forbear.api.hooks.app_state import settings_of
from forbear.api.pace import Refused
from forbear.api.pages import screens
from forbear.api.pages.rendering import see_other
from forbear.api.pages.visits import Gone, GoTo

log = structlog.get_logger(__name__)
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class PageRoute(APIRoute):
    """Turns what a page's function raises into the page that a person should see then."""

    def get_route_handler(self) -> Handler:
        answer = super().get_route_handler()

        async def calm(request: Request) -> Response:
            settings = settings_of(request)
            try:
                return await answer(request)
            except (Gone, HTTPException, RequestValidationError):
                return screens.gone(settings)
            except Refused as refused:
                return screens.busy(settings, refused.retry_after)
            except GoTo as there:
                return see_other(settings, f"/p/{request.path_params['token']}{there.path}")
            except Exception as problem:  # noqa: BLE001  a borrower is shown a page whatever happened
                log.error("page_failed", route=self.path, error=type(problem).__name__, where=_place(problem))  # noqa: TRY400  a traceback may quote what was typed
                return screens.broken(settings)

        return calm


def _place(problem: Exception) -> str:
    """Where it was raised."""
    frames = traceback.extract_tb(problem.__traceback__)
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else ""
