"""Runs the world as one process on loopback: it says once that it is ready, and ends at once on SIGTERM."""

import signal
import socket
import sys
from collections.abc import Callable
from types import FrameType

import structlog
import uvicorn

from forbear.sandbox.droppable import DroppableProtocol
from forbear.sandbox.options import Options
from forbear.sandbox.world import World, application

_KEEP_ALIVE = 120
"""Machine seconds. A short one would race the SDKs' pooled connections and look like lost answers nobody ordered."""


class _Server(uvicorn.Server):
    """Says when it is ready, and waits for nobody when it ends."""

    def __init__(self, config: uvicorn.Config, ready: str) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            print(self._ready, flush=True)  # noqa: T201  the line its starter waits for

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for task in list(self.server_state.tasks):
            task.cancel()
        await super().shutdown(sockets)


def serve(options: Options, ready: Callable[[str], str]) -> None:
    """Run until told to stop. `ready` makes the one line of standard output from the world's address."""
    _log_to_stderr()
    listener = _listener(options)
    host, port = listener.getsockname()[:2]
    base_url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    try:
        world = World(options, base_url)
    except OSError as problem:
        sys.exit(f"sandbox cannot write {problem.filename}: {problem.strerror}")
    except ValueError as problem:
        sys.exit(f"sandbox cannot read what it was given: {problem}")
    config = uvicorn.Config(
        application(world, options.stripe_key),
        http=DroppableProtocol,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=1,
        timeout_keep_alive=_KEEP_ALIVE,
    )
    signal.signal(signal.SIGTERM, _leave)  # uvicorn raises what it caught once more when it is done
    signal.signal(signal.SIGINT, _leave)
    _Server(config, ready(base_url)).run(sockets=[listener])


def _log_to_stderr() -> None:
    """Standard output carries one line only: its reader may stop reading after that."""
    processors = [structlog.processors.add_log_level, structlog.processors.JSONRenderer()]
    structlog.configure(processors=processors, logger_factory=structlog.PrintLoggerFactory(sys.stderr))


def _listener(options: Options) -> socket.socket:
    family = socket.AF_INET6 if ":" in options.host else socket.AF_INET
    # The protocol is named because asyncio turns Nagle's delay off only where it is: 40 ms per answer otherwise.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((options.host, options.port))
    except OSError as problem:
        sys.exit(f"sandbox cannot listen on port {options.port}: {problem.strerror}. Choose another with --port.")
    return listener


def _leave(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(0)
