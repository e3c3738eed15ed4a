"""The way out for text messages over Twilio's Messages API, with the real SDK. Implements `ports.sms.SmsCarrier`.

Also the way back for what was written while we were away: `ports.replies.ReplyListing`.

One attempt per call. What the answer means is decided here once: taken, certainly refused, or unknown. A server error
or a lost answer is unknown, because Twilio says that such a message may still be sent.
"""

import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import requests
import structlog
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.rest import Client
from twilio.rest.api.v2010.account.message import MessageInstance

from forbear.channels.twilio_http import RoutedHttpClient
from forbear.errors import CannotStart
from forbear.ports.replies import Written
from forbear.ports.sms import Accepted, Found, Refused, Sending, SmsText, Unknown
from forbear.settings import Settings

LONGEST_VALIDITY = 36_000
"""Seconds; Twilio's own limit for ValidityPeriod."""
LISTED_AT_MOST = 200
READ_AT_ONCE = 500
CLOCK_SLACK = timedelta(minutes=2)
"""Between our clock and the provider's, when a listing is searched."""
LINK = re.compile(r"/p/([0-9A-Za-z]{10,40})")

OPTED_OUT = frozenset({21610})
NUMBER_IS_BAD = frozenset({21211, 21214, 21217, 21401, 21604, 21614, 21635, 30005, 30006})
OURS_TO_MEND = frozenset({20003, 20404, 21212, 21408, 21603, 21606, 21612, 21617, 30034, 35111, 35114, 35115, 35125})
TOO_MANY_AT_ONCE = 429
SERVER_ERROR = 500

log = structlog.get_logger("forbear.sms")


class TwilioCarrier:
    def __init__(self, client: Client) -> None:
        self._client = client

    @classmethod
    def from_settings(cls, settings: Settings) -> "TwilioCarrier":
        """Build the adapter; sandbox and production cannot be mixed.

        Raises:
            CannotStart: the sandbox without its address, or production with one.
        """
        if settings.sandbox != bool(settings.twilio_base):
            raise CannotStart(
                "FORBEAR_TWILIO_BASE belongs to the sandbox alone: set both it and FORBEAR_SANDBOX, or neither."
            )
        http = RoutedHttpClient(settings.twilio_base)
        # During a rotation the hooks accept two tokens, new and old; the first one is ours to use.
        token = settings.twilio_auth_token.get_secret_value().split(",")[0].strip()
        return cls(Client(settings.twilio_account_sid, token, http_client=http))

    def send(self, text: SmsText) -> Sending:
        seconds = max(1, min(LONGEST_VALIDITY, int(text.validity.total_seconds())))
        try:
            message = self._client.messages.create(
                to=text.to,
                from_=text.sender,
                body=text.body,
                status_callback=text.callback_url,
                validity_period=seconds,
            )
        except TwilioRestException as error:
            return _classify(error.status, error.code)
        except TwilioException as error:
            status = getattr(error, "status", None)
            return _classify(status if isinstance(status, int) else SERVER_ERROR, getattr(error, "code", None))
        except requests.exceptions.ConnectTimeout:
            return Refused("connect-timeout")
        except requests.exceptions.RequestException as error:
            return _lost(error)
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
                    code = str(message.error_code) if message.error_code else None
                    return Found(provider_id=str(message.sid), status=str(message.status), code=code)
        except (TwilioException, requests.exceptions.RequestException) as error:
            raise ConnectionError(f"the provider's list could not be read: {type(error).__name__}") from None
        return None

    def written_to(self, number: str, *, since: datetime, until: datetime) -> list[Written]:
        oldest, found = since.astimezone(UTC) - CLOCK_SLACK, list[Written]()
        try:
            for message in self._client.messages.stream(to=number, page_size=READ_AT_ONCE):
                created = message.date_created
                if created is None or created > until or str(message.direction) != "inbound":
                    continue
                if created < oldest:  # the list begins with the newest
                    break
                found.append(Written(str(message.from_), message.body or "", str(message.sid), created))
        except (TwilioException, requests.exceptions.RequestException) as error:
            raise ConnectionError(f"the provider's list could not be read: {type(error).__name__}") from None
        return found

    def _listed(self, to: str, sender: str) -> Iterator[MessageInstance]:
        # No DateSent filter: a queued message has none yet, and the filtered list lags by minutes.
        yield from self._client.messages.stream(to=to, from_=sender, limit=LISTED_AT_MOST)


def _markers(body: str) -> set[str]:
    return {hashlib.sha256(token.encode()).hexdigest() for token in LINK.findall(body)}


def _classify(status: int, code: int | None) -> Sending:
    """A 4xx answer says the message was not taken; anything else leaves it open."""
    if status == TOO_MANY_AT_ONCE:
        return Refused("429")
    if status >= SERVER_ERROR or code is None:
        return Unknown(f"the provider answered {status}")
    log.info("sms_refused", code=code)
    return Refused(
        str(code),
        permanent=code in NUMBER_IS_BAD or code in OPTED_OUT,
        opted_out=code in OPTED_OUT,
        ours=code in OURS_TO_MEND,
    )


def _lost(error: requests.exceptions.RequestException) -> Sending:
    """A connection that was never made sent nothing; one that broke later may have."""
    if isinstance(error, requests.exceptions.ConnectionError) and _never_connected(error):
        return Refused("connection-refused")
    return Unknown(f"no answer: {type(error).__name__}")


def _never_connected(error: requests.exceptions.ConnectionError) -> bool:
    from urllib3.exceptions import MaxRetryError, NewConnectionError

    cause = error.args[0] if error.args else None
    return isinstance(cause, MaxRetryError) and isinstance(cause.reason, NewConnectionError)
