"""The outermost layer of every request: a trace id, a limit of size, safe headers, one log line, and an end for strays.

The log line names the route's pattern and not the path, which may hold a payment link's token, and never the query. An
exception that nobody expected ends here and not in the server's own log, where its message would be printed.
"""

import re
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from forbear.api.problems import KINDS, respond
from forbear.clock import machine_time

HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""What a route did not set itself."""
MAX_BODY: Final = 2_000_000
"""Bytes. A thousand balances or an enrolment with its history are far below it."""
OWN_LIMIT: Final = ("/codec/", "/v1/imports", "/staff/visit-photos/")
"""What counts for itself: an application that is sent pages of histories, and calls that spool a file as it comes."""
CASE_FILES: Final = re.compile(r"/v1/cases/[^/]+/files")
MAX_CASE_FILE: Final = 30_100_000
"""Bytes of an exhibit and what is told of it; how many come at once is counted elsewhere."""
log = structlog.get_logger()


class Edge:
    """Wraps the application. `now` gives machine instants."""

    def __init__(self, app: ASGIApp, now: Callable[[], datetime] = machine_time, max_body: int = MAX_BODY) -> None:
        self._app, self._now, self._max_body = app, now, max_body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope["forbear.trace"] = secrets.token_hex(16)
        began, status = self._now(), 0

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                _add_headers(message, scope)
            await send(message)

        try:
            if scope["path"].startswith(OWN_LIMIT):
                await self._app(scope, receive, sending)
            elif _announced(scope) > (most := self._most(scope)):
                await respond(Request(scope), "too_large", KINDS["too_large"].remedy)(scope, receive, sending)
            else:
                await self._app(scope, _limited(receive, most), sending)
        except Exception as error:  # noqa: BLE001  whatever it is, its message must not be printed
            _log_failure(scope, error)
            if not status:
                await respond(Request(scope), "internal", KINDS["internal"].remedy)(scope, receive, sending)
        finally:
            _log_access(scope, status, self._now() - began)

    def _most(self, scope: Scope) -> int:
        """Bytes that a body may have."""
        return MAX_CASE_FILE if CASE_FILES.fullmatch(scope["path"]) else self._max_body


def _announced(scope: Scope) -> int:
    length = Headers(scope=scope).get("content-length", "0")
    return int(length) if length.isdecimal() else 0


def _limited(receive: Receive, limit: int) -> Receive:
    """Counts what arrives, because a body sent in chunks announces no length."""
    seen = 0

    async def receiving() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > limit:
            raise HTTPException(413)
        return message

    return receiving


def _add_headers(message: Message, scope: Scope) -> None:
    headers = MutableHeaders(scope=message)
    headers["X-Trace-Id"] = scope["forbear.trace"]
    headers.update(scope.get("forbear.headers", {}))
    for name, value in HEADERS.items():
        headers.setdefault(name, value)


def _log_failure(scope: Scope, error: Exception) -> None:
    """Kind and place of an unexpected exception; its message may quote what was sent."""
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = f"{place.tb_frame.f_code.co_filename}:{place.tb_lineno}" if place else ""
    log.error("request_failed", error=type(error).__name__, where=where, trace=scope["forbear.trace"])


def _log_access(scope: Scope, status: int, took: timedelta) -> None:
    route = scope.get("route")
    log.info(
        "request",
        method=scope["method"],
        route=getattr(route, "path", "unmatched"),
        status=status,
        milliseconds=round(took / timedelta(milliseconds=1)),
        key=scope.get("forbear.key", ""),
        trace=scope["forbear.trace"],
    )
