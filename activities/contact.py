"""Send one claimed touch: look once more, make what is to be sent, send it once, record the answer.

Runs at most once per touch. Whatever happens between two lines of `contact`, the ledger shows it: a touch that was
prepared and has no answer is `unknown`, counts as made, and is reconciled instead of being sent again.
"""

from collections.abc import Mapping

import structlog
from temporalio import activity

from forbear.clock import Clock
from forbear.contracts.decision import ContactOrder, Outcome
from forbear.errors import ForbearError
from forbear.ports.book import Dispatch, TouchBook
from forbear.ports.papers import Unprintable
from forbear.ports.ways import Way

log = structlog.get_logger("forbear.contact")


class ContactActivities:
    """`ways` holds one way out for each channel that a machine serves."""

    def __init__(self, book: TouchBook, ways: Mapping[str, Way], clock: Clock) -> None:
        self._book = book
        self._ways = ways
        self._clock = clock

    @activity.defn(name="contact")
    def contact(self, order: ContactOrder) -> Outcome:
        ready = self._book.prepare(order)
        if isinstance(ready, Outcome):
            return ready
        way = self._ways.get(ready.channel)
        if way is None:
            return self._book.cancel(order, f"no way out by {ready.channel} is set up here")
        return self._send(order, ready, way)

    def _send(self, order: ContactOrder, ready: Dispatch, way: Way) -> Outcome:
        try:
            made = way.make(ready)
        except Unprintable as no:
            return self._book.cancel(order, no.code)
        except ForbearError as error:
            return self._book.cancel(order, f"it could not be made ready: {type(error).__name__}")
        # A worker may have slept here for any time: this comparison is the last thing before the first byte.
        if self._clock.now() >= ready.dispatch_by:
            log.warning("touch.zombie_refused", touch=ready.touch)
            return self._book.cancel(order, "too late: the contact window closed before it was sent")
        sending = way.send(ready, made)
        return self._book.record(order, sending, body_sha256=made.sha256, segments=made.size)
