"""The way out for text messages over Twilio's Messages API, with the real SDK. Implements `ports.sms.SmsCarrier`.

Also the way back for what was written while we were away: `ports.replies.ReplyListing`.

One attempt per call. What the answer means is decided here once: taken, certainly refused, or unknown. A server error
or a lost answer is unknown, because Twilio says that such a message may still be sent.
"""

import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import requests
import structlog
from twilio.base.exceptions import TwilioException
from twilio.rest import Client
from twilio.rest.api.v2010.account.message import MessageInstance

from forbear.cadence.sms_codes import meaning
from forbear.channels.twilio_answers import SERVER_ERROR, TOO_MANY_AT_ONCE, lost, told
from forbear.channels.twilio_http import make_client
from forbear.ports.replies import Written
from forbear.ports.sms import Accepted, Found, Refused, Sending, SmsText, Unknown
from forbear.settings import Settings

NAME: Final = "twilio"
LONGEST_VALIDITY = 36_000
"""Seconds; Twilio's own limit for ValidityPeriod."""
LISTED_AT_MOST = 200
READ_AT_ONCE = 500
CLOCK_SLACK = timedelta(minutes=2)
"""Between our clock and the provider's, when a listing is searched."""
LINK = re.compile(r"/p/([0-9A-Za-z]{10,40})")
REFUSED: Final = 400
OF_ANYBODY: Final = frozenset({401, 403, TOO_MANY_AT_ONCE})
"""Refusals that say nothing of the message that was asked about: the next question would be refused too."""
SERVICE = re.compile(r"MG[0-9a-fA-F]{32}")
"""A Messaging Service: the provider chooses one of the numbers in its pool."""

log = structlog.get_logger("forbear.sms")


class TwilioCarrier:
    def __init__(self, client: Client) -> None:
        self._client = client

    @classmethod
    def from_settings(cls, settings: Settings) -> "TwilioCarrier":
        """Build the adapter; see `twilio_http.make_client`."""
        return cls(make_client(settings))

    def send(self, text: SmsText) -> Sending:
        seconds = max(1, min(LONGEST_VALIDITY, int(text.validity.total_seconds())))
        try:
            message = self._client.messages.create(
                to=text.to,
                **_sender(text.sender),
                body=text.body,
                status_callback=text.callback_url,
                validity_period=seconds,
            )
        except TwilioException as error:
            return _classify(*told(error))
        except requests.exceptions.RequestException as error:
            return lost(error)
        return Accepted(provider_id=str(message.sid), status=str(message.status))

    def find(
        self, *, provider: str, touch: str, to: str, sender: str, since: datetime, marker_sha256: str
    ) -> Found | None:
        del provider, touch  # Twilio keeps no word of ours but the body
        oldest = since.astimezone(UTC) - CLOCK_SLACK
        try:
            for message in self._listed(to, sender):
                created = message.date_created
                if created is not None and created < oldest:
                    continue
                if marker_sha256 in _markers(message.body or ""):
                    return _found(message)
        except (TwilioException, requests.exceptions.RequestException) as error:
            raise _unread(error) from None
        return None

    def fetch(self, provider_id: str) -> Found | None:
        """How one message stands, by the provider's own id; None where there is none, or the question was not taken.

        Raises:
            ConnectionError: no answer, or one that says nothing of the message.
        """
        try:
            message = self._client.messages(provider_id).fetch()
        except TwilioException as error:
            status, _ = told(error)
            if status in OF_ANYBODY or not REFUSED <= status < SERVER_ERROR:
                raise _unread(error) from None
            log.warning("sms_not_told", status=status)
            return None
        except requests.exceptions.RequestException as error:
            raise _unread(error) from None
        return _found(message, at=message.date_updated)

    def written_to(self, number: str, *, since: datetime, until: datetime) -> list[Written]:
        oldest, found = since.astimezone(UTC) - CLOCK_SLACK, list[Written]()
        try:
            numbers = self._pool(number) if SERVICE.fullmatch(number) else [number]
            for each in numbers:
                found += self._written_to(each, oldest, until)
        except (TwilioException, requests.exceptions.RequestException) as error:
            raise _unread(error) from None
        # Each number's list begins with its newest; of one number that order is kept.
        return found if len(numbers) == 1 else sorted(found, key=lambda written: written.at, reverse=True)

    def _written_to(self, number: str, oldest: datetime, until: datetime) -> Iterator[Written]:
        for message in self._client.messages.stream(to=number, page_size=READ_AT_ONCE):
            created = message.date_created
            if created is None or created > until or str(message.direction) != "inbound":
                continue
            if created < oldest:  # the list begins with the newest
                return
            yield Written(str(message.from_), message.body or "", str(message.sid), created)

    def _pool(self, service: str) -> list[str]:
        """The numbers behind a Messaging Service, which people write to."""
        listed = self._client.messaging.v1.services(service).phone_numbers.stream(page_size=READ_AT_ONCE)
        return [str(each.phone_number) for each in listed]

    def _listed(self, to: str, sender: str) -> Iterator[MessageInstance]:
        # No DateSent filter: a queued message has none yet, and the filtered list lags by minutes.
        if not SERVICE.fullmatch(sender):
            yield from self._client.messages.stream(to=to, from_=sender, limit=LISTED_AT_MOST)
            return
        # The list knows no filter by service, and a message's number is the provider's choice.
        for message in self._client.messages.stream(to=to, limit=LISTED_AT_MOST):
            if message.messaging_service_sid == sender:
                yield message


def _sender(sender: str) -> dict[str, Any]:
    return {"messaging_service_sid": sender} if SERVICE.fullmatch(sender) else {"from_": sender}


def _found(message: MessageInstance, at: datetime | None = None) -> Found:
    code = str(message.error_code) if message.error_code else None
    return Found(provider_id=str(message.sid), status=str(message.status), code=code, at=at)


def _unread(error: Exception) -> ConnectionError:
    return ConnectionError(f"the provider's list could not be read: {type(error).__name__}")


def _markers(body: str) -> set[str]:
    return {hashlib.sha256(token.encode()).hexdigest() for token in LINK.findall(body)}


def _classify(status: int, code: int | None) -> Sending:
    """A 4xx answer says the message was not taken; anything else leaves it open."""
    if status == TOO_MANY_AT_ONCE:
        return Refused("429")
    known = meaning(NAME, None if code is None else str(code))
    if status >= SERVER_ERROR or code is None or (known is not None and known.kind == "ambiguous"):
        return Unknown(f"the provider answered {status}")
    log.info("sms_refused", code=code, known=known is not None)
    if known is None:
        return Refused(str(code))
    return Refused(str(code), permanent=known.permanent, opted_out=known.opted_out, ours=known.ours)
