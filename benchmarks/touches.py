"""Touches of the real account loop against a bare loop of one timer and one no-op activity, on the same server.

Each account has a world clock of its own that leaps to the instant until which it was told to rest, so that weeks pass
while its timers take their shortest time. Everything else is the product's: workflow, worker, ledger, rules, wording.
"""

import asyncio
import statistics
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count, pairwise

from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowHandle
from temporalio.worker import Worker

from activities.cadence import CadenceActivities
from activities.contact import ContactActivities
from activities.texts import Texts
from benchmarks.bare import QUEUE, BareLoop, no_op
from benchmarks.figure import Figure, costs, in_turns, rates
from benchmarks.leaping import InstantCarrier, LeapingBook, LeapingTouches, Worlds
from benchmarks.sizes import Sizes
from benchmarks.stand import MORNING, Place, Stand
from forbear.cadence.playbooks import load_all
from forbear.channels.wording import SmsWording
from forbear.contracts import queues
from forbear.contracts.decision import AccountStart
from forbear.ledger.deciding import DecidingBook
from forbear.ledger.engine import Ledger
from forbear.ledger.touching import TouchingBook
from forbear.rules.packs import load as load_packs
from forbear.temporal.codec import data_converter
from forbear.temporal.runner import sandbox
from worker import WORKFLOW_TASKS_AT_ONCE
from workflows.account import AccountWorkflow

GOAL = 0.6
MOST_EVENTS = 16.0
THREADS = 16
_runs = count()


def measure(stand: Stand, sizes: Sizes) -> list[Figure]:
    """Touches a second, and events a touch."""
    events: list[float] = []

    def ours() -> float:
        place = stand.place()
        place.enrol(sizes.accounts, MORNING)
        rate, found = asyncio.run(_accounts(stand, place, sizes))
        events.append(found)
        stand.drop(place)
        return rate

    mine, bare = in_turns(ours, lambda: asyncio.run(_bare(stand, sizes)), sizes.slices)
    limit = [MOST_EVENTS] * len(events)
    return [
        rates("touches of the account loop / of a timer and a no-op", "1/s", mine, bare, GOAL),
        costs("history events of a touch / the most it may have", "events", events, limit, 1.0),
    ]


async def _accounts(stand: Stand, place: Place, sizes: Sizes) -> tuple[float, float]:
    """Touches a second, and the median of events from one touch to the next."""
    client = await Client.connect(
        stand.temporal.address, namespace=stand.temporal.namespace, data_converter=data_converter(place.settings)
    )
    worlds = Worlds(MORNING)
    with place.open(worlds, pool=THREADS) as ledger, ThreadPoolExecutor(THREADS * 2) as pool:
        accounts, sms = _workers(client, place, ledger, worlds, sizes, pool)
        async with accounts, sms:
            began = time.perf_counter()
            handles = await asyncio.gather(*(_start(client, place, account) for account in place.accounts))
            await asyncio.gather(*(handle.result() for handle in handles))
            took = time.perf_counter() - began
    assert sum(worlds.touches.values()) == sizes.accounts * sizes.touches, worlds.touches  # noqa: S101  else it measured something else
    apart = [gap for handle in handles for gap in await _events_apart(handle)]
    return sizes.accounts * sizes.touches / took, statistics.median(apart)


def _workers(  # noqa: PLR0917  the parts of one worker process
    client: Client, place: Place, ledger: Ledger, worlds: Worlds, sizes: Sizes, pool: ThreadPoolExecutor
) -> tuple[Worker, Worker]:
    """As `worker.py` builds them."""
    playbooks, packs, wording = load_all(), load_packs(), SmsWording()
    deciding = LeapingBook(DecidingBook(ledger, playbooks, packs), worlds, sizes.touches)
    touching = LeapingTouches(TouchingBook(ledger, place.settings, playbooks, packs), worlds)
    contact = ContactActivities(touching, {"sms": Texts(InstantCarrier(), wording)}, ledger.clock)
    accounts = Worker(
        client,
        task_queue=queues.ACCOUNTS,
        workflows=[AccountWorkflow],
        activities=[CadenceActivities(deciding).decide],
        activity_executor=pool,
        workflow_runner=sandbox(),
        max_concurrent_workflow_tasks=WORKFLOW_TASKS_AT_ONCE,
        max_concurrent_local_activities=THREADS,
        max_concurrent_activities=1,
    )
    sms = Worker(
        client,
        task_queue=queues.SMS,
        activities=[contact.contact],
        activity_executor=pool,
        max_concurrent_activities=THREADS,
    )
    return accounts, sms


async def _start(client: Client, place: Place, account: str) -> WorkflowHandle[AccountWorkflow, str]:
    return await client.start_workflow(
        AccountWorkflow.run,
        AccountStart(tenant=place.tenant, account=account),
        id=queues.account_workflow_id(account),
        task_queue=queues.ACCOUNTS,
    )


async def _events_apart(handle: WorkflowHandle[AccountWorkflow, str]) -> Sequence[int]:
    """How many events lie between one touch and the next."""
    scheduled = EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED
    history = await handle.fetch_history()
    return [b - a for a, b in pairwise(event.event_id for event in history.events if event.event_type == scheduled)]


async def _bare(stand: Stand, sizes: Sizes) -> float:
    client = await Client.connect(stand.temporal.address, namespace=stand.temporal.namespace)
    run = next(_runs)
    with ThreadPoolExecutor(THREADS * 2) as pool:
        async with Worker(
            client,
            task_queue=QUEUE,
            workflows=[BareLoop],
            activities=[no_op],
            activity_executor=pool,
            workflow_runner=sandbox(),
            max_concurrent_workflow_tasks=WORKFLOW_TASKS_AT_ONCE,
            max_concurrent_activities=THREADS,
        ):
            began = time.perf_counter()
            loops = [
                client.execute_workflow(BareLoop.run, sizes.touches, id=f"bare-{run}-{number}", task_queue=QUEUE)
                for number in range(sizes.accounts)
            ]
            await asyncio.gather(*loops)
            return sizes.accounts * sizes.touches / (time.perf_counter() - began)
