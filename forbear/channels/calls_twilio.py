"""The way out for calls over Twilio's Calls API, with the real SDK. Implements `CallCarrier`, `CallAsking`, `Finder`.

One attempt per call, and what the answer means is decided here once, as for texts. A call holds no word of ours that
could be searched for, so a lost one is known again only by its two numbers and its time, and only if it is the one.
"""

from datetime import UTC, datetime, timedelta

import requests
import structlog
from twilio.base.exceptions import TwilioException
from twilio.rest import Client
from twilio.rest.api.v2010.account.call import CallInstance

from forbear.cadence.call_codes import call_meaning
from forbear.channels.twilio_answers import SERVER_ERROR, TOO_MANY_AT_ONCE, lost, told
from forbear.channels.twilio_http import make_client
from forbear.clock import Clock
from forbear.ports.calls import CallOrder, Standing
from forbear.ports.sms import Accepted, Found, Refused, Sending, Unknown, Unreadable
from forbear.settings import Settings

EVENTS = ["initiated", "ringing", "answered", "completed"]
LISTED_AT_MOST = 200
CLOCK_SLACK = timedelta(minutes=2)
"""World time between our clock and the provider's."""
SURELY_TAKEN = timedelta(seconds=60)
"""Machine time after which the provider no longer takes a request of ours: what it lists later is another call."""
log = structlog.get_logger("forbear.calls")


class TwilioCalls:
    """`clock` tells how far the world moves while a request is under way."""

    def __init__(self, client: Client, clock: Clock) -> None:
        self._client = client
        self._clock = clock

    @classmethod
    def from_settings(cls, settings: Settings, clock: Clock) -> "TwilioCalls":
        """Build the adapter; sandbox and production cannot be mixed.

        Raises:
            CannotStart: the sandbox without its address, or production with one.
        """
        return cls(make_client(settings), clock)

    def place(self, order: CallOrder) -> Sending:
        try:
            call = self._client.calls.create(
                to=order.to,
                from_=order.sender,
                url=order.answer_url,
                method="POST",
                fallback_url=order.fallback_url,
                fallback_method="POST",
                status_callback=order.status_url,
                status_callback_method="POST",
                status_callback_event=EVENTS,
                timeout=order.ring_seconds,
                time_limit=order.longest_seconds,
                # The end of a greeting is waited for, so that a message is never spoken into it.
                **({"machine_detection": "DetectMessageEnd"} if order.detect_machine else {}),
            )
        except TwilioException as error:
            return _classify(*told(error))
        except requests.exceptions.RequestException as error:
            return lost(error)
        return Accepted(provider_id=str(call.sid), status=str(call.status))

    def find(
        self, *, provider: str, touch: str, to: str, sender: str, since: datetime, marker_sha256: str
    ) -> Found | None:
        """The one call that was taken between these numbers when ours was sent.

        Raises:
            Unreadable: there are several; which one is ours nobody can tell.
        """
        del provider, touch, marker_sha256  # the provider keeps none of our words with a call
        first = since.astimezone(UTC) - CLOCK_SLACK
        last = since.astimezone(UTC) + CLOCK_SLACK + self._clock.world_span(SURELY_TAKEN)
        try:
            # No StartTime filter: a call that is still queued has none.
            listed = self._client.calls.list(to=to, from_=sender, limit=LISTED_AT_MOST)
        except (TwilioException, requests.exceptions.RequestException) as error:
            raise ConnectionError(f"the provider's list could not be read: {type(error).__name__}") from None
        ours = [call for call in listed if _made_by_us(call) and _between(call, first, last)]
        if len(ours) > 1:
            raise Unreadable("several calls between these numbers: which one is meant cannot be told")
        return Found(provider_id=str(ours[0].sid), status=str(ours[0].status)) if ours else None

    def fetch(self, provider_id: str) -> Standing:
        """How one call stands.

        Raises:
            Unreadable: the carrier knows no such call, or did not take the question.
        """
        try:
            return _standing(self._client.calls(provider_id).fetch())
        except TwilioException as error:
            status, _ = told(error)
            if status in {0, TOO_MANY_AT_ONCE} or status >= SERVER_ERROR:
                raise ConnectionError(f"the provider answered {status}") from None
            raise Unreadable(f"the provider answered {status}") from None
        except requests.exceptions.RequestException as error:
            raise ConnectionError(f"the provider gave no answer: {type(error).__name__}") from None


def _standing(call: CallInstance) -> Standing:
    return Standing(str(call.sid), str(call.status), call.answered_by or None, call.end_time)


def _made_by_us(call: CallInstance) -> bool:
    return str(call.direction or "").startswith("outbound")


def _between(call: CallInstance, first: datetime, last: datetime) -> bool:
    created = call.date_created
    return created is not None and first <= created <= last


def _classify(status: int, code: int | None) -> Sending:
    """A 4xx answer says the call was not taken; anything else leaves it open."""
    if status == TOO_MANY_AT_ONCE:
        return Refused("429")
    if status >= SERVER_ERROR or code is None:
        return Unknown(f"the provider answered {status}")
    log.info("call_refused", code=code)
    known = call_meaning(str(code))
    if known is None:
        return Refused(str(code))
    return Refused(str(code), permanent=known.permanent, opted_out=known.opted_out, ours=known.ours)
