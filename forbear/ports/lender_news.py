"""News for lenders: what waits to be told at their addresses, and whoever tells it over HTTP."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal, Protocol, get_args

NewsKind = Literal[
    "case.opened",
    "case.stage",
    "case.closed",
    "packet.asked",
    "packet.incomplete",
    "packet.prepared",
    "packet.returned",
    "packet.approved",
    "packet.void",
    "packet.filed",
    "packet.failed",
    "clock.alarm",
    "clock.lapsed",
]
NEWS: Final[tuple[NewsKind, ...]] = get_args(NewsKind)


@dataclass(frozen=True, slots=True)
class News:
    """One message for one address. `body` holds ids and words; `at` is world time. `tries` counts this one."""

    tenant: str
    id: str
    address: str = field(repr=False)
    secret: str = field(repr=False)
    kind: str
    body: Mapping[str, Any]
    at: datetime
    tries: int


class NewsBook(Protocol):
    def due(self, many: int) -> list[News]:
        """Messages whose turn it is, each leased to the caller for a while."""
        ...

    def told(self, news: News, status: int) -> None:
        """The receiver took it, answering with this status."""
        ...

    def refused(self, news: News, status: int) -> None:
        """The receiver did not take it (0: nothing came back); it is tried again later, or given up."""
        ...


class NewsSender(Protocol):
    def send(self, news: News) -> int:
        """Post one message, signed; the receiver's status, 0 where nothing came back. Never raises for the receiver."""
        ...
