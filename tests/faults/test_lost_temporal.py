"""Temporal's file is lost in mid-run: `forbear rehydrate` rebuilds every workflow, none is lost, nothing is sent twice.

The quick test has the real ledger, relay, workflows and upkeep in one process, which keep running while their Temporal
is taken away; the long one has real processes, a whole day of the world, and the judge.
"""

import asyncio
import subprocess
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from temporalio.client import Client
from temporalio.service import RPCError
from temporalio.worker import Worker

from activities.cadence import CadenceActivities
from activities.contact import ContactActivities
from activities.texts import Texts
from activities.upkeep import UpkeepActivities
from forbear.clock import Clock, machine_time
from forbear.contracts import queues
from forbear.ledger import sweeping
from forbear.ledger.relaying import OpenAccountsBook, RelayingBook
from forbear.ports.replies import Ear, Written
from forbear.ports.sms import Accepted, Found, Sending, SmsText
from forbear.services.dev_server import DevServer, Ports
from forbear.services.ports import free_port
from forbear.settings import Settings
from forbear.temporal.codec import data_converter
from forbear.temporal.rehydrating import Rebuilt, rehydrate
from forbear.temporal.relay import Relay
from forbear.temporal.runner import sandbox
from forbear.temporal.runs import RunningWorkflows
from tests.faults.stage import ACCOUNTS, Stage, opened
from tests.ledger.house import NOON, House
from tests.workflows.stage import PlainWording
from workflows.account import AccountWorkflow
from workflows.upkeep import UpkeepWorkflow

LEASE_SECONDS = 6.0
SPEED = 60
"""A minute of the world in a second: an attempt that failed is made again after five."""
PATIENCE_SECONDS = 60
SOME_TEXTS = 8
PAST_PATIENCE = timedelta(hours=40)


def lose(server: DevServer) -> None:
    """Take the server and everything it knew away, and start one that knows nothing."""
    server.kill()
    server.stop()
    for file in server.folder.glob("temporal.db*"):
        file.unlink()
    server.start()


