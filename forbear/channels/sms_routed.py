"""One carrier for all routes: each touch goes, and is looked for, where its `provider` says.

A route that is not set up here sends nothing and says so. Catching up on replies is the default route's alone: the
domestic provider of China keeps no list of what people wrote, it only pushes (see `forbear.api.hooks.domestic`).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

import structlog

from forbear.channels.sms_aliyun import NAME as ALIYUN
from forbear.channels.sms_aliyun import AliyunCarrier
from forbear.channels.sms_twilio import TwilioCarrier
from forbear.channels.wording import SmsWording
from forbear.ports.replies import ReplyListing, Written
from forbear.ports.sms import Found, Refused, Sending, SmsCarrier, SmsText
from forbear.settings import Settings

TWILIO: Final = "twilio"
NOT_SET_UP: Final = "route-not-set-up"
log = structlog.get_logger("forbear.sms")


class RoutedCarrier:
    """Implements `ports.sms.SmsCarrier` and `ports.replies.ReplyListing` over several."""

    def __init__(self, carriers: Mapping[str, SmsCarrier], listing: ReplyListing) -> None:
        self._carriers = dict(carriers)
        self._listing = listing

    @classmethod
    def from_settings(cls, settings: Settings, wording: SmsWording) -> "RoutedCarrier":
        """Every route that is set up here.

        Raises:
            CannotStart: a route is half set up, or points elsewhere than it should.
        """
        twilio, aliyun = TwilioCarrier.from_settings(settings), AliyunCarrier.from_settings(settings, wording)
        return cls({TWILIO: twilio} | ({ALIYUN: aliyun} if aliyun is not None else {}), twilio)

    @property
    def routes(self) -> frozenset[str]:
        return frozenset(self._carriers)

    def send(self, text: SmsText) -> Sending:
        carrier = self._carriers.get(text.provider)
        if carrier is None:
            log.error("sms_route_not_set_up", touch=text.touch, route=text.provider)
            return Refused(NOT_SET_UP, ours=True)
        return carrier.send(text)

    def find(
        self, *, provider: str, touch: str, to: str, sender: str, since: datetime, marker_sha256: str
    ) -> Found | None:
        carrier = self._carriers.get(provider)
        if carrier is None:
            raise ConnectionError("the route by which the message went is not set up here")
        return carrier.find(
            provider=provider, touch=touch, to=to, sender=sender, since=since, marker_sha256=marker_sha256
        )

    def written_to(self, number: str, *, since: datetime, until: datetime) -> list[Written]:
        """What was written to a number; a signature is none, and nobody can list what came under it."""
        if not number.startswith("+"):
            return []
        return self._listing.written_to(number, since=since, until=until)
