"""The print shop, opened for the first letter or in the background before it; who prints none pays for no processes."""

import threading

import structlog

from forbear.documents.presses import Presses
from forbear.ports.papers import LetterHead, Paper, Rendered, Unprintable
from forbear.ports.post import PostAddress

log = structlog.get_logger("forbear.papers")


class OnDemand:
    """Implements `ports.papers.Renderer`. Unless warmed, the first letter waits some seconds for the presses."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._presses: Presses | None = None
        self._closed = False

    def warm(self) -> threading.Thread:
        """Open the presses in the background, so that the first letter finds them ready."""
        opening = threading.Thread(target=self._try_to_open, name="presses", daemon=True)
        opening.start()
        return opening

    def render(self, paper: Paper) -> Rendered:
        return self._open().render(paper)

    def address_page(self, touch: str, to: PostAddress, head: LetterHead) -> Rendered:
        return self._open().address_page(touch, to, head)

    def close(self) -> None:
        with self._lock:
            presses, self._presses, self._closed = self._presses, None, True
        if presses is not None:
            presses.close()

    def _try_to_open(self) -> None:
        try:
            self._open()
        except (OSError, Unprintable) as error:
            # The first letter tries again, and says what is wrong.
            log.warning("papers.not_warm", error=type(error).__name__)

    def _open(self) -> Presses:
        with self._lock:
            if self._closed:
                raise Unprintable("engine.closed", "the presses are being stopped")
            if self._presses is None:
                self._presses = Presses()
            return self._presses
