"""Send one claimed touch: look once more, word it, send it once, record the answer.

Runs at most once per touch. Whatever happens between two lines of `contact`, the ledger shows it: a touch that was
prepared and has no answer is `unknown`, counts as made, and is reconciled instead of being sent again.
"""

import structlog
from temporalio import activity

from forbear.clock import Clock
from forbear.contracts.decision import ContactOrder, Outcome
from forbear.errors import ForbearError
from forbear.ports.book import Dispatch, TouchBook
from forbear.ports.sms import SmsCarrier, SmsText, Worded, Wording

log = structlog.get_logger("forbear.contact")


class ContactActivities:
    def __init__(self, book: TouchBook, carrier: SmsCarrier, wording: Wording, clock: Clock) -> None:
        self._book = book
        self._carrier = carrier
        self._wording = wording
        self._clock = clock

    @activity.defn(name="contact")
    def contact(self, order: ContactOrder) -> Outcome:
        ready = self._book.prepare(order)
        if isinstance(ready, Outcome):
            return ready
        try:
            worded = self._wording.sms(ready.template, ready.language, ready.values)
        except ForbearError as error:
            return self._book.cancel(order, f"the text could not be worded: {type(error).__name__}")
        return self._send(order, ready, worded)

    def _send(self, order: ContactOrder, ready: Dispatch, worded: Worded) -> Outcome:
        text = SmsText(
            touch=ready.touch,
            provider=ready.provider,
            template=ready.template,
            language=ready.language,
            values=ready.values,
            to=ready.to,
            sender=ready.sender,
            body=worded.body,
            callback_url=ready.callback_url,
            validity=ready.validity,
        )
        # A worker may have slept here for any time: this comparison is the last thing before the first byte.
        if self._clock.now() >= ready.dispatch_by:
            log.warning("touch.zombie_refused", touch=ready.touch)
            return self._book.cancel(order, "too late: the contact window closed before the message was written")
        sending = self._carrier.send(text)
        return self._book.record(order, sending, body_sha256=worded.sha256, segments=worded.segments)
