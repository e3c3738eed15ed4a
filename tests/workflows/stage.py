"""A stage for whole lives: real workflow, real activities, and a book that answers from a script."""

import threading
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities.cadence import CadenceActivities
from activities.contact import ContactActivities
from activities.texts import Texts
from forbear.clock import Clock
from forbear.contracts import queues
from forbear.contracts.decision import Asked, ContactOrder, Decision, Outcome
from forbear.ports.book import Dispatch
from forbear.ports.sms import Accepted, Found, Sending, SmsText, Worded
from forbear.temporal.runner import sandbox
from workflows.account import AccountWorkflow

Script = Callable[[Asked, datetime], Decision]


@dataclass
class ScriptedBook:
    """A ledger that answers from a script and writes down what it was asked; same question, same answer."""

    script: Script
    clock: Clock
    asked: list[tuple[Asked, datetime]] = field(default_factory=list)
    answers: dict[tuple[str, int], Decision] = field(default_factory=dict)
    recorded: list[str] = field(default_factory=list)
    prepared: list[str] = field(default_factory=list)
    was_asked: threading.Event = field(default_factory=threading.Event)
    keeps: Callable[[Decision], bool] = lambda _: True

    def decide(self, asked: Asked) -> Decision:
        now = self.clock.now()
        self.asked.append((asked, now))
        key = (asked.run, asked.number)
        answer = self.answers.get(key) or self.script(asked, now)
        if self.keeps(answer):
            self.answers[key] = answer
        self.was_asked.set()
        return answer

    def prepare(self, order: ContactOrder) -> Dispatch | Outcome:
        self.prepared.append(order.touch)
        now = self.clock.now()
        return Dispatch(
            touch=order.touch,
            channel="sms",
            provider="twilio",
            template="reminder-friendly",
            language="en",
            to="+12125550100",
            sender="+12125550199",
            values={"lender": "Harbor", "phone": "+12125550198", "link": "https://pay.example.com/p/abcdefghijklmnop"},
            dispatch_by=now + timedelta(hours=1),
            validity=timedelta(hours=2),
            callback_url="https://pay.example.com/hooks",
        )

    def cancel(self, order: ContactOrder, reason: str) -> Outcome:
        return Outcome(touch=order.touch, state="failed", reason=reason)

    def record(self, order: ContactOrder, sending: Sending, *, body_sha256: str, segments: int) -> Outcome:
        self.recorded.append(order.touch)
        return Outcome(touch=order.touch, state="sent", reason="accepted")


@dataclass
class CountingCarrier:
    sent: list[SmsText] = field(default_factory=list)
    answer: Callable[[SmsText], Sending] = lambda _: Accepted("SM1", "queued")

    def send(self, text: SmsText) -> Sending:
        self.sent.append(text)
        return self.answer(text)

    def find(
        self, *, provider: str, touch: str, to: str, sender: str, since: datetime, marker_sha256: str
    ) -> Found | None:
        return None


class PlainWording:
    def sms(self, template: str, language: str, values: dict[str, str]) -> Worded:
        return Worded(body=f"{template} {values['link']}", segments=1, sha256="0" * 64)


@dataclass
class Stage:
    """A running time-skipping server with one worker."""

    env: WorkflowEnvironment
    clock: Clock

    @property
    def client(self) -> Client:
        return self.env.client

    @asynccontextmanager
    async def playing(self, book: ScriptedBook, carrier: CountingCarrier) -> AsyncGenerator[None]:
        cadence = CadenceActivities(book)
        contact = ContactActivities(book, {"sms": Texts(carrier, PlainWording())}, self.clock)
        with ThreadPoolExecutor(20) as pool:
            accounts = Worker(
                self.client,
                task_queue=queues.ACCOUNTS,
                workflows=[AccountWorkflow],
                activities=[cadence.decide],
                activity_executor=pool,
                workflow_runner=sandbox(),
                max_concurrent_activities=5,
                max_concurrent_local_activities=5,
            )
            sms = Worker(
                self.client,
                task_queue=queues.SMS,
                activities=[contact.contact],
                activity_executor=pool,
                max_concurrent_activities=5,
            )
            async with accounts, sms:
                yield
