"""Memory of a worker per thousand cached account workflows, against as many that only wait.

Each side runs in a process of its own, which tells how much it grew while so many workflows came into its cache. The
account workflows rest as they would between two touches; the ledger behind them is a stand-in, because none is asked.
"""

import asyncio
import gc
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowHandle
from temporalio.worker import Worker

from activities.cadence import CadenceActivities
from benchmarks.bare import BareWait
from benchmarks.figure import Figure, costs, in_turns
from benchmarks.sizes import Sizes
from benchmarks.stand import Stand
from forbear.clock import machine_time
from forbear.contracts.decision import AccountStart, Asked, Decision, Rest
from forbear.ledger.ids import base62
from forbear.temporal.runner import sandbox
from workflows.account import AccountWorkflow

GOAL = 2.0
THOUSAND = 1000
MEGABYTE = 1_000_000
PAGE = os.sysconf("SC_PAGE_SIZE")


class Resting:
    """Implements `forbear.ports.book.CadenceBook`: everybody rests for a week."""

    def decide(self, asked: Asked) -> Decision:
        del asked
        until = machine_time() + timedelta(days=7)
        return Rest(until=until, wake_at=until, reason="step friendly has its place on Mon 02 Mar 10:12", stage="M1")


def measure(stand: Stand, sizes: Sizes) -> list[Figure]:
    ours, bare = in_turns(lambda: _grown(stand, sizes, "account"), lambda: _grown(stand, sizes, "bare"), 1)
    return [costs("memory of 1,000 cached accounts / of 1,000 workflows that wait", "MB", ours, bare, GOAL)]


def _grown(stand: Stand, sizes: Sizes, kind: str) -> float:
    """Megabytes for a thousand, told by a process of its own."""
    told = subprocess.run(
        [
            sys.executable,
            "-m",
            "benchmarks.memory",
            stand.temporal.address,
            stand.temporal.namespace,
            kind,
            str(sizes.cached),
        ],
        check=True,
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[1],
    )
    return float(told.stdout) / sizes.cached * THOUSAND / MEGABYTE


async def probe(address: str, namespace: str, kind: str, count: int) -> int:
    """Bytes by which this process grew while so many workflows came to rest in it."""
    client = await Client.connect(address, namespace=namespace)
    queue = f"bench-memory-{base62(8)}"
    with ThreadPoolExecutor(16) as pool:
        worker = Worker(
            client,
            task_queue=queue,
            workflows=[AccountWorkflow, BareWait],
            activities=[CadenceActivities(Resting()).decide],
            activity_executor=pool,
            workflow_runner=sandbox(),
            max_cached_workflows=count + 100,
        )
        async with worker:
            await _rested(client, kind, queue, 10)  # what is loaded once is no workflow's
            before = _resident()
            await _rested(client, kind, queue, count)
            return max(_resident() - before, PAGE)


async def _rested(client: Client, kind: str, queue: str, count: int) -> None:
    """Start so many and wait until each has set its timer."""
    run = base62(8)
    handles = [await _start(client, kind, queue, f"memory-{run}-{number}") for number in range(count)]
    await asyncio.gather(*(_has_timer(handle) for handle in handles))


async def _start(client: Client, kind: str, queue: str, name: str) -> WorkflowHandle[Any, Any]:
    if kind == "bare":
        return await client.start_workflow(BareWait.run, id=name, task_queue=queue)
    start = AccountStart(tenant="ten_0", account=name)
    return await client.start_workflow(AccountWorkflow.run, start, id=name, task_queue=queue)


async def _has_timer(handle: WorkflowHandle[Any, Any]) -> None:
    async for event in handle.fetch_history_events(wait_new_event=True):
        if event.event_type == EventType.EVENT_TYPE_TIMER_STARTED:
            return


def _resident() -> int:
    gc.collect()
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * PAGE


if __name__ == "__main__":
    print(asyncio.run(probe(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))), flush=True)
    # Threads of the SDK may still run and abort the interpreter while it takes itself apart.
    os._exit(0)
