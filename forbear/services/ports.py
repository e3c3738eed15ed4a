"""Which loopback ports our services listen on, and one clear line when somebody else is there."""

import itertools
import os
import socket
from collections.abc import Iterator

from forbear.errors import CannotStart, PortBusy

LOOPBACK = "127.0.0.1"
LOWEST, COUNT, BLOCK = 20_000, 12_000, 16
"""Below Linux's outgoing range, or a client's own connection could take the port of a server that restarts."""


def busy(port: int) -> bool:
    """Whether somebody listens on this port of the loopback."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return True
    return False


def require_free(port: int, service: str) -> None:
    """Raise `PortBusy` when a service of ours cannot have its port."""
    if busy(port):
        raise PortBusy(f"Port {port} is taken, and {service} needs it: stop what listens there, or use --free-ports")


def answers(port: int) -> bool:
    """Whether a connection to the port is accepted."""
    with socket.socket() as probe:
        probe.settimeout(1.0)
        return probe.connect_ex((LOOPBACK, port)) == 0


def _ours() -> Iterator[int]:
    # Each process counts up from a block of its own: neighbours that look for ports at once do not meet.
    first = os.getpid() * BLOCK
    return (LOWEST + (first + step) % COUNT for step in itertools.count())


_candidates = _ours()


def free_port() -> int:
    """A loopback port nobody listens on, never the same one twice in this process."""
    for port in itertools.islice(_candidates, COUNT):
        if not busy(port):
            return port
    raise CannotStart(f"No free port between {LOWEST} and {LOWEST + COUNT}: end some of the servers that listen there")
