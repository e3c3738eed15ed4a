"""Asks Temporal's list of workflows which accounts or cases have one that runs. Implements `ports.runs`."""

import asyncio
from collections.abc import Callable, Sequence

from temporalio.client import Client
from temporalio.service import RPCError

from forbear.contracts import queues

ASK_SECONDS = 20.0
"""Machine time, within upkeep's sign of life."""


class RunningWorkflows:
    """Called from an activity's thread; the client belongs to the worker's event loop."""

    def __init__(
        self,
        client: Client,
        loop: asyncio.AbstractEventLoop,
        *,
        kind: str = queues.ACCOUNT_WORKFLOW,
        named: Callable[[str], str] = queues.account_workflow_id,
    ) -> None:
        self._client = client
        self._loop = loop
        self._kind = kind
        self._named = named

    @classmethod
    def of_cases(cls, client: Client, loop: asyncio.AbstractEventLoop) -> "RunningWorkflows":
        return cls(client, loop, kind=queues.CASE_WORKFLOW, named=queues.case_workflow_id)

    def running(self, ids: Sequence[str], /) -> frozenset[str]:
        asked = asyncio.run_coroutine_threadsafe(self._ask(ids), self._loop)
        try:
            return asked.result(ASK_SECONDS)
        except (RPCError, TimeoutError) as error:
            asked.cancel()
            raise ConnectionError(f"Temporal gave no list of workflows: {type(error).__name__}") from None

    async def _ask(self, ids: Sequence[str]) -> frozenset[str]:
        # Named one by one: a range would depend on how this store and the ledger's sort capital letters.
        by_id = {self._named(each): each for each in ids}
        names = ", ".join(f"'{workflow}'" for workflow in by_id)
        query = f"WorkflowType = '{self._kind}' AND ExecutionStatus = 'Running' AND WorkflowId IN ({names})"
        found = self._client.list_workflows(query, page_size=len(by_id))
        return frozenset([by_id[each.id] async for each in found if each.id in by_id])
