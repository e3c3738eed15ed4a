"""What a document is performed on, and what comes of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from forbear.sandbox.voice.ears import Ear
from forbear.sandbox.voice.scripts import Intent


@dataclass(frozen=True, slots=True)
class Next:
    """What follows a document: another request, or the end. An end with `params` is told to its address."""

    kind: Literal["fetch", "hangup", "reject"]
    url: str = ""
    method: str = "POST"
    params: Mapping[str, str] = field(default_factory=dict[str, str])
    by: Literal["application", "person", "carrier"] = "application"
    meaning: Intent | None = None


@dataclass(frozen=True, slots=True)
class Taped:
    """A recording a document made."""

    sid: str
    seconds: int
    text: str
    status_url: str
    status_method: str
    status_events: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Played:
    """A performance. `ear` is what the listener remembers after it, where anybody listened."""

    entries: list[dict[str, Any]]
    seconds: float
    next: Next
    tapes: tuple[Taped, ...] = ()
    ear: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a document is performed.

    Args:
        base: its own address; what it names is relative to that.
        begun: seconds into the call.
        leaves_after: seconds into the call at which the listener hangs up.
        time_limit: seconds into the call at which the carrier does.
        recording_url: the address of a recording's sound.
        dialled: how a connected call fares: its status, and its seconds.
    """

    base: str
    ear: Ear
    begun: float
    leaves_after: float | None
    time_limit: float
    recording_url: Callable[[str], str]
    dialled: Callable[[str], tuple[str, int]]
