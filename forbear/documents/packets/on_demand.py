"""A bindery that opens with the first packet. Its presses are its own: a packet keeps one long, and letters wait."""

import threading

from forbear.documents.packets.binding import PacketBinder
from forbear.documents.packets.desks import Desks
from forbear.documents.presses import Presses
from forbear.ports.packets import Bound, CourtProfile, PacketFacts, Part
from forbear.ports.papers import Unprintable


class BinderyOnDemand:
    """Implements `ports.packets.Binder`; who binds no packets pays for no processes."""

    def __init__(self, presses: int) -> None:
        """`presses` are as many as packets are bound at a time."""
        self._count = presses
        self._lock = threading.Lock()
        self._opened: tuple[Presses, Desks] | None = None
        self._closed = False

    def bind(self, parts: tuple[Part, ...], profile: CourtProfile, facts: PacketFacts) -> Bound:
        presses, desks = self._open()
        return PacketBinder(presses, desks).bind(parts, profile, facts)

    def close(self) -> None:
        with self._lock:
            opened, self._opened, self._closed = self._opened, None, True
        for each in opened or ():
            each.close()

    def _open(self) -> tuple[Presses, Desks]:
        with self._lock:
            if self._closed:
                raise Unprintable("engine.closed", "the bindery is being closed")
            if self._opened is None:
                self._opened = Presses(self._count), Desks(self._count)
            return self._opened
