"""Posts status callbacks, inbound messages and payment events: signed, asynchronous, retried, and spoilt on request.

Nothing here ever runs inside an API request. Twilio's webhooks follow the connection overrides in their address;
Stripe's events are retried until somebody takes them.
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal
from urllib.parse import urlencode
from uuid import uuid4
from weakref import WeakValueDictionary

import httpx

from forbear.sandbox.agenda import Again, Agenda, Payload
from forbear.sandbox.deliveries import Deliveries, Sent
from forbear.sandbox.delivery import (
    Overrides,
    backoff,
    bare,
    failure_of,
    stripe_signature,
    twilio_signature,
    with_query,
)
from forbear.sandbox.faults import Faults, Product
from forbear.sandbox.wire import instant, is_loopback, iso

News = Literal["callback", "inbound", "event"]
OnAnswer = Callable[[Payload, str], None]
_ERRAND, _RELEASE = "post", "post_held"
_LONGEST_HELD = timedelta(minutes=30)
"""World time a callback waits for the one it is to come after."""
_LANE = 32
"""Webhooks on their way to one address at a time."""
MOST_CONNECTIONS = 512
_PATIENCE = 30.0
"""Machine seconds an answer waits for its first callback."""


@dataclass(frozen=True, slots=True)
class Secrets:
    """What webhooks are signed with."""

    auth_token: str
    stripe_webhook_secret: str


@dataclass(frozen=True, slots=True)
class Form:
    """A webhook of the carrier: where it goes, what it says, about whom and what."""

    news: News
    url: str
    params: Mapping[str, str]
    phone: str
    product: Product = "messages"
    method: str = "POST"

    @property
    def sid(self) -> str:
        return self.params.get("MessageSid") or self.params["CallSid"]


class Webhooks:
    """The way from the world to the application."""

    def __init__(self, agenda: Agenda, faults: Faults, secrets: Secrets, deliveries: Deliveries) -> None:
        self._agenda, self._clock, self._faults, self._secrets = agenda, agenda.clock, faults, secrets
        self._deliveries = deliveries
        self._lanes: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()
        # No pool time-out: waiting for a free connection is our queue, not the application's slowness.
        limits, timeout = httpx.Limits(max_connections=MOST_CONNECTIONS), httpx.Timeout(15.0, pool=None)
        self._client = httpx.AsyncClient(limits=limits, timeout=timeout, trust_env=False)
        self._held: dict[str, Payload] = {}
        self._awaited: dict[str, asyncio.Event] = {}
        self.on_answer: OnAnswer = lambda _payload, _text: None
        agenda.on_errand(_ERRAND, self._run)
        agenda.on_step(_RELEASE, self._release)

    def post_form(self, form: Form) -> None:
        """Plan a webhook of the carrier, within the current transaction; without an address there is none."""
        if not form.url:
            return
        payload = _fresh(form.news, form.url) | {"params": dict(form.params), "method": form.method}
        self._plan(payload, form.phone, form.product, form.sid)

    def post_event(self, url: str, body: str) -> None:
        """Plan a Stripe event, within the current transaction; without an address there is none."""
        if not url:
            return
        self._plan({**_fresh("event", url), "body": body}, None, "messages", None)

    async def until_told(self, sid: str) -> None:
        """Wait until a callback about a message or call was taken, or for as long as anybody would."""
        told = self._awaited.setdefault(sid, asyncio.Event())
        with suppress(TimeoutError, asyncio.CancelledError):
            await asyncio.wait_for(told.wait(), _PATIENCE)
        self._awaited.pop(sid, None)

    def _plan(self, payload: Payload, phone: str | None, product: Product, sid: str | None) -> None:
        def strikes(what: str) -> float | None:
            fault = self._faults.take(f"{payload['news']}_{what}", phone, product, sid)
            return None if fault is None else fault.world_seconds

        payload["sid"] = sid
        if strikes("lost") is not None:
            return
        payload["bad_signature"] = strikes("bad_signature") is not None
        if strikes("new_parameter") is not None:
            payload["params"]["NewParameter"] = "1"
        held = self._held.pop(sid or "", None)
        if held is None and sid is not None and strikes("reordered") is not None:
            self._hold(sid, payload)
            return
        due = self._clock.now() + timedelta(seconds=strikes("delayed") or 0)
        self._agenda.add(_ERRAND, payload | {"then": [held] if held else []}, due)
        if strikes("duplicated") is not None:
            self._agenda.add(_ERRAND, payload, due)

    def _hold(self, sid: str, payload: Payload) -> None:
        """Keep back until the next about the same message or call was tried; where none follows, for a while."""
        self._held[sid] = payload
        self._agenda.add(_RELEASE, {"sid": sid, "token": payload["token"]}, self._clock.now() + _LONGEST_HELD)

    def _release(self, payload: Payload) -> None:
        held = self._held.get(payload["sid"])
        if held is not None and held["token"] == payload["token"]:
            self._agenda.add(_ERRAND, self._held.pop(payload["sid"]), self._clock.now())

    async def _run(self, payload: Payload) -> Again | None:
        async with self._lane(payload["url"]):
            began = payload["began"] or iso(self._clock.value.machine_now())
            failure, text = await self._attempt(payload)
        if failure is None:
            if awaited := self._awaited.get(payload["sid"] or ""):
                awaited.set()
            self.on_answer(payload, text)
        else:
            tries = payload["tries"] + 1
            if self._again(payload, failure, tries, began):
                due = self._clock.after_machine_seconds(backoff(tries))
                return Again(due, {**payload, "tries": tries, "began": began})
        for following in payload["then"]:
            self._agenda.add(_ERRAND, {**following, "then": []}, self._clock.now())
        return None

    def _again(self, payload: Payload, failure: str, tries: int, began: str) -> bool:
        if payload["news"] == "event":
            return True
        elapsed = self._clock.value.machine_now() - instant(began)
        return Overrides.of(payload["url"]).retry(failure, tries, elapsed.total_seconds())

    async def _attempt(self, payload: Payload) -> tuple[str | None, str]:
        """Post once: the failure in the retry policy's words, if any, and the answer's text."""
        began = self._deliveries.began()
        failure, answer = await self._posted(payload)
        if payload["news"] != "event":
            url, params = bare(payload["url"]), payload["params"]
            sent = Sent(payload["sid"], payload["news"], payload["method"], url, params, payload["tries"])
            self._deliveries.note(sent, began, answer, failure)
        return failure, answer.text if answer is not None else ""

    async def _posted(self, payload: Payload) -> tuple[str | None, httpx.Response | None]:
        if not is_loopback(payload["url"]):
            return "ct", None
        try:
            answer = await self._client.send(self._request(payload))
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.InvalidURL, ValueError):
            return "ct", None
        except httpx.RequestError:
            return "rt", None
        return failure_of(answer.status_code), answer

    def _lane(self, url: str) -> asyncio.Semaphore:
        """An address that never answers holds up its own webhooks, and nobody else's."""
        return self._lanes.setdefault(url.partition("?")[0].partition("#")[0], asyncio.Semaphore(_LANE))

    def _request(self, payload: Payload) -> httpx.Request:
        secrets, spoil = self._secrets, "spoilt" if payload["bad_signature"] else ""
        if payload["news"] != "event":
            signer = Signer(self._client, secrets.auth_token + spoil, payload["token"])
            return signer.request(payload["method"], payload["url"], payload["params"])
        timestamp = int(self._clock.value.machine_now().timestamp())
        signature = stripe_signature(payload["body"], secrets.stripe_webhook_secret + spoil, timestamp)
        headers = {"Content-Type": "application/json; charset=utf-8", "Stripe-Signature": signature}
        return self._client.build_request("POST", payload["url"], content=payload["body"], headers=headers)

    async def aclose(self) -> None:
        await self._client.aclose()


@dataclass(frozen=True, slots=True)
class Signer:
    """Makes requests as the carrier does: a form by POST, or the same in the address by GET."""

    client: httpx.AsyncClient
    secret: str
    token: str
    """Stays the same when a request is repeated."""

    def request(self, method: str, url: str, params: Mapping[str, str]) -> httpx.Request:
        overrides = Overrides.of(url)
        timeout = httpx.Timeout(overrides.read, connect=overrides.connect, pool=None)
        address, body = (with_query(url, params), {}) if method == "GET" else (bare(url), params)
        headers = {
            "User-Agent": "TwilioProxy/1.1",
            "I-Twilio-Idempotency-Token": self.token,
            "X-Twilio-Signature": twilio_signature(address, body, self.secret),
        }
        if method != "GET":
            headers["Content-Type"] = "application/x-www-form-urlencoded; charset=UTF-8"
        content = urlencode(body) if body else None
        return self.client.build_request(method, address, content=content, headers=headers, timeout=timeout)


def _fresh(news: News, url: str) -> dict[str, Any]:
    return {"news": news, "url": url, "token": str(uuid4()), "tries": 0, "began": None, "then": []}
