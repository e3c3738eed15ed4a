"""Posts status callbacks, inbound messages and payment events: signed, asynchronous, retried, and spoilt on request.

Nothing here ever runs inside an API request. Twilio's webhooks follow the connection overrides in their address;
Stripe's events are retried until somebody takes them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal
from urllib.parse import urldefrag, urlencode
from uuid import uuid4

import httpx

from forbear.sandbox.agenda import Again, Agenda, LiveClock, Payload
from forbear.sandbox.delivery import Overrides, backoff, failure_of, stripe_signature, twilio_signature
from forbear.sandbox.faults import Faults
from forbear.sandbox.wire import instant, is_loopback, iso

Product = Literal["callback", "inbound", "event"]
OnAnswer = Callable[[Payload, str], None]
_ERRAND = "post"


@dataclass(frozen=True, slots=True)
class Secrets:
    """What webhooks are signed with."""

    auth_token: str
    stripe_webhook_secret: str


class Webhooks:
    """The way from the world to the application."""

    def __init__(self, agenda: Agenda, clock: LiveClock, faults: Faults, secrets: Secrets) -> None:
        self._agenda, self._clock, self._faults, self._secrets = agenda, clock, faults, secrets
        # No pool time-out: waiting for a free connection is our queue, not the application's slowness.
        limits, timeout = httpx.Limits(max_connections=32), httpx.Timeout(15.0, pool=None)
        self._client = httpx.AsyncClient(limits=limits, timeout=timeout, trust_env=False)
        self._held: dict[str, Payload] = {}
        self.on_answer: OnAnswer = lambda _payload, _text: None
        agenda.on_errand(_ERRAND, self._run)

    def post_form(self, product: Product, url: str, params: Mapping[str, str], phone: str) -> None:
        """Plan a Twilio webhook about a message with this phone, within the current transaction."""
        self._plan({**_fresh(product, url), "params": dict(params), "phone": phone}, phone, params.get("MessageSid"))

    def post_event(self, url: str, body: str) -> None:
        """Plan a Stripe event, within the current transaction."""
        self._plan({**_fresh("event", url), "body": body, "phone": None}, None, None)

    def _plan(self, payload: Payload, phone: str | None, sid: str | None) -> None:
        product = payload["product"]
        if self._faults.take(f"{product}_lost", phone):
            return
        payload["bad_signature"] = self._faults.take(f"{product}_bad_signature", phone) is not None
        if self._faults.take(f"{product}_new_parameter", phone):
            payload["params"]["NewParameter"] = "1"
        if sid is not None and self._faults.take(f"{product}_reordered", phone):
            self._held[sid] = payload
            return
        held = self._held.pop(sid or "", None)
        payload["then"] = [held] if held else []
        delayed = self._faults.take(f"{product}_delayed", phone)
        due = self._clock.now() + timedelta(seconds=delayed.world_seconds if delayed else 0)
        for _ in range(2 if self._faults.take(f"{product}_duplicated", phone) else 1):
            self._agenda.add(_ERRAND, payload, due)

    async def _run(self, payload: Payload) -> Again | None:
        began = payload["began"] or iso(self._clock.value.machine_now())
        failure, text = await self._attempt(payload)
        if failure is None:
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
        if payload["product"] == "event":
            return True
        elapsed = self._clock.value.machine_now() - instant(began)
        return Overrides.of(payload["url"]).retry(failure, tries, elapsed.total_seconds())

    async def _attempt(self, payload: Payload) -> tuple[str | None, str]:
        """Post once: the failure in the retry policy's words, if any, and the answer's text."""
        url, overrides = payload["url"], Overrides.of(payload["url"])
        if not is_loopback(url):
            return "ct", ""
        content, headers = self._signed(payload)
        timeout = httpx.Timeout(overrides.read, connect=overrides.connect, pool=None)
        try:
            answer = await self._client.post(urldefrag(url).url, content=content, headers=headers, timeout=timeout)
        except (httpx.ConnectError, httpx.ConnectTimeout):
            return "ct", ""
        except httpx.TransportError:
            return "rt", ""
        return failure_of(answer.status_code), answer.text

    def _signed(self, payload: Payload) -> tuple[str, dict[str, str]]:
        secrets, spoil = self._secrets, "spoilt" if payload["bad_signature"] else ""
        if payload["product"] == "event":
            timestamp = int(self._clock.value.machine_now().timestamp())
            signature = stripe_signature(payload["body"], secrets.stripe_webhook_secret + spoil, timestamp)
            return payload["body"], {"Content-Type": "application/json; charset=utf-8", "Stripe-Signature": signature}
        return urlencode(payload["params"]), {
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
            "User-Agent": "TwilioProxy/1.1",
            "I-Twilio-Idempotency-Token": payload["token"],
            "X-Twilio-Signature": twilio_signature(payload["url"], payload["params"], secrets.auth_token + spoil),
        }

    async def aclose(self) -> None:
        await self._client.aclose()


def _fresh(product: Product, url: str) -> dict[str, Any]:
    return {"product": product, "url": url, "token": str(uuid4()), "tries": 0, "began": None, "then": []}
