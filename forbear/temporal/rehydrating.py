"""Rebuilds every workflow from the ledger, onto a Temporal that has lost them or never had them.

Nothing is carried over but ids. A rebuilt run has an id of its own, so its decisions count from nought without meeting
stored ones; what the lost run had claimed ends by its lease, what it was sending is unknown until upkeep has looked for
it at the provider, and until then the account rests. Doing it again, or while workers run, wakes accounts and no more.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import structlog
from temporalio.client import Client
from temporalio.service import RPCError

from forbear.contracts.words import Fact
from forbear.ports.book import OpenAccount
from forbear.ports.relay import OpenBook
from forbear.temporal import namespace
from forbear.temporal.starting import start_upkeep, tell_account

FACT: Final[Fact] = "rehydrated"
PAGE = 500
AT_ONCE = 20
"""Starts in flight: more only queue up inside the server."""
log = structlog.get_logger("forbear.rehydrate")


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """How many open accounts were told, and how many could not be."""

    told: int
    failed: int


async def rehydrate(
    client: Client, book: OpenBook, *, upkeep_seconds: float, say: Callable[[str], None] = lambda _: None
) -> Rebuilt:
    """Make the namespace if it is missing, start upkeep, and start or wake the workflow of every open account.

    Raises:
        CannotStart: the namespace cannot be made or used.
    """
    await namespace.make(client)
    await start_upkeep(client, upkeep_seconds)
    gate = asyncio.Semaphore(AT_ONCE)
    told = failed = 0
    after = ""
    while page := await asyncio.to_thread(book.open_accounts, after, PAGE):
        reached = await asyncio.gather(*(_tell(client, gate, each) for each in page))
        told += sum(reached)
        failed += len(page) - sum(reached)
        after = page[-1].account
        say(f"{told} accounts have their workflow" + (f", {failed} could not be reached" if failed else ""))
    return Rebuilt(told, failed)


async def _tell(client: Client, gate: asyncio.Semaphore, each: OpenAccount) -> bool:
    """False if Temporal does not take it, after the client's own tries."""
    async with gate:
        try:
            await tell_account(client, tenant=each.tenant, account=each.account, fact=FACT)
        except RPCError as error:
            log.warning("account_not_rehydrated", account=each.account, status=error.status.name)
            return False
    return True
