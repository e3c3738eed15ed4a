"""Who may ask the carrier, and how it says no: authentication, error bodies and headers of every operation.

Credentials are the account's own or those of an API key; every answer has the provider's headers.
"""

import base64
import binascii
import hmac
from collections.abc import Awaitable, Callable, Mapping
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from forbear.sandbox.refusals import Refusal

Endpoint = Callable[[Request], Awaitable[Response]]


class Gate:
    """Stands before every endpoint of the carrier's API."""

    def __init__(self, account: str, keys: Mapping[str, str]) -> None:
        """`keys` are secrets by their sid: the account's token, and those of API keys."""
        self._account, self._keys = account, keys
        self._asking = 0

    def routes(self, table: list[tuple[str, str, Endpoint]]) -> list[Route]:
        """Routes of (method, path, endpoint)."""
        return [Route(path, self.guarded(endpoint), methods=[method]) for method, path, endpoint in table]

    def guarded(self, endpoint: Endpoint) -> Endpoint:
        """Checks who asks, and turns refusals into the provider's error bodies."""

        async def answer(request: Request) -> Response:
            self._asking += 1
            try:
                self._authenticate(request)
                response = await endpoint(request)
            except Refusal as refusal:
                response = JSONResponse(refusal.body(), refusal.status)
            finally:
                self._asking -= 1
            response.headers["Twilio-Request-Id"] = f"RQ{uuid4().hex}"
            response.headers["Twilio-Concurrent-Requests"] = str(self._asking + 1)
            return response

        return answer

    async def unknown(self, request: Request) -> Response:
        """Nothing lives at this address."""
        raise Refusal(20404, path=request.url.path.removeprefix("/api"))

    def _authenticate(self, request: Request) -> None:
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        try:
            user, _, secret = base64.b64decode(given, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            raise Refusal(20003) from None
        known = self._keys.get(user, "")
        right = hmac.compare_digest(secret.encode(), known.encode())
        if scheme.lower() != "basic" or not known or not right:
            raise Refusal(20003)
        if request.path_params.get("account", self._account) != self._account:
            raise Refusal(20003)
