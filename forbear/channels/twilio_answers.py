"""What an answer of Twilio's API, or the lack of one, says about a request that must not be made twice."""

import requests
from twilio.base.exceptions import TwilioException, TwilioRestException
from urllib3.exceptions import MaxRetryError, NewConnectionError

from forbear.ports.sms import Refused, Sending, Unknown

TOO_MANY_AT_ONCE = 429
SERVER_ERROR = 500


def told(error: TwilioException) -> tuple[int, int | None]:
    """Status and code of an error; one without a status may mean anything, as a server error does.

    An answer in the new problem form is not a `TwilioRestException`, and a page that could not be read has neither.
    """
    if isinstance(error, TwilioRestException):
        return error.status, error.code or None
    status, code = getattr(error, "status", None), getattr(error, "code", None)
    return (status if isinstance(status, int) else SERVER_ERROR), (code if isinstance(code, int) else None)


def lost(error: requests.exceptions.RequestException) -> Sending:
    """A connection that was never made sent nothing; one that broke later may have."""
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return Refused("connect-timeout")
    if isinstance(error, requests.exceptions.ConnectionError) and _never_connected(error):
        return Refused("connection-refused")
    return Unknown(f"no answer: {type(error).__name__}")


def _never_connected(error: requests.exceptions.ConnectionError) -> bool:
    cause = error.args[0] if error.args else None
    return isinstance(cause, MaxRetryError) and isinstance(cause.reason, NewConnectionError)
