"""Rehydration: a missing namespace is made, every open account gets its workflow, and doing it again changes nothing."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from forbear.contracts import queues
from forbear.ports.book import OpenAccount
from forbear.ports.cases import OpenCase
from forbear.services.dev_server import DevServer
from forbear.settings import Settings
from forbear.temporal import rehydrating, starting
from forbear.temporal.codec import data_converter
from forbear.temporal.rehydrating import Rebuilt, rehydrate
from forbear.temporal.runs import RunningWorkflows


class Accounts:
    """A ledger of ids."""

    def __init__(self, count: int, cases: int = 0) -> None:
        self.all = sorted(f"acc_{uuid.uuid4().hex}" for _ in range(count))
        self.cases = sorted(f"cas_{uuid.uuid4().hex}" for _ in range(cases))

    def open_accounts(self, after: str, many: int) -> list[OpenAccount]:
        return [OpenAccount("ten_1", account) for account in self.all if account > after][:many]

    def open_cases(self, after: str, many: int) -> list[OpenCase]:
        return [OpenCase("ten_1", case) for case in self.cases if case > after][:many]


@pytest.fixture
async def client(temporal_server: DevServer, secrets: dict[str, object]) -> Client:
    """In a namespace that nobody made."""
    converter = data_converter(Settings.model_validate(secrets))
    name = f"lost-{uuid.uuid4().hex[:12]}"
    return await Client.connect(temporal_server.address, namespace=name, data_converter=converter)


async def eventually(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(20):
        while not await condition():  # noqa: ASYNC110  another process's state has no event to wait on
            await asyncio.sleep(0.05)


async def runs(client: Client, accounts: Sequence[str]) -> dict[str, str]:
    """The run of each account's workflow."""
    handles = [client.get_workflow_handle(queues.account_workflow_id(account)) for account in accounts]
    return {handle.id: (await handle.describe()).run_id for handle in handles}


async def test_a_namespace_that_is_missing_is_made_with_what_workflows_rely_on(client: Client) -> None:
    accounts = Accounts(1)
    assert await rehydrate(client, accounts, upkeep_seconds=15) == Rebuilt(1, 0)
    listed = await client.operator_service.list_search_attributes(
        ListSearchAttributesRequest(namespace=client.namespace)
    )
    assert {queues.HELD_BY, queues.STAGE} <= set(listed.custom_attributes)
    assert (await client.get_workflow_handle(queues.UPKEEP_ID).describe()).status is not None


async def test_every_account_of_every_page_is_told_once_and_again_without_a_second_run(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rehydrating, "PAGE", 3)
    accounts, said = Accounts(7), list[str]()
    assert await rehydrate(client, accounts, upkeep_seconds=15, say=said.append) == Rebuilt(7, 0)
    assert [line.split()[0] for line in said] == ["3", "6", "7"]
    before = await runs(client, accounts.all)
    assert await rehydrate(client, accounts, upkeep_seconds=15) == Rebuilt(7, 0)
    assert await runs(client, accounts.all) == before
    history = await client.get_workflow_handle(queues.account_workflow_id(accounts.all[0])).fetch_history()
    told = [
        event.workflow_execution_signaled_event_attributes.signal_name
        for event in history.events
        if event.HasField("workflow_execution_signaled_event_attributes")
    ]
    assert told == ["rehydrated", "rehydrated"]


async def test_one_account_that_cannot_be_reached_is_counted_and_keeps_no_other(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts = Accounts(3)
    unreachable = accounts.all[1]
    tell = rehydrating.tell_account

    async def tell_but_one(client: Client, *, tenant: str, account: str, fact: str) -> None:
        if account == unreachable:
            raise RPCError("no", RPCStatusCode.INTERNAL, b"")
        await tell(client, tenant=tenant, account=account, fact=fact)

    monkeypatch.setattr(rehydrating, "tell_account", tell_but_one)
    assert await rehydrate(client, accounts, upkeep_seconds=15) == Rebuilt(2, 1)
    assert len(await runs(client, [accounts.all[0], accounts.all[2]])) == 2


async def test_cases_get_their_workflows_too_and_are_listed_apart_from_accounts(client: Client) -> None:
    book = Accounts(1, cases=4)
    assert await rehydrate(client, book, upkeep_seconds=15) == Rebuilt(1, 0, cases=4)
    assert await rehydrate(client, book, upkeep_seconds=15) == Rebuilt(1, 0, cases=4)
    ended, *alive = book.cases
    await client.get_workflow_handle(queues.case_workflow_id(ended)).terminate()
    running = RunningWorkflows.of_cases(client, asyncio.get_running_loop())

    async def as_it_is() -> bool:
        return await asyncio.to_thread(running.running, [*book.cases, *book.all]) == frozenset(alive)

    await eventually(as_it_is)


async def test_the_list_of_running_workflows_tells_open_runs_from_ended_and_absent_ones(client: Client) -> None:
    accounts = Accounts(3)
    await rehydrate(client, accounts, upkeep_seconds=15)
    ended, *alive = accounts.all
    await client.get_workflow_handle(queues.account_workflow_id(ended)).terminate()
    running = RunningWorkflows(client, asyncio.get_running_loop())
    asked = [*accounts.all, *(f"acc_{number:022}" for number in range(197))]
    with ThreadPoolExecutor(1) as pool:
        loop = asyncio.get_running_loop()

        async def as_it_is() -> bool:
            return await loop.run_in_executor(pool, running.running, asked) == frozenset(alive)

        await eventually(as_it_is)


async def test_a_temporal_without_a_list_is_said_to_be_away(client: Client) -> None:
    running = RunningWorkflows(client, asyncio.get_running_loop())  # its namespace was never made
    with ThreadPoolExecutor(1) as pool, pytest.raises(ConnectionError):
        await asyncio.get_running_loop().run_in_executor(pool, running.running, ["acc_1"])


async def test_upkeep_is_started_again_when_it_was_lost(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starting, "LOOK_EVERY_SECONDS", 0.05)
    await rehydrate(client, Accounts(0), upkeep_seconds=15)
    upkeep = client.get_workflow_handle(queues.UPKEEP_ID)
    lost = (await upkeep.describe()).run_id
    await upkeep.terminate()
    keeper = asyncio.create_task(starting.keep_upkeep(client, 15))

    async def runs_again() -> bool:
        described = await upkeep.describe()
        return described.run_id != lost and described.close_time is None

    await eventually(runs_again)
    keeper.cancel()
    with suppress(asyncio.CancelledError):
        await keeper
