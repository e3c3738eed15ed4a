"""Who may ask the carrier, and how it says no: authentication, error bodies and headers of every operation.

Credentials are the account's own or those of an API key; every answer has the provider's headers. An address without
`.json` at its end is answered in XML, as the provider's 2010 API does.
"""

import base64
import hmac
import json
from collections.abc import Awaitable, Callable
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from forbear.sandbox.ordeal import suffer
from forbear.sandbox.refusals import Refusal
from forbear.sandbox.wire import path_of
from forbear.sandbox.xml_form import xml_form

Endpoint = Callable[[Request], Awaitable[Response]]
_ALL = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
_READS = {"GET", "HEAD", "DELETE"}
_SUFFIX = ".json"
_REALM = 'Basic realm="Twilio API"'


class Gate:
    """Stands before every endpoint of the carrier's API."""

    def __init__(self, account: str, secret_of: Callable[[str], str]) -> None:
        """`secret_of` tells the secret of a sid: the account's token, or that of an API key; empty for a stranger."""
        self._account, self._secret_of = account, secret_of
        self._asking = 0

    def routes(self, table: list[tuple[str, str, Endpoint]]) -> list[Route]:
        """Routes of (method, path, endpoint), and of the methods nobody named."""
        named = {(method, path) for method, path, _ in table}
        routes = [Route(path, self.guarded(endpoint), methods=[method]) for method, path, endpoint in table]
        for method, path, endpoint in table:
            bare = path.removesuffix(_SUFFIX)
            if bare != path and (method, bare) not in named:
                routes.append(Route(bare, self.guarded(endpoint, xml=True), methods=[method]))
        refused = self.guarded(self._refuse_method)
        return routes + [Route(path, refused, methods=_ALL) for path in dict.fromkeys(path for _, path, _ in table)]

    def guarded(self, endpoint: Endpoint, *, xml: bool = False) -> Endpoint:
        """Checks who asks, and turns refusals into the provider's error bodies."""

        async def answer(request: Request) -> Response:
            self._asking += 1
            try:
                self._authenticate(request)
                spoilt = await suffer(request) if request.method in _READS else None
                response = spoilt or await endpoint(request)
            except Refusal as refusal:
                response = JSONResponse(refusal.body(), refusal.status)
                if refusal.status == 401:  # noqa: PLR2004  HTTP's own number
                    response.headers["WWW-Authenticate"] = _REALM
            finally:
                self._asking -= 1
            if xml:
                response = _in_xml(request, response)
            response.headers["Twilio-Request-Id"] = f"RQ{uuid4().hex}"
            response.headers["Twilio-Concurrent-Requests"] = str(self._asking + 1)
            return response

        return answer

    async def unknown(self, request: Request) -> Response:
        """Nothing lives at this address."""
        raise Refusal(20404, path=path_of(request))

    async def _refuse_method(self, request: Request) -> Response:
        del request
        raise Refusal(20004)

    def _authenticate(self, request: Request) -> None:
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        try:
            user, _, secret = base64.b64decode(given, validate=True).decode().partition(":")
        except ValueError:
            raise Refusal(20003) from None
        known = self._secret_of(user)
        right = hmac.compare_digest(secret.encode(), known.encode())
        if scheme.lower() != "basic" or not known or not right:
            raise Refusal(20003)
        if request.path_params.get("account", self._account) != self._account:
            raise Refusal(20003)


def _in_xml(request: Request, response: Response) -> Response:
    """The same answer in the provider's older form. One without a body has none in XML either."""
    if not response.body or response.media_type != JSONResponse.media_type:
        return response
    text = xml_form(path_of(request), json.loads(bytes(response.body)), error=response.status_code >= 400)  # noqa: PLR2004  HTTP's own line
    headers = {"WWW-Authenticate": _REALM} if "WWW-Authenticate" in response.headers else None
    return Response(text, response.status_code, headers, media_type="application/xml")