class World:
    """A carrier that remembers what it took, and can be asked for it; nobody writes back."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, str]] = []

    def send(self, text: SmsText) -> Sending:
        self.taken.append((text.touch, text.to))
        return Accepted(f"SM{text.touch[-16:]}", "queued")

    def find(
        self, *, provider: str, touch: str, to: str, sender: str, since: datetime, marker_sha256: str
    ) -> Found | None:
        return Found(provider_id=f"SM{touch[-16:]}", status="sent") if touch in dict(self.taken) else None

    def ears(self) -> list[Ear]:
        return []

    def take_missed(self, ear: Ear, listed: Sequence[Written]) -> int:
        raise AssertionError(ear, listed)

    def written_to(self, number: str, *, since: datetime, until: datetime) -> list[Written]:
        raise AssertionError(number, since, until)

    def texts_to(self, number: str) -> int:
        return [to for _, to in self.taken].count(number)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[DevServer]:
    ports = Ports(grpc=free_port(), ui=free_port(), http=free_port(), metrics=free_port())
    with DevServer(tmp_path / "temporal", ports) as server:
        yield server


@pytest.fixture
def house(database: Settings) -> Iterator[House]:
    """Noon in Chicago, and time goes on."""
    house = House(database.model_copy(update={"lease_seconds": LEASE_SECONDS}), machine_time)
    house.ledger.clock = Clock(origin=NOON, anchor=machine_time(), speed=SPEED)
    yield house
    house.close()


@asynccontextmanager
async def working(client: Client, house: House, world: World) -> AsyncGenerator[None]:
    """What the worker process does, in this one."""
    contact = ContactActivities(house.touching(), {"sms": Texts(world, PlainWording())}, house.ledger.clock)
    listed = RunningWorkflows(client, asyncio.get_running_loop())
    upkeep = UpkeepActivities(house.upkeeping(), {"sms": world}, world, world, runs=listed)
    book = RelayingBook(house.ledger)
    with ThreadPoolExecutor(20) as pool:

        def worker(queue: str, workflows: list[type], activities: list[Callable[..., object]]) -> Worker:
            return Worker(
                client,
                task_queue=queue,
                workflows=workflows,
                activities=activities,
                activity_executor=pool,
                workflow_runner=sandbox(),
                max_concurrent_activities=4,
                max_concurrent_local_activities=4,
            )

        accounts = worker(queues.ACCOUNTS, [AccountWorkflow], [CadenceActivities(house.deciding()).decide])
        sms = worker(queues.SMS, [], [contact.contact])
        look_after = worker(queues.UPKEEP, [UpkeepWorkflow], [upkeep.look_after])
        async with accounts, sms, look_after:
            relay = asyncio.create_task(Relay(book, client).run())
            yield
            relay.cancel()
            with suppress(asyncio.CancelledError):
                await relay
        book.close()


async def eventually(condition: Callable[[], Awaitable[bool] | bool], what: str) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            found = condition()
            if await found if isinstance(found, Awaitable) else found:
                return
            await asyncio.sleep(0.1)
    raise AssertionError(what)


async def runs(client: Client, accounts: Sequence[str]) -> bool:
    """Whether each of these accounts has a workflow that runs."""
    try:
        described = [
            await client.get_workflow_handle(queues.account_workflow_id(account)).describe() for account in accounts
        ]
    except RPCError:
        return False
    return all(each.close_time is None for each in described)


async def test_a_lost_temporal_is_rebuilt_while_the_worker_runs_and_nobody_is_texted_twice(
    server: DevServer, house: House, secrets: dict[str, object]
) -> None:
    converter = data_converter(Settings.model_validate(secrets))
    client = await Client.connect(server.address, namespace=server.namespace, data_converter=converter)
    world, book = World(), OpenAccountsBook(house.ledger)
    _, texted = house.borrower("+13125550101")
    _, closed = house.borrower("+13125550109", state="closed", next_at=None)
    async with working(client, house, world):
        assert await rehydrate(client, book, upkeep_seconds=1) == Rebuilt(1, 0)
        await eventually(lambda: house.standing(texted).next_rule == "POLICY.SMS1", "the first text is sent")
        # As left by runs that Temporal is about to forget: one claim unsent, one being sent and taken by the carrier.
        claimed = house.claim(house.borrower("+13125550102")[1])
        sending, ready = house.prepared(house.borrower("+13125550103")[1])
        world.taken.append((sending.touch, ready.to))
        _, enrolled = house.borrower("+13125550104")
        lose(server)  # here, because what is started in another thread ends with it
        rebuilt = await rehydrate(client, book, upkeep_seconds=1)
        assert rebuilt == Rebuilt(4, 0)
        await eventually(lambda: world.texts_to("+13125550102") == 1, "the claim was given back and made anew")
        await eventually(lambda: house.touch(sending.touch).state == "sent", "what was being sent is known")
        await eventually(lambda: world.texts_to("+13125550104") == 1, "the newcomer is texted")
        accounts = [texted, claimed.account, sending.account, enrolled]
        await eventually(lambda: runs(client, accounts), "each has its workflow")
        assert await rehydrate(client, book, upkeep_seconds=1) == Rebuilt(4, 0)
        await eventually(
            lambda: all(house.standing(account).next_rule == "POLICY.SMS1" for account in accounts), "all rest again"
        )
        assert not await runs(client, [closed])
    assert house.touch(claimed.touch).state == "failed"
    assert sorted(to for _, to in world.taken) == [f"+1312555010{digit}" for digit in range(1, 5)]


async def test_one_workflow_that_was_lost_is_started_by_the_sweep(
    server: DevServer, house: House, secrets: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeping, "LISTING_LAG", timedelta(seconds=1))
    converter = data_converter(Settings.model_validate(secrets))
    client = await Client.connect(server.address, namespace=server.namespace, data_converter=converter)
    world = World()
    _, lost = house.borrower("+13125550101")
    _, kept = house.borrower("+13125550102")
    async with working(client, house, world):
        await rehydrate(client, OpenAccountsBook(house.ledger), upkeep_seconds=1)
        await eventually(
            lambda: all(house.standing(account).next_rule == "POLICY.SMS1" for account in (lost, kept)), "both rest"
        )
        told = house.told(kept)
        await client.get_workflow_handle(queues.account_workflow_id(lost)).terminate()
        assert not await runs(client, [lost])
        await eventually(lambda: runs(client, [lost]), "its workflow runs again")
        assert house.told(lost)[-1] == "account_swept"
        assert house.told(kept) == told, "a workflow that rests is left alone"
    assert len(world.taken) == 2


def rehydrate_by_command(stage: Stage) -> str:
    """As an operator would: the command, in a process of its own, on the installation's folder."""
    done = subprocess.run(
        [sys.executable, "-c", "from forbear.cli import main; main()", "rehydrate", "--data", stage.house.data],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
        env={"PATH": "/usr/bin:/bin", "PYTHONTZPATH": ""},
    )
    return done.stdout


@pytest.mark.prove
@pytest.mark.timeout(900)
def test_a_day_in_which_temporal_loses_everything_ends_clean(tmp_path: Path) -> None:
    with opened(tmp_path) as stage:
        start = stage.clock.now()
        stage.enrolling(stage.first_wave).result()
        stage.await_that(lambda: len(stage.texts()) >= SOME_TEXTS, "a part of the texts is accepted")
        server = stage.house.services["temporal"]
        assert isinstance(server, DevServer)
        lose(server)
        assert "open accounts have their workflow" in rehydrate_by_command(stage)
        stage.enrolling(stage.second_wave).result()
        stage.run_for(PAST_PATIENCE, start)
        verdict = stage.end()
        assert verdict["findings"] == []
        assert len(stage.office.accounts) == ACCOUNTS
        assert len(stage.texts()) == len(set(stage.texts())) >= SOME_TEXTS
