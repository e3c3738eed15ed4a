"""Carries facts from the outbox to the workflows of accounts and cases.

Always signal-with-start: the first fact of an account or case starts its workflow, a chargeback wakes a closed one.
Telling a fact twice or late changes nothing but a wake-up time, so delivery is at least once.
"""

import asyncio
from collections import defaultdict

import structlog
from temporalio.client import Client
from temporalio.service import RPCError

from forbear.ports.relay import RelayBook, Telling
from forbear.temporal.starting import tell_account, tell_case

BATCH = 100
AT_ONCE = 20
"""Signals in flight; more only queue up inside the server."""
POLL_SECONDS = 1.0
"""Machine time. A notification usually comes first."""
REST_AFTER_FAILURE_SECONDS = 1.0

log = structlog.get_logger("forbear.relay")


class Relay:
    def __init__(self, book: RelayBook, client: Client) -> None:
        self._book = book
        self._client = client
        self._gate = asyncio.Semaphore(AT_ONCE)

    async def run(self) -> None:
        """Relay until cancelled. An outage of the database or of Temporal only delays."""
        while True:
            try:
                if await self.drain() == 0:
                    await asyncio.to_thread(self._book.wait, POLL_SECONDS)
            except asyncio.CancelledError:
                raise
            except Exception as error:  # noqa: BLE001  the relay must outlive any outage; the rows are still there
                log.warning("relay_delayed", error=type(error).__name__)
                await asyncio.sleep(REST_AFTER_FAILURE_SECONDS)

    async def drain(self) -> int:
        """Deliver one batch; returns how many facts were delivered."""
        waiting = await asyncio.to_thread(self._book.waiting, BATCH)
        by_workflow: dict[str, list[Telling]] = defaultdict(list)
        for telling in waiting:
            by_workflow[telling.case or telling.account].append(telling)
        told = await asyncio.gather(*(self._tell_in_order(facts) for facts in by_workflow.values()))
        done = [number for numbers in told for number in numbers]
        if done:
            await asyncio.to_thread(self._book.delivered, done)
        if waiting and not done:
            await asyncio.sleep(REST_AFTER_FAILURE_SECONDS)
        return len(done)

    async def _tell_in_order(self, facts: list[Telling]) -> list[int]:
        """Tell one account or case its facts, oldest first, stopping at the first that does not get through."""
        done: list[int] = []
        for telling in facts:
            try:
                async with self._gate:
                    await self._tell(telling)
            except RPCError as error:
                who = {"case": telling.case} if telling.case else {"account": telling.account}
                log.warning("fact_delayed", **who, fact=telling.fact, status=error.status.name)
                break
            done.append(telling.id)
        return done

    async def _tell(self, telling: Telling) -> None:
        if telling.case:
            await tell_case(self._client, tenant=telling.tenant, case=telling.case, fact=telling.fact)
        else:
            await tell_account(self._client, tenant=telling.tenant, account=telling.account, fact=telling.fact)
