"""The addresses that providers call: two carriers, of one also its calls, the print house and the payment provider."""

from typing import Final

from fastapi import APIRouter
from starlette.routing import Match, Route
from starlette.types import Scope

from forbear.api.hooks import carrier, domestic, lob, payment_events, voice
from forbear.tokens import CALLBACK_PATH


class DirectRoute(Route):
    """A route without the framework's dependencies, named in the log line like any other."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        match, child = super().matches(scope)
        return match, {**child, "route": self}


DIRECT: Final = (DirectRoute(CALLBACK_PATH, carrier.message_status, methods=["POST"], include_in_schema=False),)
"""What comes by the thousand. To find out that a router is still as it was costs more than all that is done here."""
router = APIRouter()
router.include_router(carrier.router)
router.include_router(voice.router)
router.include_router(domestic.router)
router.include_router(lob.router)
router.include_router(payment_events.router)
