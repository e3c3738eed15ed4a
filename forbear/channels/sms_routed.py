"""One carrier for all routes: each touch goes, and is looked for, where its `provider` says.

A route that is not set up here sends nothing and says so. Catching up on replies is the default route's alone: the
domestic provider of China keeps no list of what people wrote, it only pushes (see `forbear.api.hooks.domestic`).

Where there are several, none may hold more than half of the senders: a provider that hangs must not starve the other.
What finds no place is certainly not sent, and the cadence tries it again.
"""

from collections.abc import Mapping
from datetime import datetime
from threading import BoundedSemaphore
from types import MappingProxyType
from typing import Final, Protocol

import structlog

from forbear.channels.sms_aliyun import NAME as ALIYUN
from forbear.channels.sms_aliyun import AliyunCarrier
from forbear.channels.sms_twilio import SERVICE, TwilioCarrier
from forbear.channels.wording import SmsWording
from forbear.clock import Clock
from forbear.ports.replies import ReplyListing, Written
from forbear.ports.sms import Found, Refused, Sending, SmsCarrier, SmsText
from forbear.settings import Settings

TWILIO: Final = "twilio"
NOT_SET_UP: Final = "route-not-set-up"
BUSY: Final = "route-busy"
SLOT_SECONDS: Final = 1.0
"""Machine time that a sender waits where its route already holds its share of the senders."""
log = structlog.get_logger("forbear.sms")


class AsksById(Protocol):
    """A route whose provider tells of one message by its own id."""

    def fetch(self, provider_id: str) -> Found | None: ...


class RoutedCarrier:
    """Implements `ports.sms.SmsCarrier`, `ports.replies.ReplyListing` and `ports.following.FateAsking` over several."""

    def __init__(
        self,
        carriers: Mapping[str, SmsCarrier],
        listing: ReplyListing,
        *,
        by_id: Mapping[str, AsksById] = MappingProxyType({}),
        threads: int = 0,
    ) -> None:
        """`by_id` are the routes that are asked by the provider's own id what became of a message."""
        self._carriers = dict(carriers)
        self._by_id = dict(by_id)
        self._listing = listing
        # A process without a second route, or that does not say how many senders it has, shares nothing out.
        at_once = max(1, threads // 2) if threads and len(self._carriers) > 1 else 0
        self._slots = {route: BoundedSemaphore(at_once) for route in self._carriers} if at_once else {}

    @classmethod
    def from_settings(
        cls, settings: Settings, wording: SmsWording, *, clock: Clock | None = None, threads: int = 0
    ) -> "RoutedCarrier":
        """Every route that is set up here.

        Args:
            settings: accounts and addresses.
            wording: what the domestic provider has approved.
            clock: the world's.
            threads: how many senders this process has; no route may keep more than half of them waiting.

        Raises:
            CannotStart: a route is half set up, or points elsewhere than it should.
        """
        twilio, aliyun = TwilioCarrier.from_settings(settings), AliyunCarrier.from_settings(settings, wording, clock)
        carriers: Mapping[str, SmsCarrier] = {TWILIO: twilio} | ({ALIYUN: aliyun} if aliyun is not None else {})
        return cls(carriers, twilio, by_id={TWILIO: twilio}, threads=threads)

    @property
    def routes(self) -> frozenset[str]:
        return frozenset(self._carriers)

    def send(self, text: SmsText) -> Sending:
        carrier = self._carriers.get(text.provider)
        if carrier is None:
            log.error("sms_route_not_set_up", touch=text.touch, route=text.provider)
            return Refused(NOT_SET_UP, ours=True)
        slot = self._slots.get(text.provider)
        if slot is None:
            return carrier.send(text)
        if not slot.acquire(timeout=SLOT_SECONDS):
            log.warning("sms_route_busy", touch=text.touch, route=text.provider)
            return Refused(BUSY)
        try:
            return carrier.send(text)
        finally:
            slot.release()

    def find(
        self, *, provider: str, touch: str, to: str, sender: str, since: datetime, marker_sha256: str
    ) -> Found | None:
        carrier = self._carriers.get(provider)
        if carrier is None:
            raise ConnectionError("the route by which the message went is not set up here")
        return carrier.find(
            provider=provider, touch=touch, to=to, sender=sender, since=since, marker_sha256=marker_sha256
        )

    def fetch(self, *, provider: str, provider_id: str) -> Found | None:
        carrier = self._by_id.get(provider)
        if carrier is None:
            raise ConnectionError("the route by which the message went is not asked by its id here")
        return carrier.fetch(provider_id)

    def written_to(self, number: str, *, since: datetime, until: datetime) -> list[Written]:
        """What was written to a number; a signature is none, and nobody can list what came under it."""
        if not number.startswith("+") and SERVICE.fullmatch(number) is None:
            return []
        return self._listing.written_to(number, since=since, until=until)
