"""Lets an endpoint cut the connection instead of answering, or hold its answer back, as a dying network does.

ASGI has no word for the first: the connection's transport is put into each request's state.
"""

import asyncio
from contextlib import suppress

from starlette.requests import Request
from starlette.responses import Response
from uvicorn.protocols.http.h11_impl import H11Protocol

_STATE = "transport"


class DroppableProtocol(H11Protocol):
    """uvicorn's HTTP protocol, with the transport within an endpoint's reach."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]  as uvicorn's own
        self.app_state = {**self.app_state, _STATE: transport}
        super().connection_made(transport)


def drop(request: Request) -> Response:
    """Cut the connection. The returned answer reaches nobody."""
    transport: asyncio.Transport = request.scope["state"][_STATE]
    transport.abort()
    return Response(status_code=204)


async def hold_back(machine_seconds: float) -> None:
    """Wait before answering; the end of the process, which cancels us, lets the answer go at once."""
    with suppress(asyncio.CancelledError):
        await asyncio.sleep(machine_seconds)
