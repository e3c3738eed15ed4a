"""What only the real server shows: a fact that meets a closing run, search attributes, words for the operator, the relay.

Nothing here skips time; each test uses an account of its own.
"""

import asyncio
import json
import threading
import uuid
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import DescribeWorkflowExecutionRequest
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHandle
from temporalio.common import SearchAttributeKey
from temporalio.testing import WorkflowEnvironment

from forbear.clock import Clock
from forbear.contracts import queues
from forbear.contracts.decision import AccountStart, Asked, Close, Contact, Decision, Rest
from forbear.ports.relay import Telling
from forbear.services.dev_server import DevServer
from forbear.settings import Settings
from forbear.temporal.codec import data_converter
from forbear.temporal.relay import Relay
from tests.workflows.stage import CountingCarrier, ScriptedBook, Stage
from workflows.account import AccountWorkflow

REASON = "Quiet hours until tomorrow 08:14 America/Denver"
FOR_A_WHILE = timedelta(hours=1)


@pytest.fixture
async def client(temporal_server: DevServer, secrets: dict[str, object]) -> Client:
    converter = data_converter(Settings.model_validate(secrets))
    return await Client.connect(temporal_server.address, namespace=temporal_server.namespace, data_converter=converter)


@pytest.fixture
async def real(client: Client) -> Stage:
    return Stage(WorkflowEnvironment.from_client(client), Clock.real())


@pytest.fixture
def account() -> str:
    return f"acc_{uuid.uuid4().hex}"


async def begin(stage: Stage, account: str) -> WorkflowHandle[AccountWorkflow, str]:
    return await stage.client.start_workflow(
        AccountWorkflow.run,
        AccountStart(tenant="ten_1", account=account),
        id=queues.account_workflow_id(account),
        task_queue=queues.ACCOUNTS,
    )


def resting(asked: Asked, now: datetime) -> Decision:
    del asked
    return Rest(until=now + FOR_A_WHILE, wake_at=now + FOR_A_WHILE, reason=REASON, rule="POLICY.HOURS", stage="M1")


async def test_a_fact_that_meets_a_closing_run_is_not_lost(real: Stage, account: str) -> None:
    deciding, go_on = threading.Event(), threading.Event()

    def script(asked: Asked, now: datetime) -> Decision:
        if asked.number == 0 and not deciding.is_set():
            deciding.set()
            assert go_on.wait(20)
            return Close(reason="paid in full")
        return resting(asked, now)

    # A book that stores nothing for a closed answer, as the ledger does when the account was opened again meanwhile.
    book = ScriptedBook(script, real.clock)
    book.keeps = lambda answer: not isinstance(answer, Close)
    async with real.playing(book, CountingCarrier()):
        handle = await begin(real, account)
        await asyncio.to_thread(deciding.wait, 20)
        await handle.signal("payment_reversed")
        go_on.set()
        await eventually(lambda: _rests(book))
        assert (await handle.describe()).status == WorkflowExecutionStatus.RUNNING
        await handle.terminate()


async def test_the_operator_reads_the_rule_and_the_reason(real: Stage, account: str) -> None:
    book = ScriptedBook(resting, real.clock)
    async with real.playing(book, CountingCarrier()):
        handle = await begin(real, account)
        await eventually(lambda: _held_by(handle, "POLICY.HOURS"))
        described = await handle.describe()
        assert described.typed_search_attributes.get(SearchAttributeKey.for_keyword(queues.STAGE)) == "M1"
        details = await handle.query("__temporal_workflow_metadata")
        assert REASON in json.dumps(details, default=str)
        await handle.terminate()


async def test_a_stage_that_begins_with_a_contact_is_shown_too(real: Stage, account: str) -> None:
    def script(asked: Asked, now: datetime) -> Decision:
        if asked.number == 1:
            return Contact(touch="tch_1", channel="sms", reason="a new stage", stage="M2")
        span = timedelta(milliseconds=50) if asked.number == 0 else FOR_A_WHILE
        return Rest(until=now + span, wake_at=now + span, reason=REASON, stage="M2" if asked.number else "M1")

    book = ScriptedBook(script, real.clock)
    async with real.playing(book, CountingCarrier()):
        await begin(real, account)
        handle = real.client.get_workflow_handle(queues.account_workflow_id(account))
        await eventually(lambda: _asked_in_runs(book, 2))
        await eventually(lambda: _in_stage(handle, "M2"))
        await handle.terminate()


