"""The carrier of a season: takes, refuses or loses messages as the seed says, and keeps the only true list of them.

Implements `SmsCarrier` and `ReplyListing`. What it tells later (receipts, read messages) is scheduled with the season's
own loop; what it did is in the world's log, which the judge reads.
"""

import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Protocol

from forbear.ports.replies import Written
from forbear.ports.sms import Accepted, Found, Refused, Sending, SmsText, Unknown
from tests.conftest import Hands
from tests.season.options import Options
from tests.season.papers import Papers

LISTING_LAG_SECONDS = 600
"""Less than what upkeep grants a provider's list."""
REFUSALS = (Refused("30001"), Refused("21614", permanent=True), Refused("20003", ours=True), Refused("30002"))
CARRIERS_NO = Refused("21610", permanent=True, opted_out=True)
FAILURES = ("30003", "30003", "30005", "30006", "30008")
DAYS_LATE = 3
LINK = re.compile("https?://")
LONGEST_OUTAGE_HOURS = 5


@dataclass(slots=True)
class Message:
    """One text the carrier took."""

    sid: str
    touch: str
    phone: str
    sender: str
    token: str
    at: datetime
    listed_from: datetime
    states: list[tuple[datetime, str]] = field(default_factory=list[tuple[datetime, str]])

    def status(self, now: datetime) -> str:
        return [status for at, status in self.states if at <= now][-1]


@dataclass(frozen=True, slots=True)
class Receipt:
    """A status callback under way."""

    message: Message
    status: str
    code: str | None


class Stage(Protocol):
    """What the world needs of the loop it lives in."""

    def at(self, when: datetime, deed: Callable[[], None]) -> None: ...

    def hear(self, receipt: Receipt) -> None: ...

    def read(self, message: Message) -> None: ...

    def trouble(self) -> None: ...


class World:
    """A carrier with everyone's handsets."""

    def __init__(self, options: Options, hands: Hands, papers: Papers, stage: Stage) -> None:
        self._options, self._hands, self._papers, self._stage = options, hands, papers, stage
        self._draw = Random(f"world {options.seed}")
        self._numbers = itertools.count(1)
        self.messages: list[Message] = []
        self.written: list[tuple[Written, str]] = []
        """What people wrote, with the number it was written to."""
        self.healed = False
        self._down_until = options.origin

    def send(self, text: SmsText) -> Sending:
        if self._chance("refused"):
            refused = CARRIERS_NO if self._draw.random() < 0.1 else self._draw.choice(REFUSALS)
            self._papers.say(text.touch, "refused", refused.code)
            return refused
        if self._chance("never_arrived"):
            self._papers.say(text.touch, "never arrived")
            return Unknown("reset")
        message = self._take(text)
        if self._chance("answer_lost"):
            self._papers.say(text.touch, "answer lost", message.sid)
            return Unknown("timeout")
        return Accepted(message.sid, "queued")

    def find(
        self, *, provider: str, touch: str, to: str, sender: str, since: datetime, marker_sha256: str
    ) -> Found | None:
        self._answer_or_not()
        now = self._hands.at
        found = [
            message
            for message in self.messages
            if message.touch == touch and since <= message.at and message.listed_from <= now
        ]
        return Found(found[0].sid, found[0].status(now)) if found else None

    def written_to(self, number: str, *, since: datetime, until: datetime) -> list[Written]:
        self._answer_or_not()
        listed = [written for written, to in self.written if to == number and since <= written.at <= until]
        return sorted(listed, key=lambda written: (written.at, written.provider_id), reverse=True)

    def last_to(self, phone: str) -> Message | None:
        """The text a person answers to."""
        return next((message for message in reversed(self.messages) if message.phone == phone), None)

    def inbound(self, phone: str, to: str, text: str) -> Written:
        """Somebody writes."""
        written = Written(phone, text, f"SMin{next(self._numbers):028x}", self._hands.at)
        self.written.append((written, to))
        return written

    def _answer_or_not(self) -> None:
        now = self._hands.at
        if now >= self._down_until and self._chance("listing_down"):
            self._down_until = now + timedelta(hours=self._draw.uniform(0, LONGEST_OUTAGE_HOURS))
            self._stage.trouble()
        if now < self._down_until and not self.healed:
            raise ConnectionError("the carrier's list does not answer")

    def _take(self, text: SmsText) -> Message:
        now, sid = self._hands.at, f"SM{next(self._numbers):032x}"
        lag = timedelta(seconds=self._draw.randint(0, LISTING_LAG_SECONDS))
        token = text.values.get("link", "").rpartition("/")[2] if text.provider == "twilio" else ""
        message = Message(sid, text.touch, text.to, text.sender, token, now, now + lag, [(now, "queued")])
        self.messages.append(message)
        line = {"channel": "sms", "to": text.to, "from": text.sender, "ref": text.touch, "status": "queued"}
        line |= {"route": text.provider, "template": f"{text.template}/{text.language}"}
        self._papers.world(now, **line, sid=sid, body_sha256="", links=len(LINK.findall(text.body)), words=[])
        self._papers.say(text.touch, "taken", sid)
        self._deliver(message, min(text.validity, timedelta(hours=4)))
        return message

    def _deliver(self, message: Message, validity: timedelta) -> None:
        """The handset has it within its validity, or never; the news of it travels by itself."""
        sent = message.at + timedelta(seconds=self._draw.randint(0, 5))
        self._tell(message, sent, "sent", None)
        end = message.at + validity * self._draw.choice((0.001, 0.01, 0.5, 0.999))
        code = self._draw.choice(FAILURES) if self._chance("undelivered") else None
        status = "undelivered" if code else "delivered"
        self._papers.world(end, sid=message.sid, status=status)
        self._tell(message, end, status, code)
        if code is None and message.token:  # on the Chinese route nobody has a link to click
            self._stage.at(end, lambda: self._stage.read(message))

    def _tell(self, message: Message, at: datetime, status: str, code: str | None) -> None:
        message.states.append((at, status))
        message.states.sort()
        if self._chance("receipt_lost"):
            return
        receipt = Receipt(message, status, code)
        copies = 2 if self._chance("receipt_doubled") else 1
        for _ in range(copies):
            late = self._chance("receipt_late")
            delay = timedelta(hours=self._draw.uniform(0, 24 * DAYS_LATE)) if late else timedelta(seconds=1)
            self._stage.at(at + delay, lambda: self._stage.hear(receipt))

    def _chance(self, name: str) -> bool:
        drawn = self._draw.random()  # drawn in any case, so that healing changes nothing else
        return not self.healed and drawn < getattr(self._options, name)
