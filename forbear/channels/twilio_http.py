"""The HTTP client under the Twilio SDK: a time-out, no retries, and one place that decides where requests go.

In the sandbox every request is rewritten to a loopback address; a host that is not Twilio's, or a sandbox address that
is not loopback, fails closed before a byte is written.
"""

import ipaddress
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from forbear.errors import CannotStart
from forbear.settings import Settings

TIMEOUT_SECONDS = 10.0
"""Machine time. The SDK's own default is to wait for ever."""
POOL = 32


class RoutedHttpClient(TwilioHttpClient):
    """Sandbox or production, one code path."""

    def __init__(self, base: str = "", timeout: float = TIMEOUT_SECONDS) -> None:
        """`base` is the sandbox's address, empty in production.

        Raises:
            CannotStart: the sandbox's address is not loopback.
        """
        super().__init__(timeout=timeout)
        if base and not _is_loopback(base):
            raise CannotStart("The sandbox's carrier address must be loopback; correct FORBEAR_TWILIO_BASE.")
        self._base = base.rstrip("/")
        adapter = HTTPAdapter(pool_connections=4, pool_maxsize=POOL, max_retries=0)
        session = requests.Session()
        session.mount("http://", adapter)
        session.mount("https://", adapter)
        session.trust_env = False  # no proxy or .netrc of the machine may redirect a message
        self.session = session

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Response:
        return super().request(method, self._routed(url), *args, **kwargs)

    def _routed(self, url: str) -> str:
        parts = urlsplit(url)
        host = parts.hostname or ""
        if not host.endswith(".twilio.com"):
            raise CannotStart("A request to a host that is not Twilio's was refused.")
        if not self._base:
            return url
        query = f"?{parts.query}" if parts.query else ""
        return f"{self._base}/{host.split('.')[0]}{parts.path}{query}"


def make_client(settings: Settings) -> Client:
    """The SDK's client over our own HTTP; sandbox and production cannot be mixed.

    Raises:
        CannotStart: the sandbox without its address, or production with one.
    """
    if settings.sandbox != bool(settings.twilio_base):
        raise CannotStart(
            "FORBEAR_TWILIO_BASE belongs to the sandbox alone: set both it and FORBEAR_SANDBOX, or neither."
        )
    # During a rotation the hooks accept two tokens, new and old; the first one is ours to use.
    token = settings.twilio_auth_token.get_secret_value().split(",")[0].strip()
    return Client(settings.twilio_account_sid, token, http_client=RoutedHttpClient(settings.twilio_base))


def _is_loopback(base: str) -> bool:
    host = urlsplit(base).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
