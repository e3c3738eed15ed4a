"""The own print room as a way out for letters: files on a shelf, which people print, post and scan back in.

Implements `ports.post.PostCarrier`. Handing over is writing to our own disk, so an answer is never lost; a letter is
known by its touch, so that it is laid there once however often it is given.
"""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

import structlog

from forbear.channels.print_spool import ADDRESS, LETTER, Item, Spool, happened
from forbear.clock import Clock
from forbear.errors import Conflict
from forbear.ports.papers import LetterHead, Renderer, Unprintable
from forbear.ports.post import PostOrder, Tracked
from forbear.ports.sms import Accepted, Found, Refused, Sending, Unreadable
from forbear.settings import Settings

NAME: Final = "print_room"
FOLDER: Final = "print-room"
log = structlog.get_logger("forbear.post")


class PrintRoom:
    def __init__(self, spool: Spool, renderer: Renderer, clock: Clock) -> None:
        self._spool = spool
        self._renderer = renderer
        self._clock = clock

    @classmethod
    def from_settings(cls, settings: Settings, renderer: Renderer, clock: Clock) -> "PrintRoom":
        return cls(Spool(shelves(settings)), renderer, clock)

    def send(self, order: PostOrder) -> Sending:
        known = self._spool.look(order.touch)
        if known is None:
            try:
                known = self._lay(order)
            except Unprintable as no:
                return Refused(no.code, ours=True)
            except OSError as error:
                log.exception("print_room.unwritable", touch=order.touch, error=type(error).__name__)
                return Refused("shelf-unwritable", ours=True)
        if known.manifest["files"][LETTER] != order.sha256:
            log.error("print_room.another_letter", touch=order.touch)
            return Refused("another-letter", ours=True)
        return Accepted(provider_id=order.touch, status="accepted")

    def find(
        self, *, provider: str, touch: str, to: str, sender: str, since: datetime, marker_sha256: str
    ) -> Found | None:
        del provider, to, sender, since, marker_sha256  # the folder bears the touch's id
        known = self._spool.look(touch)
        return None if known is None else Found(provider_id=touch, status="accepted")

    def tracking(self, *, provider: str, touch: str, provider_id: str) -> Sequence[Tracked]:
        del provider, provider_id
        known = self._spool.look(touch)
        if known is None:
            raise Unreadable("no such letter lies in the print room")
        return known.news

    def cancel(self, *, provider: str, touch: str, provider_id: str) -> bool:
        """Take a letter off the first shelf; from the printer on it is too late."""
        del provider, provider_id
        known = self._spool.look(touch)
        if known is None or known.shelf not in {"waiting", "cancelled"}:
            return False
        try:
            self._spool.move(known, "cancelled", happened(touch, "cancelled", self._clock.now()))
        except Conflict:
            return False
        return True

    def _lay(self, order: PostOrder) -> Item:
        sender = order.envelope.sender
        address = self._renderer.address_page(order.touch, order.envelope.to, LetterHead(sender.name, "", sender))
        manifest = {
            "format": 1,
            "service": order.envelope.service,
            "country": order.envelope.to.country,
            "pages": order.pages,
            "given_at": self._clock.now().isoformat(),
        }
        return self._spool.put(order.touch, {LETTER: order.pdf, ADDRESS: address.pdf}, manifest)


def shelves(settings: Settings) -> Path:
    """Where the print room's shelves stand."""
    return settings.data / FOLDER
