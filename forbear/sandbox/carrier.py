"""The carrier: accepts texts, moves them through their states, takes people's answers, obeys STOP.

Accepting is one transaction that remembers the message, writes the world's log and plans what follows; the agenda
plays the rest later, so no callback is ever sent inside the request that caused it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from uuid import uuid4

from forbear.sandbox.agenda import Payload
from forbear.sandbox.faults import Fault, Faults
from forbear.sandbox.ground import Ground
from forbear.sandbox.intake import LONGEST_VALIDITY, Draft
from forbear.sandbox.keywords import ANSWERS, keyword
from forbear.sandbox.media import Media
from forbear.sandbox.messages import Message, Messages
from forbear.sandbox.notices import accepted_line, callback_fields, inbound_fields, inbound_line, state_line
from forbear.sandbox.numbers.books import Books
from forbear.sandbox.optouts import OptOuts
from forbear.sandbox.refusals import Refusal
from forbear.sandbox.segments import count
from forbear.sandbox.statuses import (
    LONGEST_QUEUE,
    QUEUE_OVERFLOW,
    VALIDITY_EXPIRED,
    Handset,
    Outcome,
    Step,
    journey,
    moves_up,
)
from forbear.sandbox.twiml import replies
from forbear.sandbox.webhooks import Form, Webhooks
from forbear.sandbox.wire import instant, iso

_ADVANCE, _RELEASE = "advance", "release"
_POOL_NUMBER = "+15005550006"


@dataclass(frozen=True, slots=True)
class Account:
    """The one account this carrier serves. `senders` empty: every well-formed number is ours."""

    sid: str
    auth_token: str
    inbound_url: str
    senders: Sequence[str] = ()
    segments_per_second: float = 10.0


class Carrier:
    """Everything behind the Messages API but HTTP."""

    def __init__(self, account: Account, ground: Ground, faults: Faults, webhooks: Webhooks) -> None:
        self.account, self.messages, self.media = account, Messages(ground.store), Media(ground.store)
        self._store, self._journal, self._agenda = ground.store, ground.journal, ground.agenda
        self._clock, self._seed = ground.clock, ground.seed
        self._faults, self._webhooks, self._optouts = faults, webhooks, OptOuts(ground.store)
        self.books = Books(ground.store)
        self.handset_of: Callable[[str], Handset] = lambda _phone: Handset()
        self.on_delivered: Callable[[Message], None] = lambda _message: None
        ground.agenda.on_step(_ADVANCE, self._advance)
        ground.agenda.on_step(_RELEASE, self._release)
        webhooks.on_answer = self._obey_twiml

    def accept(
        self, draft: Draft, *, direction: str = "outbound-api", channel: str = "sms", sid: str | None = None
    ) -> Message:
        """Take a draft on, or refuse it. `sid` is one made beforehand."""
        self._judge(draft, direction)
        with self._store.transaction():
            now = self._clock.now()
            message = self._fresh(draft, direction, iso(now), sid)
            self.messages.add(message)
            for url in draft.media:
                self.media.add(message.sid, url, message.created)
            self._journal.write(accepted_line(message, draft, channel))
            if draft.send_at:
                self._agenda.add(_RELEASE, {"sid": message.sid}, draft.send_at)
            else:
                self._launch(message, now)
        return message

    def receive(self, phone: str, to: str, body: str, kind: str | None = None) -> str:
        """A person's text to a number of ours; the message's sid. `kind` is what the person means by it."""
        with self._store.transaction():
            service, now = self._optouts.service_between(to, phone), iso(self._clock.now())
            advanced = self.books.opt_out(service)
            word = advanced.keyword(body) if advanced else keyword(body)
            fresh = self._fresh(_answer(to=to, sender=phone, body=body), "inbound", now)
            message = replace(fresh, status="received", service=service, sent=now)
            self.messages.add(message)
            self._journal.write(inbound_line(message, kind or word or "text"))
            if word and self._optouts.obey(word, to, phone, now):
                said = advanced.answers.get(word, ANSWERS[word]) if advanced else ANSWERS[word]
                answer = _answer(to=phone, sender=to, body=said)
                self.accept(answer, direction="outbound-reply", channel="sms-auto")
            fields = inbound_fields(message, self.account.sid, word if advanced else None)
            url = self.books.inbound_url(to) or self.account.inbound_url
            self._webhooks.post_form(Form("inbound", url, fields, phone))
        return message.sid

    def cancel(self, message: Message) -> Message:
        """Only what is scheduled can be cancelled."""
        if message.status != "scheduled":
            raise Refusal(30409)
        with self._store.transaction():
            return self._change(message, "canceled", None)

    def set_handset(self, phone: str, handset: Handset) -> None:
        values = phone, handset.outcome.value, handset.queued_for.total_seconds()
        self._store.run("INSERT OR REPLACE INTO handsets VALUES (?, ?, ?)", *values)

    def handset(self, phone: str) -> Handset:
        row = self._store.row("SELECT * FROM handsets WHERE phone = ?", phone)
        if row is None:
            return self.handset_of(phone)
        return Handset(Outcome(row["outcome"]), timedelta(seconds=row["queued_for"]))

    def _judge(self, draft: Draft, direction: str) -> None:
        if direction != "outbound-api":
            return
        ours = self.account.senders
        if draft.sender and ours and draft.sender not in ours and not self.books.owns(draft.sender):
            raise Refusal(21606, sender=draft.sender)
        if draft.service and self.books.pool(draft.service) == []:
            raise Refusal(21704)
        if self._blocked(draft):
            raise Refusal(21610)

    def _blocked(self, draft: Draft) -> bool:
        return self._optouts.blocked(draft.service or draft.sender, draft.to)

    def _fresh(self, draft: Draft, direction: str, now: str, sid: str | None = None) -> Message:
        """A message as it stands at acceptance; a service's number and segments are settled once it is queued."""
        return Message(
            sid=sid or new_sid(),
            direction=direction,
            sender=draft.sender,
            recipient=draft.to,
            service=draft.service,
            body=draft.body,
            status="scheduled" if draft.send_at else "accepted" if draft.service else "queued",
            segments=0 if draft.service else count(draft.body),
            error_code=None,
            callback=draft.callback,
            validity=draft.validity,
            created=now,
            sent=None,
            updated=now,
        )

    def _launch(self, message: Message, now: datetime) -> None:
        """Plan the journey of a message that goes out now."""
        queue = self._queue(message, now)
        if message.status != "queued":
            self._agenda.add(_ADVANCE, _step(message, Step(timedelta(0), "queued"), now), now)
        steps = journey(
            self.handset(message.recipient),
            queue=queue,
            validity=timedelta(seconds=message.validity),
            chance=Random(f"{self._seed}:{message.sid}"),
        )
        for step in steps:
            self._agenda.add(_ADVANCE, _step(message, step, now), now + step.after)

    def _sender(self, message: Message) -> str | None:
        """Who sends it: its own sender, or the one its service's pool has for this person."""
        if message.sender or not message.service:
            return message.sender
        return self.books.sender_of(message.service, message.recipient)

    def _queue(self, message: Message, now: datetime) -> timedelta:
        """How long the sender's earlier segments keep this message waiting."""
        name = f"free_at:{self._sender(message) or message.service}"
        free_at = self._store.fact(name)
        start = max(now, instant(free_at)) if free_at else now
        if start - now > LONGEST_QUEUE:
            raise Refusal(21611)
        takes = timedelta(seconds=count(message.body) / self.account.segments_per_second)
        self._store.remember(name, iso(start + takes))
        return start - now

    def _release(self, payload: Payload) -> None:
        message = self.messages.get(payload["sid"])
        if message is None or message.status != "scheduled":
            return
        try:
            self._launch(message, self._clock.now())
        except Refusal:
            self._change(message, "failed", QUEUE_OVERFLOW)

    def _advance(self, payload: Payload) -> None:
        """One step of a journey. A carrier that was down too long gives up what is no longer valid."""
        message = self.messages.get(payload["sid"])
        if message is None or not moves_up(message.status, payload["status"]):
            return
        status, error_code = payload["status"], payload["error_code"]
        valid_until = instant(payload["since"]) + timedelta(seconds=message.validity)
        if status == "sent" and self._clock.now() > valid_until:
            status, error_code = "failed", VALIDITY_EXPIRED
        self._change(message, status, error_code)

    def _change(self, message: Message, status: str, error_code: int | None) -> Message:
        now = iso(self._clock.now())
        changed = replace(message, status=status, error_code=error_code, updated=now)
        if status == "queued" and message.service:
            sender = self._sender(message) or next(iter(self.account.senders), _POOL_NUMBER)
            changed = replace(changed, sender=sender, segments=count(message.body))
        if status == "sent":
            changed = replace(changed, sent=now)
        self.messages.save(changed)
        self._journal.write(state_line(changed))
        if changed.callback:
            self._call_back(changed, changed.callback)
        if status == "delivered" and changed.direction == "outbound-api":
            self.on_delivered(changed)
        return changed

    def _call_back(self, message: Message, url: str) -> None:
        dated = not self._faults.take(Fault.CALLBACK_NO_REPORT_DATE, message.recipient, sid=message.sid)
        fields = callback_fields(message, self.account.sid, report_date=dated)
        self._webhooks.post_form(Form("callback", url, fields, message.recipient))

    def _obey_twiml(self, payload: Payload, text: str) -> None:
        if payload["news"] != "inbound":
            return
        for reply in replies(text):
            params = payload["params"]
            draft = _answer(to=reply.to or params["From"], sender=params["To"], body=reply.body)
            if not self._blocked(draft):
                self.accept(draft, direction="outbound-reply", channel="sms-reply")


def new_sid(kind: str = "SM") -> str:
    """Of a text, or `MM` of a message with files."""
    return f"{kind}{uuid4().hex}"


def _step(message: Message, step: Step, since: datetime) -> Payload:
    """A step for the agenda; `since` is when the message entered the queue, from which its validity counts."""
    return {"sid": message.sid, "status": step.status, "error_code": step.error_code, "since": iso(since)}


def _answer(*, to: str, sender: str, body: str) -> Draft:
    return Draft(to, sender, None, body, None, LONGEST_VALIDITY, None)
