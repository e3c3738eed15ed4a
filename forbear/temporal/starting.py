"""The only place that starts or signals workflows: an account's or a case's, told a fact, and the loop of upkeep."""

import asyncio

import structlog
from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.service import RPCError

from forbear.contracts import queues
from forbear.contracts.cases import CaseStart
from forbear.contracts.decision import AccountStart, UpkeepStart

LOOK_EVERY_SECONDS = 60.0
"""Machine time between two looks whether upkeep still runs."""
log = structlog.get_logger("forbear.upkeep")


async def tell_account(client: Client, *, tenant: str, account: str, fact: str) -> None:
    """Signal an account's workflow, starting it where none runs."""
    await client.start_workflow(
        queues.ACCOUNT_WORKFLOW,
        AccountStart(tenant=tenant, account=account),
        id=queues.account_workflow_id(account),
        task_queue=queues.ACCOUNTS,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        start_signal=fact,
        static_summary="Outreach of one overdue account",
    )


async def tell_case(client: Client, *, tenant: str, case: str, fact: str) -> None:
    """Signal a case's workflow, starting it where none runs."""
    await client.start_workflow(
        queues.CASE_WORKFLOW,
        CaseStart(tenant=tenant, case=case),
        id=queues.case_workflow_id(case),
        task_queue=queues.CASES,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        start_signal=fact,
        static_summary="One legal case of an overdue account",
    )


async def start_upkeep(client: Client, every_seconds: float) -> None:
    """One loop of upkeep for the whole installation, whoever starts it first."""
    await client.start_workflow(
        queues.UPKEEP_WORKFLOW,
        UpkeepStart(every_seconds=every_seconds),
        id=queues.UPKEEP_ID,
        task_queue=queues.UPKEEP,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        static_summary="Sweeps, reconciles and seals",
    )


async def keep_upkeep(client: Client, every_seconds: float) -> None:
    """Start upkeep again whenever Temporal has lost it, until cancelled: whatever else was lost, upkeep finds."""
    while True:
        await asyncio.sleep(LOOK_EVERY_SECONDS)
        try:
            await start_upkeep(client, every_seconds)
        except RPCError as error:
            log.warning("upkeep_not_started", status=error.status.name)
