"""The print shop, opened for the first letter: a worker that is sent none does not pay for processes to make it."""

import threading

from forbear.documents.presses import Presses
from forbear.ports.papers import LetterHead, Paper, Rendered
from forbear.ports.post import PostAddress


class OnDemand:
    """Implements `ports.papers.Renderer`. The first letter waits some seconds until the presses are warm."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._presses: Presses | None = None

    def render(self, paper: Paper) -> Rendered:
        return self._open().render(paper)

    def address_page(self, touch: str, to: PostAddress, head: LetterHead) -> Rendered:
        return self._open().address_page(touch, to, head)

    def close(self) -> None:
        with self._lock:
            presses, self._presses = self._presses, None
        if presses is not None:
            presses.close()

    def _open(self) -> Presses:
        with self._lock:
            if self._presses is None:
                self._presses = Presses()
            return self._presses
