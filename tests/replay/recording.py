"""Plays the lives of `branches` on a real Temporal server and returns their histories.

The real server, because its histories are what the worker will replay in production, with the SDK's own flags in them.
Payloads are not encrypted here: everything in them is made up, whoever reads a saved file shall see what happened, and
the installation's own converter passes what was never encrypted.
"""

import asyncio
from collections.abc import AsyncGenerator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event

from temporalio import activity
from temporalio.client import Client, WorkflowHistory
from temporalio.exceptions import ApplicationError
from temporalio.worker import Worker

from activities.cadence import CadenceActivities
from activities.contact import ContactActivities
from activities.texts import Texts
from forbear.clock import Clock
from forbear.contracts import queues
from forbear.contracts.decision import AccountStart, Asked, Decision, UpkeepReport, UpkeepStart
from forbear.ports.sms import Accepted, Sending, SmsText
from forbear.temporal.runner import sandbox
from tests.replay.branches import ACCOUNT, LONGER_THAN_A_CONTACT, UPKEEP, Branch, Outside, Round, after_its_first
from tests.replay.case_recording import record_cases
from tests.replay.following import cancelled, runs
from tests.workflows.stage import CountingCarrier, PlainWording, ScriptedBook
from workflows.account import AccountWorkflow
from workflows.upkeep import UpkeepWorkflow

THREADS = 60
"""Some lives sleep in a thread of their own."""
TENANT = "ten_1"


def account_of(branch: Branch) -> str:
    return f"acc_{branch.saves[0]}"


@dataclass
class Cast:
    """Finds the life that a question of a worker belongs to, by the opaque id in it."""

    outsides: dict[str, Outside] = field(default_factory=dict[str, Outside])
    over: Event = field(default_factory=Event)

    def decide(self, asked: Asked, now: datetime) -> Decision:
        branch = next(each for each in ACCOUNT if account_of(each) == asked.account)
        return branch.script(asked, now, self.outside(branch))

    def send(self, text: SmsText) -> Sending:
        branch = next(each for each in ACCOUNT if text.touch.startswith(f"tch_{account_of(each)}_"))
        if branch.sending == "breaks":
            raise RuntimeError("the process died, as far as Temporal can tell")
        if branch.sending == "sleeps":
            self.over.wait(LONGER_THAN_A_CONTACT)
        return Accepted("SM1", "queued")

    def outside(self, branch: Branch) -> Outside:
        return self.outsides.setdefault(branch.saves[0], Outside())


class Rounds:
    """Upkeep's activity, played as the life asks for it."""

    def __init__(self, cast: Cast) -> None:
        self._cast = cast
        self._broken: set[str] = set()

    @activity.defn(name="look_after")
    def look_after(self) -> UpkeepReport:
        life = activity.info().workflow_id or ""
        how = next(each.rounds for each in UPKEEP if each.saves == life)
        if how == "break once" and life not in self._broken:
            self._broken.add(life)
            raise ApplicationError("no round today", non_retryable=True)
        if how == "sleep":
            self._cast.over.wait(LONGER_THAN_A_CONTACT)
        return UpkeepReport(accounts_seen=3)


async def record(client: Client) -> dict[str, WorkflowHistory]:
    """The histories of all branches, by the name of their file."""
    cast = Cast()
    async with _playing(client, cast):
        try:
            lives = [_account(client, cast, branch) for branch in ACCOUNT]
            rounds = [_upkeep(client, each) for each in UPKEEP]
            played = await asyncio.gather(*lives, *rounds, record_cases(client))
        finally:
            cast.over.set()
    return {name: history for life in played for name, history in life.items()}


async def _account(client: Client, cast: Cast, branch: Branch) -> dict[str, WorkflowHistory]:
    account = account_of(branch)
    handle = await client.start_workflow(
        AccountWorkflow.run,
        AccountStart(tenant=TENANT, account=account),
        id=queues.account_workflow_id(account),
        task_queue=queues.ACCOUNTS,
    )
    if branch.act is not None:
        await branch.act(handle, cast.outside(branch))
    if "cancelled" in branch.saves[0]:
        await cancelled(handle.result())
    else:
        await handle.result()
    return await runs(client, handle.id, handle.first_execution_run_id, branch.saves)


async def _upkeep(client: Client, life: Round) -> dict[str, WorkflowHistory]:
    handle = await client.start_workflow(
        UpkeepWorkflow.run, UpkeepStart(every_seconds=life.every_seconds), id=life.saves, task_queue=queues.UPKEEP
    )
    if life.cancel_after:
        await after_its_first(life.cancel_after)(handle, Outside())
        await cancelled(handle.result())
    else:
        await after_its_first("WORKFLOW_EXECUTION_CONTINUED_AS_NEW")(handle, Outside())
        await cancelled(client.get_workflow_handle(handle.id).result())
    return await runs(client, handle.id, handle.first_execution_run_id, (life.saves,))


@asynccontextmanager
async def _playing(client: Client, cast: Cast) -> AsyncGenerator[None]:
    book = ScriptedBook(cast.decide, Clock.real())
    book.keeps = lambda _: False
    cadence = CadenceActivities(book)
    contact = ContactActivities(book, {"sms": Texts(CountingCarrier(answer=cast.send), PlainWording())}, Clock.real())
    with ThreadPoolExecutor(THREADS) as pool:
        accounts = Worker(
            client,
            task_queue=queues.ACCOUNTS,
            workflows=[AccountWorkflow],
            activities=[cadence.decide],
            activity_executor=pool,
            workflow_runner=sandbox(),
            max_concurrent_activities=1,
            max_concurrent_local_activities=THREADS // 2,
        )
        sms = Worker(
            client,
            task_queue=queues.SMS,
            activities=[contact.contact],
            activity_executor=pool,
            max_concurrent_activities=THREADS // 4,
        )
        upkeep = Worker(
            client,
            task_queue=queues.UPKEEP,
            workflows=[UpkeepWorkflow],
            activities=[Rounds(cast).look_after],
            activity_executor=pool,
            workflow_runner=sandbox(),
            max_concurrent_activities=THREADS // 8,
        )
        async with accounts, sms, upkeep:
            yield
