"""The way out for letters: render them, hand them to their route's print house or print room."""

from dataclasses import dataclass, field

from forbear.errors import Conflict
from forbear.ports.book import Dispatch
from forbear.ports.papers import Rendered, Renderer
from forbear.ports.post import Envelope, PostCarrier, PostOrder
from forbear.ports.sms import Sending
from forbear.ports.ways import Made


@dataclass(frozen=True, slots=True)
class _Ready:
    """A rendered letter in its envelope."""

    rendered: Rendered = field(repr=False)
    envelope: Envelope = field(repr=False)


class Letters:
    """Implements `ports.ways.Way`."""

    def __init__(self, renderer: Renderer, post: PostCarrier) -> None:
        self._renderer = renderer
        self._post = post

    def make(self, ready: Dispatch) -> Made:
        if ready.paper is None or ready.envelope is None:
            raise Conflict("a letter was let go without its paper or its envelope")
        rendered = self._renderer.render(ready.paper)
        return Made(rendered.sha256, rendered.pages, _Ready(rendered, ready.envelope))

    def send(self, ready: Dispatch, made: Made) -> Sending:
        letter: _Ready = made.content
        return self._post.send(
            PostOrder(
                touch=ready.touch,
                provider=ready.provider,
                pdf=letter.rendered.pdf,
                sha256=letter.rendered.sha256,
                pages=letter.rendered.pages,
                envelope=letter.envelope,
            )
        )
