"""One post for all routes: each letter goes, is looked for and is followed where its `provider` says.

A route that is not set up here sends nothing and says so.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

import structlog

from forbear.channels.post_lob import NAME as LOB
from forbear.channels.post_lob import LobPost
from forbear.channels.print_room import NAME as PRINT_ROOM
from forbear.channels.print_room import PrintRoom
from forbear.clock import Clock
from forbear.ports.papers import Renderer
from forbear.ports.post import PostCarrier, PostOrder, Tracked
from forbear.ports.sms import Found, Refused, Sending
from forbear.settings import Settings

NOT_SET_UP: Final = "route-not-set-up"
log = structlog.get_logger("forbear.post")


class RoutedPost:
    """Implements `ports.post.PostCarrier` over several."""

    def __init__(self, carriers: Mapping[str, PostCarrier]) -> None:
        self._carriers = dict(carriers)

    @classmethod
    def from_settings(cls, settings: Settings, renderer: Renderer, clock: Clock) -> "RoutedPost":
        """Every route that is set up here; the own print room always is.

        Raises:
            CannotStart: a route is half set up, or points elsewhere than it should.
        """
        own, lob = PrintRoom.from_settings(settings, renderer, clock), LobPost.from_settings(settings)
        return cls({PRINT_ROOM: own} | ({LOB: lob} if lob is not None else {}))

    @property
    def routes(self) -> frozenset[str]:
        return frozenset(self._carriers)

    def send(self, order: PostOrder) -> Sending:
        carrier = self._carriers.get(order.provider)
        if carrier is None:
            log.error("post_route_not_set_up", touch=order.touch, route=order.provider)
            return Refused(NOT_SET_UP, ours=True)
        return carrier.send(order)

    def find(
        self, *, provider: str, touch: str, to: str, sender: str, since: datetime, marker_sha256: str
    ) -> Found | None:
        return self._by(provider).find(
            provider=provider, touch=touch, to=to, sender=sender, since=since, marker_sha256=marker_sha256
        )

    def tracking(self, *, provider: str, touch: str, provider_id: str) -> Sequence[Tracked]:
        return self._by(provider).tracking(provider=provider, touch=touch, provider_id=provider_id)

    def cancel(self, *, provider: str, touch: str, provider_id: str) -> bool:
        return self._by(provider).cancel(provider=provider, touch=touch, provider_id=provider_id)

    def _by(self, provider: str) -> PostCarrier:
        carrier = self._carriers.get(provider)
        if carrier is None:
            raise ConnectionError("the route by which the letter went is not set up here")
        return carrier
