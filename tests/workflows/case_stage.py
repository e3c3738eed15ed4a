"""A stage for whole cases: the real workflow and activities, over a book and a shop that answer from a script."""

import threading
import uuid
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime

from temporalio.client import Client, WorkflowHandle, WorkflowHistory
from temporalio.worker import Replayer, Worker

from activities.case import CaseActivities, PacketActivities
from forbear.clock import Clock
from forbear.contracts import queues
from forbear.contracts.cases import (
    CaseAlarm,
    CaseAsked,
    CaseClose,
    CaseDecision,
    CaseMove,
    CasePrepare,
    CaseRest,
    CaseStart,
    PacketOrder,
    PacketOutcome,
)
from forbear.ports.cases import CaseBook, PacketShop
from forbear.temporal.runner import sandbox
from workflows.case import CaseWorkflow

TENANT = "ten_1"
Handle = WorkflowHandle[CaseWorkflow, str]
Answer = Callable[[datetime], CaseDecision] | CaseDecision
CaseScript = Callable[[CaseAsked, datetime], CaseDecision]


@dataclass
class ScriptedCaseBook:
    """A ledger that answers from a script and writes down what it was asked; same question, same answer."""

    script: CaseScript
    clock: Clock
    asked: list[tuple[CaseAsked, datetime]] = field(default_factory=list)
    answers: dict[tuple[str, int], CaseDecision] = field(default_factory=dict)
    was_asked: threading.Event = field(default_factory=threading.Event)
    keeps: Callable[[CaseDecision], bool] = lambda _: True

    def decide(self, asked: CaseAsked) -> CaseDecision:
        now = self.clock.now()
        self.asked.append((asked, now))
        key = (asked.run, asked.number)
        answer = self.answers.get(key) or self.script(asked, now)
        if self.keeps(answer):
            self.answers[key] = answer
        self.was_asked.set()
        return answer

    @property
    def numbers(self) -> list[int]:
        return [asked.number for asked, _ in self.asked]

    @property
    def runs(self) -> list[str]:
        """The runs that asked, in their order."""
        return list(dict.fromkeys(asked.run for asked, _ in self.asked))


def prepared(order: PacketOrder) -> PacketOutcome:
    return PacketOutcome(packet=order.packet, state="prepared", reason="every part is there")


@dataclass
class ScriptedShop:
    """A shop that makes packets as it is told to, and writes down which."""

    answer: Callable[[PacketOrder], PacketOutcome] = prepared
    orders: list[PacketOrder] = field(default_factory=list)

    def make(self, order: PacketOrder) -> PacketOutcome:
        self.orders.append(order)
        return self.answer(order)


def rest(until: datetime, stage: str = "notice", rule: str = "") -> CaseRest:
    return CaseRest(until=until, wake_at=until, reason="a period runs", rule=rule, stage=stage)


def move(stage: str) -> CaseMove:
    return CaseMove(stage=stage, reason="the day has come")


def alarm(stage: str = "notice") -> CaseAlarm:
    return CaseAlarm(clock="limitation", reason="thirty days are left", stage=stage)


def prepare(packet: str = "pkt_1", stage: str = "notice") -> CasePrepare:
    return CasePrepare(packet=packet, reason="a packet was asked for", stage=stage)


def close(reason: str = "paid") -> CaseClose:
    return CaseClose(reason=reason)


def in_turn(*answers: Answer) -> CaseScript:
    """One answer after the other, by the decision's number; then a close."""

    def script(asked: CaseAsked, now: datetime) -> CaseDecision:
        answer = answers[asked.number] if asked.number < len(answers) else close()
        return answer(now) if callable(answer) else answer

    return script


async def begin(client: Client, case: str = "") -> Handle:
    case = case or f"cas_{uuid.uuid4().hex}"
    return await client.start_workflow(
        CaseWorkflow.run,
        CaseStart(tenant=TENANT, case=case),
        id=queues.case_workflow_id(case),
        task_queue=queues.CASES,
    )


async def replay(client: Client, history: WorkflowHistory) -> None:
    replayer = Replayer(workflows=[CaseWorkflow], data_converter=client.data_converter, workflow_runner=sandbox())
    await replayer.replay_workflow(history)


@asynccontextmanager
async def playing(
    client: Client, book: CaseBook, shop: PacketShop, *, threads: int = 20, cached: int = 100
) -> AsyncGenerator[None]:
    """Workers of cases and packets, until the block ends."""
    with ThreadPoolExecutor(threads) as pool:
        cases = Worker(
            client,
            task_queue=queues.CASES,
            workflows=[CaseWorkflow],
            activities=[CaseActivities(book).decide_case],
            activity_executor=pool,
            workflow_runner=sandbox(),
            max_cached_workflows=cached,
            max_concurrent_activities=1,
            max_concurrent_local_activities=threads // 2,
        )
        packets = Worker(
            client,
            task_queue=queues.PACKETS,
            activities=[PacketActivities(shop).make_packet],
            activity_executor=pool,
            max_concurrent_activities=threads // 3,
        )
        async with cases, packets:
            yield