async def test_reasons_are_not_readable_without_the_key(real: Stage, account: str) -> None:
    book = ScriptedBook(resting, real.clock)
    async with real.playing(book, CountingCarrier()):
        handle = await begin(real, account)
        await eventually(lambda: _held_by(handle, "POLICY.HOURS"))
        await handle.signal("payment_received")
        kept = (await handle.fetch_history()).to_json()
        raw = await real.client.workflow_service.describe_workflow_execution(
            DescribeWorkflowExecutionRequest(
                namespace=real.client.namespace, execution=WorkflowExecution(workflow_id=handle.id)
            )
        )
        await handle.terminate()
    assert "Quiet hours" not in kept
    assert "Quiet hours" not in str(raw)
    assert "payment_received" in kept


async def test_an_undisturbed_touch_stays_within_its_budget_of_events(real: Stage, account: str) -> None:
    touches = 5

    def script(asked: Asked, now: datetime) -> Decision:
        if asked.number == 2 * touches:
            return Close(reason="paid in full")
        if asked.number % 2 == 0:
            return Contact(touch=f"tch_{asked.number}", channel="sms", reason="reminder", stage="M1")
        soon = now + timedelta(milliseconds=50)
        return Rest(until=soon, wake_at=soon, reason="one a day", rule="POLICY.SMS1", stage="M1")

    book = ScriptedBook(script, real.clock)
    async with real.playing(book, CountingCarrier()):
        handle = await begin(real, account)
        await handle.result()
        history = await handle.fetch_history()
    assert len(book.recorded) == touches
    assert len(history.events) / touches <= 16


class Facts:
    """A relay's book in memory."""

    def __init__(self, *facts: Telling) -> None:
        self.undelivered = {fact.id: fact for fact in facts}

    def waiting(self, limit: int) -> list[Telling]:
        return [self.undelivered[number] for number in sorted(self.undelivered)][:limit]

    def delivered(self, ids: list[int]) -> None:
        for number in ids:
            del self.undelivered[number]

    def wait(self, seconds: float) -> None: ...


async def test_the_relay_starts_an_account_once_and_then_signals_it(real: Stage, account: str) -> None:
    enrolled = Telling(1, "ten_1", account, "account_enrolled")
    paid = Telling(2, "ten_1", account, "payment_received")
    facts = Facts(enrolled, paid)
    book = ScriptedBook(resting, real.clock)
    async with real.playing(book, CountingCarrier()):
        assert await Relay(facts, real.client).drain() == 2
        handle = real.client.get_workflow_handle(queues.account_workflow_id(account))
        # A signal that meets a workflow task is written down when that task ends.
        await eventually(lambda: _was_told(handle, ["account_enrolled", "payment_received"]))
        await handle.terminate()
    assert facts.undelivered == {}


async def test_a_fact_wakes_an_account_that_had_closed(real: Stage, account: str) -> None:
    book = ScriptedBook(lambda _asked, _now: Close(reason="paid in full"), real.clock)
    async with real.playing(book, CountingCarrier()):
        handle = await begin(real, account)
        await handle.result()
        await Relay(Facts(Telling(1, "ten_1", account, "payment_reversed")), real.client).drain()
        await eventually(lambda: _asked_in_runs(book, 2))


async def _was_told(handle: WorkflowHandle[Any, Any], facts: list[str]) -> bool:
    history = await handle.fetch_history()
    told = [
        event.workflow_execution_signaled_event_attributes.signal_name
        for event in history.events
        if event.HasField("workflow_execution_signaled_event_attributes")
    ]
    return told == facts


async def _rests(book: ScriptedBook) -> bool:
    return any(isinstance(answer, Rest) for answer in book.answers.values())


async def _held_by(handle: WorkflowHandle[AccountWorkflow, str], rule: str) -> bool:
    held = (await handle.describe()).typed_search_attributes.get(SearchAttributeKey.for_keyword(queues.HELD_BY))
    return held == rule


async def _in_stage(handle: WorkflowHandle[Any, Any], stage: str) -> bool:
    shown = (await handle.describe()).typed_search_attributes.get(SearchAttributeKey.for_keyword(queues.STAGE))
    return shown == stage


async def _asked_in_runs(book: ScriptedBook, runs: int) -> bool:
    return len({asked.run for asked, _ in book.asked}) == runs


async def eventually(condition: Callable[[], Awaitable[bool]], seconds: float = 20) -> None:
    """Ask a condition until it holds; what never holds fails the test."""
    async with asyncio.timeout(seconds):
        while not await condition():  # noqa: ASYNC110  another process's state has no event to wait on
            await asyncio.sleep(0.02)
