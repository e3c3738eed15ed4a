"""The print house as a whole: its memory, its events and its addresses, built from one account."""

from fastapi import APIRouter
from starlette.routing import Route

from forbear.sandbox.faults import Faults
from forbear.sandbox.ground import Ground
from forbear.sandbox.post_control import post_control
from forbear.sandbox.post_events import PostEvents
from forbear.sandbox.post_house import PrintHouse
from forbear.sandbox.post_http import PrintHouseApi
from forbear.sandbox.post_options import Post


class PostOffice:
    """Serves letters where the account has a key; its letters live on in any case."""

    def __init__(self, options: Post, ground: Ground, faults: Faults) -> None:
        self._options, self._clock, self._faults = options, ground.clock, faults
        self._events = PostEvents(ground, faults, options)
        self.house = PrintHouse(options, ground, self._events)

    def routes(self) -> list[Route]:
        if not self._options.key:
            return []
        return PrintHouseApi(self.house, self._clock, self._faults, self._options.key).routes()

    def control(self) -> APIRouter:
        return post_control(self.house)

    async def aclose(self) -> None:
        await self._events.aclose()
