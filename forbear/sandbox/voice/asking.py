"""Asks the application what to do with a call: signed, within 15 seconds, after redirects, retried where it wants that.

Seconds here are the machine's: they are what the application's slowness is measured in.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urljoin

import httpx

from forbear.sandbox.agenda import Again, LiveClock, Payload
from forbear.sandbox.deliveries import Deliveries, Sent
from forbear.sandbox.delivery import Overrides, backoff, bare, failure_of
from forbear.sandbox.faults import Fault, Faults
from forbear.sandbox.webhooks import MOST_CONNECTIONS, Signer
from forbear.sandbox.wire import is_loopback

_HTTP_FAILED, _UNREACHABLE, _TIMED_OUT, _NO_ADDRESS = 11200, 11210, 11205, 11100
_LIMIT = 15.0
_MOST_REDIRECTS = 5


@dataclass(frozen=True, slots=True)
class Answer:
    """What the application said, and the address it said it from."""

    text: str
    content_type: str
    url: str


class Unanswered(Exception):
    """No answer to go on with; `again` where the request is to be repeated."""

    def __init__(self, code: int, failure: str = "") -> None:
        super().__init__(f"Twilio error {code}")
        self.code, self.failure = code, failure
        self.again: Again | None = None


class Asking:
    """Requests for instructions."""

    def __init__(self, clock: LiveClock, faults: Faults, auth_token: str, deliveries: Deliveries) -> None:
        self._clock, self._faults, self._auth_token = clock, faults, auth_token
        self._deliveries = deliveries
        limits = httpx.Limits(max_connections=MOST_CONNECTIONS)
        self._client = httpx.AsyncClient(limits=limits, timeout=httpx.Timeout(_LIMIT, pool=None), trust_env=False)

    async def ask(self, payload: Payload, fields: Mapping[str, str], phone: str) -> Answer:
        """One request, with what strikes it.

        Raises:
            Unanswered: nobody answered, in time, with a success.
        """
        sid = payload["sid"]
        secret = self._auth_token
        if self._faults.take(Fault.TWIML_BAD_SIGNATURE, phone, "calls", sid):
            secret += "spoilt"
        if self._faults.take(Fault.TWIML_DUPLICATED, phone, "calls", sid):
            await self._once(payload, fields, secret)
        lost = self._faults.take(Fault.TWIML_ANSWER_LOST, phone, "calls", sid)
        try:
            answer = await self._once(payload, fields, secret)
        except Unanswered as failed:
            failed.again = self._again(payload, failed.failure)
            raise
        if lost:
            raise Unanswered(_TIMED_OUT)
        return answer

    def _again(self, payload: Payload, failure: str) -> Again | None:
        tries = payload["tries"] + 1
        if not failure or not Overrides.of(payload["url"]).retry(failure, tries, 0.0):
            return None
        return Again(self._clock.after_machine_seconds(backoff(tries)), {**payload, "tries": tries})

    async def _once(self, payload: Payload, fields: Mapping[str, str], secret: str) -> Answer:
        if not payload["url"]:
            raise Unanswered(_NO_ADDRESS)
        began = self._deliveries.began()
        sent = Sent(payload["sid"], "twiml", payload["method"], bare(payload["url"]), fields, payload["tries"])
        try:
            async with asyncio.timeout(Overrides.of(payload["url"]).total):
                answer, url = await self._followed(payload, fields, secret)
        except TimeoutError:
            self._deliveries.note(sent, began, None, "rt")
            raise Unanswered(_TIMED_OUT, "rt") from None
        except (httpx.InvalidURL, ValueError):
            self._deliveries.note(sent, began, None, "ct")
            raise Unanswered(_NO_ADDRESS) from None
        except Unanswered as failed:
            self._deliveries.note(sent, began, None, failed.failure)
            raise
        self._deliveries.note(sent, began, answer, None if answer.is_success else failure_of(answer.status_code))
        if not answer.is_success:
            raise Unanswered(_HTTP_FAILED, "4xx" if answer.is_client_error else "5xx")
        return Answer(answer.text, answer.headers.get("Content-Type", ""), url)

    async def _followed(self, payload: Payload, fields: Mapping[str, str], secret: str) -> tuple[httpx.Response, str]:
        """A redirect is followed by GET, without the form; the address that answered goes with its answer."""
        signer = Signer(self._client, secret, payload["token"])
        url, method, form = payload["url"], payload["method"], fields
        answer = await self._sent(signer.request(method, url, form))
        for _ in range(_MOST_REDIRECTS):
            if not answer.has_redirect_location:
                break
            url = urljoin(url, answer.headers["Location"])
            answer = await self._sent(signer.request("GET", url, {}))
        return answer, url

    async def _sent(self, request: httpx.Request) -> httpx.Response:
        if not is_loopback(str(request.url)):
            raise Unanswered(_UNREACHABLE, "ct")
        try:
            return await self._client.send(request)
        except (httpx.ConnectError, httpx.ConnectTimeout):
            raise Unanswered(_UNREACHABLE, "ct") from None
        except httpx.RequestError:
            raise Unanswered(_TIMED_OUT, "rt") from None

    async def aclose(self) -> None:
        await self._client.aclose()
