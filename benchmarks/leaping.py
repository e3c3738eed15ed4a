"""The product's books with a world clock for each account, which leaps to the instant until which it is to rest."""

import threading
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from itertools import count

from forbear.contracts.decision import Asked, Close, ContactOrder, Decision, Outcome, Rest
from forbear.ports.book import CadenceBook, Dispatch, TouchBook
from forbear.ports.sms import Accepted, Found, Sending, SmsText

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


class Worlds:
    """One instant for each account; a thread reads that of the account it works on."""

    def __init__(self, start: datetime) -> None:
        self._here = threading.local()
        self._start = start
        self._at: dict[str, datetime] = {}
        self.touches: defaultdict[str, int] = defaultdict(int)

    def __call__(self) -> datetime:
        return self._at.get(getattr(self._here, "account", ""), self._start)

    def enter(self, account: str) -> None:
        self._here.account = account

    def leap(self, account: str, at: datetime) -> None:
        self._at[account] = max(at, self._at.get(account, self._start))


class LeapingBook:
    """Implements `forbear.ports.book.CadenceBook`; closes an account after so many touches."""

    def __init__(self, book: CadenceBook, worlds: Worlds, touches: int) -> None:
        self._book, self._worlds, self._touches = book, worlds, touches

    def decide(self, asked: Asked) -> Decision:
        if self._worlds.touches[asked.account] >= self._touches:
            return Close(reason="measured")
        self._worlds.enter(asked.account)
        answer = self._book.decide(asked)
        if not isinstance(answer, Rest):
            return answer
        self._worlds.leap(asked.account, answer.until)
        return answer.model_copy(update={"wake_at": LONG_AGO})


class LeapingTouches:
    """Implements `forbear.ports.book.TouchBook`."""

    def __init__(self, book: TouchBook, worlds: Worlds) -> None:
        self._book, self._worlds = book, worlds

    def prepare(self, order: ContactOrder) -> Dispatch | Outcome:
        self._worlds.enter(order.account)
        return self._book.prepare(order)

    def cancel(self, order: ContactOrder, reason: str) -> Outcome:
        return self._book.cancel(order, reason)

    def record(self, order: ContactOrder, sending: Sending, *, body_sha256: str, segments: int) -> Outcome:
        outcome = self._book.record(order, sending, body_sha256=body_sha256, segments=segments)
        self._worlds.touches[order.account] += 1
        self._worlds.leap(order.account, self._worlds() + timedelta(minutes=1))
        return outcome


class InstantCarrier:
    """Takes everything at once."""

    def __init__(self) -> None:
        self._numbers = count()

    def send(self, text: SmsText) -> Sending:
        del text
        return Accepted(f"SM{next(self._numbers):032x}", "queued")

    def find(
        self, *, provider: str, touch: str, to: str, sender: str, since: datetime, marker_sha256: str
    ) -> Found | None:
        """Knows of nothing: nothing was ever lost."""
        del provider, touch, to, sender, since, marker_sha256
