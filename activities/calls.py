"""The way out for calls by the machine: nothing is made ready, as the carrier asks for each word when it comes."""

import hashlib

from forbear.ports.book import Dispatch
from forbear.ports.calls import CallCarrier, CallOrder, Scripts
from forbear.ports.sms import Sending
from forbear.ports.ways import Made


class Calls:
    """Implements `ports.ways.Way`."""

    def __init__(self, carrier: CallCarrier, scripts: Scripts) -> None:
        self._carrier = carrier
        self._scripts = scripts

    def make(self, ready: Dispatch) -> Made:
        """What identifies what will be said: its script and language. A call has no price before it was made."""
        self._scripts.check(ready.template, tuple(ready.values["disclosures"].split()))
        return Made(sha256=hashlib.sha256(f"{ready.template}\n{ready.language}".encode()).hexdigest(), size=0)

    def send(self, ready: Dispatch, made: Made) -> Sending:
        del made
        return self._carrier.place(
            CallOrder(
                touch=ready.touch,
                to=ready.to,
                sender=ready.sender,
                answer_url=ready.answer_url,
                fallback_url=ready.fallback_url,
                status_url=ready.callback_url,
            )
        )
