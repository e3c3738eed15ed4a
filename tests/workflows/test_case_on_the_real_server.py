"""What only the real server shows of a case: closing with news, search attributes, words for people, the relay, its cost.

Nothing here skips time; each test uses a case of its own.
"""

import asyncio
import json
import threading
import uuid
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHandle
from temporalio.common import SearchAttributeKey

from forbear.clock import Clock
from forbear.contracts import queues
from forbear.contracts.cases import CaseAsked, CaseClose, CaseDecision, CaseRest
from forbear.ports.relay import Telling
from forbear.services.dev_server import DevServer
from forbear.settings import Settings
from forbear.temporal.codec import data_converter
from forbear.temporal.relay import Relay
from tests.workflows.case_stage import (
    TENANT,
    ScriptedCaseBook,
    ScriptedShop,
    alarm,
    begin,
    close,
    move,
    playing,
    prepare,
    rest,
)

REASON = "The guarantee ends on a day that must not be missed"
FOR_A_WHILE = timedelta(hours=1)


@pytest.fixture
async def client(temporal_server: DevServer, secrets: dict[str, object]) -> Client:
    converter = data_converter(Settings.model_validate(secrets))
    return await Client.connect(temporal_server.address, namespace=temporal_server.namespace, data_converter=converter)


@pytest.fixture
def case() -> str:
    return f"cas_{uuid.uuid4().hex}"


def book_of(script: Callable[[CaseAsked, datetime], CaseDecision]) -> ScriptedCaseBook:
    return ScriptedCaseBook(script, Clock.real())


def resting(asked: CaseAsked, now: datetime) -> CaseDecision:
    del asked
    until = now + FOR_A_WHILE
    return CaseRest(until=until, wake_at=until, reason=REASON, rule="CN.GUARANTEE", stage="notice")


async def test_a_fact_that_meets_a_closing_run_is_not_lost(client: Client, case: str) -> None:
    deciding, go_on = threading.Event(), threading.Event()

    def script(asked: CaseAsked, now: datetime) -> CaseDecision:
        if asked.number == 0 and not deciding.is_set():
            deciding.set()
            assert go_on.wait(20)
            return close("paid")
        return resting(asked, now)

    # A book that stores nothing for a closed answer, as the ledger does when the case was opened again meanwhile.
    book = book_of(script)
    book.keeps = lambda answer: not isinstance(answer, CaseClose)
    async with playing(client, book, ScriptedShop()):
        handle = await begin(client, case)
        await asyncio.to_thread(deciding.wait, 20)
        await handle.signal("payment_reversed")
        go_on.set()
        await eventually(lambda: _rests(book))
        assert (await handle.describe()).status == WorkflowExecutionStatus.RUNNING
        await handle.terminate()


async def test_people_read_what_is_next_and_why_and_only_with_the_key(client: Client, case: str) -> None:
    async with playing(client, book_of(resting), ScriptedShop()):
        handle = await begin(client, case)
        await eventually(lambda: _shown(handle, queues.HELD_BY, "CN.GUARANTEE"))
        assert await _shown(handle, queues.STAGE, "notice")
        details = json.dumps(await handle.query("__temporal_workflow_metadata"), default=str)
        kept = (await handle.fetch_history()).to_json()
        await handle.terminate()
    assert REASON in details
    assert REASON not in kept


async def test_a_stage_that_begins_with_a_move_is_shown_by_the_rest_after_it(client: Client, case: str) -> None:
    def script(asked: CaseAsked, now: datetime) -> CaseDecision:
        if asked.number == 1:
            return move("suit")
        return rest(now + (FOR_A_WHILE if asked.number else timedelta(milliseconds=50)), "suit" if asked.number else "")

    book = book_of(script)
    async with playing(client, book, ScriptedShop()):
        await begin(client, case)
        handle = client.get_workflow_handle(queues.case_workflow_id(case))
        await eventually(lambda: _shown(handle, queues.STAGE, "suit"))
        await handle.terminate()


async def test_a_step_stays_within_its_budget_of_events(client: Client, case: str) -> None:
    steps = 5

    def script(asked: CaseAsked, now: datetime) -> CaseDecision:
        if asked.number == 3 * steps:
            return close()
        return [prepare(f"pkt_{asked.number}"), alarm(), rest(now + timedelta(milliseconds=50))][asked.number % 3]

    shop = ScriptedShop()
    async with playing(client, book_of(script), shop):
        handle = await begin(client, case)
        assert await handle.result() == "paid"
        history = await handle.fetch_history()
    assert len(shop.orders) == steps
    assert len(history.events) / steps <= 16


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


async def test_the_relay_starts_a_case_and_tells_it_its_facts_in_their_order(client: Client, case: str) -> None:
    account = f"acc_{uuid.uuid4().hex}"
    kinds = ["case_opened", "payment_received", "case_fact_told", "packet_asked"]
    facts = Facts(
        *(Telling(n, TENANT, account, kind, case) for n, kind in enumerate(kinds)),
        Telling(9, TENANT, account, "payment_received"),
    )
    async with playing(client, book_of(resting), ScriptedShop()):
        assert await Relay(facts, client).drain() == 5
        handle = client.get_workflow_handle(queues.case_workflow_id(case))
        await eventually(lambda: _was_told(handle, kinds))
        other = client.get_workflow_handle(queues.account_workflow_id(account))
        assert (await other.describe()).workflow_type == queues.ACCOUNT_WORKFLOW
        await asyncio.gather(handle.terminate(), other.terminate())
    assert facts.undelivered == {}


async def test_a_fact_wakes_a_case_that_had_closed(client: Client, case: str) -> None:
    book = book_of(lambda _asked, _now: close())
    async with playing(client, book, ScriptedShop()):
        handle = await begin(client, case)
        await handle.result()
        await Relay(Facts(Telling(1, TENANT, "acc_1", "payment_reversed", case)), client).drain()
        await eventually(lambda: _asked_in_runs(book, 2))


async def _was_told(handle: WorkflowHandle[Any, Any], facts: list[str]) -> bool:
    history = await handle.fetch_history()
    told = [
        event.workflow_execution_signaled_event_attributes.signal_name
        for event in history.events
        if event.HasField("workflow_execution_signaled_event_attributes")
    ]
    return told == facts


async def _rests(book: ScriptedCaseBook) -> bool:
    return any(isinstance(answer, CaseRest) for answer in book.answers.values())


async def _shown(handle: WorkflowHandle[Any, Any], key: str, value: str) -> bool:
    return (await handle.describe()).typed_search_attributes.get(SearchAttributeKey.for_keyword(key)) == value


async def _asked_in_runs(book: ScriptedCaseBook, runs: int) -> bool:
    return len(book.runs) == runs


async def eventually(condition: Callable[[], Awaitable[bool]], seconds: float = 20) -> None:
    """Ask a condition until it holds; what never holds fails the test."""
    async with asyncio.timeout(seconds):
        while not await condition():  # noqa: ASYNC110  another process's state has no event to wait on
            await asyncio.sleep(0.02)
